// One case: what failed, where, with what around it.

function heading(text, ...more) {
    return h('h3', null, visible(text), more);
}

// ---- checks

function checkView(f, state, id, attempt) {
    return h('article.failure', null,
        h('h4', null, h('code', null, visible(f.expression || f.message || 'check')), f.required ? h('span.kind', null, 'requirement') : null),
        h('p.where', null, f.file ? h('code.place', null, place(f.file, f.line)) : null, f.step ? [f.file ? ' in step ' : 'step ', h('b', null, visible(f.step))] : null),
        f.expression && f.message ? h('p.message', null, visible(f.message)) : null,
        f.actual !== undefined || f.expected !== undefined ? valuesView(f.actual, f.expected) : null);
}

function stackView(title, stack) {
    return [heading(title), stack.length ? h('ol.stack', null, stack.map((frame) => {
        if (/^thread \d/.test(frame)) return h('li.thread', null, visible(frame));
        const at = frame.lastIndexOf(' at ');
        return h('li', null, at < 0 ? h('code', null, visible(frame))
            : [h('code', null, visible(frame.slice(0, at))), ' at ', h('code.place', null, visible(frame.slice(at + 4)))]);
    })) : h('p', null, 'No stack could be read.')];
}

function failuresView(attempt) {
    const parts = [];
    const failures = attempt.failures || [];
    const told = failures.some((f) => attempt.reason && f.expression && attempt.reason.includes(f.expression)) ||
        (!attempt.file && ((attempt.status === 'CRASHED' && attempt.crash && attempt.crash.signal) || (attempt.status === 'TIMEOUT' && attempt.timeout)));
    if (attempt.reason && !told)
        parts.push(h('p.reason', null, h('b', null, visible(attempt.reason)), attempt.file ? [' ', h('code.place', null, place(attempt.file, attempt.line))] : null));
    parts.push(failures.map((f) => checkView(f)));
    if (attempt.failedChecks > failures.length && failures.length)
        parts.push(h('p', null, `${plural(attempt.failedChecks - failures.length, 'more failed check')} in the event log.`));
    if (attempt.crash)
        parts.push(stackView(`Crashed: ${attempt.crash.signal || 'ended without a verdict'}${attempt.crash.address ? ` at address ${attempt.crash.address}` : ''}` +
            `${attempt.crash.phase ? `, in ${attempt.crash.phase}` : ''}`, attempt.crash.stack));
    if (attempt.timeout)
        parts.push(stackView(`Timed out: ${attempt.timeout.phase || 'it'} took longer than ${duration(attempt.timeout.budgetMs)}`, attempt.timeout.stack));
    for (const leak of attempt.leaks || [])
        parts.push(heading(`Left behind (${leak.kind})`), h('ul', null, leak.what.map((what) => h('li', null, h('code', null, visible(what))))));
    return parts;
}

// ---- steps

function stepTree(attempt) {
    const byNumber = new Map((attempt.steps || []).map((step) => [step.number, {...step, inner: []}]));
    const roots = [];
    for (const step of byNumber.values()) {
        const around = byNumber.get(step.parent);
        (around && step.parent < step.number ? around.inner : roots).push(step); // a log may hold a circle
    }
    return roots;
}

const STEP_WORDS = {PASSED: 'passed', FAILED: 'failed', UNFINISHED: 'unfinished'};

function wantsOpen(step, chosen) {
    return step.status !== 'PASSED' || step.number === chosen || step.inner.some((inner) => wantsOpen(inner, chosen));
}

function stepView(step, address, chosen) {
    const label = [badge(STEP_WORDS[step.status]), ' ', h('a.step', {href: address(step.number), 'data-step': step.number}, visible(step.name)),
        step.status === 'UNFINISHED' ? null : h('span.time', null, duration(step.durationMs))];
    const element = step.inner.length
        ? h('details', {open: wantsOpen(step, chosen)}, h('summary', null, label), h('ul.steps', null, step.inner.map((inner) => stepView(inner, address, chosen))))
        : h('span.leaf', null, label);
    return h(`li.${step.number === chosen ? 'chosen' : 'other'}`, null, element);
}

function stepsView(attempt, address, chosen) {
    const roots = stepTree(attempt);
    return roots.length ? [heading('Steps'), h('ul.steps', null, roots.map((step) => stepView(step, address, chosen)))] : [];
}

// ---- output, log, files

// What the run keeps beside this page; encoded, since names are strangers'.
function fileLink(path, text) {
    return h('a', {href: './' + path.split('/').map(encodeURIComponent).join('/')}, visible(text || path));
}

function outputView(name, attempt, output) {
    const written = attempt[`${name}Bytes`];
    if (!written) return null;
    const path = `${output.folder}/${name}.log`;
    const kept = output[name];
    const part = kept && kept.text.length < kept.size ? ', its end' : '';
    const cut = attempt.outputCut ? ', whose middle was cut' : '';
    return [h('h3', null, name, ' ', h('span.note', null, `${bytes(written)}${part}${cut} · `, fileLink(path))),
        kept ? h('pre.output', {tabindex: '0', 'aria-label': name}, ansiNodes(kept.text)) : null];
}

