// Marker expressions, as `muster run -m` takes them: "e2e and not slow and issue(id=4711)".

const TOKEN = /\s*(?:([()=,])|('[^']*'|"[^"]*")|([\p{L}\p{N}_:+\-.[\]\\/]+))/uy;

function tokens(text) {
    const found = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
        const at = TOKEN.lastIndex;
        const match = TOKEN.exec(text);
        if (!match) throw new Error(`what stands at column ${at + 1} is no part of an expression`);
        const [, sign, string, word] = match;
        found.push({at, sign, value: string ? string.slice(1, -1) : word, isWord: word !== undefined});
    }
    return found;
}

// "issue(id=4711, 'x')" as its name and its arguments.
function readMarker(text) {
    const open = text.indexOf('(');
    if (open < 0) return {name: text, values: new Map()};
    const values = new Map();
    for (const part of text.slice(open + 1, text.lastIndexOf(')')).split(',')) {
        const equals = part.indexOf('=');
        if (equals > 0) values.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim().replace(/^(['"])(.*)\1$/, '$2'));
    }
    return {name: text.slice(0, open), values};
}

const readMarkers = new Map(); // each different spelling is taken apart once

function markerOf(text) {
    if (!readMarkers.has(text)) readMarkers.set(text, readMarker(text));
    return readMarkers.get(text);
}

// A function of a case's markers.
function markerExpression(text) {
    const all = tokens(text);
    let next = 0;
    const peek = (word) => next < all.length && (all[next].sign === word || (all[next].isWord && all[next].value === word));
    const take = (word) => peek(word) && ++next > 0;
    const expect = (sign) => {
        if (!take(sign)) throw new Error(`a ${sign} is missing ${next < all.length ? `at column ${all[next].at + 1}` : 'at the end'}`);
    };
    function either() {
        let left = both();
        while (take('or')) {
            const before = left, right = both();
            left = (markers) => before(markers) || right(markers);
        }
        return left;
    }
    function both() {
        let left = not();
        while (take('and')) {
            const before = left, right = not();
            left = (markers) => before(markers) && right(markers);
        }
        return left;
    }
    function not() {
        if (take('not')) {
            const what = not();
            return (markers) => !what(markers);
        }
        if (take('(')) {
            const inner = either();
            expect(')');
            return inner;
        }
        return marker();
    }
    function marker() {
        const token = all[next++];
        if (!token || !token.isWord) throw new Error('the name of a marker is missing');
        const wanted = peek('(') ? argumentsOf() : [];
        return (markers) => markers.map(markerOf).some((m) => m.name === token.value &&
            wanted.every(([name, value]) => m.values.get(name) === value));
    }
    function argumentsOf() {
        const wanted = [];
        expect('(');
        do {
            const name = all[next++];
            expect('=');
            const value = all[next++];
            if (!name || !value || value.value === undefined) throw new Error('an argument is written as name=value');
            wanted.push([name.value, value.value]);
        } while (take(','));
        expect(')');
        return wanted;
    }
    const whole = either();
    if (next < all.length) throw new Error(`nothing more is expected at column ${all[next].at + 1}`);
    return whole;
}
