/* SPDX-License-Identifier: Apache-2.0 */
/* From a plugin's tables to the runner's own: what an older plugin lacks is zero, what nobody knows is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "load/take.h"
#include "load/validate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void structs_of_any_size_are_copied(void **state)
{
    (void)state;
    for (size_t ours_size = 4; ours_size < 40; ours_size++) {
        for (size_t theirs_size = 4; theirs_size < 40; theirs_size++) {
            unsigned char *ours = malloc(ours_size), *theirs = malloc(theirs_size);
            assert_true(ours && theirs);
            memset(ours, 0xee, ours_size);
            memset(theirs, 0, theirs_size);
            size_t common = ours_size < theirs_size ? ours_size : theirs_size, offset = 99;
            memset(theirs, 0x11, common);
            assert_int_equal(struct_copy(ours, ours_size, theirs, theirs_size, &offset), 0);
            assert_memory_equal(ours, theirs, common);
            for (size_t i = common; i < ours_size; i++)
                assert_int_equal(ours[i], 0); /* what an older one lacks */
            for (size_t i = ours_size; i < theirs_size; i++) {
                theirs[i] = 1;
                memset(ours, 0xee, ours_size);
                assert_int_equal(struct_copy(ours, ours_size, theirs, theirs_size, &offset), -E2BIG);
                assert_int_equal(offset, i);
                assert_int_equal(ours[0], 0xee);
                theirs[i] = 0;
            }
            free(ours);
            free(theirs);
        }
    }
}

/* ---- a whole plugin, to be spoilt --------------------------------------------------------------------------- */

static void body(struct muster_ctx *ctx)
{
    (void)ctx;
}

static void undo(struct muster_ctx *ctx, const char *payload)
{
    (void)ctx;
    (void)payload;
}

struct model {
    struct muster_scenario first, second;
    struct muster_cleanup cleanup, other;
    const struct muster_scenario *scenarios[4];
    const struct muster_cleanup *cleanups[3];
    struct muster_plugin plugin;
};

/* The second scenario stands first in the source; one entry of each table is NULL. */
static void build(struct model *m)
{
    static const char *const markers[] = {"e2e", "slow", NULL};
    *m = (struct model){
        .first = {.size = sizeof m->first, .id = "first", .file = "b.c", .line = 7, .run = body, .markers = markers},
        .second = {.size = sizeof m->second, .id = "second", .file = "a.c", .line = 9, .run = body, .timeout_ms = 5},
        .cleanup = {.size = sizeof m->cleanup, .name = "tenant.delete", .run = undo},
        .other = {.size = sizeof m->other, .name = "tenant.drop", .run = undo},
    };
    m->scenarios[0] = &m->first;
    m->scenarios[2] = &m->second;
    m->cleanups[0] = &m->cleanup;
    m->cleanups[2] = &m->other;
    m->plugin = (struct muster_plugin){.size = sizeof m->plugin,
                                       .abi_minor = MUSTER_ABI_MINOR,
                                       .name = "acme.payments",
                                       .version = "1.4.0",
                                       .scenarios = m->scenarios,
                                       .n_scenarios = 4,
                                       .cleanups = m->cleanups,
                                       .n_cleanups = 3};
}

static void a_plugin_is_normalised(void **state)
{
    (void)state;
    struct model m;
    build(&m);
    struct plugin p = {0};
    const char *reason = "";
    assert_int_equal(plugin_normalise(&m.plugin, &p, &reason, NULL), 0);
    assert_string_equal(p.name, "acme.payments");
    assert_string_equal(p.summary, "");
    assert_false(p.fresh);
    assert_int_equal(p.n_scenarios, 2);
    assert_string_equal(p.scenarios[0].id, "second"); /* by file, then line */
    assert_int_equal(p.scenarios[0].timeout_ms, 5);
    assert_null(p.scenarios[0].markers[0]);
    assert_string_equal(p.scenarios[1].markers[1], "slow");
    assert_string_equal(p.scenarios[1].summary, "");
    assert_ptr_not_equal(p.scenarios[1].id, m.first.id); /* nothing looks at the plugin's tables again */
    assert_int_equal(p.n_cleanups, 2);
    assert_string_equal(p.cleanups[1].name, "tenant.drop");
    arena_free(&p.arena);
}

static void refused(const struct model *m, const char *expected_reason, const char *expected_text)
{
    struct plugin p = {0};
    const char *reason = "";
    autoerr struct err err = {0};
    assert_true(plugin_normalise(&m->plugin, &p, &reason, &err) < 0);
    assert_string_equal(reason, expected_reason);
    if (!strstr(err_text(&err), expected_text))
        fail_msg("\"%s\" does not say \"%s\"", err_text(&err), expected_text);
    arena_free(&p.arena);
}

#define SPOILT(reason_, text_, ...)                                                                                    \
    do {                                                                                                               \
        struct model m;                                                                                                \
        build(&m);                                                                                                     \
        __VA_ARGS__;                                                                                                   \
        refused(&m, reason_, text_);                                                                                   \
    } while (0)

