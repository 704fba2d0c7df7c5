/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting: for the end of what an operation began, and for a value of a result. */
#include "arguments.h"
#include "operation.h"

#include "pointer.h"

#include <muster/kit/data.h>
#include <muster/kit/wait.h>

#include <exact.h>

#define WITHIN_MS 30000u
#define EVERY_MS  20u

static uint64_t ms_of(const json_t *spec, const char *key, uint64_t otherwise)
{
    const json_t *value = json_object_get(spec, key);
    return json_is_integer(value) ? (uint64_t)json_integer_value(value) : otherwise;
}

static int holds(const json_t *list, const json_t *value)
{
    for (size_t i = 0; value && i < json_array_size(list); i++)
        if (exact_equal(json_array_get(list, i), value, true))
            return 1;
    return 0;
}

/* Whether the result has a wanted value under each name. */
static int all_hold(const json_t *wanted, const json_t *result)
{
    const char *name;
    json_t *values;
    json_object_foreach((json_t *)(uintptr_t)wanted, name, values)
    {
        if (!holds(values, json_object_get(result, name)))
            return 0;
    }
    return json_object_size(wanted) > 0;
}

static int any_holds(const json_t *wanted, const json_t *result)
{
    const char *name;
    json_t *values;
    json_object_foreach((json_t *)(uintptr_t)wanted, name, values)
    {
        if (holds(values, json_object_get(result, name)))
            return 1;
    }
    return 0;
}

/* ---- the end of what was begun ---- */

enum state { STILL, ENDED, FAILED };

static enum state look(struct operation *poll, const json_t *wait)
{
    const json_t *result = (const json_t *)poll->tried.result;
    target_operation_require_answer(poll);
    if (json_is_true(json_object_get(wait, "gone")))
        return poll->tried.refused && strcmp(poll->tried.refused, "not_found") == 0 ? ENDED : STILL;
    if (any_holds(json_object_get(wait, "fails"), result))
        return FAILED;
    return all_hold(json_object_get(wait, "until"), result) ? ENDED : STILL;
}

static json_t *poll_arguments(struct operation *o, const json_t *wait, const char *name)
{
    struct scope scope = o->scope;
    scope.result = (json_t *)o->tried.result;
    json_t *given = target_template_json(json_object_get(wait, "with"), target_scope_names(&scope));
    const json_t *takes = json_object_get(target_document_part(o->s->document, "operations", name), "takes");
    return target_arguments_take_json(o->s->t, o->s->document, name, takes, given ? given : json_object());
}

/* "state is active", of what was waited for. */
static const char *wanted_text(struct muster_ctx *t, const json_t *wait)
{
    const json_t *until = json_object_get(wait, "until");
    const char *name, *text = "";
    json_t *values;
    if (json_is_true(json_object_get(wait, "gone")))
        return "it is gone";
    json_object_foreach((json_t *)(uintptr_t)until, name, values)
    {
        text = m_fmt(t, "%s%s%s is %s", text, *text ? ", " : "", name,
                     m_json_text(t, (const struct m_json *)values, json_array_size(values) == 1 ? "/0" : ""));
    }
    return text;
}

static void report_end(struct operation *o, struct m_site at, const struct operation *poll, const json_t *wait,
                       enum state state, uint64_t began_ms)
{
    struct muster_ctx *t = o->s->t;
    const char *wanted = wanted_text(t, wait), *seen = target_operation_answer(poll);
    at.expression = m_fmt(t, "%s comes to its end", o->name);
    if (state == ENDED)
        m_report(t, at, 1, NULL, NULL, NULL);
    else if (state == FAILED)
        m_report(t, at, 0, "what it began failed", wanted, m_fmt(t, "%s: %s", poll->name, seen));
    else
        m_report(t, at, 0, m_fmt(t, "not within %" PRIu64 " ms", m_now_ms() - began_ms), wanted,
                 m_fmt(t, "last seen by %s: %s", poll->name, seen));
}

