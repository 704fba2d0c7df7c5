/* SPDX-License-Identifier: Apache-2.0 */
/* Plugins and their parts as JSON. */
#include "cli/plugin_json.h"

#include "base/text.h"
#include "plan/fixtures.h"

#include <string.h>

void json_add_pair(struct buf *out, const char *key, const char *value)
{
    buf_addf(out, "\"%s\":", key);
    if (value)
        json_add_string(out, value, strlen(value));
    else
        buf_adds(out, "null");
}

void json_add_texts(struct buf *out, const char *key, const char *const *items)
{
    buf_addf(out, "\"%s\":[", key);
    for (size_t i = 0; items[i]; i++) {
        if (i)
            buf_addc(out, ',');
        json_add_string(out, items[i], strlen(items[i]));
    }
    buf_addc(out, ']');
}

static void add_place(struct buf *out, const char *summary, const char *file, uint32_t line)
{
    buf_addc(out, ',');
    json_add_pair(out, "summary", summary);
    buf_addc(out, ',');
    json_add_pair(out, "file", file);
    buf_addf(out, ",\"line\":%u", line);
}

static void add_params(struct buf *out, const struct param_list *params)
{
    buf_adds(out, ",\"params\":[");
    for (uint32_t i = 0; i < params->n; i++) {
        const struct param_info *p = &params->items[i];
        buf_adds(out, i ? ",{" : "{");
        json_add_pair(out, "name", p->name);
        buf_addc(out, ',');
        json_add_pair(out, "type", value_type_name(p->type));
        buf_addc(out, ',');
        json_add_pair(out, "fallback", p->fallback);
        buf_addc(out, ',');
        json_add_pair(out, "summary", p->summary);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

/* Milliseconds; null where it is not set. */
static void add_ms(struct buf *out, const char *key, uint32_t ms)
{
    if (ms)
        buf_addf(out, ",\"%s\":%u", key, ms);
    else
        buf_addf(out, ",\"%s\":null", key);
}

void json_add_step(struct buf *out, const struct catalogue *c, const struct step_info *s)
{
    buf_addc(out, '{');
    json_add_pair(out, "name", s->name);
    buf_addc(out, ',');
    json_add_pair(out, "plugin", c->plugins[s->plugin].name);
    buf_addc(out, ',');
    json_add_pair(out, "path", c->plugins[s->plugin].path);
    add_place(out, s->summary, s->file, s->line);
    buf_addc(out, ',');
    json_add_pair(out, "returns", value_type_name(s->returns));
    add_params(out, &s->params);
    buf_addc(out, ',');
    json_add_texts(out, "needs", s->needs);
    buf_addc(out, ',');
    json_add_texts(out, "uses", s->uses);
    add_ms(out, "timeout_ms", s->timeout_ms);
    buf_addc(out, '}');
}

static void add_fixture(struct buf *out, const struct fixture_info *f)
{
    buf_addc(out, '{');
    json_add_pair(out, "name", f->name);
    buf_addc(out, ',');
    json_add_pair(out, "scope", fixture_scope_name(f->scope));
    add_place(out, f->summary, f->file, f->line);
    add_params(out, &f->params);
    buf_addc(out, ',');
    json_add_texts(out, "uses", f->uses);
    add_ms(out, "setup_timeout_ms", f->setup_timeout_ms);
    add_ms(out, "ready_timeout_ms", f->ready_timeout_ms);
    add_ms(out, "teardown_timeout_ms", f->teardown_timeout_ms);
    add_ms(out, "health_interval_ms", f->health_interval_ms);
    buf_addc(out, '}');
}

static void add_table(struct buf *out, const struct table_info *t)
{
    buf_adds(out, "{\"columns\":[");
    for (uint32_t i = 0; i < t->n_columns; i++) {
        if (i)
            buf_addc(out, ',');
        json_add_string(out, t->columns[i], strlen(t->columns[i]));
    }
    buf_addf(out, "],\"rows\":%llu,", (unsigned long long)t->n_rows);
    json_add_pair(out, "file", *t->file ? t->file : NULL);
    buf_addc(out, '}');
}

static void add_scenario(struct buf *out, const struct scenario_info *s)
{
    buf_addc(out, '{');
    json_add_pair(out, "id", s->id);
    add_place(out, s->summary, s->file, s->line);
    buf_adds(out, ",\"markers\":[");
    for (uint32_t i = 0; i < s->n_markers; i++) {
        if (i)
            buf_addc(out, ',');
        json_add_string(out, s->markers[i].text, strlen(s->markers[i].text));
    }
    buf_addc(out, ']');
    add_params(out, &s->params);
    buf_adds(out, ",\"tables\":[");
    for (uint32_t i = 0; i < s->n_tables; i++) {
        if (i)
            buf_addc(out, ',');
        add_table(out, &s->tables[i]);
    }
    buf_adds(out, "],");
    json_add_texts(out, "needs", s->needs);
    buf_addc(out, ',');
    json_add_texts(out, "uses", s->uses);
    add_ms(out, "setup_timeout_ms", s->setup_timeout_ms);
    add_ms(out, "timeout_ms", s->timeout_ms);
    add_ms(out, "teardown_timeout_ms", s->teardown_timeout_ms);
    buf_addf(out, ",\"reruns\":%u,\"rerun_delay_ms\":%u}", s->reruns, s->rerun_delay_ms);
}

void json_open_plugin(struct buf *out, const struct plugin_info *p)
{
    buf_addc(out, '{');
    json_add_pair(out, "name", p->name);
    buf_addc(out, ',');
    json_add_pair(out, "version", p->version);
    buf_addc(out, ',');
    json_add_pair(out, "summary", p->summary);
    buf_addc(out, ',');
    json_add_pair(out, "path", p->path);
    buf_addf(out, ",\"abi_minor\":%u,\"fresh\":%s", p->abi_minor, p->fresh ? "true" : "false");
}

void json_add_plugin(struct buf *out, const struct catalogue *c, const struct plugin_info *p)
{
    json_open_plugin(out, p);
    buf_addc(out, ',');
    json_add_texts(out, "thresholds", p->thresholds);
    buf_adds(out, ",\n\"scenarios\":[");
    for (uint32_t i = 0; i < p->count; i++) {
        buf_adds(out, i ? ",\n" : "");
        add_scenario(out, &c->scenarios[p->first + i]);
    }
    buf_adds(out, "],\n\"fixtures\":[");
    for (uint32_t i = 0; i < p->n_fixtures; i++) {
        buf_adds(out, i ? ",\n" : "");
        add_fixture(out, &c->fixtures[p->first_fixture + i]);
    }
    buf_adds(out, "],\n\"steps\":[");
    for (uint32_t i = 0; i < p->n_steps; i++) {
        buf_adds(out, i ? ",\n" : "");
        json_add_step(out, c, &c->steps[p->first_step + i]);
    }
    buf_adds(out, "],\n\"cleanups\":[");
    for (uint32_t i = 0; i < p->n_cleanups; i++) {
        const struct cleanup_info *cleanup = &c->cleanups[p->first_cleanup + i];
        buf_adds(out, i ? ",\n{" : "{");
        json_add_pair(out, "name", cleanup->name);
        add_ms(out, "timeout_ms", cleanup->timeout_ms);
        buf_addc(out, '}');
    }
    buf_adds(out, "]}");
}

void json_add_refused(struct buf *out, const struct hosts *hosts)
{
    bool first = true;
    buf_addc(out, '[');
    for (size_t i = 0; i < hosts->n; i++) {
        if (!find_is_refused(hosts->items[i]))
            continue;
        buf_adds(out, first ? "\n{" : ",\n{");
        json_add_pair(out, "path", hosts->items[i]->path);
        buf_addc(out, ',');
        json_add_pair(out, "reason", hosts->items[i]->reason);
        buf_addc(out, ',');
        json_add_pair(out, "text", hosts->items[i]->text);
        buf_addc(out, '}');
        first = false;
    }
    buf_addc(out, ']');
}
