/* SPDX-License-Identifier: Apache-2.0 */
/* Files: written, looked at, and what is in them. */
#include "difference.h"
#include "steps.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folders above it are made, too. */
static void make_folders(struct muster_ctx *t, struct m_site site, const char *path)
{
    char *own = (char *)(uintptr_t)m_keep(t, path, strlen(path));
    for (char *slash = strchr(own + 1, '/'); *own && slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(own, 0777) < 0 && errno != EEXIST)
            steps_wrong(t, site, "file: %s cannot be made: %s", own, strerrordesc_np(errno));
        *slash = '/';
    }
}

static void write_file(struct muster_ctx *t, struct m_site site, const char *path, const char *text, int append,
                       const char *mode)
{
    char *end = NULL;
    unsigned long bits = *mode ? strtoul(mode, &end, 8) : 0;
    if (*mode && (*end || bits > 07777))
        steps_wrong(t, site, "mode: %s is no mode: write \"0644\"", mode);
    make_folders(t, site, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0666);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (out)
        fputs(text, out);
    int code = !out || ferror(out) || (*mode && fchmod(fd, (mode_t)bits) < 0) ? errno : 0;
    if (out && fclose(out) != 0)
        code = errno;
    if (code)
        steps_wrong(t, site, "file: %s cannot be written: %s", path, strerrordesc_np(code));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "a","b": in the order of their names. */
static const char *entries(struct muster_ctx *t, const char *path)
{
    DIR *folder = opendir(path);
    const char **names = NULL, *all = "";
    size_t n = 0;
    for (struct dirent *e; folder && (e = readdir(folder));) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        const char **more = reallocarray(names, n + 1, sizeof *names);
        if (!more)
            break;
        names = more;
        names[n++] = m_keep(t, e->d_name, strlen(e->d_name));
    }
    if (folder)
        closedir(folder);
    if (n)
        qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n; i++)
        all = m_fmt(t, "%s%s%s", all, i ? "," : "", steps_quoted(t, names[i], strlen(names[i])));
    free(names);
    return all;
}

struct seen {
    const char *path, *text; /* NULL: it is no file */
    size_t length;
    const char *json; /* of a text that is JSON; NULL */
    const char *about, *value;
};

static struct seen look(struct muster_ctx *t, struct m_site site, const char *path, const struct stat *st)
{
    struct seen s = {.path = path};
    int is_file = S_ISREG(st->st_mode), is_folder = S_ISDIR(st->st_mode);
    if (is_file && !(s.text = steps_read_file(t, path, &s.length)))
        steps_wrong(t, site, "file: %s cannot be read: %s", path, strerrordesc_np(errno));
    s.json = is_file ? steps_document(t, s.text, s.length) : NULL;
    s.about = is_file ? m_fmt(t, "%s, %zu bytes: %s", path, s.length, steps_start(t, s.text, s.length))
                      : m_fmt(t, "%s is %s", path, is_folder ? "a folder" : "neither a file nor a folder");
    s.value = steps_value(t,
                          m_fmt(t,
                                "\"path\":%s,\"type\":\"%s\",\"size\":%lld,\"mode\":\"%04o\",\"text\":%s,\"json\":%s,"
                                "\"entries\":[%s]",
                                steps_quoted(t, path, strlen(path)),
                                is_file     ? "file"
                                : is_folder ? "folder"
                                            : "other",
                                (long long)st->st_size, st->st_mode & 07777u,
                                is_file ? steps_quoted(t, s.text, s.length) : "null", s.json ? s.json : "null",
                                is_folder ? entries(t, path) : ""),
                          s.about);
    return s;
}

static void check_contains(struct muster_ctx *t, struct m_site site, const struct seen *s, const char *wanted)
{
    int holds = s->text && memmem(s->text, s->length, wanted, strlen(wanted)) != NULL;
    steps_check(t, site, holds, m_fmt(t, "file %s: contains", s->path),
                s->text ? steps_start(t, s->text, s->length) : "(no text)", steps_start(t, wanted, strlen(wanted)),
                s->text ? m_fmt(t, "%zu bytes", s->length) : s->about);
}

static void check_equals(struct muster_ctx *t, struct m_site site, const struct seen *s, const struct m_json *wanted)
{
    const char *text = m_json_str(wanted, ""), *expression = m_fmt(t, "file %s: equals", s->path);
    struct difference d = {0};
    if (text && s->text && strcmp(text, s->text) != 0)
        steps_fails(t, site, expression, steps_start(t, s->text, s->length), steps_start(t, text, strlen(text)),
                    difference_of_lines(t, s->text, text));
    if (!text && !s->json)
        steps_fails(t, site, expression, s->text ? steps_start(t, s->text, s->length) : "(no text)",
                    m_json_text(t, wanted, ""), "it is not JSON");
    if (!text && difference_of(t, m_json_try_parse(s->json), wanted, 0, &d))
        steps_fails(t, site, m_fmt(t, "file %s: %s", s->path, *d.pointer ? d.pointer : "equals"), d.actual, d.expected,
                    s->about);
    steps_check(t, site, s->text != NULL, expression, "(no text)", "", s->about);
}

DATA_STEP(json, file,
          PARAMS((str, path, NULL,
                  "A relative one is in the attempt's own folder; ${here}/... is beside the scenarios"),
                 (json, write, "null", "A text that it is to hold; anything else is written as JSON"),
                 (bool, append, "false", "Behind what it holds"), (str, mode, "", "\"0600\", of what is written"),
                 (str, contains, "", "A text that is in it"),
                 (json, equals, "null", "All of its text; anything else is compared as JSON"),
                 (bool, absent, "false", "That there is nothing at the path"), STEP_AT),
          .summary = "A file: {path, type, size, mode, text, json, entries}")
{
    struct m_site site = steps_site(t, at);
    struct m_json *text = steps_given(t, write), *whole = steps_given(t, equals);
    struct stat st;
    if (!*path)
        steps_wrong(t, site, "file: there is no path");
    if (absent && (text || whole || *contains))
        steps_wrong(t, site, "file: what is to be absent is not written and holds nothing");
    if (text)
        write_file(t, site, path, m_json_str(text, "") ? m_json_str(text, "") : write, append, mode);
    int there = lstat(path, &st) == 0;
    const char *kind = !there ? "nothing" : S_ISDIR(st.st_mode) ? "a folder" : "a file";
    if (absent) {
        steps_check(t, site, !there, m_fmt(t, "file %s: absent", path), kind, "nothing", NULL);
        return steps_value(t, m_fmt(t, "\"path\":%s", steps_quoted(t, path, strlen(path))), path);
    }
    there = there && stat(path, &st) == 0;
    steps_check(t, site, there, m_fmt(t, "file %s: exists", path), kind, "a file", NULL);
    struct seen s = look(t, site, path, &st);
    if (*contains)
        check_contains(t, site, &s, contains);
    if (whole)
        check_equals(t, site, &s, whole);
    return s.value;
}
