/* SPDX-License-Identifier: Apache-2.0 */
/* Test data by rules: which value a field has, and the text of the whole. */
#include <muster/kit/factory.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 16 };

/* What MAKE() makes. Nothing ends the scenario while its text is being written: that has to be freed first. */
struct making {
    const char *const *given;
    const char *error; /* the first; NULL: none */
};

/* One thing of it. */
struct thing {
    struct muster_ctx *t;
    struct making *making;
    const struct m_factory *factory;
    const char *path; /* of it in the outermost: "contact." */
    unsigned number, depth;
    const char *values[128]; /* of its fields so far, as texts; NULL: an object or an array */
};

static const char *complain(const struct thing *x, const char *error)
{
    if (!x->making->error)
        x->making->error = error;
    return "";
}

/* How many each factory has made in this attempt, by its place in memory: one of a plugin's is constant. */
static unsigned next_number(const struct m_factory *factory)
{
    static struct made {
        const struct m_factory *factory;
        unsigned n;
        struct made *next;
    } * all;
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    struct made *m = all;
    while (m && m->factory != factory)
        m = m->next;
    if (!m && (m = calloc(1, sizeof *m))) {
        *m = (struct made){.factory = factory, .next = all};
        all = m;
    }
    unsigned n = m ? ++m->n : 0;
    pthread_mutex_unlock(&lock);
    return n;
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return (hash ^ 0xffu) * 0x100000001b3u;
}

/* By seed, case, factory, number, place and field alone. */
static uint64_t choose(const struct thing *x, const struct m_factory_field *f, uint64_t below)
{
    const struct muster_attempt_info *a = m_attempt(x->t);
    uint64_t h = hash_text(hash_text(0xcbf29ce484222325u ^ a->seed, a->case_id), x->factory->name);
    h = hash_text(hash_text(h, x->path), f->name) ^ ((uint64_t)x->number << 32);
    h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdu;
    h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53u;
    h ^= h >> 33;
    return below ? h % below : h;
}

static const char *choice(const struct thing *x, const struct m_factory_field *f)
{
    uint64_t n = 1;
    for (const char *p = f->text; *p; p++)
        n += *p == '|';
    const char *at = f->text;
    for (uint64_t i = choose(x, f, n); i > 0; i--)
        at = strchr(at, '|') + 1;
    return m_keep(x->t, at, strcspn(at, "|"));
}

static const char *number(const struct thing *x, const struct m_factory_field *f)
{
    struct muster_ctx *t = x->t;
    if (f->least > f->most)
        return complain(x, m_fmt(t, "%s is to be from %" PRId64 " to %" PRId64, f->name, f->least, f->most));
    uint64_t span = (uint64_t)f->most - (uint64_t)f->least + 1; /* 0: all there are */
    return m_fmt(t, "%" PRId64, (int64_t)((uint64_t)f->least + choose(x, f, span)));
}

/* ${n}, ${subdomain} */
static const char *reference(const struct thing *x, const struct m_factory_field *f, const char *name, size_t len)
{
    struct muster_ctx *t = x->t;
    for (int i = 0; &x->factory->fields[i] != f; i++)
        if (strlen(x->factory->fields[i].name) == len && memcmp(x->factory->fields[i].name, name, len) == 0 &&
            x->values[i])
            return x->values[i];
    if (len == 1 && *name == 'n')
        return m_fmt(t, "%u", x->number);
    return complain(x, m_fmt(t, "%s: no field before it is called %.*s", f->name, (int)len, name));
}

static const char *filled(const struct thing *x, const struct m_factory_field *f)
{
    struct muster_ctx *t = x->t;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return complain(x, "out of memory");
    for (const char *p = f->text; *p; p++) {
        size_t len = p[0] == '$' && p[1] == '{' ? strcspn(p + 2, "}") : 0;
        if (len > 0 && p[2 + len]) {
            fputs(reference(x, f, p + 2, len), out);
            p += 2 + len;
        } else {
            fputc(*p, out);
        }
    }
    const char *kept = fclose(out) == 0 ? m_keep(t, text, size) : "";
    free(text);
    return kept;
}

/* What the author gives instead; NULL: nothing. */
static const char *given(const struct thing *x, const struct m_factory_field *f)
{
    size_t path = strlen(x->path), name = strlen(f->name);
    const char *found = NULL;
    for (const char *const *g = x->making->given; *g; g++)
        if (strncmp(*g, x->path, path) == 0 && strncmp(*g + path, f->name, name) == 0 && (*g)[path + name] == '=')
            found = *g + path + name + 1;
    return found;
}

static void write_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '"' || *p == '\\')
            fprintf(out, "\\%c", *p);
        else if (*p < 0x20)
            fprintf(out, "\\u%04x", *p);
        else
            fputc(*p, out);
    }
    fputc('"', out);
}

