// SPDX-License-Identifier: MIT
// Runs in a copy of a page that is let run it, and leaves what is wrong, a line each, in its title.
'use strict';
const wrong = [];
const say = (what, element) =>
    wrong.push(what + ': ' + (element ? element.outerHTML.slice(0, 80).replace(/\s+/g, ' ') : ''));
const all = (what) => [...document.querySelectorAll(what)];

// Nothing is wider than the paper: what is, a printer cuts off.
const width = document.documentElement.clientWidth;
for (const element of all('main, main *')) {
    const box = element.getBoundingClientRect();
    if (box.width > 0 && (box.right > width + 1 || box.left < -1))
        say('is outside the paper', element);
    if (element.tagName === 'TABLE' && element.scrollWidth > element.clientWidth + 2)
        say('is cut off', element);
}
if (!all('main table').length || !all('main svg').length)
    say('there is nothing to measure');

// WCAG 2.2, 1.1.1, 1.3.1, 2.4.2, 2.4.4, 2.4.6, 3.1.1, 4.1.2
if (!document.documentElement.lang)
    say('no language');
if (!document.title.trim())
    say('no title');
if (all('main').length !== 1 || all('h1').length !== 1)
    say('not one main part and one h1');
let level = 0;
for (const heading of all('h1, h2, h3, h4, h5, h6')) {
    const now = Number(heading.tagName[1]);
    if (now > level + 1)
        say('a level of headings is left out', heading);
    if (!heading.textContent.trim())
        say('an empty heading', heading);
    level = now;
}
for (const table of all('table')) {
    if (!table.caption || !table.caption.textContent.trim())
        say('no caption', table);
    if (table.querySelector('th:not([scope])') || !table.querySelector('thead th[scope=col]'))
        say('heads without a scope', table);
    const columns = table.tHead.rows[0].cells.length;
    for (const row of table.tBodies[0].rows)
        if (row.cells.length !== columns || !row.querySelector('th[scope=row]'))
            say('a row that does not fit its head', row);
}
for (const svg of all('svg')) {
    const names = (svg.getAttribute('aria-labelledby') || '').split(' ');
    if (svg.getAttribute('role') !== 'img' || names.length !== 2 ||
        !names.every((id) => document.getElementById(id)?.textContent.trim()))
        say('a drawing without a name or words', svg);
}
for (const link of all('a'))
    if (!link.textContent.trim() || !document.querySelector(link.getAttribute('href')))
        say('a link that says or leads nowhere', link);
const ids = all('[id]').map((element) => element.id);
if (new Set(ids).size !== ids.length)
    say('an id twice');
for (const list of all('dl'))
    if ([...list.children].some((child) => !/^D[TD]$/.test(child.tagName)))
        say('a list with something else in it', list);
for (const list of all('ul, ol'))
    if ([...list.children].some((child) => child.tagName !== 'LI') || !list.children.length)
        say('a list with something else in it', list);

// 1.4.3 and 1.4.11: 4.5:1 for text, 3:1 for what is drawn.
const numbers = (color) => (color.match(/[\d.]+/g) || []).map(Number);
const light = (color) => {
    const [r, g, b] = numbers(color).slice(0, 3).map((part) => {
        const value = part / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ratio = (a, b) => {
    const [high, low] = [light(a), light(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
};
const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
        const parts = numbers(getComputedStyle(at).backgroundColor);
        if (parts.length === 3 || parts[3] > 0)
            return getComputedStyle(at).backgroundColor;
    }
    return 'rgb(255, 255, 255)';
};
let texts = 0;
for (const element of all('main *')) {
    const style = getComputedStyle(element);
    if ([...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) {
        if (/^(title|desc)$/.test(element.tagName))
            continue;
        const color = element.tagName === 'text' ? style.fill : style.color;
        texts += 1;
        if (ratio(color, behind(element)) < 4.5)
            say('text of ' + ratio(color, behind(element)).toFixed(2), element);
    }
    if (/^(fill|part)$/.test(element.getAttribute('class') || '') &&
        ratio(style.fill, behind(element)) < 3)
        say('drawn with ' + ratio(style.fill, behind(element)).toFixed(2), element);
}
if (texts < 50)
    say('hardly any text was measured');
document.title = 'measured ' + texts + '\n' + wrong.slice(0, 20).join('\n');
