/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios whose output is too much, or poison to a terminal and a report. */
#include "bystanders.h"

#include <stdlib.h>

enum { MEBIBYTE = 1024 * 1024 };

static void write_mebibytes(int fd, int n, char fill)
{
    char *block = malloc(MEBIBYTE);
    memset(block, fill, MEBIBYTE);
    for (int i = 0; i < n; i++)
        for (size_t done = 0; done < MEBIBYTE;) {
            ssize_t wrote = write(fd, block + done, MEBIBYTE - done);
            if (wrote <= 0)
                abort();
            done += (size_t)wrote;
        }
    free(block);
}

SCENARIO(writes_a_gibibyte, .timeout_ms = 60000)
{
    write_mebibytes(STDOUT_FILENO, 1024, 'x');
}

SCENARIO(writes_to_both_then_fails, .timeout_ms = 60000)
{
    write_mebibytes(STDERR_FILENO, 32, '\n');
    write_mebibytes(STDOUT_FILENO, 32, '\0');
    CHECK_INT(1, ==, 2);
}

/* Ends abruptly, with all in its buffers: what was written counts. */
SCENARIO(writes_then_crashes)
{
    write_mebibytes(STDOUT_FILENO, 1, 'y');
    abort();
}

SCENARIO(prints_poison)
{
    static const char poison[] =
        "\x1b]0;owned\a\x1b[2J\x1b[31m\xff\xfe\xc0\x80 \xed\xa0\x80 ]]> <script>alert(1)</script> "
        "&amp; \x00 \x7f \r overwritten";
    fwrite(poison, 1, sizeof poison - 1, stdout);
    fwrite(poison, 1, sizeof poison - 1, stderr);
    FAIL("\x1b[2J\xff ]]> <b>&\x01");
}

SCENARIO(logs_without_end, .timeout_ms = 60000)
{
    char *text = malloc(MEBIBYTE);
    memset(text, 'z', MEBIBYTE);
    t->host->log(t, MUSTER_LOG_INFO, NULL, 0, text, MEBIBYTE);
    for (int i = 0; i < 1000; i++)
        LOG("line %d", i);
    free(text);
}

MUSTER_PLUGIN("hostile.output", "1.0")
