/* SPDX-License-Identifier: Apache-2.0 */
/* report.html: the page with its style, its script and its data. */
#include "report/html/html.h"

#include "base/number.h"
#include "base/text.h"
#include "report/formats.h"
#include "report/style.h"

#include <string.h>

struct page {
    struct output *out;
    const struct run_model *model;
    const struct output_reader *source;
    struct causes causes;
    struct chunk_writer *chunks;
};

void html_text_add(struct buf *out, const char *text)
{
    for (const char *p = text, *end = text + strlen(text); p < end;) {
        uint32_t code;
        p += utf8_decode(p, end, &code);
        if (code == '&' || code == '<' || code == '>' || code == '"' || code == '\'')
            buf_addf(out, "&#%u;", (unsigned)code);
        else
            text_add_visible(out, code);
    }
}

/* `<` opens the ways out of a <script>; U+2028 and its like json_add_string() has escaped. */
void html_json_add(struct buf *out, const char *json, size_t len)
{
    for (const char *p = json, *end = json + len; p < end;) {
        const char *mark = memchr(p, '<', (size_t)(end - p));
        buf_add(out, p, (size_t)((mark ? mark : end) - p));
        if (!mark)
            return;
        buf_adds(out, "\\u003c");
        p = mark + 1;
    }
}

static void add_part(struct page *p, const struct html_part *part)
{
    buf_add(&p->out->text, part->data, part->len);
}

static void add_hash(struct page *p, const struct html_part *part)
{
    buf_adds(&p->out->text, "sha256-");
    base64_add(&p->out->text, part->sha256, sizeof part->sha256);
}

static void add_script_hash(struct page *p)
{
    add_hash(p, &html_script);
}

static void add_style_hash(struct page *p)
{
    add_hash(p, &html_style);
}

static void add_style(struct page *p)
{
    add_part(p, &html_style);
}

static void add_script(struct page *p)
{
    add_part(p, &html_script);
}

static void add_run_id(struct page *p)
{
    html_text_add(&p->out->text, *p->model->run_id ? p->model->run_id : "a run");
}

static void add_count(struct buf *out, size_t n, const char *word)
{
    if (n > 0)
        buf_addf(out, ", %zu %s", n, word);
}

/* For who has no script, a mail's preview for one; the script replaces it. */
static void add_summary(struct page *p)
{
    const struct run_model *m = p->model;
    struct buf *out = &p->out->text;
    buf_addf(out, "%zu scenarios", m->n_cases);
    add_count(out, m->verdicts[VERDICT_PASSED] + m->verdicts[VERDICT_FLAKY], "passed");
    add_count(out, model_bad(m), "failed");
    add_count(out, m->verdicts[VERDICT_FLAKY], "flaky");
    add_count(out, m->verdicts[VERDICT_SKIPPED], "skipped");
    add_count(out, model_not_run(m), "not run");
    buf_adds(out, " in ");
    style_duration(out, m->duration_ns);
}

static void add_head(struct page *p)
{
    autobuf struct buf json = {0};
    struct json_out j = {&json, false};
    html_head_add(&j, p->model, &p->causes);
    html_json_add(&p->out->text, json.data, json.len);
}

static void add_rows(struct page *p)
{
    html_rows_write(p->chunks, p->model, &p->causes);
}

static void add_cases(struct page *p)
{
    html_cases_write(p->chunks, p->model, p->source);
}

/* What stands in page.html as @NAME@. */
static const struct slot {
    const char *name;
    void (*add)(struct page *p);
} slots[] = {
    {"SCRIPT_HASH", add_script_hash},
    {"STYLE_HASH", add_style_hash},
    {"RUN", add_run_id},
    {"STYLE", add_style},
    {"SUMMARY", add_summary},
    {"HEAD", add_head},
    {"ROWS", add_rows},
    {"SCRIPT", add_script},
    {"CASES", add_cases},
};

static const struct slot *find_slot(const char *text, size_t len)
{
    for (size_t i = 0; i < ARRAY_LEN(slots); i++) {
        const size_t n = strlen(slots[i].name);
        if (n + 1 < len && strncmp(text, slots[i].name, n) == 0 && text[n] == '@')
            return &slots[i];
    }
    return NULL;
}

static void write_page(struct page *p)
{
    const char *at = (const char *)html_page.data, *end = at + html_page.len;
    while (at < end) {
        const char *mark = memchr(at, '@', (size_t)(end - at));
        buf_add(&p->out->text, at, (size_t)((mark ? mark : end) - at));
        if (!mark)
            return;
        const struct slot *slot = find_slot(mark + 1, (size_t)(end - mark - 1));
        if (slot)
            slot->add(p);
        else
            buf_addc(&p->out->text, '@');
        at = mark + (slot ? strlen(slot->name) + 2 : 1);
        output_step(p->out);
    }
}

int html_write(struct output *out, const struct run_model *model, const struct output_reader *source, struct err *err)
{
    struct page page = {.out = out, .model = model, .source = source};
    int r = chunk_writer_new(out, &page.chunks, err);
    if (r < 0)
        return r;
    page.causes = causes_find(model);
    write_page(&page);
    causes_free(&page.causes);
    chunk_writer_free(page.chunks);
    return 0;
}
