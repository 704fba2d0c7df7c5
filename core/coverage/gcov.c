/* SPDX-License-Identifier: Apache-2.0 */
/* .gcda: gcovr makes all of it. */
#include "base/cleanup.h"
#include "base/io.h"
#include "base/mem.h"
#include "coverage/collector.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { SUMMARY_MAX = 1 << 20 };

/* "lines: 66.7% (2 out of 3)" */
static struct line_counts read_summary(const char *text)
{
    struct line_counts n = {0};
    const char *line = strstr(text, "lines: "), *open = line ? strchr(line, '(') : NULL;
    if (!open || sscanf(open, "(%zu out of %zu)", &n.covered, &n.lines) != 2)
        return (struct line_counts){0};
    return n;
}

static int link_notes(const struct collector *c, const struct paths *gcda, struct err *err)
{
    const char *first = NULL;
    size_t lost = counters_link_notes(c->counters, c->objects, gcda, &first);
    if (lost < gcda->n)
        return 0;
    return err_set(err, -ENOENT,
                   "no .gcno is there for %s: the compiler has left it beside the object; --coverage=FOLDER says where "
                   "the objects are now",
                   first);
}

int collect_gcov(const struct collector *c, const struct paths *gcda, struct line_counts *ret, struct err *err)
{
    if (!tool_is_there("gcovr"))
        return err_set(err, -ENOENT, "gcovr is not installed, which reads .gcda: apt-get install gcovr");
    int r = link_notes(c, gcda, err);
    if (r < 0)
        return r;
    autofree char *xml = xasprintf("%s/cobertura.xml", c->to);
    autofree char *html = xasprintf("%s/html/index.html", c->to);
    autofree char *summary = xasprintf("%s/summary", c->counters);
    autoclose int out = open(summary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0)
        return err_errno(err, -errno, "%s", summary);
    autoarguments a = {0};
    const char *const fixed[] = {"gcovr", "--root", c->root, "--xml", xml, "--html-details", html, "--print-summary"};
    for (size_t i = 0; i < ARRAY_LEN(fixed); i++)
        arguments_add(&a, fixed[i]);
    if (counters_are_of_clang(gcda->items[0])) {
        arguments_add(&a, "--gcov-executable");
        arguments_add(&a, "llvm-cov gcov");
    }
    arguments_add(&a, c->counters);
    struct tool_run t = c->tools;
    t.out = out;
    r = tool_run(&t, &a, err);
    autobuf struct buf text = {0};
    if (r == 0)
        r = io_read_file(AT_FDCWD, summary, SUMMARY_MAX, &text) < 0
                ? err_set(err, -EIO, "%s: it can't be read", summary)
                : 0;
    *ret = read_summary(buf_str(&text));
    return r;
}
