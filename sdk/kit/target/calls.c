/* SPDX-License-Identifier: Apache-2.0 */
/* What authors call: DO, START, TRY, REFUSED; and what their failures say. */
#include "arguments.h"
#include "evidence.h"
#include "operation.h"
#include "refusals.h"

#include <muster/kit/data.h>

#include <stdlib.h>

#define ANSWER_MOST 480u

/* ---- words ---- */

const char *target_operation_outcome(const struct operation *o)
{
    struct muster_ctx *t = o->s->t;
    const struct m_tried *r = &o->tried;
    if (!r->status)
        return "no answer";
    if (r->error)
        return m_fmt(t, "%d, and its answer is no good", r->status);
    return r->refused ? m_fmt(t, "%d %s", r->status, r->refused) : m_fmt(t, "%d", r->status);
}

static void put_answer(const struct operation *o, FILE *out)
{
    const struct m_tried *r = &o->tried;
    fprintf(out, "as %s, %s", o->s->name, r->request);
    if (r->status)
        fprintf(out, ": %d ", r->status);
    if (r->error) {
        fputs(r->status ? "but " : ": ", out);
        evidence_line(out, r->error, strlen(r->error), ANSWER_MOST);
        fputs(r->status ? ": " : "", out);
    }
    evidence_line(out, r->answer, strlen(r->answer), ANSWER_MOST);
}

const char *target_operation_answer(const struct operation *o)
{
    struct muster_ctx *t = o->s->t;
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out)
        return o->tried.request;
    put_answer(o, out);
    const char *kept = fclose(out) == 0 ? m_keep(t, text, n) : o->tried.request;
    free(text);
    return kept;
}

void target_operation_require_answer(const struct operation *o)
{
    struct muster_ctx *t = o->s->t;
    if (!o->tried.status)
        ERROR("%s: %s", o->name, target_operation_answer(o));
}

void target_operation_require(const struct operation *o, struct m_site at)
{
    struct muster_ctx *t = o->s->t;
    at.expression = m_fmt(t, "%s is done", o->name);
    if (!o->tried.refused && !o->tried.error)
        m_report(t, at, 1, NULL, NULL, NULL);
    else
        m_report(t, at, 0, target_operation_outcome(o), "done", target_operation_answer(o));
}

/* ---- calls ---- */

static void begin(struct operation *o, struct m_site at, struct m_session *by, const char *operation,
                  const struct m_arg *args)
{
    m_called_at_(at.file, at.line);
    const json_t *spec = target_document_operation(by->t, by->document, operation);
    json_t *given = target_arguments_take(by->t, by->document, operation, json_object_get(spec, "takes"), args);
    target_operation_begin(o, by, operation, given);
}

struct m_json *m_do_(struct m_site at, struct m_session *by, int wait, const char *operation, const struct m_arg *args)
{
    struct operation o;
    begin(&o, at, by, operation, args);
    target_operation_run(&o);
    target_operation_require_answer(&o);
    target_operation_require(&o, at);
    if (wait && json_is_object(json_object_get(o.spec, "wait")))
        target_waiting_for_end(&o, at);
    target_operation_end(&o);
    return o.tried.result;
}

struct m_tried m_try_(struct m_site at, struct m_session *by, const char *operation, const struct m_arg *args)
{
    struct operation o;
    begin(&o, at, by, operation, args);
    target_operation_run(&o);
    target_operation_end(&o);
    return o.tried;
}

/* Of those that the target has for all operations. */
static const char *hint_of_error(struct muster_ctx *t, const struct document *d, const char *name)
{
    const json_t *errors = json_object_get(d->root, "errors");
    json_t *names = json_object();
    for (size_t i = 0; i < json_array_size(errors); i++)
        json_object_set_new(names, json_string_value(json_object_get(json_array_get(errors, i), "name")), json_true());
    const char *hint = target_document_hint(t, names, name);
    json_decref(names);
    return hint;
}

static void require_refusal(const struct operation *o, const char *name)
{
    struct muster_ctx *t = o->s->t;
    const struct document *d = o->s->document;
    if (!target_refusals_has(json_object_get(o->spec, "errors"), name) &&
        !target_refusals_has(json_object_get(d->root, "errors"), name))
        ERROR("the target %s has no error %s%s", d->name, name, hint_of_error(t, d, name));
}

int m_refused_(struct m_site at, const char *refusal, struct m_session *by, const char *operation,
               const struct m_arg *args)
{
    struct muster_ctx *t = by->t;
    struct operation o;
    begin(&o, at, by, operation, args);
    require_refusal(&o, refusal);
    target_operation_run(&o);
    target_operation_require_answer(&o);
    int as_expected = o.tried.refused && strcmp(o.tried.refused, refusal) == 0;
    at.expression = m_fmt(t, "%s is refused: %s", operation, refusal);
    if (as_expected)
        m_report(t, at, 1, NULL, NULL, NULL);
    else
        m_report(t, at, 0, target_operation_outcome(&o), refusal, target_operation_answer(&o));
    m_json_free(o.tried.result);
    m_json_free(o.tried.details);
    target_operation_end(&o);
    return as_expected;
}

/* ---- what there is ---- */

/* "limits" of "workload.create(limits, replicas)". */
static int takes_all(const struct m_operation *o, const char *names)
{
    while (*(names += strspn(names, " ,)"))) {
        size_t n = strcspn(names, " ,)"), i = 0;
        while (i < o->n_takes && (strlen(o->takes[i].name) != n || strncmp(o->takes[i].name, names, n) != 0))
            i++;
        if (i == o->n_takes)
            return 0;
        names += n;
    }
    return 1;
}

const struct m_operation *m_target_operations(struct muster_ctx *t, uint64_t *ret_n)
{
    const struct document *d = target_document_of(t);
    *ret_n = d->n;
    return d->table;
}

const struct m_operation *m_target_operation(struct muster_ctx *t, const char *name)
{
    const struct document *d = target_document_of(t);
    size_t n = strcspn(name, "( ");
    for (uint64_t i = 0; i < d->n; i++)
        if (strlen(d->table[i].name) == n && strncmp(d->table[i].name, name, n) == 0)
            return &d->table[i];
    return NULL;
}

int m_target_has(struct muster_ctx *t, const char *operation)
{
    if (!target_document_is_there(t))
        return 0;
    const struct m_operation *o = m_target_operation(t, operation);
    const char *names = strchr(operation, '(');
    return o && (!names || takes_all(o, names + 1));
}

const struct m_role *m_target_roles(struct muster_ctx *t, uint64_t *ret_n)
{
    const struct document *d = target_document_of(t);
    *ret_n = d->n_roles;
    return d->roles;
}

const char *const *m_target_identities(struct muster_ctx *t)
{
    return target_document_of(t)->identities;
}
