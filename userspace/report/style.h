// SPDX-License-Identifier: MIT
// How pages look: one column, black on white on paper, the reader's own choice of dark or light on
// a screen. Every pair of colours keeps 4.5:1 for text and 3:1 for what is drawn (WCAG 2.2, 1.4.3
// and 1.4.11); tests/report measures them.
#pragma once

namespace sentra::report {

inline constexpr char kStyle[] = R"(
:root{color-scheme:light dark;--ink:#1b1f24;--quiet:#4a5561;--page:#ffffff;--line:#7b8794;
--soft:#f3f5f7;--draw:#2f5d8a;--none:#8a6d00;--calm:#1d5c2f;--reviewed:#1f4b7a;--action:#8a2c0d}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ed;--quiet:#b3bcc7;--page:#14181d;
--line:#8793a0;--soft:#20262d;--draw:#8ab4e0;--none:#d9b84a;--calm:#9fdcb0;--reviewed:#a6c8f0;
--action:#ffb599}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem;max-width:60rem;background:var(--page);color:var(--ink);
font:1rem/1.5 system-ui,"Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.2rem;margin:1.6rem 0 .4rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1rem 0 .2rem}
p,ul,ol,dl{margin:.4rem 0}
li{margin:.25rem 0}
.quiet,figcaption,caption{color:var(--quiet)}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.15rem 1rem}
dt{font-weight:600}dd{margin:0}
code,a{font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.92em}
a{color:inherit;text-decoration:underline;display:inline-block;min-height:1.5rem;min-width:1.5rem}
a:focus-visible{outline:3px solid var(--draw);outline-offset:2px}
.verdict{margin:1rem 0;padding:.6rem 1rem;border-left:.5rem solid;background:var(--soft)}
.verdict p{margin:0;color:var(--ink)}
.verdict p.words{font-size:1.4rem;font-weight:700;color:inherit}
.calm{color:var(--calm)}.reviewed{color:var(--reviewed)}.action{color:var(--action)}
.notice{margin:1rem 0;padding:.6rem 1rem;border:2px solid var(--none);background:var(--soft)}
.card{margin:.6rem 0;padding:.1rem 1rem .6rem;border:1px solid var(--line)}
table{border-collapse:collapse;width:100%;margin:.6rem 0;font-size:.88rem;table-layout:auto}
caption{text-align:left;font-size:.88rem;padding:.2rem 0}
th,td{border:1px solid var(--line);padding:.25rem .4rem;text-align:left;vertical-align:top}
tbody th{font-weight:600}
thead th,tr.marked>*{background:var(--soft)}
figure{margin:.6rem 0}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.5rem 1.5rem}
svg{display:block;width:100%;height:auto;max-width:44rem}
.fill{fill:var(--draw)}.part{fill:var(--none)}.empty{fill:var(--page);stroke:var(--line)}
.axis{stroke:var(--line)}svg text{fill:var(--ink);font-size:10px}
footer{margin-top:2rem;border-top:1px solid var(--line);color:var(--quiet);font-size:.88rem}
@media (max-width:40rem){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}
table,thead,tbody,tr,th,td,caption{display:block}thead th{display:inline-block;border:0}
tbody tr{border:1px solid var(--line);margin:.4rem 0}tbody th,tbody td{border:0}}
@media (prefers-reduced-motion:reduce){*{scroll-behavior:auto}}
@page{size:A4;margin:16mm}
@media print{:root{--ink:#000;--quiet:#333;--page:#fff;--line:#666;--soft:#fff;--draw:#2f5d8a;
--none:#8a6d00;--calm:#1d5c2f;--reviewed:#1f4b7a;--action:#8a2c0d}
body{padding:0;max-width:none;font-size:9.5pt}h1{font-size:15pt}h2{font-size:11.5pt;margin:.9rem 0 .3rem}
h3{font-size:10pt}table{font-size:8pt}.new-page{break-before:page}
thead{display:table-header-group}tr,figure,li,.card,.notice,.verdict{break-inside:avoid}
h2,h3,caption{break-after:avoid}a{display:inline;text-decoration:none}}
)";

} // namespace sentra::report
