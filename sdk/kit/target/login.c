/* SPDX-License-Identifier: Apache-2.0 */
/* Logging in, and what is known of who has. */
#include "arguments.h"
#include "operation.h"

#include <muster/kit/data.h>

#include <stdlib.h>

struct m_session *m_nobody(struct muster_ctx *t)
{
    return target_session_new(t, "nobody");
}

/* Takes `arguments`. The login's own requests are sent by nobody. */
static struct m_session *log_in(struct muster_ctx *t, struct m_site at, const char *name, const char *login,
                                json_t *arguments)
{
    struct m_session *s = target_session_new(t, name);
    const json_t *spec = target_document_part(s->document, "logins", login);
    json_t *result = target_operation_log_in(s, at, login, spec, arguments);
    s->login = spec;
    s->arguments = arguments;
    s->result = result;
    return s;
}

static const json_t *login_of(struct muster_ctx *t, const struct document *d, const char *login)
{
    const json_t *spec = target_document_part(d, "logins", login);
    if (!spec)
        ERROR("the target %s has no login %s%s", d->name, login,
              target_document_hint(t, json_object_get(d->root, "logins"), login));
    return spec;
}

struct m_session *m_log_in_(struct muster_ctx *t, struct m_site at, const char *login, const struct m_arg *args)
{
    m_called_at_(at.file, at.line);
    const struct document *d = target_document_of(t);
    const json_t *takes = json_object_get(login_of(t, d, login), "takes");
    return log_in(t, at, login, login, target_arguments_take(t, d, m_fmt(t, "the login %s", login), takes, args));
}

/* What an identity gives to its login: all of it but its own keys. */
static json_t *given_by(const struct scope *scope, const json_t *identity)
{
    json_t *given = json_object(), *value;
    const char *key;
    json_object_foreach((json_t *)(uintptr_t)identity, key, value)
    {
        if (strcmp(key, "login") == 0 || strcmp(key, "at") == 0 || strcmp(key, "summary") == 0)
            continue;
        json_t *filled = target_template_json(value, target_scope_names(scope));
        if (filled)
            json_object_set_new(given, key, filled);
    }
    return given;
}

struct m_session *m_login(struct muster_ctx *t, const char *identity)
{
    const struct document *d = target_document_of(t);
    const char *name = identity ? identity : d->identities[0] ? d->identities[0] : "";
    const json_t *spec = target_document_part(d, "identities", name);
    const char *login = json_string_value(json_object_get(spec, "login"));
    struct scope scope = {.t = t, .document = d};
    if (!spec && !identity)
        return m_nobody(t);
    if (!spec)
        ERROR("the target %s has no identity %s%s", d->name, name,
              target_document_hint(t, json_object_get(d->root, "identities"), name));
    if (!login)
        return target_session_new(t, name);
    const json_t *takes = json_object_get(login_of(t, d, login), "takes");
    json_t *arguments =
        target_arguments_take_json(t, d, m_fmt(t, "the identity %s", name), takes, given_by(&scope, spec));
    return log_in(t, m_site_here_(), name, login, arguments);
}

const char *m_session_value(const struct m_session *session, const char *name)
{
    struct muster_ctx *t = session->t;
    json_t *value = json_object_get(session->result, name);
    char *text = NULL;
    if (!value)
        value = json_object_get(session->arguments, name);
    if (!value || !(text = target_template_value_text(value)))
        return NULL;
    const char *kept = m_keep(t, text, strlen(text));
    free(text);
    return kept;
}
