/* SPDX-License-Identifier: Apache-2.0 */
/* A project from a template. */
#include "scaffold/scaffold.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/program.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MUSTER_DATADIR
#error "MUSTER_DATADIR is set by CMake: share/muster relative to the folder of the program"
#endif

enum { LONGEST_NAME = 40, LARGEST_FILE = 1 << 20 };

bool scaffold_is_name(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return n > 0 && n <= LONGEST_NAME && !name[n] && islower((unsigned char)*name);
}

/* Targets that CMake has itself, and what stands in the folder already: muster.yaml. */
bool scaffold_is_taken(const char *name)
{
    static const char *const taken[] = {"all",           "clean",         "depend", "edit_cache",
                                        "help",          "install",       "muster", "package",
                                        "preinstall",    "rebuild_cache", "test",   "list_install_components",
                                        "package_source"};
    for (size_t i = 0; i < ARRAY_LEN(taken); i++)
        if (strcmp(name, taken[i]) == 0)
            return true;
    return false;
}

static bool is_of_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* How much of what stands behind `example` belongs to it. */
static size_t length_of_form(const char *text, size_t len)
{
    static const char *const forms[] = {"_cpp", ".cpp", "_rust", ".rust"};
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        size_t n = strlen(forms[i]);
        if (len >= n && memcmp(text, forms[i], n) == 0 && (len == n || !is_of_word(text[n])))
            return n;
    }
    return 0;
}

void scaffold_fill(struct buf *out, const char *text, size_t len, const char *name)
{
    static const char word[] = "example";
    const size_t n = sizeof word - 1;
    for (size_t at = 0; at < len;) {
        bool begins = at == 0 || !is_of_word(text[at - 1]);
        if (!begins || len - at < n || memcmp(text + at, word, n) != 0) {
            buf_addc(out, text[at++]);
            continue;
        }
        size_t form = length_of_form(text + at + n, len - at - n);
        bool ends = form > 0 || len - at == n || !is_of_word(text[at + n]);
        buf_adds(out, ends ? name : word);
        at += n + form;
    }
}

/* Beside bin/ in a build tree, in share/ of an installation. */
char *scaffold_templates(void)
{
    autofree char *self = program_folder();
    if (!self)
        return NULL;
    autofree char *build = xasprintf("%s/../template", self);
    if (access(build, R_OK) == 0)
        return steal_ptr(&build);
    autofree char *installed = xasprintf("%s/" MUSTER_DATADIR "/template", self);
    return access(installed, R_OK) == 0 ? steal_ptr(&installed) : NULL;
}

static int compare(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_entry(const struct dirent *e)
{
    return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

/* What is being made, and of what. */
struct making {
    const struct scaffold *s;
    struct buf *files;
    char **made; /* files and folders that were not there, in their order */
    size_t n_made, cap_made;
    struct err *err;
};

static void note_made(struct making *m, const char *path)
{
    GROW(m->made, m->n_made, m->cap_made);
    m->made[m->n_made++] = xstrdup(path);
}

/* Half a project would be in the way of the next try. */
static void making_end(struct making *m, bool failed)
{
    while (m->n_made > 0) {
        char *path = m->made[--m->n_made];
        if (failed)
            remove(path);
        free(path);
    }
    free(m->made);
}

static int copy_file(struct making *m, const char *from, const char *to)
{
    autobuf struct buf text = {0}, filled = {0};
    int r = io_read_file(AT_FDCWD, from, LARGEST_FILE, &text);
    if (r < 0)
        return err_errno(m->err, r, "%s", from);
    scaffold_fill(&filled, buf_str(&text), text.len, m->s->name);
    autoclose int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    r = fd < 0 ? -errno : 0;
    if (r == 0) {
        note_made(m, to);
        r = io_write_all(fd, filled.data, filled.len);
    }
    if (r < 0)
        return err_errno(m->err, r, "%s", to);
    buf_addf(m->files, "%s\n", to);
    return 0;
}

static int copy_folder(struct making *m, const char *from, const char *to);

static int copy_entry(struct making *m, const char *from, const char *to, const char *entry)
{
    bool hidden = strncmp(entry, "dot-", 4) == 0;
    autobuf struct buf name = {0};
    scaffold_fill(&name, hidden ? entry + 4 : entry, strlen(entry) - (hidden ? 4 : 0), m->s->name);
    autofree char *source = xasprintf("%s/%s", from, entry);
    autofree char *made = xasprintf("%s/%s%s", to, hidden ? "." : "", buf_str(&name));
    struct stat st;
    if (stat(source, &st) < 0)
        return err_errno(m->err, -errno, "%s", source);
    return S_ISDIR(st.st_mode) ? copy_folder(m, source, made) : copy_file(m, source, made);
}

static int copy_folder(struct making *m, const char *from, const char *to)
{
    struct dirent **entries;
    if (mkdir(to, 0777) == 0)
        note_made(m, to);
    else if (errno != EEXIST)
        return err_errno(m->err, -errno, "%s", to);
    int n = scandir(from, &entries, is_entry, compare), r = 0;
    if (n < 0)
        return err_errno(m->err, -errno, "%s", from);
    for (int i = 0; i < n; i++) {
        if (r == 0)
            r = copy_entry(m, from, to, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return r;
}

/* 0 when nothing stands there, or an empty folder. */
static int look_at_target(const char *folder, struct err *err)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, is_entry, NULL);
    if (n < 0)
        return errno == ENOENT ? 0 : err_errno(err, -errno, "%s", folder);
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    return n == 0 ? 0 : err_set(err, -ENOTEMPTY, "%s is there already, and not empty: nothing was written", folder);
}

int scaffold_make(const struct scaffold *s, struct buf *files, struct err *err)
{
    struct making m = {.s = s, .files = files, .err = err};
    int r = look_at_target(s->folder, err);
    if (r < 0)
        return r;
    autofree char *all = scaffold_templates();
    if (!all)
        return err_set(err, -ENOENT,
                       "this installation has no templates: share/muster/template/ beside its bin/ is missing");
    autofree char *own = xasprintf("%s/%s", all, s->language), *common = xasprintf("%s/project", all);
    r = copy_folder(&m, own, s->folder);
    if (r == 0)
        r = copy_folder(&m, common, s->folder);
    making_end(&m, r < 0);
    return r;
}
