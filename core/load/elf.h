/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this file a shared object that dlopen may be given? dlopen() of a foreign or truncated file fails with a
 * poor message or, where a segment lies beyond the end of the file, kills the process with SIGBUS. These checks come
 * first and name the reason. Format: elf(5).
 */
#ifndef MUSTER_LOAD_ELF_H
#define MUSTER_LOAD_ELF_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/* Checks the headers of an ELF file of `size` bytes, of which the first `len` are at `data` (all of the file header
 * and program headers must be there: 64 KiB are enough). 0, or a negative errno with a sentence in *err and a
 * stable word in *ret_reason: "not-elf", "other-machine", "not-shared", "truncated". */
int elf_check(const void *data, size_t len, uint64_t size, const char **ret_reason, struct err *err);

/* The same for a file, together with what makes it unfit before its contents: "missing", "not-a-file", "unreadable",
 * "writable-by-others". */
int elf_check_file(const char *path, const char **ret_reason, struct err *err);

#endif