void target_waiting_for_end(struct operation *o, struct m_site at)
{
    const json_t *wait = json_object_get(o->spec, "wait");
    const char *name = json_string_value(json_object_get(wait, "operation"));
    uint64_t began_ms = m_now_ms(), every = ms_of(wait, "every", EVERY_MS);
    struct m_deadline end = m_deadline_in(o->s->t, ms_of(wait, "within", WITHIN_MS));
    json_t *arguments = poll_arguments(o, wait, name);
    struct operation poll;
    enum state state;
    for (;;) {
        target_operation_begin(&poll, o->s, name, json_incref(arguments));
        target_operation_run(&poll);
        state = look(&poll, wait);
        if (state != STILL || !m_deadline_pause(end, every))
            break;
        m_json_free(poll.tried.result);
        m_json_free(poll.tried.details);
        target_operation_end(&poll);
    }
    report_end(o, at, &poll, wait, state, began_ms);
    json_object_update_existing((json_t *)o->tried.result, (json_t *)poll.tried.result);
    m_json_free(poll.tried.result);
    target_operation_end(&poll);
    json_decref(arguments);
}

/* ---- a value of a result ---- */

/* As often as the target file's waits ask the operation; the shortest `every` counts. */
static uint64_t every_ms_of(const struct document *document, const char *operation)
{
    const char *name;
    json_t *spec;
    uint64_t shortest = UINT64_MAX;
    json_object_foreach(json_object_get(document->root, "operations"), name, spec)
    {
        const json_t *wait = json_object_get(spec, "wait");
        const char *asked = json_string_value(json_object_get(wait, "operation"));
        uint64_t every = asked && strcmp(asked, operation) == 0 ? ms_of(wait, "every", EVERY_MS) : UINT64_MAX;
        if (every < shortest)
            shortest = every;
    }
    return shortest == UINT64_MAX ? EVERY_MS : shortest;
}

static int has_value(const struct operation *o, const char *pointer, const json_t *wanted)
{
    json_t *value = o->tried.result ? m_pointer_find_((json_t *)o->tried.result, pointer) : NULL;
    return value && exact_equal(value, wanted, true);
}

static const char *value_text(struct muster_ctx *t, const struct operation *o, const char *pointer)
{
    const char *text = m_json_text(t, o->tried.result, pointer);
    return text ? text : o->tried.result ? "nothing there" : target_operation_outcome(o);
}

/* A result that the operation has not would be waited for in vain. */
static void require_result(struct muster_ctx *t, const struct document *d, const char *operation, const json_t *spec,
                           const char *pointer)
{
    const json_t *results = json_object_get(spec, "result");
    const char *name = *pointer == '/' ? m_fmt(t, "%.*s", (int)strcspn(pointer + 1, "/"), pointer + 1) : "";
    if (*pointer && !json_object_get(results, name))
        ERROR("WAIT_FOR %s: it has no result at %s in the target %s%s", operation, pointer, d->name,
              target_document_hint(t, results, name));
}

static void report_value(const struct operation *o, struct m_site at, const char *pointer, json_t *wanted, int met,
                         uint64_t began_ms)
{
    struct muster_ctx *t = o->s->t;
    const char *text = m_json_text(t, (const struct m_json *)wanted, "");
    at.expression = m_fmt(t, "%s of %s becomes %s", pointer, o->name, text);
    if (met)
        m_report(t, at, 1, NULL, NULL, NULL);
    else
        m_report(
            t, at, 0, value_text(t, o, pointer), text,
            m_fmt(t, "not within %" PRIu64 " ms; last seen %s", m_now_ms() - began_ms, target_operation_answer(o)));
}

struct m_json *m_wait_for_(struct m_site at, struct m_session *by, const char *operation, const char *pointer,
                           struct m_arg value, uint64_t timeout_ms, const struct m_arg *args)
{
    struct muster_ctx *t = by->t;
    m_called_at_(at.file, at.line);
    const json_t *spec = target_document_operation(t, by->document, operation);
    json_t *arguments = target_arguments_take(t, by->document, operation, json_object_get(spec, "takes"), args);
    json_t *wanted = target_arguments_value(&value);
    require_result(t, by->document, operation, spec, pointer);
    uint64_t began_ms = m_now_ms(), every = every_ms_of(by->document, operation);
    struct m_deadline end = m_deadline_in(t, timeout_ms);
    struct operation o;
    int met;
    if (!wanted)
        ERROR("WAIT_FOR %s: there is no value to wait for", operation);
    for (;;) {
        target_operation_begin(&o, by, operation, json_incref(arguments));
        target_operation_run(&o);
        target_operation_require_answer(&o);
        met = has_value(&o, pointer, wanted);
        if (met || !m_deadline_pause(end, every))
            break;
        m_json_free(o.tried.result);
        m_json_free(o.tried.details);
        target_operation_end(&o);
    }
    report_value(&o, at, pointer, wanted, met, began_ms);
    target_operation_end(&o);
    json_decref(arguments);
    json_decref(wanted);
    return o.tried.result;
}
