// The list of cases. Only the rows in sight are elements: 100,000 scroll as ten do.

const ROW_HEIGHT = 44, BEYOND = 8, MOST_PRINTED = 2000;

function caseRow(row, at, state) {
    const times = row.attempts.length > 1 ? h('span.tries', null, plural(row.attempts.length, 'attempt')) : null;
    const marks = [row.flags & LEAKED ? h('span.badge.v-leaked', null, 'leaked') : null,
        row.flags & UNCHECKED ? h('span.badge.v-unchecked', {title: 'It made no check'}, 'no checks') : null];
    return h('li.row', {'aria-setsize': state.shownCount, 'aria-posinset': at + 1},
        badge(row.verdict),
        h('span.what', null, h('a', {href: caseAddress(state, row.id, 0, 0), title: visible(row.summary || row.id)}, visible(row.id)), marks,
            h('span.why', null, visible(row.reason || row.summary))),
        times, h('span.time', null, row.attempts.length ? duration(row.duration) : ''));
}

class CaseList {
    constructor() {
        this.rows = [];
        this.drawn = new Map(); // place in the list -> element
        this.space = h('ul.space', {role: 'list'});
        this.box = h('div.list', {tabindex: '-1', onscroll: () => this.draw(), onkeydown: (e) => this.onKey(e)}, this.space);
        onResize(this.box, () => this.draw());
        addEventListener('beforeprint', () => this.printAll(true));
        addEventListener('afterprint', () => this.printAll(false));
    }

    show(rows, state) {
        this.rows = rows;
        this.state = {...state, shownCount: rows.length};
        this.space.style.height = `${rows.length * ROW_HEIGHT}px`;
        this.box.style.height = `${Math.min(rows.length, 14) * ROW_HEIGHT + 2}px`;
        this.clear();
        this.box.scrollTop = 0;
        this.draw();
    }

    clear() {
        this.drawn.forEach((element) => element.remove());
        this.drawn.clear();
    }

    draw() {
        if (!this.box.clientHeight) return; // it is not shown, or empty
        const from = Math.max(0, Math.floor(this.box.scrollTop / ROW_HEIGHT) - BEYOND);
        const to = Math.min(this.rows.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / ROW_HEIGHT) + BEYOND);
        for (const [at, element] of this.drawn)
            if ((at < from || at >= to) && !element.contains(document.activeElement)) { // focus is not taken from anybody
                element.remove();
                this.drawn.delete(at);
            }
        for (let at = from; at < to; at++) if (!this.drawn.has(at)) this.add(at);
    }

    // In their order, which is that of the Tab key.
    add(at) {
        const element = caseRow(this.rows[at], at, this.state);
        element.style.top = `${at * ROW_HEIGHT}px`;
        let next = at + 1;
        while (next < at + 60 && !this.drawn.has(next)) next++;
        this.space.insertBefore(element, this.drawn.get(next) || null);
        this.drawn.set(at, element);
    }

    onKey(event) {
        const step = {ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity}[event.key];
        if (!step || event.altKey || event.ctrlKey || event.metaKey || !this.rows.length) return;
        event.preventDefault();
        const current = [...this.drawn].find(([, element]) => element.contains(document.activeElement));
        this.focus(Math.max(0, Math.min(this.rows.length - 1, (current ? current[0] : -1) + step)));
    }

    focus(at) {
        const top = at * ROW_HEIGHT;
        if (top < this.box.scrollTop) this.box.scrollTop = top;
        if (top + ROW_HEIGHT > this.box.scrollTop + this.box.clientHeight)
            this.box.scrollTop = top + ROW_HEIGHT - this.box.clientHeight;
        this.draw();
        this.drawn.get(at).querySelector('a').focus({preventScroll: true});
    }

    printAll(begins) {
        this.box.classList.toggle('printed', begins);
        this.clear();
        if (!begins) this.draw();
        for (let at = 0; begins && at < Math.min(this.rows.length, MOST_PRINTED); at++) this.add(at);
    }
}

// ---- the filters above it

const VERDICTS = ['failed', 'error', 'timeout', 'crashed', 'flaky', 'skipped', 'not_run', 'passed'];

