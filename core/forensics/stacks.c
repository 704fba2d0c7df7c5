/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks of a process, read by a helper. */
#include "forensics/stacks.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>

enum { TEXT_MAX = 1 << 20 };

static void end(struct stacks *s)
{
    loop_remove(s->loop, &s->output);
    if (s->helper > 0)
        while (waitpid(s->helper, NULL, 0) < 0 && errno == EINTR)
            ;
    s->helper = 0;
}

static void on_text(struct source *source, uint32_t events)
{
    struct stacks *s = source->data;
    (void)events;
    ssize_t n = read(source->fd, buf_reserve(&s->text, 4096), 4096);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n > 0 && s->text.len < TEXT_MAX) {
        s->text.len += (size_t)n;
        return;
    }
    end(s);
    s->done(s->data);
}

void stacks_begin(struct stacks *s, struct loop *loop, struct stack_reader *reader, const struct stacks_of *of,
                  void (*done)(void *data), void *data)
{
    buf_clear(&s->text);
    s->loop = loop;
    s->done = done;
    s->data = data;
    int output = -1;
    int r = stack_reader_ask(reader, of, &s->helper, &output);
    if (r == 0) {
        loop_add(loop, &s->output, output, EPOLLIN, on_text, s);
        return;
    }
    s->helper = 0;
    buf_addf(&s->text, "stack unavailable: muster-stack could not be started: %s\n", strerror(-r));
    done(data);
}

void stacks_cancel(struct stacks *s)
{
    if (!stacks_running(s))
        return;
    kill(s->helper, SIGKILL);
    end(s);
    buf_adds(&s->text, "(cut: reading the stacks took too long)\n");
}

void stacks_trim(char *text)
{
    static const char files[] = "files:\n";
    for (char *at = strstr(text, files); at; at = strstr(at + 1, files)) {
        if (at == text || at[-1] == '\n') {
            *at = '\0';
            return;
        }
    }
}

void stacks_free(struct stacks *s)
{
    stacks_cancel(s);
    buf_free(&s->text);
}
