// When what ran, by slot. A canvas, since 100,000 attempts are too many elements; whoever does not see it has the list
// of scenarios, whose order may be that of the starts.

const LANE = 18, GAP = 4, LEFT = 56, TOP = 22;

class Timeline {
    constructor(data) {
        this.data = data;
        this.zoom = 1;
        this.bars = this.collect();
        this.lanes = this.bars.reduce((most, bar) => Math.max(most, bar.slot + 1), 0);
        this.chosen = -1;
        this.picture = document.createElement('canvas');
        this.canvas = h('canvas', {tabindex: '0', role: 'img', 'aria-label': this.label(), 'aria-describedby': 'timeline-says',
            onmousemove: (e) => this.point(e), onclick: () => this.open(), onkeydown: (e) => this.onKey(e)});
        this.says = h('p.note', {id: 'timeline-says', 'aria-live': 'polite'}, 'Point at a bar, or use the arrow keys; Enter opens it.');
        this.box = h('div.timeline', null, this.canvas);
        this.element = this.bars.length ? h('section', {'aria-labelledby': 'timeline'}, h('h2', {id: 'timeline', tabindex: '-1'}, 'Timeline'),
            h('p.actions', null, this.zoomButton('Zoom in', 2), this.zoomButton('Zoom out', 0.5)), this.box, this.says) : null;
        if (!this.element) return;
        onResize(this.box, () => this.draw());
        matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
    }

    // By start, so that the arrow keys go through time. Fixtures have slots of their own.
    collect() {
        const bars = [];
        for (const row of this.data.cases)
            row.attempts.forEach((a, i) => bars.push({start: a.start, end: a.start + a.duration, slot: a.slot, kind: a.verdict, row, attempt: i + 1}));
        for (const f of this.data.run.fixtures || [])
            bars.push({start: f.startedMs, end: f.startedMs + (f.durationMs || 0), slot: -1, kind: 'fixture', fixture: f});
        const slots = bars.reduce((most, bar) => Math.max(most, bar.slot + 1), 0);
        let lane = slots;
        for (const bar of bars) if (bar.fixture) bar.slot = lane++;
        this.slots = slots;
        return bars.filter((bar) => bar.slot < slots + 40).sort((a, b) => a.start - b.start);
    }

    label() {
        return `${plural(this.bars.length, 'bar')} in ${plural(this.slots, 'slot')} over ${duration(this.data.run.durationMs)}`;
    }

    zoomButton(text, factor) {
        return h('button', {type: 'button', onclick: () => {
            this.zoom = Math.max(1, Math.min(16, this.zoom * factor));
            this.draw();
        }}, text);
    }

    draw() {
        if (!this.box.clientWidth) return; // it is not shown
        const width = Math.min(16000, Math.max(200, this.box.clientWidth) * this.zoom), height = TOP + this.lanes * (LANE + GAP) + GAP;
        const ratio = Math.min(devicePixelRatio || 1, 16000 / width);
        Object.assign(this.canvas.style, {width: `${width}px`, height: `${height}px`});
        this.ratio = ratio;
        for (const canvas of [this.canvas, this.picture]) {
            canvas.width = width * ratio;
            canvas.height = height * ratio;
            canvas.getContext('2d').scale(ratio, ratio);
        }
        this.paint = this.picture.getContext('2d');
        this.scale = (width - LEFT - 8) / Math.max(1, this.data.run.durationMs);
        this.colours = getComputedStyle(this.box);
        this.drawLanes(width);
        const bad = (bar) => BAD.has(bar.kind) ? 1 : 0;
        [...this.bars].sort((a, b) => bad(a) - bad(b)).forEach((bar) => this.drawBar(bar)); // failures on top
        this.show();
    }

    // All bars are drawn once; what is pointed at is marked on a copy.
    show() {
        const paint = this.canvas.getContext('2d');
        paint.clearRect(0, 0, this.canvas.width, this.canvas.height);
        paint.drawImage(this.picture, 0, 0, this.canvas.width / this.ratio, this.canvas.height / this.ratio);
        if (this.chosen >= 0) this.mark(paint, this.bars[this.chosen]);
    }

    colour(name) {
        return this.colours.getPropertyValue(`--${name}`).trim() || '#888';
    }

    drawLanes(width) {
        const paint = this.paint;
        paint.font = '12px system-ui, sans-serif';
        paint.textBaseline = 'middle';
        for (let lane = 0; lane < this.lanes; lane++) {
            const y = TOP + lane * (LANE + GAP);
            paint.fillStyle = this.colour('lane');
            paint.fillRect(LEFT, y, width - LEFT - 8, LANE);
            paint.fillStyle = this.colour('soft');
            paint.fillText(lane < this.slots ? `slot ${lane}` : 'fixture', 4, y + LANE / 2);
        }
        const every = niceStep(this.data.run.durationMs / (width / 110));
        for (let t = 0; t <= this.data.run.durationMs; t += every) paint.fillText(duration(t), LEFT + t * this.scale, TOP / 2);
    }

    rectangle(bar) {
        return [LEFT + bar.start * this.scale, TOP + bar.slot * (LANE + GAP), Math.max(1.5, (bar.end - bar.start) * this.scale - 0.5), LANE];
    }

    drawBar(bar) {
        this.paint.fillStyle = this.colour(`bar-${bar.kind}`);
        this.paint.fillRect(...this.rectangle(bar));
    }

    mark(paint, bar) {
        const [x, y, w, height] = this.rectangle(bar);
        paint.strokeStyle = this.colour('text');
        paint.lineWidth = 2;
        paint.strokeRect(x - 1, y - 1, w + 2, height + 2);
    }

    choose(at) {
        if (at === this.chosen) return;
        this.chosen = at;
        this.show();
        const bar = this.bars[at];
        this.canvas.style.cursor = bar && bar.row ? 'pointer' : '';
        if (!bar) return;
        const name = bar.row ? `${bar.row.id}, attempt ${bar.attempt}: ${WORDS[bar.kind] || bar.kind}` : `fixture ${bar.fixture.name}`;
        this.says.textContent = visible(`${name}, ${duration(bar.end - bar.start)} from ${duration(bar.start)}`);
    }

    point(event) {
        const box = this.canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
        const near = (bar) => {
            const [left, top, w, height] = this.rectangle(bar);
            return x >= left - 2 && x <= left + w + 2 && y >= top && y <= top + height;
        };
        const hits = this.bars.map((bar, at) => [bar, at]).filter(([bar]) => near(bar));
        const hit = hits.find(([bar]) => BAD.has(bar.kind)) || hits[0];
        this.choose(hit ? hit[1] : -1);
    }

    onKey(event) {
        const step = {ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity}[event.key];
        if (event.key === 'Enter') this.open();
        if (!step) return;
        event.preventDefault();
        this.choose(Math.max(0, Math.min(this.bars.length - 1, this.chosen + step)));
        const [x] = this.rectangle(this.bars[this.chosen]);
        if (x < this.box.scrollLeft || x > this.box.scrollLeft + this.box.clientWidth) this.box.scrollLeft = x - 60;
    }

    open() {
        const bar = this.bars[this.chosen];
        if (bar && bar.row) location.hash = caseAddress(readState(), bar.row.id, bar.attempt, 0);
    }
}

// 1, 2 or 5 times a power of ten.
function niceStep(least) {
    const power = 10 ** Math.floor(Math.log10(Math.max(least, 1e-3)));
    return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= least);
}
