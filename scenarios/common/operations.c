/* SPDX-License-Identifier: Apache-2.0 */
/* What an operation does, by its name, and what came of one. */
#include "common/operations.h"

#include <muster/kit/data.h>

int operation_word_is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return 1;
    return 0;
}

const char *operation_verb(const struct m_operation *o)
{
    const char *dot = strrchr(o->name, '.');
    return dot ? dot + 1 : o->name;
}

enum operation_rank operation_rank(const struct m_operation *o)
{
    static const char *const reading[] = {"get", "list", NULL};
    static const char *const removing[] = {"delete", "remove", "clear", "revoke", "kill", "stop", NULL};
    if (o->page)
        return OPERATION_RANKS; /* nobody asks for it: a browser shows it */
    if (o->safe || operation_word_is_one_of(operation_verb(o), reading))
        return OPERATION_READS;
    if (!operation_word_is_one_of(operation_verb(o), removing))
        return OPERATION_CHANGES;
    return strncmp(o->name, "tenant.", 7) == 0 ? OPERATION_ENDS : OPERATION_REMOVES;
}

int refusal_is_about_who(const char *name)
{
    static const char *const names[] = {"not_found",     "forbidden",       "unauthenticated",    "not_allowed",
                                        "invalid_token", "tenant_inactive", "role_not_grantable", NULL};
    return name && operation_word_is_one_of(name, names);
}

const char *operation_outcome(struct muster_ctx *t, const struct m_tried *tried)
{
    if (tried->refused)
        return m_fmt(t, "refused as %s", tried->refused);
    return tried->error ? m_fmt(t, "answered, but %s", tried->error) : "done";
}
