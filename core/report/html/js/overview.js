// The first screen: how it ended, and why.

const OVERALL = {PASSED: 'Passed', FAILED: 'Failed', INTERRUPTED: 'Interrupted', INCOMPLETE: 'Incomplete'};

function verdictLine(run) {
    const status = run.summary.overallStatus;
    return [h(`span.overall.o-${status.toLowerCase()}`, null, OVERALL[status] || status), ' ',
        h('span.of', null, run.command.length && run.summary.totalScenarios === 0 ? 'nothing was selected' : plural(run.summary.totalScenarios, 'scenario'))];
}

function countLinks(data, state) {
    const counts = countVerdicts(data.cases);
    const link = (v) => h('a', {class: `count v-${v}`, href: listAddress({...state, v: [v], cause: ''})},
        h('b', null, counts.get(v).toLocaleString('en')), ' ', v === 'unchecked' ? 'without checks' : WORDS[v] || v);
    return [...VERDICTS, 'leaked', 'unchecked'].filter((v) => counts.has(v)).map(link);
}

function fillBanner(data) {
    const run = data.run, command = rerunCommand(run);
    const none = readState();
    FILTERS.forEach((name) => { none[name] = name === 'v' ? [] : ''; });
    document.title = `${OVERALL[run.summary.overallStatus] || ''}: muster ${run.id}`;
    byId('verdict').replaceChildren(...verdictLine(run));
    byId('summary').replaceChildren(h('span.counts', null, countLinks(data, none)));
    put(byId('banner'), [
        h('p.facts', null, h('span', null, run.id), h('span', null, h('time', {datetime: run.timestamp}, run.timestamp.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'))),
            h('span', null, duration(run.durationMs)), h('span', null, run.host), run.target ? h('span', null, `target ${run.target}`) : null,
            h('span', null, `seed ${run.seed}`)),
        data.head.runFault || run.summary.exitReason ? h('p.fault', null, visible(run.summary.exitReason || data.head.runFault)) : null,
        command && data.failures.length ? h('p.command', null, h('code', {tabindex: '0'}, command), copyButton('Copy', 'command', command)) : null,
    ]);
}

// ---- failures by cause

const KINDS = {check: 'check', crash: 'crash', timeout: 'timeout', fixture: 'fixture', reason: 'error', rule: 'rule'};

function causeCard(data, cause, number, state) {
    const rows = data.failures.filter((row) => row.cause === number);
    const shown = rows.slice(0, 3);
    return h('li.cause', null,
        h('h3', null, h('span.n', {title: plural(cause.cases, 'scenario')}, cause.cases.toLocaleString('en')), ' ',
            h(`span.kind.k-${cause.kind}`, null, KINDS[cause.kind]), ' ', h('code', null, visible(cause.title))),
        cause.file ? h('p.place', null, place(cause.file, cause.line)) : null,
        h('ul.cases', null, shown.map((row) => h('li', null, badge(row.verdict), ' ', h('a', {href: caseAddress(state, row.id, 0, 0)}, visible(row.id)))),
            rows.length > shown.length ? h('li', null, h('a', {href: listAddress({...state, v: [], cause: String(number)})},
                `all ${plural(rows.length, 'scenario')} of this cause`)) : null));
}

const CAUSES_AT_FIRST = 20;

function failuresSection(data, state) {
    const causes = data.head.causes;
    const list = h('ol.causes', null, causes.slice(0, CAUSES_AT_FIRST).map((cause, i) => causeCard(data, cause, i + 1, state)));
    const more = causes.length > CAUSES_AT_FIRST ? h('button', {type: 'button', onclick: () => {
        put(list, causes.slice(CAUSES_AT_FIRST).map((cause, i) => causeCard(data, cause, CAUSES_AT_FIRST + i + 1, state)));
        list.children[CAUSES_AT_FIRST].querySelector('a').focus();
        more.remove();
    }}, `Show ${plural(causes.length - CAUSES_AT_FIRST, 'more cause')}`) : null;
    const title = causes.length ? `${plural(data.failures.length, 'failure')}, ${plural(causes.length, 'cause')}` : 'No scenario failed';
    return h('section', {'aria-labelledby': 'failures'}, h('h2', {id: 'failures', tabindex: '-1'}, title), list, more);
}

// ---- what else the run has

function table(caption, columns, rows) {
    if (!rows.length) return null;
    return h('div.wide', {tabindex: '0', role: 'region', 'aria-label': caption}, h('table', null, h('caption', null, caption),
        h('thead', null, h('tr', null, columns.map((name) => h('th', {scope: 'col'}, name)))),
        h('tbody', null, rows.map((cells) => h('tr', null, cells.map((cell) => h('td', null, cell)))))));
}

function section(id, title, ...content) {
    const given = content.flat().filter(Boolean);
    return given.length ? h('section', {'aria-labelledby': id}, h('h2', {id, tabindex: '-1'}, title), given) : null;
}

function number(value, unit) {
    if (value === null || value === undefined) return '';
    const text = Number.isInteger(value) ? value.toLocaleString('en') : String(Number(value.toPrecision(6)));
    return unit ? `${text}${unit.length > 2 ? ' ' : ''}${unit}` : text;
}

const OUTCOMES = {MET: 'met', MISSED: 'missed', NOT_MEASURED: 'not measured', OFF: 'off'};

function thresholdsTable(data, state, thresholds) {
    const worst = (t) => !t.worst ? '' : [data.byName.has(t.worst) ? h('a', {href: caseAddress(state, t.worst, t.worstAttempt, 0)}, visible(t.worst)) : visible(t.worst),
        ` (${number(t.worstValue, t.unit)})`];
    return table('Thresholds', ['Outcome', 'Threshold', 'Bound', 'Value', 'Samples', 'Worst', 'Declared by'], thresholds.map((t) => [
        h(`span.badge.t-${t.status.toLowerCase()}`, null, OUTCOMES[t.status] || t.status), h('code', null, t.threshold),
        t.bound === undefined ? '' : `${t.operator} ${number(t.bound, t.unit)}`, number(t.value, t.unit), number(t.samples), worst(t),
        [t.declaredBy, t.reason ? `: ${visible(t.reason)}` : '']]));
}

function slowestTable(data, state) {
    const rows = data.cases.filter((row) => row.attempts.length).sort((a, b) => b.duration - a.duration).slice(0, 10);
    const all = data.cases.reduce((sum, row) => sum + row.duration, 0) || 1;
    return rows.length < 2 ? null : table('The slowest scenarios', ['Time', 'Of all', 'Scenario'], rows.map((row) => [duration(row.duration),
        `${(100 * row.duration / all).toFixed(1)} %`, [badge(row.verdict), ' ', h('a', {href: caseAddress(state, row.id, 0, 0)}, visible(row.id))]]));
}

const FIXTURE_WORDS = {ENDED: 'ended', FAILED: 'failed', DIED: 'died', TEARDOWN_FAILED: 'tear-down failed', UNFINISHED: 'unfinished'};

function fixturesTable(run) {
    return table('Fixtures and services', ['Status', 'Fixture', 'Scope', 'Ready after', 'Users', 'What was wrong'], (run.fixtures || []).map((f) => [
        h(`span.badge.f-${f.status.toLowerCase()}`, null, FIXTURE_WORDS[f.status] || f.status), h('code', null, f.start > 1 ? `${f.name} (start ${f.start})` : f.name), f.scope,
        f.readyAfterMs === undefined ? '' : duration(f.readyAfterMs), number(f.users),
        [visible(f.reason || f.teardown || ''), f.output ? h('details', null, h('summary', null, 'its last lines'), h('pre', null, ansiNodes(f.output.join('\n')))) : null]]));
}

function facts(pairs) {
    return h('dl.facts-list', null, pairs.filter(([, value]) => value !== undefined && value !== '' && value !== null)
        .map(([name, value]) => h('div', null, h('dt', null, name), h('dd', null, value))));
}

function runSection(data) {
    const run = data.run, s = run.summary;
    return section('run', 'The run', facts([
        ['Command', h('code', null, ['muster', ...(run.command[0] === 'muster' ? run.command.slice(1) : run.command)].map(quoted).join(' '))],
        ['Exit status', s.exitStatus === undefined ? 'none: the log ends before the run did' : String(s.exitStatus) + (s.exitReason ? `: ${visible(s.exitReason)}` : '')],
        ['Seed', String(run.seed)], ['Jobs', String(run.jobs)], ['Containment', run.containment], ['Host', run.host], ['Target', run.target],
        ['Shard', run.shard ? `${run.shard} of ${run.shards}, by ${run.shardBy}` : ''], ['Reruns', data.head.rerunOf], ['muster', run.musterVersion]]),
    table('Plugins that were refused', ['File', 'Why'], run.refused.map((r) => [visible(r.path), visible(r.text)])),
    table('What somebody else changed in the run\'s folder', ['File', 'What', 'While this ran'],
        run.evidenceChanges.map((c) => [visible(c.path), visible(c.what), visible(c.during.join(', '))])),
    table('Plugins', ['Name', 'Version', 'File', 'What it is'], run.plugins.map((p) => [p.name, p.version, p.path, p.summary || ''].map(visible))));
}

function noticesSection(data) {
    const run = data.run;
    const lines = [run.refused.length ? `${plural(run.refused.length, 'plugin')} could not be loaded` : '',
        run.evidenceChanges.length ? 'somebody else changed the run\'s folder' : '',
        run.summary.overallStatus === 'INCOMPLETE' ? 'the log ends before the run did, or shards are missing' : ''].filter(Boolean);
    return lines.length ? h('p.notice', {role: 'note'}, lines.join('; '), ': ', h('a', {href: '#run', onclick: (e) => {
        e.preventDefault();
        byId('run').focus();
    }}, 'see the run')) : null;
}

function buildOverview(data, parts) {
    const state = readState(), run = data.run;
    const missed = (run.thresholds || []).filter((t) => t.status === 'MISSED');
    const met = (run.thresholds || []).filter((t) => t.status !== 'MISSED');
    put(byId('overview'), [
        noticesSection(data), failuresSection(data, state), section('missed', plural(missed.length, 'missed threshold'), thresholdsTable(data, state, missed)),
        h('section', {'aria-labelledby': 'scenarios'}, h('h2', {id: 'scenarios', tabindex: '-1'}, 'Scenarios ', parts.count),
            parts.filters.form, parts.filters.cause, parts.list.box, parts.nothing),
        parts.timeline, section('slowest', 'Slowest', slowestTable(data, state)), section('thresholds', 'Thresholds', thresholdsTable(data, state, met)),
        section('fixtures', 'Fixtures', fixturesTable(run)), runSection(data)]);
}