function logView(attempt) {
    if (!attempt.logs) return [];
    return [heading('Log'), h('ol.log', null, attempt.logs.map((line) => h('li', {class: `l-${line.level}`}, h('span.level', null, visible(line.level)), ' ',
        h('span.text', null, visible(line.text)), line.file ? h('code.place', null, place(line.file, line.line)) : null)))];
}

function servicesView(attempt) {
    return (attempt.services || []).map((s) => [h('h3', null, visible(`${s.fixture} meanwhile`), ' ', h('span.note', null, `${bytes(s.bytes)} · `, fileLink(s.file))),
        s.output.length ? h('pre.output', {tabindex: '0', 'aria-label': visible(`output of ${s.fixture}`)}, ansiNodes(s.output.join('\n'))) : null]);
}

function artifactsView(attempt) {
    if (!attempt.artifacts) return [];
    return [heading('Artifacts'), h('ul.artifacts', null, attempt.artifacts.map((a) => h('li', null, fileLink(a.path, a.name), ' ',
        h('span.note', null, visible([a.mediaType, bytes(a.bytes)].filter(Boolean).join(', '))))))];
}

function metricsView(data, attempt, plugin) {
    if (!attempt.measurements) return [];
    const bounds = (name) => (data.run.thresholds || []).filter((t) => t.metric === name && (!t.plugin || t.plugin === plugin)).map((t) =>
        h('div', null, h(`span.badge.t-${t.status.toLowerCase()}`, null, OUTCOMES[t.status] || t.status), ' ', h('code', null, t.threshold),
            t.value === undefined ? '' : ` (it is ${number(t.value, t.unit)})`));
    return [heading('Measured'), table('Measured', ['Metric', 'Value', 'Thresholds'], attempt.measurements.map((m) => [visible(m.name), number(m.value, visible(m.unit || '')), bounds(m.name)]))];
}

function besideView(data, row, number, state) {
    const attempt = row.attempts[number - 1];
    if (!attempt || !BAD.has(attempt.verdict)) return null;
    const end = attempt.start + attempt.duration, beside = [];
    for (const other of data.cases) {
        if (other === row || beside.length > 12) continue;
        if (other.attempts.some((a) => a.start < end && a.start + a.duration > attempt.start)) beside.push(other);
    }
    if (!beside.length) return null;
    return h('details', null, h('summary', null, 'What ran beside it'), h('ul', null, beside.slice(0, 12).map((other) =>
        h('li', null, badge(other.verdict), ' ', h('a', {href: caseAddress(state, other.id, 0, 0)}, visible(other.id)))), beside.length > 12 ? h('li', null, '…') : null));
}

function numbersView(attempt) {
    return h('p.numbers', null, [duration(attempt.durationMs), plural(attempt.checks, 'check') + (attempt.failedChecks ? `, ${attempt.failedChecks} failed` : ''),
        `began at ${duration(attempt.startedMs)}`, `slot ${attempt.slot}`, `CPU ${duration(attempt.cpuUserMs + attempt.cpuSystemMs)}`, `memory ${bytes(attempt.maxRssKb * 1024)}`].join(' · '));
}

function attemptView(data, row, detail, at, state) {
    const attempt = detail.case.attempts[at], output = detail.outputs[at];
    const address = (step) => caseAddress(state, row.id, attempt.number, step);
    return [numbersView(attempt), failuresView(attempt), stepsView(attempt, address, state.step), logView(attempt), outputView('stderr', attempt, output),
        outputView('stdout', attempt, output), servicesView(attempt), artifactsView(attempt), metricsView(data, attempt, row.plugin),
        attempt.onlyInEventLog ? h('p.note', null, `${attempt.onlyInEventLog} more in the event log only.`) : null, besideView(data, row, at + 1, state)];
}

// ---- attempts as tabs

function tabKeys(event, tabs) {
    const step = {ArrowRight: 1, ArrowLeft: -1, Home: -tabs.length, End: tabs.length}[event.key];
    if (!step) return;
    event.preventDefault();
    const at = tabs.indexOf(event.currentTarget);
    const next = tabs[Math.max(0, Math.min(tabs.length - 1, at + step))];
    next.focus();
    next.click();
}

