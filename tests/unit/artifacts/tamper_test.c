/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bundles that were tampered with: every byte flipped, every truncation, appended bytes, members swapped, added,
 * removed, doubled, and headers changed. None has a checksum file beside it, so that content and container must tell.
 */
#include "rundir.h"

#include "artifacts/encode.h"
#include "artifacts/manifest.h"
#include "base/cleanup.h"
#include "base/mem.h"

#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* cmocka.h wants the headers above before it. */
#include <cmocka.h>

static bool is_found(const struct rundir *run, const void *data, size_t len)
{
    struct verify_report report = rundir_check(run, data, len);
    bool found = !verify_passed(&report);
    for (size_t i = 0; i < report.n_problems; i++)
        found = found && *report.problems[i].why;
    verify_report_free(&report);
    return found;
}

static void every_flip(void **state)
{
    autorundir struct rundir run = rundir_make();
    enum bundle_format format = *(enum bundle_format *)*state;
    autobuf struct buf bundle = {0};
    rundir_pack(&run, format, &bundle);
    assert_false(is_found(&run, bundle.data, bundle.len));
    static const unsigned char masks[] = {0xff, 0x01, 0x80};
    for (size_t i = 0; i < bundle.len; i++) {
        for (size_t m = 0; m < ARRAY_LEN(masks); m++) {
            bundle.data[i] = (char)(bundle.data[i] ^ masks[m]);
            if (!is_found(&run, bundle.data, bundle.len))
                fail_msg("byte %zu of %zu xor %#x went unnoticed", i, bundle.len, masks[m]);
            bundle.data[i] = (char)(bundle.data[i] ^ masks[m]);
        }
    }
}

static void every_truncation(void **state)
{
    autorundir struct rundir run = rundir_make();
    autobuf struct buf bundle = {0};
    rundir_pack(&run, *(enum bundle_format *)*state, &bundle);
    for (size_t len = 0; len < bundle.len; len++) {
        if (!is_found(&run, bundle.data, len))
            fail_msg("a bundle of %zu bytes cut to %zu went unnoticed", bundle.len, len);
    }
}

static void appended(void **state)
{
    autorundir struct rundir run = rundir_make();
    autobuf struct buf bundle = {0}, twice = {0};
    rundir_pack(&run, *(enum bundle_format *)*state, &bundle);
    buf_add(&twice, bundle.data, bundle.len);
    buf_add(&twice, bundle.data, bundle.len);
    assert_true(is_found(&run, twice.data, twice.len));
    static const char *const tails[] = {"", "x", "\n", "PK\x05\x06", "\x1f\x8b"};
    for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
        autobuf struct buf longer = {0};
        buf_add(&longer, bundle.data, bundle.len);
        buf_add(&longer, tails[i], strlen(tails[i]) + 1);
        assert_true(is_found(&run, longer.data, longer.len));
    }
    /* An empty zstd frame that decoders skip, and 10 KiB of zeros as tar writers pad with. */
    static const char skippable[] = "\x50\x2a\x4d\x18\x00\x00\x00\x00";
    static const char zeros[10240];
    autobuf struct buf a = {0}, b = {0};
    buf_add(&a, bundle.data, bundle.len);
    buf_add(&a, skippable, 8);
    assert_true(is_found(&run, a.data, a.len));
    buf_add(&b, bundle.data, bundle.len);
    buf_add(&b, zeros, sizeof zeros);
    assert_true(is_found(&run, b.data, b.len));
}

/* Forging: a bundle is written anew, from the same content, by an enemy with the same library. */
struct forged {
    const char *path, *content;
};

static int to_buf(const void *data, size_t len, void *out)
{
    buf_add(out, data, len);
    return 0;
}

static void forge(enum bundle_format format, const struct manifest *m, const struct forged *members, size_t n,
                  struct buf *out)
{
    autoneutral struct neutral neutral = neutral_enter();
    autoencoder struct encoder *e = NULL;
    autobuf struct buf text = {0};
    manifest_render(m, &text);
    assert_int_equal(encode_open(format, m->created, to_buf, out, &e, NULL), 0);
    assert_int_equal(encode_member(e, MANIFEST_NAME, (int64_t)text.len, NULL), 0);
    assert_int_equal(encode_data(e, text.data, text.len, NULL), 0);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(encode_member(e, members[i].path, (int64_t)strlen(members[i].content), NULL), 0);
        assert_int_equal(encode_data(e, members[i].content, strlen(members[i].content), NULL), 0);
    }
    assert_int_equal(encode_end(e, NULL), 0);
}