static void write_thing(const struct thing *around, const struct m_factory *factory, const char *path, FILE *out);

static void write_nested(const struct thing *x, const struct m_factory_field *f, FILE *out)
{
    struct muster_ctx *t = x->t;
    if (f->kind == M_FIELD_NESTED_) {
        write_thing(x, f->nested, m_fmt(t, "%s%s.", x->path, f->name), out);
        return;
    }
    fputc('[', out);
    for (int64_t i = 0; i < f->most; i++) {
        fputs(i ? "," : "", out);
        write_thing(x, f->nested, m_fmt(t, "%s%s.%" PRId64 ".", x->path, f->name, i), out);
    }
    fputc(']', out);
}

static const char *value(const struct thing *x, const struct m_factory_field *f)
{
    const char *instead = given(x, f);
    if (instead)
        return instead;
    return f->kind == M_FIELD_TEXT_     ? filled(x, f)
           : f->kind == M_FIELD_UNIQUE_ ? m_unique(x->t, f->text)
           : f->kind == M_FIELD_CHOICE_ ? choice(x, f)
                                        : number(x, f);
}

static void write_field(struct thing *x, int i, FILE *out)
{
    struct muster_ctx *t = x->t;
    const struct m_factory_field *f = &x->factory->fields[i];
    fputs(i ? "," : "", out);
    write_text(out, f->name);
    fputc(':', out);
    if (f->kind == M_FIELD_NESTED_ || f->kind == M_FIELD_LIST_) {
        write_nested(x, f, out);
        return;
    }
    x->values[i] = value(x, f);
    char *end;
    if (f->kind == M_FIELD_NUMBER_ && (strtod(x->values[i], &end), *end || end == x->values[i]))
        complain(x, m_fmt(t, "%s is a number, and \"%s\" is none", f->name, x->values[i]));
    if (f->kind == M_FIELD_NUMBER_)
        fputs(x->values[i], out);
    else
        write_text(out, x->values[i]);
}

static void write_thing(const struct thing *around, const struct m_factory *factory, const char *path, FILE *out)
{
    struct thing x = {.t = around->t,
                      .making = around->making,
                      .factory = factory,
                      .path = path,
                      .number = next_number(factory),
                      .depth = around->depth + 1};
    if (x.depth > DEEPEST || x.number == 0) {
        complain(&x, x.number ? "it has itself in it, or lies too deep" : "out of memory");
        return;
    }
    fputc('{', out);
    int i = 0;
    for (; factory->fields[i].name && i < (int)(sizeof x.values / sizeof *x.values); i++)
        write_field(&x, i, out);
    if (factory->fields[i].name)
        complain(&x, "it has too many fields");
    fputc('}', out);
}

/* Whether some field takes it: "contact.name=Ann". */
static int takes(const struct m_factory *factory, const char *path, unsigned depth)
{
    for (const struct m_factory_field *f = factory->fields; f->name && depth < DEEPEST; f++) {
        size_t n = strlen(f->name);
        if (strncmp(path, f->name, n) != 0)
            continue;
        const char *behind = path + n;
        if (*behind == '=' && !f->nested)
            return 1;
        if (f->kind == M_FIELD_LIST_ && *behind == '.') {
            behind += 1 + strspn(behind + 1, "0123456789");
        }
        if (f->nested && *behind == '.' && takes(f->nested, behind + 1, depth + 1))
            return 1;
    }
    return 0;
}

/* Ends the scenario: what is given is no field's. */
static void refuse(struct muster_ctx *t, const struct m_factory *factory, const char *given)
{
    const char *all = "";
    size_t n = strcspn(given, "=.");
    for (const struct m_factory_field *f = factory->fields; f->name; f++) {
        all = m_fmt(t, "%s%s%s", all, *all ? ", " : "", f->name);
        if (strlen(f->name) == n && strncmp(f->name, given, n) == 0)
            ERROR(
                "MAKE(%s): no field takes \"%s\": they are given as \"field=value\", those of %s as \"%s.field=value\"",
                factory->name, given, f->name, f->name);
    }
    ERROR("MAKE(%s): there is no field %.*s: it has %s", factory->name, (int)n, given, all);
}

const char *m_make(struct muster_ctx *t, const struct m_factory *factory, const char *const *instead)
{
    for (const char *const *g = instead; *g; g++)
        if (!takes(factory, *g, 0))
            refuse(t, factory, *g);
    struct making making = {.given = instead};
    const struct thing around = {.t = t, .making = &making, .factory = factory};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out)
        write_thing(&around, factory, "", out);
    const char *kept = out && fclose(out) == 0 ? m_keep(t, text, size) : NULL;
    free(text);
    if (making.error || !kept)
        ERROR("MAKE(%s): %s", factory->name, making.error ? making.error : "out of memory");
    return kept;
}
