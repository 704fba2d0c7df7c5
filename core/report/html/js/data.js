// The run's data: a head, a row for each case, and what there is to tell of a case, unpacked when it is opened.

const LEAKED = 1, UNCHECKED = 2, DETAILS = 4, FAULT = 8;
const CASES_IN_A_CHUNK = 100;

async function unpack(element) {
    const packed = Uint8Array.from(atob(element.textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
    return new Response(stream).json();
}

// Five values for each attempt: core/report/html/rows.c writes them.
function readAttempts(list) {
    const attempts = [];
    for (let i = 0; i < list.length; i += 5)
        attempts.push({start: list[i], duration: list[i + 1], slot: list[i + 2], verdict: list[i + 3], checks: list[i + 4]});
    return attempts;
}

// 0 stands for what the row before has.
function readRows(rows) {
    const last = [];
    const again = (row, at) => row[at] === 0 ? last[at] : (last[at] = row[at]);
    return rows.map((row, index) => ({
        index, id: row[0], plugin: again(row, 1), verdict: again(row, 2), duration: row[3], markers: again(row, 4),
        file: again(row, 5), line: row[6], flags: row[7], cause: row[8], summary: again(row, 9), reason: row[10],
        attempts: readAttempts(row[11]),
    }));
}

function isFailure(row) {
    return BAD.has(row.verdict) || (row.flags & FAULT) !== 0;
}

function parsed() {
    if (document.readyState !== 'loading') return Promise.resolve();
    return new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve, {once: true}));
}

const unpacked = new Map(); // the chunk that was opened last: neighbours are mostly in it

async function loadCase(row) {
    if (!(row.flags & DETAILS)) return null;
    await parsed(); // the chunks stand behind the script
    const element = byId(`c${row.index}`) || byId(`d${Math.floor(row.index / CASES_IN_A_CHUNK)}`);
    if (!element) return null;
    if (!unpacked.has(element.id)) {
        unpacked.clear();
        unpacked.set(element.id, await unpack(element));
    }
    return unpacked.get(element.id)[row.index] || null;
}

async function loadRun() {
    const head = JSON.parse(byId('head').textContent);
    const cases = readRows(await unpack(byId('rows')));
    const byName = new Map(cases.map((row) => [row.id, row]));
    return {head, run: head.testRun, cases, byName, failures: cases.filter(isFailure)};
}

// ---- commands to copy

function quoted(word) {
    return /^[\w\-./:=,@%+]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

// The command line without what must not be there again; [] when it was none of `muster run`.
function runWords(run) {
    const words = run.command[0] === 'muster' ? run.command.slice(1) : run.command.slice();
    if (words[0] !== 'run') return [];
    const kept = [];
    for (let i = 0; i < words.length; i++) {
        const [, option, value] = /^(--rerun|--shard)(=.*)?$/.exec(words[i]) || [];
        if (!option) kept.push(words[i]);
        else if (value === undefined) i++;
    }
    return kept;
}

function commandWith(words, more) {
    const end = words.indexOf('--');
    const all = end < 0 ? [...words, ...more] : [...words.slice(0, end), ...more, ...words.slice(end)];
    return ['muster', ...all].map(quoted).join(' ');
}

function rerunCommand(run) {
    const words = runWords(run);
    return words.length ? commandWith(words, ['--rerun', `failed:${run.id}`]) : '';
}

// For one case: the ids that were given would add to it, so they go.
function caseCommand(run, row) {
    const isId = (word) => run.plugins.some((p) => p.name && (word === p.name || word.startsWith(p.name + '.')));
    const words = runWords(run).filter((word) => !isId(word) && !/^[^-/][^/]*\*/.test(word));
    return words.length ? ['muster', ...words, row.id].map(quoted).join(' ') : '';
}
