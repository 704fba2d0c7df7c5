/* SPDX-License-Identifier: Apache-2.0 */
/* The run's target: the document, and what is in it by name. */
#include "document.h"

#include <muster/kit/data.h>

#include <exact.h>
#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct document document; /* root NULL: not parsed yet */

static const struct muster_ext_target *extension(struct muster_ctx *t)
{
    return t->host->extension(t, MUSTER_EXT_TARGET, sizeof(struct muster_ext_target));
}

static const char *text_of(struct muster_ctx *t)
{
    const struct muster_ext_target *x = extension(t);
    return x && x->document ? x->document(t) : NULL;
}

static const char *string_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static void list_taken(struct m_operation *o, const json_t *takes)
{
    struct m_taken *list = calloc(json_object_size(takes) + 1, sizeof *list);
    const char *name;
    json_t *one;
    if (!list)
        return;
    o->takes = list;
    json_object_foreach((json_t *)(uintptr_t)takes, name, one)
    {
        const char *of = string_in(one, "of");
        list[o->n_takes++] = (struct m_taken){.name = name,
                                              .type = string_in(one, "type"),
                                              .of = *of ? of : NULL,
                                              .optional = json_is_true(json_object_get(one, "optional")) ||
                                                          json_object_get(one, "default") != NULL,
                                              .secret = json_is_true(json_object_get(one, "secret"))};
    }
}

/* Names of a list, and NULL; NULL of what is no list. */
static const char *const *list_names(const json_t *names)
{
    const char **list = json_is_array(names) ? calloc(json_array_size(names) + 1, sizeof *list) : NULL;
    for (size_t i = 0; list && i < json_array_size(names); i++)
        list[i] = json_string_value(json_array_get(names, i));
    return list;
}

static void list_roles(struct document *d)
{
    json_t *roles = json_object_get(d->root, "roles"), *one;
    const char *name;
    d->roles = calloc(json_object_size(roles) + 1, sizeof *d->roles);
    if (!d->roles)
        return;
    json_object_foreach(roles, name, one)
    {
        d->roles[d->n_roles++] = (struct m_role){.name = name,
                                                 .summary = string_in(one, "summary"),
                                                 .of_tenant = json_is_true(json_object_get(one, "tenant"))};
    }
}

/* "acme.target.yaml:12:3": the file, kept, and its line. */
static const char *file_of(const char *at, uint32_t *ret_line)
{
    const char *column = strrchr(at, ':');
    const char *line = column ? memrchr(at, ':', (size_t)(column - at)) : NULL;
    char *file = line ? strndup(at, (size_t)(line - at)) : NULL;
    *ret_line = file ? (uint32_t)strtoul(line + 1, NULL, 10) : 0;
    return file ? file : "";
}

static void list_operations(struct document *d)
{
    json_t *operations = json_object_get(d->root, "operations"), *identities = json_object_get(d->root, "identities");
    const char *name;
    json_t *one;
    size_t n = 0;
    d->table = calloc(json_object_size(operations) + 1, sizeof *d->table);
    d->identities = calloc(json_object_size(identities) + 1, sizeof *d->identities);
    if (!d->table || !d->identities)
        return;
    json_object_foreach(operations, name, one)
    {
        struct m_operation *o = &d->table[d->n++];
        *o = (struct m_operation){.name = name,
                                  .summary = string_in(one, "summary"),
                                  .safe = json_is_true(json_object_get(one, "safe")),
                                  .websocket = json_object_get(one, "websocket") != NULL,
                                  .page = json_object_get(one, "page") != NULL,
                                  .allowed = list_names(json_object_get(one, "allowed")),
                                  .anyone = json_is_true(json_object_get(one, "anyone"))};
        o->file = file_of(string_in(one, "at"), &o->line);
        list_taken(o, json_object_get(one, "takes"));
    }
    json_object_foreach(identities, name, one)
    {
        d->identities[n++] = name;
    }
}

static const char *parse(const char *text)
{
    static char fault[320];
    json_error_t why;
    json_t *root = exact_loads(text, 0, &why);
    if (!root) {
        snprintf(fault, sizeof fault, "%s at line %d, column %d", why.text, why.line, why.column);
        return fault;
    }
    document.root = root;
    document.name = string_in(root, "target");
    list_operations(&document);
    list_roles(&document);
    return document.table && document.identities && document.roles ? NULL : "out of memory";
}

int target_document_is_there(struct muster_ctx *t)
{
    return text_of(t) != NULL;
}

const struct document *target_document_of(struct muster_ctx *t)
{
    const char *fault = NULL, *text = NULL;
    pthread_mutex_lock(&lock);
    if (!document.root && (text = text_of(t)))
        fault = parse(text);
    int there = document.root != NULL;
    pthread_mutex_unlock(&lock);
    if (fault)
        ERROR("the target's document: %s", fault);
    if (!there)
        SKIP("no target: give --target FILE");
    return &document;
}

json_t *target_document_part(const struct document *d, const char *part, const char *name)
{
    return json_object_get(json_object_get(d->root, part), name);
}

/* ---- names ---- */

/* How many letters differ, by Levenshtein; names are short. */
static size_t distance(const char *a, const char *b)
{
    size_t row[64], n = strlen(b);
    if (n >= 63 || strlen(a) >= 63)
        return 64;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t above = row[j], least = corner + (a[i - 1] != b[j - 1]);
            least = above + 1 < least ? above + 1 : least;
            row[j] = row[j - 1] + 1 < least ? row[j - 1] + 1 : least;
            corner = above;
        }
    }
    return row[n];
}

const char *target_document_nearest(const json_t *object, const char *name)
{
    const char *key, *nearest = NULL;
    size_t best = strlen(name) / 3 + 2;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        size_t d = distance(name, key);
        if (d < best) {
            best = d;
            nearest = key;
        }
    }
    return nearest;
}

const char *target_document_hint(struct muster_ctx *t, const json_t *object, const char *name)
{
    const char *nearest = target_document_nearest(object, name);
    return nearest ? m_fmt(t, "; did you mean %s?", nearest) : "";
}

int target_document_declared(struct muster_ctx *t, const char *operation)
{
    const struct muster_ext_target *x = extension(t);
    const char *const *list = x && x->operations ? x->operations(t) : NULL;
    size_t n = strlen(operation);
    if (!list)
        return 1;
    for (; *list; list++)
        if (strncmp(*list, operation, n) == 0 && strchr("( ", (*list)[n]))
            return 1;
    return 0;
}

json_t *target_document_operation(struct muster_ctx *t, const struct document *d, const char *name)
{
    json_t *operation = target_document_part(d, "operations", name);
    if (!operation)
        ERROR("the target %s has no operation %s%s", d->name, name,
              target_document_hint(t, json_object_get(d->root, "operations"), name));
    if (!target_document_declared(t, name))
        ERROR("the scenario does not declare the operation %s, so that a target without it would not skip it: write "
              ".needs = OPERATIONS(\"%s\")",
              name, name);
    return operation;
}
