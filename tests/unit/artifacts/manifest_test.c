/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest: what is written is read, and nothing else is. */
#include "artifacts/manifest.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka.h wants the headers above before it. */
#include <cmocka.h>

static struct manifest sample(void)
{
    struct manifest m = {.run = "run \"1\"\n", .created = 1795000000, .format = BUNDLE_TAR_GZ, .head = ""};
    m.archiver = "libarchive 3.6.2";
    m.compressor = "zlib 1.2.13";
    static const char *const paths[] = {"a", "b\xff\n", "gr\xc3\xb6\xc3\x9f"};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct manifest_file *f = manifest_add_file(&m, paths[i]);
        f->size = (int64_t)i << 40;
        memset(f->sha256, 'a', DIGEST_HEX - 1);
    }
    manifest_add_omitted(&m, "link\x1b", "symlink");
    return m;
}

static void round_trip(void **state)
{
    (void)state;
    automanifest struct manifest m = sample(), back = {0};
    autobuf struct buf text = {0};
    manifest_render(&m, &text);
    autoerr struct err err = {0};
    if (manifest_parse(text.data, text.len, &back, &err) < 0)
        fail_msg("%s", err_text(&err));
    assert_string_equal(back.run, m.run);
    assert_int_equal(back.created, m.created);
    assert_int_equal(back.format, m.format);
    assert_int_equal(back.n_files, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(back.files[i].path, m.files[i].path);
        assert_int_equal(back.files[i].size, m.files[i].size);
    }
    assert_string_equal(back.omitted[0].path, "link\x1b");
    assert_string_equal(back.omitted[0].kind, "symlink");
}

/* No byte is free: whatever is changed, cut or added, it is no manifest any more. */
static void every_change(void **state)
{
    (void)state;
    automanifest struct manifest m = sample();
    autobuf struct buf text = {0};
    manifest_render(&m, &text);
    struct manifest back = {.run = "untouched"};
    for (size_t i = 0; i < text.len; i++) {
        for (int bit = 0; bit < 8; bit++) {
            autoerr struct err err = {0};
            text.data[i] = (char)(text.data[i] ^ 1 << bit);
            if (manifest_parse(text.data, text.len, &back, &err) != -EINVAL)
                fail_msg("byte %zu, bit %d went unnoticed", i, bit);
            assert_true(*err_text(&err));
            text.data[i] = (char)(text.data[i] ^ 1 << bit);
        }
        assert_int_equal(manifest_parse(text.data, i, &back, NULL), -EINVAL);
    }
    buf_addc(&text, '\n');
    assert_int_equal(manifest_parse(text.data, text.len, &back, NULL), -EINVAL);
    assert_string_equal(back.run, "untouched");
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } bad[] = {
        {"", "end of file"},
        {"[]", "no \"version\""},
        {"{\"version\":3}", "its version is 3"},
        {"{\"version\":1}", "no proper \"run\""},
        {"{\"version\":1,\"version\":1}", "duplicate"},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        autoerr struct err err = {0};
        struct manifest m;
        assert_int_equal(manifest_parse(bad[i].text, strlen(bad[i].text), &m, &err), -EINVAL);
        if (!strstr(err_text(&err), bad[i].why))
            fail_msg("%s: %s", bad[i].text, err_text(&err));
    }
}

static void order(void **state)
{
    (void)state;
    automanifest struct manifest m = sample();
    struct manifest back;
    autobuf struct buf text = {0};
    m.files[1].path = "a";
    manifest_render(&m, &text);
    autoerr struct err err = {0};
    assert_int_equal(manifest_parse(text.data, text.len, &back, &err), -EINVAL);
    assert_string_equal(err_text(&err), "files[1] is out of order or listed twice");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trip), cmocka_unit_test(every_change),
                                       cmocka_unit_test(refusals), cmocka_unit_test(order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
