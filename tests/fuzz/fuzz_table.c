/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzzes tables of values in YAML, JSON and CSV. The first line of the input is the format, and a JSON pointer behind a
 * blank; the rest is the file. What is taken has rows, and cells that are values of their types, of which cases can be
 * made with ids that hold no character that would end one; a mistake has a text that begins with the file's name.
 */
#include "base/text.h"
#include "plan/cases.h"
#include "plan/values.h"
#include "tables/json.h"
#include "tables/table.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct param_info items[] = {
    {TYPE_STR, "plan", "free", ""}, {TYPE_I32, "seats", "1", ""}, {TYPE_BOOL, "trial", "false", ""},
    {TYPE_F64, "price", "0", ""},   {TYPE_U64, "mask", "0", ""},  {TYPE_I64, "from", "0", ""},
    {TYPE_JSON, "extra", "1", ""},
};

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check_id(const char *id)
{
    const char *open = strchr(id, '[');
    require(open && open[strcspn(open + 1, "[]") + 1] == ']' && !strpbrk(id, " \n\t*?\\'") &&
            utf8_valid(id, strlen(id)));
    require(strlen(open) <= 180 + 2);
}

static void make_cases(const struct table_info *table)
{
    const struct scenario_info s = {.id = "a.b", .file = "", .params = {items, ARRAY_LEN(items)}};
    struct case_set set = {0};
    struct err err = {0};
    const char *values[ARRAY_LEN(items)];
    if (cases_open(&s, table, 1, json_text_check, &set, &err) < 0) { /* rows that are the same */
        require(err.text && strstr(err.text, "scenario a.b"));
        err_free(&err);
        return;
    }
    struct arena arena = {0};
    for (uint32_t i = 0; i < set.n; i++) {
        case_values(&set, i, values);
        check_id(case_id(&set, values, &arena));
        for (size_t k = 0; k < ARRAY_LEN(items); k++)
            require(value_check(items[k].type, values[k], NULL) == 0);
    }
    arena_free(&arena);
    case_set_free(&set);
}

static void read(enum table_format format, const char *text, size_t len, const char *pointer)
{
    const struct param_list params = {items, ARRAY_LEN(items)};
    struct arena arena = {0};
    struct table_info table;
    struct err err = {0};
    int e = table_parse(format, "rows", text, len, pointer, &params, &arena, &table, &err);
    if (e < 0) {
        require(err.text && strncmp(err.text, "rows", 4) == 0);
        err_free(&err);
    } else {
        require(table.n_rows > 0 && table.n_columns > 0 && table.places[table.n_rows - 1].line > 0);
        make_cases(&table);
    }
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data, *end = memchr(text, '\n', size);
    if (!end)
        return 0;
    struct buf line = {0};
    buf_add(&line, text, (size_t)(end - text));
    char *head = buf_steal(&line);
    size_t word = strcspn(head, " ");
    const char *pointer = head[word] ? head + word + 1 : "";
    head[word] = '\0';
    enum table_format format = strcmp(head, "csv") == 0    ? TABLE_CSV
                               : strcmp(head, "json") == 0 ? TABLE_JSON
                                                           : TABLE_YAML;
    if (!*pointer || *pointer == '/') {
        struct buf copy = {0}; /* as table_read() has it: with a NUL behind it */
        buf_add(&copy, end + 1, size - (size_t)(end + 1 - text));
        read(format, buf_str(&copy), copy.len, pointer);
        buf_free(&copy);
    }
    free(head);
    return 0;
}