static struct manifest manifest_of(enum bundle_format format, const struct forged *members, size_t n)
{
    struct manifest m = {.run = "r", .created = 1795000000, .format = format, .head = ""};
    m.archiver = arena_strdup(&m.strings, encode_archiver(format));
    m.compressor = arena_strdup(&m.strings, encode_compressor(format));
    autodigest struct digest *d = digest_new();
    for (size_t i = 0; i < n; i++) {
        struct manifest_file *f = manifest_add_file(&m, members[i].path);
        f->size = (int64_t)strlen(members[i].content);
        digest_add(d, members[i].content, strlen(members[i].content));
        digest_end(d, f->sha256);
    }
    return m;
}

static void expect(const struct rundir *run, const struct buf *bundle, const char *member, const char *why)
{
    struct verify_report report = rundir_check(run, bundle->data, bundle->len);
    if (!why) {
        assert_true(verify_passed(&report) && report.reencoded);
    } else {
        assert_true(report.n_problems > 0);
        assert_string_equal(report.problems[0].member, member);
        assert_non_null(strstr(report.problems[0].why, why));
    }
    verify_report_free(&report);
}

static void forged_members(void **state)
{
    static const struct forged genuine[] = {{"a", "one"}, {"b", "two"}, {"c", "three"}};
    static const struct {
        struct forged members[4];
        size_t n;
        const char *member, *why;
    } forgeries[] = {
        {{{"a", "one"}, {"b", "two"}, {"c", "three"}}, 3, NULL, NULL},
        {{{"b", "two"}, {"a", "one"}, {"c", "three"}}, 3, "b", "not in the place"},
        {{{"a", "one"}, {"c", "three"}}, 2, "c", "not in the place"},
        {{{"a", "one"}, {"b", "two"}}, 2, "c", "missing"},
        {{{"a", "one"}, {"b", "two"}, {"c", "three"}, {"d", "four"}}, 4, "d", "was added"},
        {{{"a", "one"}, {"b", "two"}, {"b", "two"}, {"c", "three"}}, 4, "b", "twice"},
        {{{"a", "one"}, {"b", "two"}, {"c", "three"}, {"MANIFEST.json", "{}"}}, 4, "MANIFEST.json", "twice"},
        {{{"a", "one"}, {"b", "owt"}, {"c", "three"}}, 3, "b", "content"},
        {{{"a", "one"}, {"b", "twoo"}, {"c", "three"}}, 3, "b", "another size"},
        {{{"a", "one"}, {"b", "tw"}, {"c", "three"}}, 3, "b", "another size"},
        {{{"a", "one"}, {"B", "two"}, {"c", "three"}}, 3, "B", "was added"},
    };
    enum bundle_format format = *(enum bundle_format *)*state;
    autorundir struct rundir run = rundir_make();
    for (size_t i = 0; i < ARRAY_LEN(forgeries); i++) {
        automanifest struct manifest m = manifest_of(format, genuine, ARRAY_LEN(genuine));
        autobuf struct buf bundle = {0};
        forge(format, &m, forgeries[i].members, forgeries[i].n, &bundle);
        expect(&run, &bundle, forgeries[i].member, forgeries[i].why);
    }
}

static void forged_manifests(void **state)
{
    static const struct forged genuine[] = {{"events.jsonl", "{}\n"}};
    enum bundle_format format = *(enum bundle_format *)*state;
    autorundir struct rundir run = rundir_make();

    automanifest struct manifest head = manifest_of(format, genuine, 1);
    head.head = run.head;
    autobuf struct buf wrong_head = {0}, other_format = {0}, other_writer = {0};
    forge(format, &head, genuine, 1, &wrong_head);
    expect(&run, &wrong_head, "events.jsonl", "does not end in the event");

    automanifest struct manifest kind = manifest_of((format + 1) % BUNDLE_N_FORMATS, genuine, 1);
    forge(format, &kind, genuine, 1, &other_format);
    expect(&run, &other_format, "MANIFEST.json", "another format");

    /* Written by another version, yet the same bytes come out: that is as good. Others do not: then it is said. */
    automanifest struct manifest old = manifest_of(format, genuine, 1);
    old.archiver = "libarchive 1.0";
    forge(format, &old, genuine, 1, &other_writer);
    expect(&run, &other_writer, NULL, NULL);
    buf_add(&other_writer, "\0\0", 2);
    struct verify_report report = rundir_check(&run, other_writer.data, other_writer.len);
    assert_false(report.reencoded);
    if (verify_passed(&report))
        assert_non_null(strstr(verify_container_note(&report), "were not"));
    verify_report_free(&report);
}