static void lying_tables_are_refused(void **state)
{
    (void)state;
    SPOILT("bad-table", "was .size set?", m.plugin.size = 0);
    SPOILT("bad-table", "was .size set?", m.plugin.size = sizeof m.plugin - 1);
    SPOILT("bad-table", "was .size set?", m.plugin.size = UINT32_MAX);
    SPOILT("bad-table", "a scenario says it has 3 bytes", m.first.size = 3);
    SPOILT("bad-table", "a cleanup says it has 3 bytes", m.cleanup.size = 3);
    SPOILT("bad-table", "its name is NULL", m.plugin.name = NULL);
    SPOILT("bad-table", "its version is NULL", m.plugin.version = NULL);
    SPOILT("bad-table", "table of scenarios is NULL", m.plugin.scenarios = NULL);
    SPOILT("bad-table", "table of cleanups is NULL", m.plugin.cleanups = NULL);
    SPOILT("bad-table", "entries", m.plugin.n_scenarios = UINT64_MAX);
    SPOILT("bad-table", "entries", m.plugin.n_cleanups = 1000 * 1000 + 1);
    SPOILT("bad-table", "the id of a scenario is NULL", m.first.id = NULL);
    SPOILT("bad-table", "scenario first: its function is NULL", m.first.run = NULL);
    SPOILT("bad-table", "cleanup tenant.delete: its function is NULL", m.cleanup.run = NULL);
    SPOILT("bad-table", "the name of a cleanup is NULL", m.cleanup.name = NULL);
    SPOILT("bad-table", "two cleanups with the name tenant.delete", m.other.name = "tenant.delete");
}

static void names_are_words(void **state)
{
    (void)state;
    static const char *const bad_ids[] = {"", "two words", "a.b", "1st", "-x", "gr\xc3\xbc\xc3\x9f", "a/b", "x\n"};
    for (size_t i = 0; i < sizeof bad_ids / sizeof *bad_ids; i++)
        SPOILT("bad-table", "its id is not a word", m.first.id = bad_ids[i]);
    static const char *const bad_names[] = {"", ".", "a.", ".a", "a..b", "a b", "a/b", "../x", "a.1"};
    for (size_t i = 0; i < sizeof bad_names / sizeof *bad_names; i++)
        SPOILT("bad-table", "is not made of words", m.plugin.name = bad_names[i]);
}

static void nothing_is_read_without_end(void **state)
{
    (void)state;
    static char long_text[20000];
    memset(long_text, 'a', sizeof long_text - 1);
    SPOILT("bad-table", "its name is longer than", m.plugin.name = long_text);
    SPOILT("bad-table", "a.c:9: scenario first: its summary is longer than", m.first.summary = long_text,
           m.first.file = "a.c", m.first.line = 9);
    SPOILT("bad-table", "scenario first: its summary is longer than", m.first.summary = long_text);
    static const char *endless[1100];
    for (size_t i = 0; i < 1100; i++)
        endless[i] = "marker";
    SPOILT("bad-table", "scenario first: its list of markers has no NULL", m.first.markers = endless);
    SPOILT("bad-table", "scenario first: its list of needs has no NULL", m.first.needs = endless);
}

static void emptiness_and_duplicates_are_refused(void **state)
{
    (void)state;
    SPOILT("no-scenarios", "it has no scenarios", m.plugin.n_scenarios = 0);
    SPOILT("no-scenarios", "it has no scenarios", m.scenarios[0] = m.scenarios[2] = NULL);
    SPOILT("duplicate-scenario", "two scenarios with the id first", m.second.id = "first");
}

static void the_unknown_is_refused(void **state)
{
    (void)state;
    SPOILT("newer-minor", "it sets flags 0x80000000", m.plugin.flags = 0x80000000);
    SPOILT("newer-minor", "reserved field", m.plugin.reserved = 1);
    SPOILT("newer-minor", "scenario first: it sets flags 0x2", m.first.flags = 2);
    SPOILT("newer-minor", "scenario first: it sets a reserved field", m.first.reserved2 = 1);
    struct {
        struct muster_plugin plugin;
        uint64_t newer;
    } grown = {.newer = 0};
    struct model m;
    build(&m);
    grown.plugin = m.plugin;
    grown.plugin.size = sizeof grown;
    struct plugin p = {0};
    const char *reason = "";
    autoerr struct err err = {0};
    assert_int_equal(plugin_normalise(&grown.plugin, &p, &reason, &err), 0); /* grown, and not used */
    arena_free(&p.arena);
    grown.newer = 1;
    grown.plugin.abi_minor = 9;
    assert_true(plugin_normalise(&grown.plugin, &p, &reason, &err) < 0);
    assert_string_equal(reason, "newer-minor");
    assert_non_null(strstr(err_text(&err), "interface 1.9"));
    arena_free(&p.arena);
}

static void fresh_is_asked_for_in_two_ways(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        struct model m;
        build(&m);
        if (way == 0)
            m.plugin.flags = MUSTER_PLUGIN_FRESH;
        else
            m.second.flags = MUSTER_SCENARIO_FRESH;
        struct plugin p = {0};
        const char *reason = "";
        assert_int_equal(plugin_normalise(&m.plugin, &p, &reason, NULL), 0);
        assert_true(p.fresh);
        arena_free(&p.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structs_of_any_size_are_copied), cmocka_unit_test(a_plugin_is_normalised),
        cmocka_unit_test(lying_tables_are_refused),       cmocka_unit_test(names_are_words),
        cmocka_unit_test(nothing_is_read_without_end),    cmocka_unit_test(emptiness_and_duplicates_are_refused),
        cmocka_unit_test(the_unknown_is_refused),         cmocka_unit_test(fresh_is_asked_for_in_two_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
