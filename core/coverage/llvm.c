/* SPDX-License-Identifier: Apache-2.0 */
/* .profraw: merged by llvm-profdata; llvm-cov writes HTML, and what Cobertura's XML is made of. */
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "coverage/collector.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { LCOV_MAX = 1 << 30 };

/* Whether clang has left in this program or library what its counters count: a section, named in its table of names. */
static bool is_mapped(const char *path)
{
    static const char name[] = "__llvm_covmap";
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < 64)
        return false;
    size_t len = (size_t)st.st_size;
    void *bytes = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return false;
    bool is = memcmp(bytes, "\177ELF", 4) == 0 && memmem(bytes, len, name, sizeof name);
    munmap(bytes, len);
    return is;
}

static bool is_linked(const char *path)
{
    return !path_ends(path, ".o") && is_mapped(path);
}

static int find_objects(const struct collector *c, struct paths *objects, struct err *err)
{
    if (c->objects && *c->objects)
        paths_below(c->objects, is_linked, objects);
    for (size_t i = 0; i < c->n_plugins; i++) {
        if (!is_mapped(c->plugins[i]))
            continue;
        GROW(objects->items, objects->n, objects->cap);
        objects->items[objects->n++] = xstrdup(c->plugins[i]);
    }
    if (objects->n > 0)
        return 0;
    return err_set(err, -ENOENT,
                   "no plugin of the run has clang's mapping of counters to lines: --coverage=FOLDER says where the "
                   "programs and libraries are");
}

static int merge(const struct collector *c, const struct paths *profraw, const char *data, struct err *err)
{
    autofree char *list = xasprintf("%s/inputs", c->counters);
    autofree char *inputs = xasprintf("-input-files=%s", list);
    autobuf struct buf text = {0};
    for (size_t i = 0; i < profraw->n; i++)
        buf_addf(&text, "%s\n", profraw->items[i]);
    int r = io_write_file(AT_FDCWD, list, text.data, text.len);
    if (r < 0)
        return err_errno(err, r, "writing %s", list);
    autoarguments a = {0};
    const char *const words[] = {"llvm-profdata", "merge", "-sparse", "-o", data, inputs};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        arguments_add(&a, words[i]);
    return tool_run(&c->tools, &a, err);
}

/* llvm-cov VERB OPTION OPTION, of all objects, for sources below the working folder. */
static int run_cov(const struct collector *c, const char *const words[3], const char *data, const struct paths *objects,
                   int out, struct err *err)
{
    autoarguments a = {0};
    arguments_add(&a, "llvm-cov");
    for (size_t i = 0; i < 3; i++)
        arguments_add(&a, words[i]);
    arguments_add(&a, "-instr-profile");
    arguments_add(&a, data);
    for (size_t i = 0; i < objects->n; i++) {
        if (i > 0)
            arguments_add(&a, "-object");
        arguments_add(&a, objects->items[i]);
    }
    arguments_add(&a, c->root); /* only sources in there */
    struct tool_run t = c->tools;
    t.out = out;
    return tool_run(&t, &a, err);
}

static int write_cobertura(const struct collector *c, const char *from, struct line_counts *ret, struct err *err)
{
    autobuf struct buf text = {0};
    if (io_read_file(AT_FDCWD, from, LCOV_MAX, &text) < 0)
        return err_set(err, -EIO, "what llvm-cov exported can't be read");
    struct lcov lines;
    lcov_parse(text.data ? text.data : "", text.len, &lines);
    *ret = lcov_counts(&lines);
    autofree char *path = xasprintf("%s/cobertura.xml", c->to);
    struct output out = {.fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    int r = out.fd < 0 ? err_errno(err, -errno, "%s", path)
                       : cobertura_write(&lines, c->root, clock_real() / NS_PER_S, &out, err);
    output_free(&out);
    close_fd(out.fd);
    lcov_free(&lines);
    return r;
}

int collect_llvm(const struct collector *c, const struct paths *profraw, struct line_counts *ret, struct err *err)
{
    if (!tool_is_there("llvm-profdata") || !tool_is_there("llvm-cov"))
        return err_set(err, -ENOENT,
                       "llvm-profdata and llvm-cov are not installed, which read .profraw: apt-get install llvm");
    autopaths objects = {0};
    autofree char *data = xasprintf("%s/merged.profdata", c->counters);
    autofree char *lcov = xasprintf("%s/lines", c->counters);
    autofree char *html = xasprintf("-output-dir=%s/html", c->to);
    autoclose int out = open(lcov, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0)
        return err_errno(err, -errno, "%s", lcov);
    int r = find_objects(c, &objects, err);
    if (r == 0)
        r = merge(c, profraw, data, err);
    if (r == 0)
        r = run_cov(c, (const char *const[]){"export", "-format=lcov", "-skip-expansions"}, data, &objects, out, err);
    if (r == 0)
        r = write_cobertura(c, lcov, ret, err);
    if (r == 0 && ret->lines > 0)
        r = run_cov(c, (const char *const[]){"show", "-format=html", html}, data, &objects, c->tools.log, err);
    return r;
}