/* Headers that libarchive can write and a bundle never has. */
static void odd_link(struct archive_entry *e)
{
    archive_entry_set_filetype(e, AE_IFLNK);
    archive_entry_set_symlink(e, "/etc/passwd");
    archive_entry_set_size(e, 0);
}
static void odd_mode(struct archive_entry *e)
{
    archive_entry_set_perm(e, 04755);
}
static void odd_owner(struct archive_entry *e)
{
    archive_entry_set_uid(e, 1000);
}
static void odd_group_name(struct archive_entry *e)
{
    archive_entry_set_gname(e, "wheel");
}
static void odd_time(struct archive_entry *e)
{
    archive_entry_set_mtime(e, 1, 0);
}
static void odd_atime(struct archive_entry *e)
{
    archive_entry_set_atime(e, 5, 5);
}
static void odd_xattr(struct archive_entry *e)
{
    archive_entry_xattr_add_entry(e, "user.note", "x", 1);
}

static void odd_headers(void **state)
{
    (void)state;
    static const struct {
        void (*make)(struct archive_entry *);
        const char *why;
    } odd[] = {
        {odd_link, "it is a link"},           {odd_mode, "its mode was changed"}, {odd_owner, "its owner was changed"},
        {odd_group_name, "its owner"},        {odd_time, "its time is not"},      {odd_atime, "times were added"},
        {odd_xattr, "attributes were added"},
    };
    autorundir struct rundir run = rundir_make();
    static const struct forged genuine[] = {{"a", ""}};
    for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
        automanifest struct manifest m = manifest_of(BUNDLE_TAR_GZ, genuine, 1);
        autobuf struct buf text = {0}, bundle = {0};
        manifest_render(&m, &text);
        bundle.cap = 64 * 1024;
        bundle.data = xmalloc(bundle.cap);
        struct archive *a = archive_write_new();
        archive_write_set_format_pax(a);
        archive_write_add_filter_gzip(a);
        assert_int_equal(archive_write_open_memory(a, bundle.data, bundle.cap, &bundle.len), ARCHIVE_OK);
        for (int member = 0; member < 2; member++) {
            struct archive_entry *e = archive_entry_new();
            archive_entry_set_pathname(e, member ? "a" : MANIFEST_NAME);
            archive_entry_set_filetype(e, AE_IFREG);
            archive_entry_set_perm(e, 0644);
            archive_entry_set_mtime(e, m.created, 0);
            archive_entry_set_size(e, member ? 0 : (int64_t)text.len);
            if (member)
                odd[i].make(e);
            assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
            if (!member)
                assert_int_equal(archive_write_data(a, text.data, text.len), (int)text.len);
            archive_entry_free(e);
        }
        archive_write_free(a);
        expect(&run, &bundle, "a", odd[i].why);
    }
}

/* A member that unpacks to far more than the manifest says is not unpacked. */
static void bomb(void **state)
{
    enum bundle_format format = *(enum bundle_format *)*state;
    static const struct forged genuine[] = {{"a", "x"}};
    autorundir struct rundir run = rundir_make();
    autoneutral struct neutral neutral = neutral_enter();
    automanifest struct manifest m = manifest_of(format, genuine, 1);
    autobuf struct buf text = {0}, bundle = {0};
    manifest_render(&m, &text);
    autoencoder struct encoder *e = NULL;
    assert_int_equal(encode_open(format, m.created, to_buf, &bundle, &e, NULL), 0);
    assert_int_equal(encode_member(e, MANIFEST_NAME, (int64_t)text.len, NULL), 0);
    assert_int_equal(encode_data(e, text.data, text.len, NULL), 0);
    static const char zeros[64 * 1024];
    assert_int_equal(encode_member(e, "a", 64 * (int64_t)sizeof zeros, NULL), 0);
    for (int i = 0; i < 64; i++)
        assert_int_equal(encode_data(e, zeros, sizeof zeros, NULL), 0);
    assert_int_equal(encode_end(e, NULL), 0);
    struct verify_report report = rundir_check(&run, bundle.data, bundle.len);
    assert_false(verify_passed(&report));
    assert_true(report.bytes < 1024 * 1024);
    verify_report_free(&report);
}

static void not_a_bundle(void **state)
{
    (void)state;
    autorundir struct rundir run = rundir_make();
    static const char *const files[] = {
        "", "x", "hello, world\n", "PK\x03\x04 and so on", "\x1f\x8b\x08 gz?", "\x28\xb5\x2f\xfd"};
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        assert_true(is_found(&run, files[i], strlen(files[i])));
}

int main(void)
{
    static enum bundle_format zst = BUNDLE_TAR_ZST, gz = BUNDLE_TAR_GZ, zip = BUNDLE_ZIP;
#define EACH(test)                                                                                                     \
    cmocka_unit_test_prestate(test, &zst), cmocka_unit_test_prestate(test, &gz), cmocka_unit_test_prestate(test, &zip)
    const struct CMUnitTest tests[] = {
        EACH(every_flip),
        EACH(every_truncation),
        EACH(appended),
        EACH(forged_members),
        EACH(forged_manifests),
        EACH(bomb),
        cmocka_unit_test(odd_headers),
        cmocka_unit_test(not_a_bundle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
