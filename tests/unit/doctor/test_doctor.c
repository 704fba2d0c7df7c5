/* SPDX-License-Identifier: Apache-2.0 */
/* What was found out, as text and JSON; versions; temporary folders. The machine is looked at in e2e.adoption.doctor.
 */
#include "base/cleanup.h"
#include "base/mem.h"
#include "doctor/findings.h"
#include "doctor/search.h"
#include "doctor/temp_folder.h"

#include <errno.h>
#include <linux/magic.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define INDENT "                         "

static void text_is_wrapped_at_80_columns(void **state)
{
    (void)state;
    struct findings f = {0};
    autobuf struct buf out = {0};
    findings_add(&f, FINDING_OK, "one", xstrdup("short"), NULL);
    findings_add(&f, FINDING_LACKS, "two", xstrdup("123456789 123456789 123456789 123456789 123456789 12345 next"),
                 xstrdup("Do that."));
    findings_add(&f, FINDING_NOTE, "three",
                 xstrdup("/a/path/that/is/longer/than/what/a/line/has/room/for/and/not/broken then \033[1m"), NULL);
    findings_show(&f, &out);
    assert_string_equal(buf_str(&out),
                        "ok     one               short\n"
                        "lacks  two               123456789 123456789 123456789 123456789 123456789 12345\n" INDENT
                        "next\n" INDENT "Do that.\n"
                        "note   three             "
                        "/a/path/that/is/longer/than/what/a/line/has/room/for/and/not/broken\n" INDENT "then \\x1b[1m\n"
                        "\nA plain run has all that it needs.\n");
    findings_free(&f);
}

static void only_what_is_needed_counts(void **state)
{
    (void)state;
    struct findings f = {0};
    autobuf struct buf out = {0}, json = {0};
    findings_add(&f, FINDING_LACKS, "gdb", xstrdup("none"), NULL);
    assert_int_equal(findings_needs(&f), 0);
    findings_add(&f, FINDING_NEEDS, "muster-host", xstrdup("gone"), xstrdup("Install \"it\"."));
    findings_add(&f, FINDING_NEEDS, "open files", xstrdup("few"), NULL);
    assert_int_equal(findings_needs(&f), 2);
    findings_show(&f, &out);
    assert_non_null(strstr(buf_str(&out), "\nA plain run lacks what it needs: muster-host, open files.\n"));
    assert_non_null(strstr(buf_str(&out), "lacks  muster-host       gone\n"));
    findings_add_json(&f, &json);
    autobuf struct buf flat = {0};
    for (size_t i = 0; i < json.len; i++)
        if (json.data[i] != '\n')
            buf_addc(&flat, json.data[i]);
    assert_string_equal(
        buf_str(&flat),
        "{\"version\":1,\"ok\":false,\"findings\":["
        "{\"level\":\"lacks\",\"needed\":false,\"name\":\"gdb\",\"text\":\"none\"},"
        "{\"level\":\"lacks\",\"needed\":true,\"name\":\"muster-host\",\"text\":\"gone\",\"advice\":\"Install "
        "\\\"it\\\".\"},"
        "{\"level\":\"lacks\",\"needed\":true,\"name\":\"open files\",\"text\":\"few\"}]}");
    findings_free(&f);
}

static void the_newer_version_is_the_higher_number(void **state)
{
    (void)state;
    assert_string_equal(search_newer("9.6", "15"), "15");
    assert_string_equal(search_newer("15", "9.6"), "15");
    assert_string_equal(search_newer(NULL, "9.6"), "9.6");
    assert_string_equal(search_newer("15", "bin"), "15");
    assert_string_equal(search_newer("15", "99beta"), "15");
    assert_null(search_newer(NULL, ".."));
}

static void programs_are_found_in_their_order(void **state)
{
    (void)state;
    autofree char *found = search_in("::/nowhere:/proc/self:/bin:/usr/bin", "sh");
    assert_string_equal(found, "/bin/sh");
    assert_null(search_in("/nowhere", "sh"));
    assert_null(search_in("/", "bin")); /* a folder */
    assert_null(search_in(NULL, "sh"));
}

static void temporary_folders_are_judged(void **state)
{
    (void)state;
    static const uint64_t plenty = UINT64_C(10) << 30;
    static const char long_path[] = "/a/very/long/path/that/leaves/no/room/for/the/name/of/a/unix/socket";
    static const struct {
        struct temp_folder folder;
        size_t findings;
        enum finding_level worst;
        const char *says;
    } rows[] = {
        {{.path = "/tmp", .kind = EXT4_SUPER_MAGIC, .free_bytes = plenty},
         1,
         FINDING_OK,
         "/tmp (ext4, 10240 MiB free)"},
        {{.path = "/tmp", .kind = 1, .free_bytes = plenty}, 1, FINDING_OK, "of an unknown kind"},
        {{.path = "/tmp", .error = ENOENT}, 1, FINDING_NEEDS, "/tmp: No such file or directory"},
        {{.path = "/tmp", .ignored = "tmp", .kind = 1, .free_bytes = plenty}, 2, FINDING_NOTE, "TMPDIR is \"tmp\""},
        {{.path = "/tmp", .kind = 1, .free_bytes = plenty, .noexec = true}, 2, FINDING_LACKS, "noexec"},
        {{.path = "/tmp", .kind = NFS_SUPER_MAGIC, .free_bytes = plenty}, 2, FINDING_NOTE, "another machine (nfs)"},
        {{.path = "/tmp", .kind = 1, .free_bytes = 100 << 20}, 2, FINDING_NOTE, "Only 100 MiB are free"},
        {{.path = "/tmp", .kind = 1, .free_bytes = 15 << 20}, 2, FINDING_NEEDS, "Only 15 MiB are free"},
        {{.path = long_path, .kind = 1, .free_bytes = plenty}, 2, FINDING_NOTE, "107"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct findings f = {0};
        enum finding_level worst = FINDING_OK;
        bool says = false;
        temp_folder_judge(&f, &rows[i].folder);
        for (size_t k = 0; k < f.n; k++) {
            worst = f.items[k].level > worst ? f.items[k].level : worst;
            says = says || strstr(f.items[k].text, rows[i].says);
            assert_true((f.items[k].level == FINDING_OK) == !f.items[k].advice);
        }
        if (f.n != rows[i].findings || worst != rows[i].worst || !says)
            fail_msg("row %zu: %zu findings, the worst %d", i, f.n, worst);
        findings_free(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_wrapped_at_80_columns),          cmocka_unit_test(only_what_is_needed_counts),
        cmocka_unit_test(the_newer_version_is_the_higher_number), cmocka_unit_test(programs_are_found_in_their_order),
        cmocka_unit_test(temporary_folders_are_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
