/* SPDX-License-Identifier: Apache-2.0 */
/* What dlopen may be given: a real shared object, cut at every length and damaged in every field that is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "load/elf.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct buf object;

static Elf64_Ehdr header(void)
{
    Elf64_Ehdr h;
    memcpy(&h, object.data, sizeof h);
    return h;
}

static Elf64_Phdr segment(size_t i)
{
    Elf64_Phdr p;
    memcpy(&p, object.data + header().e_phoff + i * sizeof p, sizeof p);
    return p;
}

/* The least length with which every byte that the loader maps is there. */
static size_t loadable_length(void)
{
    size_t least = 0;
    for (size_t i = 0; i < header().e_phnum; i++) {
        Elf64_Phdr p = segment(i);
        if ((p.p_type == PT_LOAD || p.p_type == PT_DYNAMIC) && p.p_offset + p.p_filesz > least)
            least = p.p_offset + p.p_filesz;
    }
    return least;
}

/* The bytes in memory of exactly their length, so that a sanitizer sees a read beyond. */
static int check(const char *data, size_t len, uint64_t size, const char **ret_reason)
{
    autoerr struct err err = {0};
    autofree char *copy = xmalloc(len);
    memcpy(copy, data, len);
    *ret_reason = "";
    int r = elf_check(copy, len, size, ret_reason, &err);
    assert_true((r < 0) == (err.text != NULL));
    assert_true((r < 0) == (**ret_reason != '\0'));
    return r;
}

static void every_length_is_judged(void **state)
{
    (void)state;
    const size_t least = loadable_length();
    assert_true(least > sizeof(Elf64_Ehdr) && least <= object.len);
    for (size_t len = 0; len <= object.len; len++) {
        const char *reason;
        int r = check(object.data, len, len, &reason);
        if (len >= least) {
            assert_int_equal(r, 0);
        } else {
            assert_int_equal(r, -ENOEXEC);
            assert_string_equal(reason, len < SELFMAG ? "not-elf" : "truncated");
        }
    }
}

/* The proof of the pudding: what is let through does not kill the process that loads it. */
static void what_passes_can_be_loaded(void **state)
{
    (void)state;
    char path[] = "/tmp/test-elf-XXXXXX";
    autoclose int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(io_write_all(fd, object.data, object.len), 0);
    assert_int_equal(ftruncate(fd, (off_t)loadable_length()), 0);
    pid_t pid = fork();
    if (pid == 0)
        _exit(dlopen(path, RTLD_NOW | RTLD_LOCAL) ? 0 : 1);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    unlink(path);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void expect(const Elf64_Ehdr *h, const char *expected)
{
    autofree char *copy = xmalloc(object.len);
    memcpy(copy, object.data, object.len);
    memcpy(copy, h, sizeof *h);
    const char *reason;
    assert_int_equal(check(copy, object.len, object.len, &reason), -ENOEXEC);
    assert_string_equal(reason, expected);
}

static void foreign_files_are_named(void **state)
{
    (void)state;
    const char *reason;
    assert_int_equal(check("#!/bin/sh\n", 10, 10, &reason), -ENOEXEC);
    assert_string_equal(reason, "not-elf");
    Elf64_Ehdr h = header();
    h.e_machine = h.e_machine == EM_X86_64 ? EM_AARCH64 : EM_X86_64;
    expect(&h, "other-machine");
    h = header();
    h.e_machine = EM_RISCV;
    expect(&h, "other-machine");
    h = header();
    h.e_ident[EI_CLASS] = ELFCLASS32;
    expect(&h, "other-machine");
    h = header();
    h.e_ident[EI_DATA] = ELFDATA2MSB;
    expect(&h, "other-machine");
    static const unsigned types[] = {ET_REL, ET_EXEC, ET_CORE, ET_NONE};
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        h = header();
        h.e_type = (Elf64_Half)types[i];
        expect(&h, "not-shared");
    }
}

