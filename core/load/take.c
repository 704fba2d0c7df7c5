/* SPDX-License-Identifier: Apache-2.0 */
/* Taking single things over from a plugin: structs, strings, lists. */
#include "load/take.h"

#include <errno.h>
#include <string.h>

enum {
    MAX_STRUCT = 64 * 1024,  /* no honest struct is larger: reading further would leave the plugin's data */
    MAX_TABLE = 1000 * 1000, /* entries */
    MAX_STRING = 16 * 1024,  /* bytes of an id, a summary, a marker */
    MAX_LIST = 1024,         /* markers or needs of one scenario */
};

int struct_copy(void *ours, size_t ours_size, const void *theirs, size_t theirs_size, size_t *ret_offset)
{
    const unsigned char *p = theirs;
    for (size_t i = ours_size; i < theirs_size; i++) {
        if (p[i] != 0) {
            *ret_offset = i;
            return -E2BIG;
        }
    }
    memset(ours, 0, ours_size);
    memcpy(ours, theirs, theirs_size < ours_size ? theirs_size : ours_size);
    return 0;
}

int take_bad(const struct place *at, const char *reason, int code)
{
    *at->reason = reason;
    return code;
}

int take_told(const struct place *at, int code, const char *what, const char *name, const char *file, uint32_t line,
              const struct err *why)
{
    return *file ? err_set(at->err, code, "%s:%u: %s %s: %s", file, line, what, name, err_text(why))
                 : err_set(at->err, code, "%s %s: %s", what, name, err_text(why));
}

int take_struct(const struct place *at, const char *what, void *ours, size_t ours_size, size_t least,
                const void *theirs, uint32_t their_minor)
{
    uint32_t size;
    memcpy(&size, theirs, sizeof size);
    if (size < least || size > MAX_STRUCT || size % sizeof(void *) != 0)
        return take_bad(at, "bad-table",
                        err_set(at->err, -EPROTO, "%s says it has %u bytes, and has at least %zu: was .size set?", what,
                                size, least));
    size_t offset;
    if (struct_copy(ours, ours_size, theirs, size, &offset) < 0)
        return take_bad(
            at, "newer-minor",
            err_set(at->err, -EPROTO,
                    "%s uses a field at offset %zu that this runner does not know (plugin built for interface "
                    "%d.%u, runner has %d.%d): update muster",
                    what, offset, MUSTER_ABI_MAJOR, their_minor, MUSTER_ABI_MAJOR, MUSTER_ABI_MINOR));
    return 0;
}

int take_string(const struct place *at, struct arena *arena, const char *what, const char **field, bool required)
{
    if (!*field && required)
        return take_bad(at, "bad-table", err_set(at->err, -EPROTO, "%s is NULL", what));
    if (!*field)
        *field = "";
    if (strnlen(*field, MAX_STRING) == MAX_STRING)
        return take_bad(at, "bad-table", err_set(at->err, -EPROTO, "%s is longer than %d bytes", what, MAX_STRING));
    *field = arena_strdup(arena, *field);
    return 0;
}

int take_list(const struct place *at, struct arena *arena, const char *what, const char *const **field)
{
    static const char *const none[] = {NULL};
    if (!*field) {
        *field = none;
        return 0;
    }
    size_t n = 0;
    while (n < MAX_LIST && (*field)[n])
        n++;
    if (n == MAX_LIST)
        return take_bad(at, "bad-table", err_set(at->err, -EPROTO, "%s has no NULL within %d entries", what, MAX_LIST));
    const char **copy = arena_alloc(arena, (n + 1) * sizeof *copy);
    for (size_t i = 0; i < n; i++) {
        copy[i] = (*field)[i];
        int r = take_string(at, arena, what, &copy[i], true);
        if (r < 0)
            return r;
    }
    *field = copy;
    return 0;
}

bool take_is_word(const char *s, size_t n)
{
    if (n == 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || (c != '-' && !(c >= '0' && c <= '9'))))
            return false;
    }
    return true;
}

int take_check_table(const struct place *at, const char *what, const void *table, uint64_t n)
{
    if (n > MAX_TABLE)
        return take_bad(
            at, "bad-table",
            err_set(at->err, -EPROTO, "its table of %s says it has %llu entries", what, (unsigned long long)n));
    if (n > 0 && !table)
        return take_bad(at, "bad-table", err_set(at->err, -EPROTO, "its table of %s is NULL", what));
    return 0;
}