function attemptsView(data, row, detail, state, number) {
    const attempts = detail.case.attempts;
    const panel = h('div', {id: 'attempt', role: attempts.length > 1 ? 'tabpanel' : undefined, 'aria-labelledby': attempts.length > 1 ? `tab-${number}` : undefined});
    const at = Math.max(0, attempts.findIndex((a) => a.number === number));
    put(panel, [attemptView(data, row, detail, at, state)]);
    if (attempts.length < 2) return panel;
    const tabs = attempts.map((a) => h('button.tab', {type: 'button', role: 'tab', id: `tab-${a.number}`, 'aria-controls': 'attempt',
        'aria-selected': String(a.number === number), tabindex: a.number === number ? '0' : '-1', onkeydown: (e) => tabKeys(e, tabs),
        onclick: () => { location.replace(caseAddress(state, row.id, a.number, 0)); }}, `Attempt ${a.number} `, badge(a.status.toLowerCase())));
    const both = h('div.beside');
    const compare = h('button', {type: 'button', 'aria-expanded': 'false', onclick: () => {
        const shown = both.childElementCount === 0;
        both.replaceChildren(...(shown ? attempts.map((a, i) => h('section', {'aria-label': `Attempt ${a.number}`}, h('h3', null, `Attempt ${a.number} `, badge(a.status.toLowerCase())),
            attemptView(data, row, detail, i, state))) : []));
        panel.hidden = shown;
        compare.setAttribute('aria-expanded', String(shown));
    }}, 'Side by side');
    return [h('div.tabs', null, h('div', {role: 'tablist', 'aria-label': 'Attempts'}, tabs), compare), panel, both];
}

// The attempt that the verdict is from, unless the address names one.
function attemptNumber(row, detail, state) {
    const attempts = detail ? detail.case.attempts : [];
    if (attempts.some((a) => a.number === state.attempt)) return state.attempt;
    const bad = attempts.filter((a) => BAD.has(a.status.toLowerCase()));
    const told = BAD.has(row.verdict) && bad.length ? bad.at(-1) : row.verdict === 'flaky' && bad.length ? bad[0] : attempts.at(-1);
    return told ? told.number : 1;
}

function neighbours(data, row, state) {
    const among = selectedOrAll(data, state), at = among.indexOf(row);
    const link = (other, text, rel) => other ? h('a.button', {href: caseAddress(state, other.id, 0, 0), rel}, text) : null;
    if (at >= 0 && among !== data.cases) return [link(among[at - 1], '← Previous', 'prev'), link(among[at + 1], 'Next →', 'next')];
    const failed = data.failures;
    const after = failed.find((other) => other.index > row.index), before = failed.findLast((other) => other.index < row.index);
    return [link(before, '← Previous failure', 'prev'), link(after, 'Next failure →', 'next')];
}

function selectedOrAll(data, state) {
    try {
        return [...filtersOf(state)].length ? selected(data.cases, state) : data.cases;
    } catch (badExpression) {
        return data.cases;
    }
}

function caseHead(data, row, detail, state, number) {
    const given = detail && detail.case.params ? Object.entries(detail.case.params) : [];
    const command = caseCommand(data.run, row);
    return [h('nav.back', {'aria-label': 'Scenarios'}, h('a.button', {href: listAddress(state), id: 'back'}, '↑ All scenarios'), neighbours(data, row, state)),
        h('h2', {id: 'case-title', tabindex: '-1'}, badge(row.verdict), ' ', h('span.id', null, visible(row.id))),
        row.summary ? h('p.summary', null, visible(row.summary)) : null,
        h('p.facts', null, row.attempts.length ? h('span', null, duration(row.duration)) : null, h('code.place', null, place(row.file, row.line)),
            row.flags & LEAKED ? h('span.badge.v-leaked', null, 'leaked') : null, row.flags & UNCHECKED ? h('span.badge.v-unchecked', null, 'no checks') : null,
            row.markers.map((m) => h('a.marker', {href: listAddress({...readState(), v: [], q: '', cause: '', m: markerOf(m).name})}, visible(m)))),
        given.length ? facts(given.map(([name, value]) => [name, h('code', null, visible(value))])) : null,
        h('p.actions', null, copyButton('Copy as Markdown', 'failure', () => caseMarkdown(data.run, row, detail, number)),
            copyButton('Copy link', 'link', () => location.href), command ? copyButton('Copy command', 'command', command) : null)];
}

// Only the newest call fills the page: an older one may still wait for its chunk.
let asked = 0;

async function showCase(data, state, focus) {
    const mine = ++asked, view = byId('case'), row = data.byName.get(state.case);
    if (!row) {
        view.replaceChildren(h('p', null, `There is no scenario ${visible(state.case)} in this run. `, h('a', {href: listAddress(state)}, 'All scenarios')));
        return;
    }
    const detail = await loadCase(row);
    if (mine !== asked) return;
    const number = attemptNumber(row, detail, state);
    const body = detail && detail.case.attempts.length ? attemptsView(data, row, detail, state, number)
        : h('p.reason', null, row.reason ? visible(row.reason) : row.attempts.length ? `${plural(row.attempts[0].checks, 'check')}, no output: nothing more to tell.` : 'It did not run.');
    view.replaceChildren();
    put(view, [caseHead(data, row, detail, state, number), body]);
    document.title = `${WORDS[row.verdict]}: ${row.id}`;
    const step = state.step && view.querySelector(`[data-step="${state.step}"]`);
    if (step) step.focus();
    else if (focus) byId('case-title').focus();
    view.dataset.shown = row.id;
}
