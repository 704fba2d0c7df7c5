// Elements and words. Data reaches the page as text nodes and attributes only, never as markup.

function put(parent, children) {
    for (const child of children.flat(Infinity)) {
        if (child === null || child === undefined || child === false) continue;
        parent.append(child instanceof Node ? child : String(child));
    }
    return parent;
}

// h('a.row', {href: '#x', onclick: f}, 'text', node, [more]): an element with its class, attributes and children.
function h(what, properties, ...children) {
    const [tag, ...classes] = what.split('.');
    const element = document.createElement(tag);
    if (classes.length) element.className = classes.join(' ');
    for (const [name, value] of Object.entries(properties || {})) {
        if (value === undefined || value === null || value === false) continue;
        if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
        else element.setAttribute(name, value === true ? '' : value);
    }
    return put(element, children);
}

function byId(id) {
    return document.getElementById(id);
}

function duration(ms) {
    if (ms <= 0) return '0';
    if (ms < 1) return `${ms.toFixed(2)} ms`;
    if (ms < 1000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
    if (ms < 60000) return `${(ms / 1000).toFixed(ms < 10000 ? 2 : 1)} s`;
    const seconds = Math.round(ms / 1000);
    const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
    return (hours ? `${hours} h ` : '') + `${minutes} min ${seconds % 60} s`;
}

function bytes(n) {
    const units = ['B', 'KiB', 'MiB', 'GiB'];
    let unit = 0;
    while (n >= 1024 && unit < 3) {
        n /= 1024;
        unit++;
    }
    return `${unit && n < 100 ? n.toFixed(1) : Math.round(n)} ${units[unit]}`;
}

function plural(n, word, more) {
    return `${n.toLocaleString('en')} ${n === 1 ? word : more || word + 's'}`;
}

function place(file, line) {
    return visible(file ? (line > 0 ? `${file}:${line}` : file) : '');
}

// Controls, and marks that reorder what a reader sees, as escapes; newline and tab stay.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

function visible(text) {
    return text.replace(/\r\n/g, '\n').replace(CONTROLS, (c) => {
        const code = c.charCodeAt(0).toString(16);
        return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
    });
}

// Where its size is told of, an element may not change its own: a frame later it may.
function onResize(element, draw) {
    new ResizeObserver(() => requestAnimationFrame(draw)).observe(element);
}

function announce(text) {
    byId('live').textContent = text;
}

// Copies, also where the browser keeps its clipboard from pages in files.
async function copy(text, what) {
    try {
        await navigator.clipboard.writeText(text);
    } catch (refused) {
        const area = h('textarea', {'aria-hidden': 'true', class: 'offscreen'});
        const before = document.activeElement;
        area.value = text;
        document.body.append(area);
        area.select();
        document.execCommand('copy');
        area.remove();
        if (before) before.focus();
    }
    announce(`${what} copied`);
}

function copyButton(label, what, text) {
    const button = h('button', {type: 'button', onclick: async () => {
        await copy(typeof text === 'function' ? text() : text, what);
        button.textContent = 'Copied';
        setTimeout(() => { button.textContent = label; }, 1500);
    }}, label);
    return button;
}

function badge(verdict) {
    return h(`span.badge.v-${verdict}`, null, WORDS[verdict] || verdict);
}

const WORDS = {
    passed: 'passed', failed: 'failed', error: 'error', timeout: 'timeout', crashed: 'crashed', skipped: 'skipped',
    flaky: 'flaky', not_run: 'not run', unfinished: 'unfinished',
};
const BAD = new Set(['failed', 'error', 'timeout', 'crashed']);
