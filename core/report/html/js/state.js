// What is shown lives in the address's fragment, so that it can be sent to somebody: #v=failed&q=refund, or
// #case=acme.pay.refund&attempt=2.

const FILTERS = ['v', 'm', 'plugin', 'q', 'cause', 'file', 'sort'];
const LIST_OF = new Set(['v']);

function readState() {
    const given = new URLSearchParams(location.hash.slice(1));
    const state = {case: given.get('case'), attempt: Number(given.get('attempt')) || 0, step: Number(given.get('step')) || 0};
    for (const name of FILTERS) {
        const value = given.get(name) || '';
        state[name] = LIST_OF.has(name) ? value.split(',').filter(Boolean) : value;
    }
    return state;
}

function filtersOf(state) {
    const given = new URLSearchParams();
    for (const name of FILTERS) {
        const value = LIST_OF.has(name) ? state[name].join(',') : state[name];
        if (value) given.set(name, value);
    }
    return given;
}

function fragment(given) {
    // What people read in an address stays readable.
    return '#' + given.toString().replace(/%2C/g, ',').replace(/%5B/g, '[').replace(/%5D/g, ']');
}

function listAddress(state) {
    return fragment(filtersOf(state));
}

// The filters go along, so that the way back leads to the same list.
function caseAddress(state, id, attempt, step) {
    const given = new URLSearchParams();
    given.set('case', id);
    if (attempt) given.set('attempt', attempt);
    if (step) given.set('step', step);
    for (const [name, value] of filtersOf(state)) given.set(name, value);
    return fragment(given);
}

// ---- the filters

// A function that says of a case whether it is to be shown; throws an Error with a sentence for a bad expression.
function filterOf(state) {
    const markers = state.m.trim() ? markerExpression(state.m) : null;
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const cause = Number(state.cause);
    return (row) =>
        (!state.v.length || state.v.includes(row.verdict) || (state.v.includes('bad') && isFailure(row)) ||
            (state.v.includes('leaked') && row.flags & LEAKED) || (state.v.includes('unchecked') && row.flags & UNCHECKED)) &&
        (!state.plugin || row.plugin === state.plugin) && (!cause || row.cause === cause) &&
        (!state.file || row.file.includes(state.file)) && (!markers || markers(row.markers)) && hasWords(row, words);
}

function hasWords(row, words) {
    if (!words.length) return true;
    row.text = row.text || `${row.id}\n${row.summary}\n${row.reason}\n${row.file}\n${row.markers.join(' ')}`.toLowerCase();
    return words.every((word) => row.text.includes(word));
}

const ORDERS = {
    '': (a, b) => rank(a) - rank(b),
    planned: null,
    slowest: (a, b) => b.duration - a.duration,
    name: (a, b) => (a.id < b.id ? -1 : 1),
    start: (a, b) => startOf(a) - startOf(b),
};

// What needs somebody's eyes stands first; sorting keeps the plan's order within.
function rank(row) {
    if (isFailure(row)) return 0;
    return {not_run: 1, flaky: 2, passed: row.flags & (LEAKED | UNCHECKED) ? 3 : 4}[row.verdict] || 5;
}

function startOf(row) {
    return row.attempts.length ? row.attempts[0].start : Infinity;
}

function selected(cases, state) {
    const shown = cases.filter(filterOf(state));
    const order = ORDERS[state.sort] || null;
    return order ? shown.sort(order) : shown;
}
