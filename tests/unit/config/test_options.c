/* SPDX-License-Identifier: Apache-2.0 */
/* Options from a table: every kind, every spelling, every complaint, and a help of 80 columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "config/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct settings {
    bool flag;
    int count, color;
    const char *text, *attached;
    struct option_list list;
    int64_t number, time, size;
};

static int choose(const char *text, int *ret_choice)
{
    if (strcmp(text, "red") != 0 && strcmp(text, "green") != 0)
        return -EINVAL;
    *ret_choice = *text;
    return 0;
}

#define AT(member_) offsetof(struct settings, member_)

static const struct option table[] = {
    {OPTION_GROUP, 0, NULL, NULL, "First", 0, NULL},
    {OPTION_FLAG, 'f', "flag", NULL, "A flag.", AT(flag), NULL},
    {OPTION_COUNT, 'v', "verbose", NULL, "May be given more than once.", AT(count), NULL},
    {OPTION_STRING, 't', "text", "TEXT", "Anything.", AT(text), NULL},
    {OPTION_ATTACHED, 0, "cover", "FOLDER", "With a value, or without.", AT(attached), NULL},
    {OPTION_GROUP, 0, NULL, NULL, "Second", 0, NULL},
    {OPTION_LIST, 0, "set", "KEY=VALUE", "Any number of them.", AT(list), NULL},
    {OPTION_INT, 'j', "jobs", "N", "A number.", AT(number), NULL},
    {OPTION_DURATION, 0, "timeout", "TIME", "A time.", AT(time), NULL},
    {OPTION_SIZE, 0, "cap", "SIZE", "A size.", AT(size), NULL},
    {OPTION_CHOICE, 0, "color-of-the-report", "red|green",
     "A help text that has many words in it, so many that they don't find room in one line of the help and must be "
     "broken, more than once.",
     AT(color), choose},
    OPTIONS_END,
};

enum { MOST = 16 };

struct parsed {
    struct settings s;
    struct option_list operands;
    bool help;
    struct err err;
    int r;
};

/* The arguments stand in one string, parted by '|'. */
static struct parsed parse(char *line)
{
    static char program[] = "muster";
    char *argv[MOST + 1] = {program};
    int argc = 1;
    for (char *word; line && argc < MOST && (word = strsep(&line, "|"));)
        argv[argc++] = word;
    struct parsed p = {.help = true};
    struct option_values values = {0};
    p.r = options_collect(table, argc, argv, &values, &p.operands, &p.help, &p.err);
    if (p.r == 0)
        p.r = options_apply(&values, &p.s, &p.err);
    option_values_free(&values);
    return p;
}
#define PARSE(text_) parse(strcpy((char[256]){0}, text_))

static void release(struct parsed *p)
{
    option_list_free(&p->operands);
    option_list_free(&p->s.list);
    err_free(&p->err);
}

/* A later value takes an earlier one's place, also that of a flag; a value from elsewhere is named with its place. */
static void later_values_count(void **state)
{
    (void)state;
    struct parsed p = PARSE("--flag|--flag=false|-v|--verbose=5|--jobs=1|-j2");
    assert_int_equal(p.r, 0);
    assert_false(p.s.flag);
    assert_int_equal(p.s.count, 5);
    assert_int_equal(p.s.number, 2);
    release(&p);
    struct option_values values = {0};
    option_values_add(&values, (struct option_value){option_find(table, "jobs"), "many", "muster.yaml:3:9"});
    struct settings s = {0};
    struct err err = {0};
    assert_int_equal(options_apply(&values, &s, &err), -EINVAL);
    assert_string_equal(err.text, "muster.yaml:3:9: --jobs many: it takes a whole number (N)");
    err_free(&err);
    option_values_free(&values);
    assert_null(option_find(table, "job"));
    assert_string_equal(option_suggest(table, "job"), "jobs");
    assert_null(option_suggest(table, ""));
}

static void nothing_is_fine(void **state)
{
    (void)state;
    struct parsed p = parse(NULL);
    assert_int_equal(p.r, 0);
    assert_false(p.help);
    assert_int_equal(p.operands.n, 0);
    release(&p);
}

