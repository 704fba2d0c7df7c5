/* SPDX-License-Identifier: Apache-2.0 */
#include "player.h"

#include "record.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A rule of a scenario's. */
struct added {
    struct added *next;
    struct pool *pool;
    char *session;
    struct rule *rule;
};

struct player {
    const struct script *script;
    int requests_fd;
    struct added *added;    /* the last one first */
    json_t *states, *saved; /* of what the rules' `of` says -> its state; -> what was set */
    json_t *counts;         /* "RULE OF" -> how often that was answered */
    json_t *requests;
    json_int_t last;
    unsigned long n_added;
};

struct player *player_new(const struct script *script, int requests_fd)
{
    struct player *p = needed(calloc(1, sizeof *p));
    p->script = script;
    p->requests_fd = requests_fd;
    p->states = needed(json_object());
    p->saved = needed(json_object());
    p->counts = needed(json_object());
    p->requests = needed(json_array());
    return p;
}

static void added_free(struct added *a)
{
    pool_free(a->pool);
    free(a->session);
    free(a);
}

/* NULL: of every session. */
void player_end_session(struct player *p, const char *session)
{
    for (struct added **at = &p->added; *at;) {
        struct added *a = *at;
        if (session && strcmp(a->session, session) != 0) {
            at = &a->next;
            continue;
        }
        *at = a->next;
        added_free(a);
    }
}

void player_reset(struct player *p)
{
    player_end_session(p, NULL);
    json_object_clear(p->states);
    json_object_clear(p->saved);
    json_object_clear(p->counts);
}

void player_free(struct player *p)
{
    player_reset(p);
    json_decref(p->states);
    json_decref(p->saved);
    json_decref(p->counts);
    json_decref(p->requests);
    close(p->requests_fd);
    free(p);
}

int player_add_rule(struct player *p, const char *session, const char *text, size_t length, char **ret_mistakes)
{
    size_t size = 0;
    struct mistakes m = {.file = "answer", .to = needed(open_memstream(ret_mistakes, &size))};
    struct pool *pool = pool_new();
    struct rule *rule = rule_parse(pool, p->script, text, length, &m);
    if (fclose(m.to) != 0)
        needed(NULL);
    if (!rule) {
        pool_free(pool);
        return -1;
    }
    free(*ret_mistakes);
    *ret_mistakes = NULL;
    rule->name = pool_format(pool, "answer %lu", ++p->n_added);
    struct added *a = needed(calloc(1, sizeof *a));
    *a = (struct added){p->added, pool, needed(strdup(session)), rule};
    p->added = a;
    return 0;
}

json_int_t player_last(const struct player *p)
{
    return p->last;
}

json_t *player_requests(const struct player *p, json_int_t after)
{
    json_t *list = needed(json_array());
    for (size_t i = after > 0 ? (size_t)after : 0; i < json_array_size(p->requests); i++)
        json_array_append(list, json_array_get(p->requests, i));
    return list;
}

/* ---- which rule -------------------------------------------------------------------------------------------------- */

static json_t *subject_of(const struct condition *c, const struct asked *a)
{
    const char *text;
    switch (c->subject) {
    case SUBJECT_QUERY:
        return json_incref(json_object_get(a->query, c->name));
    case SUBJECT_HEADER:
        text = asked_header(a, c->name);
        return text ? json_string(text) : NULL;
    default:
        return json_incref(json_at(a->json, c->name));
    }
}

static bool equals(const struct condition *c, const json_t *there, const json_t *wanted)
{
    if (c->subject == SUBJECT_BODY)
        return json_equal(there, wanted);
    char *a = json_as_text(there), *b = json_as_text(wanted);
    bool same = strcmp(a, b) == 0;
    free(a);
    free(b);
    return same;
}

static bool is_like(const json_t *there, const json_t *wanted)
{
    char *text = json_as_text(there), *glob = json_as_text(wanted);
    bool like = fnmatch(glob, text, 0) == 0;
    free(text);
    free(glob);
    return like;
}

