// Two values of a check: both in full when they are short, else what differs.

const MOST_PAIRS = 4e6; // lines times lines that are compared, in 16 MB

// Objects and arrays line by line, since somebody's one-line JSON has nothing to compare by.
function inLines(text) {
    if (/^\s*[[{]/.test(text) && text.length < 1e6) {
        try {
            return JSON.stringify(JSON.parse(text), null, 2).split('\n');
        } catch (notJson) { /* a text that begins like it */ }
    }
    return text.split('\n');
}

// [sign, line] with '-' for what is there, '+' for what was wanted, ' ' for both; null when it is too much.
function lineDiff(actual, expected) {
    let from = 0, a = actual.length, b = expected.length;
    while (from < a && from < b && actual[from] === expected[from]) from++;
    while (a > from && b > from && actual[a - 1] === expected[b - 1]) a--, b--;
    const rows = a - from, columns = b - from;
    if (rows * columns > MOST_PAIRS) return null;
    const length = commonLengths(actual, expected, from, rows, columns);
    const lines = actual.slice(0, from).map((line) => [' ', line]);
    let i = 0, k = 0;
    while (i < rows || k < columns) {
        if (i < rows && k < columns && actual[from + i] === expected[from + k]) {
            lines.push([' ', actual[from + i]]);
            i++, k++;
        } else if (k >= columns || (i < rows && length(i + 1, k) >= length(i, k + 1))) {
            lines.push(['-', actual[from + i++]]);
        } else {
            lines.push(['+', expected[from + k++]]);
        }
    }
    return lines.concat(actual.slice(a).map((line) => [' ', line]));
}

// How many lines are common from each pair of places on.
function commonLengths(actual, expected, from, rows, columns) {
    const width = columns + 1;
    const table = new Uint32Array((rows + 1) * width);
    for (let i = rows - 1; i >= 0; i--)
        for (let k = columns - 1; k >= 0; k--)
            table[i * width + k] = actual[from + i] === expected[from + k]
                ? table[(i + 1) * width + k + 1] + 1
                : Math.max(table[(i + 1) * width + k], table[i * width + k + 1]);
    return (i, k) => table[i * width + k];
}

// Equal lines far from a difference are a line of dots.
function diffView(lines) {
    const near = lines.map((line, at) => lines.slice(Math.max(0, at - 3), at + 4).some(([sign]) => sign !== ' '));
    const view = h('pre.diff', {tabindex: '0', 'aria-label': 'Line difference: minus is what was found, plus what was wanted'});
    let left = 0;
    lines.forEach(([sign, line], at) => {
        if (!near[at]) {
            left++;
            return;
        }
        if (left) put(view, [h('span.left', null, `  … ${plural(left, 'equal line')}\n`)]);
        left = 0;
        const kind = {'-': 'del', '+': 'ins', ' ': 'span'}[sign];
        put(view, [h(kind, null, `${sign} ${visible(line)}\n`)]);
    });
    if (left) put(view, [h('span.left', null, `  … ${plural(left, 'equal line')}\n`)]);
    return view;
}

// A value with the part marked that differs from the other one.
function marked(text, other) {
    let from = 0;
    while (from < text.length && from < other.length && text[from] === other[from]) from++;
    let end = 0;
    while (end < text.length - from && end < other.length - from && text.at(-1 - end) === other.at(-1 - end)) end++;
    const middle = text.slice(from, text.length - end);
    const telling = from + end > 8 && middle && other;
    return telling ? [visible(text.slice(0, from)), h('mark', null, visible(middle)), visible(text.slice(text.length - end))]
                   : [visible(text)];
}

function valuesView(actual, expected) {
    const lines = actual && expected ? [inLines(actual), inLines(expected)] : [[''], ['']];
    const difference = lines[0].length > 1 && lines[1].length > 1 ? lineDiff(...lines) : null;
    const pair = (name, text, other) => text === undefined ? null :
        [h('dt', null, name), h('dd', null, h('pre.value', null, marked(text, other || '')))];
    const values = h('dl.values', null, pair('actual', actual, expected), pair('expected', expected, actual));
    if (!difference) return values;
    return [h('p.legend', null, h('del', null, '- actual'), ' ', h('ins', null, '+ expected')), diffView(difference),
        h('details', null, h('summary', null, 'Both values in full'), values)];
}
