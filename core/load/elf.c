/* SPDX-License-Identifier: Apache-2.0 */
/* Is this file a shared object that dlopen may be given? */
#include "load/elf.h"

#include "base/cleanup.h"
#include "base/mem.h"

#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

enum { HEAD_BYTES = 64 * 1024, FIRST_BYTES = 4096 }; /* nearly always the program headers follow the file header */

#if defined(__x86_64__)
enum { THIS_MACHINE = EM_X86_64 };
#elif defined(__aarch64__)
enum { THIS_MACHINE = EM_AARCH64 };
#else
#error "muster knows x86-64 and arm64"
#endif

static const char *machine_name(unsigned machine)
{
    switch (machine) {
    case EM_X86_64:
        return "x86-64";
    case EM_AARCH64:
        return "arm64";
    case EM_386:
        return "32-bit x86";
    case EM_ARM:
        return "32-bit arm";
    case EM_RISCV:
        return "RISC-V";
    case EM_PPC64:
        return "PowerPC 64";
    case EM_S390:
        return "S/390";
    default:
        return "an unknown machine";
    }
}

#define NOT_ELF "not an ELF file: a plugin is a shared object (cc -shared -fPIC), scenarios as data are *.yaml"

static int refuse(const char **ret_reason, const char *reason, struct err *err, const char *text)
{
    *ret_reason = reason;
    return err_set(err, -ENOEXEC, "%s", text);
}

static int check_header(const Elf64_Ehdr *h, const char **ret_reason, struct err *err)
{
    if (memcmp(h->e_ident, ELFMAG, SELFMAG) != 0)
        return refuse(ret_reason, "not-elf", err, NOT_ELF);
    if (h->e_ident[EI_CLASS] == ELFCLASS32) {
        *ret_reason = "other-machine";
        return err_set(err, -ENOEXEC, "a 32-bit file, this runner is 64-bit %s", machine_name(THIS_MACHINE));
    }
    if (h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_ident[EI_DATA] != ELFDATA2LSB || h->e_machine != THIS_MACHINE) {
        *ret_reason = "other-machine";
        return err_set(err, -ENOEXEC, "built for %s, this runner is %s", machine_name(h->e_machine),
                       machine_name(THIS_MACHINE));
    }
    if (h->e_type != ET_DYN)
        return refuse(ret_reason, "not-shared", err, "an ELF file, but not a shared object (link it with -shared)");
    return 0;
}

static int check_segments(const char *data, size_t len, uint64_t size, const char **ret_reason, struct err *err)
{
    Elf64_Ehdr h;
    memcpy(&h, data, sizeof h);
    uint64_t table = (uint64_t)h.e_phnum * sizeof(Elf64_Phdr);
    if (h.e_phentsize != sizeof(Elf64_Phdr) || h.e_phnum == 0)
        return refuse(ret_reason, "truncated", err, "its program headers are damaged");
    if (h.e_phoff > len || table > len - h.e_phoff)
        return refuse(ret_reason, "truncated", err, "truncated: the file ends before its program headers");
    for (unsigned i = 0; i < h.e_phnum; i++) {
        Elf64_Phdr p;
        memcpy(&p, data + h.e_phoff + i * sizeof p, sizeof p);
        if (p.p_type != PT_LOAD && p.p_type != PT_DYNAMIC)
            continue;
        if (p.p_offset > size || p.p_filesz > size - p.p_offset)
            return refuse(ret_reason, "truncated", err, "truncated: the file ends before its segments");
    }
    return 0;
}

int elf_check(const void *data, size_t len, uint64_t size, const char **ret_reason, struct err *err)
{
    Elf64_Ehdr h = {0};
    if (len < SELFMAG || memcmp(data, ELFMAG, SELFMAG) != 0)
        return refuse(ret_reason, "not-elf", err, NOT_ELF);
    if (len < sizeof h)
        return refuse(ret_reason, "truncated", err, "truncated: the file ends inside its ELF header");
    memcpy(&h, data, sizeof h);
    int r = check_header(&h, ret_reason, err);
    return r < 0 ? r : check_segments(data, len, size, ret_reason, err);
}

static bool has_program_headers(const char *data, size_t len)
{
    Elf64_Ehdr h;
    memcpy(&h, data, sizeof h);
    return h.e_phoff <= len && (uint64_t)h.e_phnum * sizeof(Elf64_Phdr) <= len - h.e_phoff;
}

static int check_status(int fd, struct stat *st, const char **ret_reason, struct err *err)
{
    if (fstat(fd, st) < 0) {
        *ret_reason = "unreadable";
        return err_errno(err, -errno, "stat");
    }
    if (!S_ISREG(st->st_mode))
        return refuse(ret_reason, "not-a-file", err, "not a regular file");
    if (st->st_mode & S_IWOTH)
        return refuse(ret_reason, "writable-by-others", err,
                      "writable by everyone: anybody could put code into it (chmod o-w)");
    return 0;
}

int elf_check_file(const char *path, const char **ret_reason, struct err *err)
{
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        *ret_reason = errno == ENOENT ? "missing" : "unreadable";
        return errno == ENOENT ? err_set(err, -ENOENT, "no such file") : err_errno(err, -errno, "cannot be read");
    }
    struct stat st;
    int r = check_status(fd, &st, ret_reason, err);
    if (r < 0)
        return r;
    char first[FIRST_BYTES];
    ssize_t n = pread(fd, first, sizeof first, 0);
    if (n == FIRST_BYTES && !has_program_headers(first, sizeof first)) {
        autofree char *head = xmalloc(HEAD_BYTES);
        n = pread(fd, head, HEAD_BYTES, 0);
        if (n > 0)
            return elf_check(head, (size_t)n, (uint64_t)st.st_size, ret_reason, err);
    }
    if (n < 0) {
        *ret_reason = "unreadable";
        return err_errno(err, -errno, "cannot be read");
    }
    return elf_check(first, (size_t)n, (uint64_t)st.st_size, ret_reason, err);
}
