// What a scenario printed: colours as spans, every other control where it stands, visible.

const SGR = /\x1b\[([\d;]*)m/g;

// The classes that a sequence leaves, from those before it.
function afterCodes(style, codes) {
    const next = {...style};
    for (let i = 0; i < codes.length; i++) {
        const code = codes[i];
        if (code === 0) Object.keys(next).forEach((key) => delete next[key]);
        else if (code === 1) next.weight = 'bold';
        else if (code === 2) next.weight = 'dim';
        else if (code === 3) next.slant = 'italic';
        else if (code === 4) next.line = 'underline';
        else if (code === 7) next.swap = 'inverse';
        else if (code === 22) delete next.weight;
        else if (code === 23) delete next.slant;
        else if (code === 24) delete next.line;
        else if (code === 27) delete next.swap;
        else if (code >= 30 && code <= 37) next.front = `f${code - 30}`;
        else if (code >= 90 && code <= 97) next.front = `f${code - 90}`;
        else if (code >= 40 && code <= 47) next.back = `b${code - 40}`;
        else if (code >= 100 && code <= 107) next.back = `b${code - 100}`;
        else if (code === 39) delete next.front;
        else if (code === 49) delete next.back;
        else if (code === 38 || code === 48) {
            if (codes[i + 1] === 5 && codes[i + 2] < 16) next[code === 38 ? 'front' : 'back'] = (code === 38 ? 'f' : 'b') + codes[i + 2] % 8;
            i += codes[i + 1] === 5 ? 2 : 4; // the large palettes have no place beside two themes
        }
    }
    return next;
}

function ansiNodes(text) {
    const nodes = [];
    let style = {}, from = 0;
    const add = (part) => {
        if (!part) return;
        const classes = Object.values(style);
        nodes.push(classes.length ? h('span', {class: classes.map((c) => `a-${c}`).join(' ')}, visible(part)) : visible(part));
    };
    for (const match of text.matchAll(SGR)) {
        add(text.slice(from, match.index));
        style = afterCodes(style, match[1].split(';').map(Number));
        from = match.index + match[0].length;
    }
    add(text.slice(from));
    return nodes;
}
