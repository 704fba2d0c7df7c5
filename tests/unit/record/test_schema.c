/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docs/reference/events.md against the field table, both ways: under a heading "### `type`" stands one
 * row "| `field` | kind | meaning |" for each field, in the table's order, and nothing else.
 */
#include "sample.h"

#include "base/cleanup.h"
#include "base/io.h"

#include <fcntl.h>
#include <stdlib.h>

static int find_type(const char *name)
{
    for (int type = 0; type < EVENT_N_TYPES; type++)
        if (strcmp(event_type_name((enum event_type)type), name) == 0)
            return type;
    fail_msg("events.md documents \"%s\", which is no event", name);
    return -1;
}

static void check_row(int type, size_t row, const char *line)
{
    char name[64], kind[64], meaning[8];
    if (sscanf(line, "| `%63[^`]` | %63[a-z] | %7s", name, kind, meaning) != 3)
        fail_msg("not a field's row: %s", line);
    const struct event_shape *shape = event_shape((enum event_type)type);
    if (row >= shape->n_fields)
        fail_msg("%s has no field after %s: %s", shape->type, shape->fields[shape->n_fields - 1].name, line);
    assert_string_equal(name, shape->fields[row].name);
    assert_string_equal(kind, field_kind_name(shape->fields[row].kind));
}

static void every_type_and_field_is_documented(void **state)
{
    (void)state;
    autobuf struct buf text = {0};
    assert_int_equal(io_read_file(AT_FDCWD, EVENTS_MD, 1 << 20, &text), 0);
    size_t rows[EVENT_N_TYPES] = {0};
    bool seen[EVENT_N_TYPES] = {0};
    int type = -1;
    char *rest = NULL;
    buf_str(&text);
    for (char *line = strtok_r(text.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char name[64];
        if (sscanf(line, "### `%63[^`]`", name) == 1) {
            type = find_type(name);
            seen[type] = true;
        } else if (line[0] == '#') {
            type = -1;
        } else if (type >= 0 && strncmp(line, "| `", 3) == 0) {
            check_row(type, rows[type]++, line);
        }
    }
    for (int t = 0; t < EVENT_N_TYPES; t++) {
        const struct event_shape *shape = event_shape((enum event_type)t);
        if (!seen[t] || rows[t] != shape->n_fields)
            fail_msg("%s: %zu of %zu fields documented", shape->type, rows[t], shape->n_fields);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_type_and_field_is_documented)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