static bool condition_holds(const struct condition *c, const struct filling *f)
{
    json_t *there = subject_of(c, f->asked);
    if (c->test == TEST_PRESENT || c->test == TEST_ABSENT) {
        bool present = there != NULL;
        json_decref(there);
        return present == (c->test == TEST_PRESENT);
    }
    json_t *wanted = value_fill(c->value, f);
    bool holds = c->test == TEST_NOT    ? !there || !equals(c, there, wanted)
                 : !there               ? false
                 : c->test == TEST_LIKE ? is_like(there, wanted)
                                        : equals(c, there, wanted);
    json_decref(there);
    json_decref(wanted);
    return holds;
}

static bool is_among(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* What `f` is filled with holds until filling_free(). */
static void look_up(const struct player *p, const char *of, struct filling *f)
{
    const char *state = json_string_value(json_object_get(p->states, of));
    f->of = of;
    f->state = state ? state : "none";
    f->saved = json_object_get(p->saved, of);
}

static bool rule_holds(const struct player *p, const struct rule *rule, struct filling *f, char **ret_of)
{
    if (rule->methods && !is_among(f->asked->method, rule->methods))
        return false;
    json_object_clear(f->path);
    if (!pattern_matches(&rule->path, f->asked->path, f->path))
        return false;
    *ret_of = rule->of ? template_fill(rule->of, f) : needed(strdup(""));
    look_up(p, *ret_of, f);
    bool holds = !rule->states || is_among(f->state, rule->states);
    for (size_t i = 0; holds && i < rule->n_conditions; i++)
        holds = condition_holds(&rule->conditions[i], f);
    if (!holds) {
        free(*ret_of);
        *ret_of = NULL;
    }
    return holds;
}

/* NULL: none. */
static const struct rule *find_rule(const struct player *p, struct filling *f, char **ret_of)
{
    for (const struct added *a = p->added; a; a = a->next)
        if (rule_holds(p, a->rule, f, ret_of))
            return a->rule;
    for (size_t i = 0; i < p->script->n_rules; i++)
        if (rule_holds(p, &p->script->rules[i], f, ret_of))
            return &p->script->rules[i];
    return NULL;
}

/* ---- what is answered -------------------------------------------------------------------------------------------- */

static void add_header(struct outcome *o, const char *name, char *value)
{
    o->names[o->n_headers] = needed(strdup(name));
    for (char *c = value; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' '; /* what came with a request must not end a line of the answer's head */
    o->headers[o->n_headers++] = value;
}

static bool has_header(const struct outcome *o, const char *name)
{
    for (size_t i = 0; i < o->n_headers; i++)
        if (strcasecmp(o->names[i], name) == 0)
            return true;
    return false;
}

static void fill_headers(const struct script *s, const struct answer *a, const struct filling *f, struct outcome *o)
{
    size_t most = (a ? a->n_headers : 0) + s->n_headers + 1;
    o->names = needed(calloc(most, sizeof *o->names));
    o->headers = needed(calloc(most, sizeof *o->headers));
    for (size_t i = 0; a && i < a->n_headers; i++)
        add_header(o, a->names[i], template_fill(a->headers[i], f));
    for (size_t i = 0; i < s->n_headers; i++)
        if (!has_header(o, s->names[i]))
            add_header(o, s->names[i], template_fill(s->headers[i], f));
    if (*o->body && !has_header(o, "Content-Type"))
        add_header(o, "Content-Type", needed(strdup(a && a->text ? "text/plain" : "application/json")));
}

static void fill_answer(const struct script *s, const struct answer *a, const struct filling *f, struct outcome *o)
{
    *o = (struct outcome){.status = a->status,
                          .delay_ms = a->delay_ms,
                          .slow_ms = a->slow_ms,
                          .slow_bytes = a->slow_bytes,
                          .reset = a->reset,
                          .cut = a->cut,
                          .content_length = a->length};
    json_t *json = a->json ? value_fill(a->json, f) : NULL;
    o->body = json      ? needed(json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY))
              : a->text ? template_fill(a->text, f)
                        : needed(strdup(""));
    json_decref(json);
    o->length = strlen(o->body);
    fill_headers(s, a, f, o);
}

static void fill_unexpected(const struct script *s, const struct filling *f, struct outcome *o)
{
    *o = (struct outcome){.status = 404, .cut = -1, .content_length = LENGTH_RIGHT};
    json_t *text = json_sprintf("the double %s has no rule for %s %s", s->name, f->asked->method, f->asked->path);
    json_t *body = needed(json_pack("{s:o}", "message", text ? text : json_string("the double has no rule for this")));
    o->body = needed(json_dumps(body, JSON_COMPACT));
    o->length = strlen(o->body);
    json_decref(body);
    fill_headers(s, NULL, f, o);
}

static void change(struct player *p, const struct change *c, const struct filling *f)
{
    char *of = c->of ? template_fill(c->of, f) : needed(strdup(f->of));
    if (c->state) {
        char *state = template_fill(c->state, f);
        json_t *text = json_string(state);
        json_object_set_new(p->states, of, text ? text : json_string("none"));
        free(state);
    }
    if (c->n && !json_object_get(p->saved, of))
        json_object_set_new(p->saved, of, needed(json_object()));
    for (size_t i = 0; i < c->n; i++)
        json_object_set_new(json_object_get(p->saved, of), c->names[i], value_fill(c->values[i], f));
    free(of);
}

/* `f` is of before, for all of the changes. */
static void change_all(struct player *p, const struct change *changes, size_t n, const struct filling *f)
{
    struct filling before = *f;
    char *state = needed(strdup(f->state));
    before.state = state;
    before.saved = f->saved ? needed(json_deep_copy(f->saved)) : NULL;
    for (size_t i = 0; i < n; i++)
        change(p, &changes[i], &before);
    json_decref(before.saved);
    free(state);
}

/* How often this rule has been answered for this, with this time. */
static json_int_t count_up(struct player *p, const struct rule *rule, const char *of)
{
    char *key;
    if (asprintf(&key, "%p %s", (const void *)rule, of) < 0)
        needed(NULL);
    json_int_t n = json_integer_value(json_object_get(p->counts, key)) + 1;
    json_object_set_new(p->counts, key, needed(json_integer(n)));
    free(key);
    return n;
}

static void answer(struct player *p, const struct rule *rule, struct filling *f, struct outcome *o)
{
    f->count = count_up(p, rule, f->of);
    size_t i = (size_t)f->count - 1;
    const struct answer *a = &rule->answers[i < rule->n_answers ? i : rule->n_answers - 1];
    fill_answer(p->script, a, f, o);
    if (a->changes)
        change_all(p, a->changes, a->n_changes, f);
    else if (rule->changes)
        change_all(p, rule->changes, rule->n_changes, f);
}

void player_play(struct player *p, const struct asked *asked, struct outcome *ret_outcome)
{
    struct filling f = {.asked = asked,
                        .path = needed(json_object()),
                        .made = needed(json_object()),
                        .values = p->script->values,
                        .state = "none",
                        .of = ""};
    char *of = NULL;
    const struct rule *rule = find_rule(p, &f, &of);
    if (rule)
        answer(p, rule, &f, ret_outcome);
    else
        fill_unexpected(p->script, &f, ret_outcome);
    json_t *record = record_make(p->script, asked, ++p->last, rule ? rule->name : NULL, ret_outcome->status);
    record_write(p->requests_fd, record);
    json_array_append_new(p->requests, record);
    json_decref(f.path);
    json_decref(f.made);
    free(of);
}

void outcome_free(struct outcome *o)
{
    for (size_t i = 0; i < o->n_headers; i++) {
        free(o->names[i]);
        free(o->headers[i]);
    }
    free(o->names);
    free(o->headers);
    free(o->body);
}
