// The page: made once, then shown as the address's fragment says.

function showList(data, parts, state) {
    let mistake = '';
    if (parts.shown === listAddress(state)) return; // somebody comes back to where he was
    try {
        const rows = selected(data.cases, state);
        parts.list.show(rows, state);
        parts.count.textContent = rows.length === data.cases.length ? `(${rows.length.toLocaleString('en')})`
            : `(${rows.length.toLocaleString('en')} of ${data.cases.length.toLocaleString('en')})`;
        parts.nothing.hidden = rows.length > 0;
        parts.shown = listAddress(state);
    } catch (e) {
        mistake = e.message;
        parts.shown = null;
    }
    parts.filters.fill(state);
    parts.filters.say(mistake);
}

function show(data, parts, focus) {
    const state = readState(), isCase = state.case !== null;
    const leaves = isCase !== byId('overview').hidden;
    if (leaves && isCase) Object.assign(parts, {scrolled: scrollY, opened: document.activeElement});
    byId('overview').hidden = isCase;
    byId('case').hidden = !isCase;
    document.body.classList.toggle('in-case', isCase);
    if (isCase) {
        scrollTo(0, 0);
        return showCase(data, state, focus);
    }
    document.title = parts.title;
    showList(data, parts, state);
    if (leaves && focus) comeBack(parts);
    return Promise.resolve();
}

// To where one was: the link that was followed, if it is still there.
function comeBack(parts) {
    scrollTo(0, parts.scrolled || 0);
    if (parts.opened && parts.opened.isConnected && parts.opened !== document.body) parts.opened.focus({preventScroll: true});
    else byId('scenarios').focus({preventScroll: true});
}

function listParts(data) {
    const parts = {list: new CaseList(), count: h('span.number', {role: 'status'}), nothing: h('p', {hidden: true}, 'No scenario is like that.'), scrolled: 0};
    parts.filters = new Filters(data, (state, typed) => {
        const address = listAddress(state);
        if (typed) history.replaceState(null, '', address);
        else history.pushState(null, '', address);
        showList(data, parts, state);
    });
    parts.timeline = new Timeline(data).element;
    return parts;
}

async function main() {
    const data = await loadRun();
    fillBanner(data);
    const parts = listParts(data);
    parts.title = document.title;
    buildOverview(data, parts);
    addEventListener('hashchange', (e) => show(data, parts, e.oldURL !== e.newURL));
    addEventListener('popstate', () => { if (readState().case === null) showList(data, parts, readState()); });
    addEventListener('keydown', (e) => { if (e.key === 'Escape' && !byId('case').hidden) location.hash = listAddress(readState()); });
    byId('skip').addEventListener('click', (e) => {
        e.preventDefault();
        (byId('case').hidden ? byId('failures') : byId('case-title')).focus();
    });
    // A count leads to the list below it.
    byId('summary').addEventListener('click', (e) => { if (e.target.closest('a')) byId('scenarios').scrollIntoView(); });
    await show(data, parts, false);
    document.documentElement.dataset.ready = String(Math.round(performance.now()));
}

main().catch((e) => {
    byId('summary').textContent = `This page can't be shown: ${e.message}. It needs a browser of 2023 or later; "muster report --format human" needs none.`;
    console.error(e);
});
