/* SPDX-License-Identifier: Apache-2.0 */
/* --secret: values of the target that nothing shows and nothing keeps. */
#include "cli/secret_options.h"

#include "base/cleanup.h"
#include "base/io.h"
#include "base/spawn.h"
#include "base/wait_status.h"
#include "ipc/message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The last newline is not part of it. */
static int take_text(const char *option, struct buf *text, struct err *err)
{
    if (text->len > 0 && text->data[text->len - 1] == '\n')
        text->len--;
    if (text->len == 0)
        return err_set(err, -EINVAL, "--secret %s: it is empty", option);
    return memchr(text->data, '\0', text->len) ? err_set(err, -EINVAL, "--secret %s: it holds a NUL byte", option) : 0;
}

static int read_variable(const char *option, const char *name, struct buf *text, struct err *err)
{
    const char *value = getenv(name);
    if (!value)
        return err_set(err, -EINVAL, "--secret %s: the environment has no %s", option, name);
    buf_adds(text, value);
    return 0;
}

static int read_file(const char *option, const char *path, struct buf *text, struct err *err)
{
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    int r = fd < 0 ? -errno : io_read_fd(fd, MESSAGE_STRING_MAX, text);
    return r < 0 ? err_errno(err, r, "--secret %s", option) : 0;
}

/* What it prints, and how it ended; it complains on our stderr. */
static int read_from(const char *option, char *const *argv, struct buf *text, struct err *err)
{
    int fds[2];
    pid_t pid;
    int status = 0, r = pipe2(fds, O_CLOEXEC) < 0 ? -errno : 0;
    if (r < 0)
        return err_errno(err, r, "--secret %s", option);
    const struct spawn what = {.program = argv[0],
                               .argv = argv,
                               .fds = {SPAWN_NULL, fds[1], SPAWN_OURS},
                               .n_fds = 3,
                               .terminal = SPAWN_IN_OUR_GROUP};
    r = spawn(&what, &pid);
    close_fd(fds[1]);
    int read = r < 0 ? 0 : io_read_fd(fds[0], MESSAGE_STRING_MAX, text);
    close_fd(fds[0]); /* one that prints more is told so by SIGPIPE */
    if (r < 0)
        return err_errno(err, r, "--secret %s: starting %s", option, argv[0]);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (read < 0)
        return err_errno(err, read, "--secret %s: reading what %s prints", option, argv[0]);
    if (status == 0)
        return 0;
    autofree char *how = describe_wait_status(status);
    return err_set(err, -EINVAL, "--secret %s: %s %s", option, argv[0], how);
}

/* Words between blanks, as they are: no shell reads them. */
static int read_program(const char *option, const char *command, struct buf *text, struct err *err)
{
    enum { WORDS_MOST = 64 };
    autofree char *words = xstrdup(command);
    char *argv[WORDS_MOST + 1], *state = NULL;
    size_t n = 0;
    for (char *word = strtok_r(words, " \t", &state); word && n < WORDS_MOST; word = strtok_r(NULL, " \t", &state))
        argv[n++] = word;
    argv[n] = NULL;
    if (n == 0)
        return err_set(err, -EINVAL, "--secret %s: exec: takes a program", option);
    return read_from(option, argv, text, err);
}

static int read_source(const char *option, const char *source, struct buf *text, struct err *err)
{
    static const struct {
        const char *word;
        int (*read)(const char *option, const char *rest, struct buf *text, struct err *err);
    } kinds[] = {{"env:", read_variable}, {"file:", read_file}, {"exec:", read_program}};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (strncmp(source, kinds[i].word, strlen(kinds[i].word)) == 0)
            return kinds[i].read(option, source + strlen(kinds[i].word), text, err);
    return err_set(
        err, -EINVAL,
        "--secret takes KEY=env:NAME, KEY=file:PATH or KEY=exec:PROGRAM: a value does not stand on a command "
        "line, which everyone can see");
}

/* What is wrong with the value keeps nothing from running: it is told. */
static void hide(struct secrets *secrets, const char *name, const char *value)
{
    autoerr struct err err = {0};
    if (secrets_add(secrets, name, value, strlen(value), &err) < 0)
        cli_complain("%s", err_text(&err));
}

static int read_secret(const char *option, struct option_list *target, struct secrets *secrets, struct arena *arena,
                       struct err *err)
{
    autobuf struct buf text = {0};
    const char *equals = strchr(option, '=');
    if (!equals || equals == option)
        return err_set(err, -EINVAL, "--secret %s: it takes KEY=SOURCE", option);
    int r = read_source(option, equals + 1, &text, err);
    if (r == 0)
        r = take_text(option, &text, err);
    if (r < 0)
        return r;
    autofree char *pair = xasprintf("%.*s=%s", (int)(equals - option), option, buf_str(&text));
    const char *kept = arena_strdup(arena, pair);
    option_list_add(target, kept);
    hide(secrets, arena_strndup(arena, option, (size_t)(equals - option)), strchr(kept, '=') + 1);
    return 0;
}

int cli_read_secrets(const struct verb *verb, const struct option_list *sources, struct option_list *target,
                     struct secrets *secrets, struct arena *arena)
{
    autoerr struct err err = {0};
    for (size_t i = 0; i < sources->n; i++)
        if (read_secret(sources->items[i], target, secrets, arena, &err) < 0)
            return cli_usage(verb, "%s", err_text(&err));
    return EXIT_OK;
}

static bool sets(const char *pair, const char *name)
{
    size_t n = strlen(name);
    return strncmp(pair, name, n) == 0 && pair[n] == '=';
}

void cli_hide_target(const struct target_info *info, const struct option_list *target, struct secrets *secrets)
{
    for (uint32_t k = 0; info && k < info->n_values; k++)
        for (size_t i = 0; i < target->n; i++)
            if (info->values[k].secret && sets(target->items[i], info->values[k].name))
                hide(secrets, info->values[k].name, strchr(target->items[i], '=') + 1);
}
