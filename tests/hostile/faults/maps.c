/* SPDX-License-Identifier: Apache-2.0 */
#include "maps.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static void note_line(const char *line, const char *program, struct image *ret)
{
    struct range r;
    char rights[8] = "", path[512] = "";
    if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %511[^\n]", &r.from, &r.to, rights, path) < 3)
        return;
    if (strcmp(path, program) == 0 && ret->base == 0)
        ret->base = r.from;
    if (rights[2] != 'x')
        return;
    if (strcmp(path, program) == 0)
        ret->program = r;
    else if (strstr(path, "/ld-linux"))
        ret->loader = r;
}

static uint64_t read_entry(pid_t pid)
{
    char path[64];
    uint64_t pair[2], entry = 0;
    snprintf(path, sizeof path, "/proc/%d/auxv", (int)pid);
    FILE *f = fopen(path, "re");
    while (f && fread(pair, sizeof pair, 1, f) == 1 && pair[0] != AT_NULL)
        if (pair[0] == AT_ENTRY)
            entry = pair[1];
    if (f)
        fclose(f);
    return entry;
}

void image_read(pid_t pid, struct image *ret)
{
    char path[64], program[512], line[1024];
    *ret = (struct image){0};
    snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
    ssize_t n = readlink(path, program, sizeof program - 1);
    program[n < 0 ? 0 : n] = '\0';
    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f))
        note_line(line, program, ret);
    if (f)
        fclose(f);
    ret->entry = read_entry(pid);
}

uint64_t image_site(const struct image *image, pid_t pid, uint64_t stack)
{
    enum { WORDS = 512 };
    uint64_t words[WORDS];
    struct iovec here = {words, sizeof words}, there = {(void *)(uintptr_t)stack, sizeof words};
    ssize_t n = process_vm_readv(pid, &here, 1, &there, 1, 0);
    for (ssize_t i = 0; i < n / (ssize_t)sizeof *words; i++)
        if (words[i] > image->program.from && words[i] < image->program.to && words[i] != image->entry)
            return words[i] - image->base;
    return 0;
}