static void every_kind_is_read(void **state)
{
    (void)state;
    struct parsed p = PARSE("--flag|--verbose|-vv|--text|hello|--set=a=1|--set|b=2|--jobs|12|--timeout=1m30s|--cap|16M|"
                            "--color-of-the-report=green");
    assert_int_equal(p.r, 0);
    assert_true(p.s.flag);
    assert_int_equal(p.s.count, 3);
    assert_string_equal(p.s.text, "hello");
    assert_int_equal(p.s.list.n, 2);
    assert_string_equal(p.s.list.items[0], "a=1");
    assert_string_equal(p.s.list.items[1], "b=2");
    assert_int_equal(p.s.number, 12);
    assert_int_equal(p.s.time, 90 * NS_PER_S);
    assert_int_equal(p.s.size, 16 << 20);
    assert_int_equal(p.s.color, 'g');
    release(&p);
}

static void letters_may_be_joined(void **state)
{
    (void)state;
    static const char *const lines[] = {"-fvj4", "-f|-v|-j|4", "-vfj|4"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char *line = strdup(lines[i]);
        struct parsed p = parse(line);
        assert_int_equal(p.r, 0);
        assert_true(p.s.flag && p.s.count == 1 && p.s.number == 4);
        release(&p);
        free(line);
    }
}

static void the_last_one_counts(void **state)
{
    (void)state;
    struct parsed p = PARSE("--jobs|1|-j2|--jobs=3");
    assert_int_equal(p.s.number, 3);
    release(&p);
}

static void operands_keep_their_order(void **state)
{
    (void)state;
    struct parsed p = PARSE("a|--flag|b|-|--|--text|-x|--");
    assert_int_equal(p.r, 0);
    static const char *const expected[] = {"a", "b", "-", "--text", "-x", "--"};
    assert_int_equal(p.operands.n, 6);
    for (size_t i = 0; i < 6; i++)
        assert_string_equal(p.operands.items[i], expected[i]);
    release(&p);
}

static void a_value_may_look_like_an_option(void **state)
{
    (void)state;
    struct parsed p = PARSE("--text|--flag|--set|--");
    assert_int_equal(p.r, 0);
    assert_string_equal(p.s.text, "--flag");
    assert_string_equal(p.s.list.items[0], "--");
    assert_false(p.s.flag);
    release(&p);
    p = PARSE("--text=");
    assert_string_equal(p.s.text, "");
    release(&p);
}

static void an_attached_value_may_be_left_out(void **state)
{
    (void)state;
    struct parsed p = PARSE("--cover|a");
    assert_int_equal(p.r, 0);
    assert_string_equal(p.s.attached, "");
    assert_int_equal(p.operands.n, 1); /* what follows is none of its business */
    release(&p);
    p = PARSE("--cover=objects");
    assert_string_equal(p.s.attached, "objects");
    release(&p);
    p = PARSE("--flag");
    assert_null(p.s.attached);
    release(&p);
}

static void help_ends_the_parsing(void **state)
{
    (void)state;
    struct parsed p = PARSE("--flag|--help|--no-such-option");
    assert_int_equal(p.r, 0);
    assert_true(p.help);
    release(&p);
    p = PARSE("-h");
    assert_true(p.help);
    release(&p);
    p = PARSE("--|--help");
    assert_false(p.help);
    release(&p);
}

