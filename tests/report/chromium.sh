#!/bin/bash
# SPDX-License-Identifier: MIT
# The pages as a browser shows and prints them: nothing is wider than the paper, every word of every
# table is in the PDF, nothing is fetched, and what a screen reader and weak eyes need is there. The last
# is measured by measure.js: axe-core is in no Debian 12 package, so its rules for language, title,
# headings, tables, names of images, links, ids, lists and contrast are written there once more.
# The pages are the goldens that the unit tests hold the report's own bytes against.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
browser=$(command -v chromium || command -v chromium-browser || true)
if [ -z "$browser" ]; then
    echo "chromium is not installed (scripts/packages, set dev): skipped"
    exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

browse() {
    # No network: whatever a page asked for would fail, and be seen in the log.
    HOME=$scratch timeout 100 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
        --host-resolver-rules='MAP * ~NOTFOUND' --user-data-dir="$scratch/profile" "$@" 2>"$scratch/log"
}

# A copy of the page with the measuring script in it; $3 a medium's rules that hold now.
prepare() {
    python3 - "$1" "$2" "$3" "$here/measure.js" <<'EOF'
import re
import sys
page = open(sys.argv[1], encoding="utf-8").read()
page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
rule = {"print": "@media print", "dark": "@media (prefers-color-scheme:dark)", "light": None}[sys.argv[3]]
if rule:
    assert rule in page, rule
    page = page.replace(rule, "@media all")
script = open(sys.argv[4], encoding="utf-8").read()
assert "</script" not in script
page = page.replace("</body>", "<script>" + script + "</script></body>")
open(sys.argv[2], "w", encoding="utf-8").write(page)
EOF
}

# 672 pixels are the 178 mm between the margins of A4.
measure() {
    local page=$1 medium=$2 width=$3 result
    prepare "$page" "$scratch/copy.html" "$medium"
    browse --window-size="$width,1200" --dump-dom "file://$scratch/copy.html" >"$scratch/dom"
    result=$(python3 -c '
import html, re, sys
print(html.unescape(re.search(r"<title>(.*?)</title>", sys.stdin.read(), re.S).group(1)).strip())' <"$scratch/dom")
    if [[ $result != measured\ * ]]; then
        echo "$(basename "$page"), $medium: was not measured: $result"
        failed=1
    elif [ "$(wc -l <<<"$result")" -gt 1 ]; then
        echo "$(basename "$page"), $medium, $width pixels: $result"
        failed=1
    else
        echo "$(basename "$page"), $medium, $width pixels: $result texts, nothing is wrong"
    fi
}

printed() {
    local page=$1 words missing
    browse --no-pdf-header-footer --print-to-pdf="$scratch/page.pdf" "file://$page" >/dev/null
    if ! command -v pdftotext >/dev/null; then
        echo "$(basename "$page"): no pdftotext, the PDF's words are not looked at"
        return
    fi
    pdfinfo "$scratch/page.pdf" | grep -q 'Page size:.*A4' || { echo "$page: is not A4"; failed=1; }
    pdftotext -raw "$scratch/page.pdf" "$scratch/page.txt"
    # Lines are broken anywhere in the print; without blanks the words of a cell are in one piece.
    words=$(python3 - "$page" "$scratch/page.txt" <<'EOF'
import html
import re
import sys
text = re.sub(r"\s|\u00ad", "", open(sys.argv[2], encoding="utf-8").read()).replace("\ufb01", "fi")
page = open(sys.argv[1], encoding="utf-8").read()
cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", page, re.S)
words = {word for cell in cells for word in html.unescape(re.sub(r"<[^>]*>", " ", cell)).split()}
missing = sorted(word for word in words if word not in text)
print(len(words), *missing[:10])
EOF
    )
    read -r words missing <<<"$words"
    [ "$words" -gt 20 ] || { echo "$page: only $words words in its tables"; failed=1; }
    [ -z "$missing" ] || { echo "$(basename "$page"): missing in print: $missing"; failed=1; }
    echo "$(basename "$page"): $(pdfinfo "$scratch/page.pdf" | sed -n 's/^Pages: *//p') pages of A4, $words different words of tables are all there"
}

for page in "$here"/../unit/report/golden/{weekly,fleet}.html; do
    page=$(realpath "$page")
    measure "$page" print 672
    measure "$page" light 1280
    measure "$page" light 500
    measure "$page" dark 1280
    printed "$page"
done
exit "$failed"