function countVerdicts(cases) {
    const counts = new Map();
    for (const row of cases) counts.set(row.verdict, (counts.get(row.verdict) || 0) + 1);
    const leaked = cases.filter((row) => row.flags & LEAKED).length, unchecked = cases.filter((row) => row.flags & UNCHECKED).length;
    if (leaked) counts.set('leaked', leaked);
    if (unchecked) counts.set('unchecked', unchecked);
    return counts;
}

class Filters {
    constructor(data, onChange) {
        this.data = data;
        this.onChange = onChange;
        this.search = h('input', {type: 'search', id: 'q', placeholder: 'id, reason, file …', spellcheck: 'false', oninput: () => this.changed(true)});
        this.markers = h('input', {type: 'text', id: 'm', placeholder: 'e2e and not slow', spellcheck: 'false', list: 'markers',
            'aria-describedby': 'm-mistake', oninput: () => this.changed(true)});
        this.mistake = h('span.mistake', {id: 'm-mistake', role: 'alert'});
        this.plugin = this.select('plugin', [['', 'all'], ...[...new Set(data.cases.map((row) => row.plugin))].map((p) => [p, p])]);
        this.sort = this.select('sort', [['', 'failures first'], ['planned', 'as planned'], ['slowest', 'slowest first'], ['name', 'by name'], ['start', 'by start']]);
        this.cause = h('p.cause-filter', {hidden: true});
        this.verdicts = h('fieldset.verdicts', null, h('legend', null, 'Verdict'), this.verdictBoxes());
        this.form = h('form.filters', {role: 'search', 'aria-label': 'Filter the scenarios', onsubmit: (e) => e.preventDefault()},
            this.verdicts, this.field('q', 'Text', this.search), this.field('m', 'Markers', this.markers, this.mistake),
            this.field('plugin', 'Plugin', this.plugin), this.field('sort', 'Order', this.sort), this.knownMarkers());
    }

    field(id, label, ...content) {
        return h('p.field', null, h('label', {for: id}, label), content);
    }

    select(id, options) {
        return h('select', {id, onchange: () => this.changed(false)}, options.map(([value, text]) => h('option', {value}, text)));
    }

    verdictBoxes() {
        const counts = countVerdicts(this.data.cases);
        return [...VERDICTS, 'leaked', 'unchecked'].filter((v) => counts.has(v)).map((v) =>
            h('label.check', null, h('input', {type: 'checkbox', name: 'v', value: v, onchange: () => this.changed(false)}),
                h(`span.v-${v}`, null, v === 'unchecked' ? 'no checks' : WORDS[v] || v), ' ', h('b', null, counts.get(v).toLocaleString('en'))));
    }

    knownMarkers() {
        const names = new Set(this.data.cases.flatMap((row) => row.markers).map((m) => markerOf(m).name));
        return h('datalist', {id: 'markers'}, [...names].slice(0, 200).map((name) => h('option', {value: name})));
    }

    fill(state) {
        const set = (field, value) => { if (field.value !== value) field.value = value; };
        set(this.search, state.q);
        set(this.markers, state.m);
        set(this.plugin, state.plugin);
        set(this.sort, state.sort);
        for (const box of this.verdicts.querySelectorAll('input'))
            box.checked = state.v.includes(box.value) || (state.v.includes('bad') && BAD.has(box.value));
        const cause = this.data.head.causes[state.cause - 1];
        this.cause.hidden = !cause && !state.file;
        this.cause.replaceChildren(...(this.cause.hidden ? [] : ['Only ', cause ? h('code', null, visible(cause.title)) : h('code', null, state.file),
            ' ', h('a', {href: listAddress({...state, cause: '', file: ''})}, 'show all')]));
    }

    // Typing replaces the address; a choice makes a new one that Back leaves.
    changed(typed) {
        const state = readState();
        const verdicts = [...this.verdicts.querySelectorAll('input:checked')].map((box) => box.value);
        this.onChange({...state, q: this.search.value, m: this.markers.value, plugin: this.plugin.value, sort: this.sort.value, v: verdicts}, typed);
    }

    say(mistake) {
        this.mistake.textContent = mistake;
        this.markers.setAttribute('aria-invalid', mistake ? 'true' : 'false');
    }
}