static void mistakes_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *line, *text;
    } bad[] = {
        {"--jbos|3", "unknown option --jbos: did you mean --jobs?"},
        {"--verbos", "unknown option --verbos: did you mean --verbose?"},
        {"--timeuot=3", "unknown option --timeuot: did you mean --timeout?"},
        {"--parallel=4", "unknown option --parallel: here it is -j, --jobs N: A number."},
        {"--workers|4", "unknown option --workers: here it is -j, --jobs N: A number."},
        {"-n4", "unknown option -n: here it is -j, --jobs N: A number."},
        {"--param|a=b", "unknown option --param: here it is --set KEY=VALUE: Any number of them."},
        {"--grep|x", "unknown option --grep"}, /* its option is not in this table */
        {"--timeout-scale=3",
         "unknown option --timeout-scale: limits aren't scaled; --timeout TIME is for scenarios that set none"},
        {"--zzzzzzzzzz", "unknown option --zzzzzzzzzz"},
        {"-x", "unknown option -x"},
        {"-fx", "unknown option -x"},
        {"--flag=yes", "--flag takes no argument but true or false"},
        {"--verbose=much", "--verbose=much: it takes a whole number"},
        {"--jobs", "--jobs needs an argument: --jobs N"},
        {"-j", "--jobs needs an argument: --jobs N"},
        {"--jobs|two", "--jobs two: it takes a whole number (N)"},
        {"--jobs|-1", "--jobs -1: it takes a whole number (N)"},
        {"--jobs= 1", "--jobs  1: it takes a whole number (N)"},
        {"--jobs|1.5", "--jobs 1.5: it takes a whole number (N)"},
        {"--jobs|", "--jobs : it takes a whole number (N)"},
        {"--jobs|99999999999999999999", "--jobs 99999999999999999999: it takes a whole number (N)"},
        {"--timeout|soon", "--timeout soon: it takes a duration such as 250ms, 30s or 2m (TIME)"},
        {"--cap|16T", "--cap 16T: it takes a size in bytes such as 65536, 64k or 16M (SIZE)"},
        {"--cap|16MB", "--cap 16MB: it takes a size in bytes such as 65536, 64k or 16M (SIZE)"},
        {"--cap|M", "--cap M: it takes a size in bytes such as 65536, 64k or 16M (SIZE)"},
        {"--cap|9223372036854775807k",
         "--cap 9223372036854775807k: it takes a size in bytes such as 65536, 64k or 16M (SIZE)"},
        {"--color-of-the-report|blue",
         "--color-of-the-report blue is not known. --color-of-the-report red|green: A help text that has many words in "
         "it, "
         "so many that they don't find room in one line of the help and must be broken, more than once."},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char *line = strdup(bad[i].line);
        struct parsed p = parse(line);
        assert_int_equal(p.r, -EINVAL);
        assert_string_equal(err_text(&p.err), bad[i].text);
        release(&p);
        free(line);
    }
}

static void sizes_have_units(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t bytes;
    } good[] = {{"0", 0},
                {"65536", 65536},
                {"64k", 65536},
                {"64K", 65536},
                {"3M", 3 << 20},
                {"2G", 2ll << 30},
                {"8388607G", 8388607ll << 30}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char line[64] = "--cap|";
        strcat(line, good[i].text);
        struct parsed p = parse(line);
        assert_int_equal(p.r, 0);
        assert_int_equal(p.s.size, good[i].bytes);
        release(&p);
    }
}

static void help_fits_80_columns(void **state)
{
    (void)state;
    autobuf struct buf out = {0};
    options_help(table, &out);
    static const char expected[] = "\nFirst:\n"
                                   "  -f, --flag                A flag.\n"
                                   "  -v, --verbose             May be given more than once.\n"
                                   "  -t, --text TEXT           Anything.\n"
                                   "      --cover[=FOLDER]      With a value, or without.\n"
                                   "\nSecond:\n"
                                   "      --set KEY=VALUE       Any number of them.\n"
                                   "  -j, --jobs N              A number.\n"
                                   "      --timeout TIME        A time.\n"
                                   "      --cap SIZE            A size.\n"
                                   "      --color-of-the-report red|green\n"
                                   "                            A help text that has many words in it, so many that\n"
                                   "                            they don't find room in one line of the help and\n"
                                   "                            must be broken, more than once.\n";
    assert_string_equal(buf_str(&out), expected);
    for (const char *line = buf_str(&out), *end; (end = strchr(line, '\n')); line = end + 1)
        assert_true(end - line <= 80);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(later_values_count),
        cmocka_unit_test(nothing_is_fine),
        cmocka_unit_test(every_kind_is_read),
        cmocka_unit_test(letters_may_be_joined),
        cmocka_unit_test(the_last_one_counts),
        cmocka_unit_test(operands_keep_their_order),
        cmocka_unit_test(a_value_may_look_like_an_option),
        cmocka_unit_test(an_attached_value_may_be_left_out),
        cmocka_unit_test(help_ends_the_parsing),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(sizes_have_units),
        cmocka_unit_test(help_fits_80_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