static void lying_headers_are_refused(void **state)
{
    (void)state;
    static const uint64_t offsets[] = {UINT64_MAX, UINT64_MAX - 55, (uint64_t)1 << 63, UINT32_MAX};
    for (size_t i = 0; i < ARRAY_LEN(offsets); i++) {
        Elf64_Ehdr h = header();
        h.e_phoff = offsets[i];
        expect(&h, "truncated");
    }
    Elf64_Ehdr h = header();
    h.e_phoff = object.len - 1;
    expect(&h, "truncated");
    h = header();
    h.e_phnum = UINT16_MAX;
    expect(&h, "truncated");
    h = header();
    h.e_phnum = 0;
    expect(&h, "truncated");
    h = header();
    h.e_phentsize = 1;
    expect(&h, "truncated");
}

static void lying_segments_are_refused(void **state)
{
    (void)state;
    static const struct {
        uint64_t offset, size;
    } lies[] = {{UINT64_MAX, 1}, {UINT64_MAX, UINT64_MAX}, {1, UINT64_MAX}, {0, UINT64_MAX}, {(uint64_t)1 << 40, 0}};
    autofree char *copy = xmalloc(object.len);
    for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
        for (size_t k = 0; k < header().e_phnum; k++) {
            Elf64_Phdr p = segment(k);
            if (p.p_type != PT_LOAD)
                continue;
            p.p_offset = lies[i].offset;
            p.p_filesz = lies[i].size;
            memcpy(copy, object.data, object.len);
            memcpy(copy + header().e_phoff + k * sizeof p, &p, sizeof p);
            const char *reason;
            assert_int_equal(check(copy, object.len, object.len, &reason), -ENOEXEC);
            assert_string_equal(reason, "truncated");
        }
    }
}

static void expect_file(const char *path, int code, const char *expected)
{
    autoerr struct err err = {0};
    const char *reason = "";
    assert_int_equal(elf_check_file(path, &reason, &err), code);
    assert_string_equal(reason, expected);
}

static void files_are_judged_before_their_contents(void **state)
{
    (void)state;
    char dir[] = "/tmp/test-elf-XXXXXX";
    assert_non_null(mkdtemp(dir));
    autofree char *copy = xasprintf("%s/copy.so", dir), *fifo = xasprintf("%s/fifo.so", dir);
    autofree char *script = xasprintf("%s/script.so", dir), *empty = xasprintf("%s/empty.so", dir);
    autofree char *missing = xasprintf("%s/missing.so", dir);
    assert_int_equal(io_write_file(AT_FDCWD, copy, object.data, object.len), 0);
    assert_int_equal(io_write_file(AT_FDCWD, script, "#!/bin/sh\n", 10), 0);
    assert_int_equal(io_write_file(AT_FDCWD, empty, "", 0), 0);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    expect_file(copy, 0, "");
    assert_int_equal(chmod(copy, 0660), 0);
    expect_file(copy, 0, "");
    assert_int_equal(chmod(copy, 0602), 0);
    expect_file(copy, -ENOEXEC, "writable-by-others");
    expect_file(script, -ENOEXEC, "not-elf");
    expect_file(empty, -ENOEXEC, "not-elf");
    expect_file(fifo, -ENOEXEC, "not-a-file"); /* without waiting for a writer */
    expect_file(dir, -ENOEXEC, "not-a-file");
    expect_file(missing, -ENOENT, "missing");
    if (geteuid() != 0) {
        assert_int_equal(chmod(script, 0), 0);
        expect_file(script, -EACCES, "unreadable");
    }
    io_remove_tree(AT_FDCWD, dir);
}

int main(int argc, char **argv)
{
    if (argc < 2 || io_read_file(AT_FDCWD, argv[1], SIZE_MAX, &object) < 0)
        return 2;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length_is_judged),     cmocka_unit_test(what_passes_can_be_loaded),
        cmocka_unit_test(foreign_files_are_named),    cmocka_unit_test(lying_headers_are_refused),
        cmocka_unit_test(lying_segments_are_refused), cmocka_unit_test(files_are_judged_before_their_contents),
    };
    int r = cmocka_run_group_tests(tests, NULL, NULL);
    buf_free(&object);
    return r;
}
