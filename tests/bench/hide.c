/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench-hide: a file without secrets, as output of scenarios is filtered, and what the bench needs for that.
 *
 * bench-hide FILE                        prints how many bytes are left; the same twenty secrets each time
 * bench-hide --make MIB FILE PATTERNS    a log of so many MiB with one of them in it, and their spellings, one a line
 */
#include "base/cleanup.h"
#include "secrets/secret_stream.h"
#include "secrets/spellings.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N_SECRETS = 20, PIECE = 64 * 1024 };

/* As those that products make: 24 characters at random, but the same in each run. */
static const char *value_of(int number)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    static char value[25];
    uint64_t state = 0x9e3779b97f4a7c15u * (uint64_t)(number + 1);
    for (size_t i = 0; i < sizeof value - 1; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        value[i] = digits[state >> 58];
    }
    return value;
}

static int hide(const char *path)
{
    static char piece[PIECE];
    struct secrets *secrets = secrets_new();
    for (int i = 0; i < N_SECRETS; i++)
        secrets_add(secrets, "one", value_of(i), strlen(value_of(i)), NULL);
    struct secret_stream stream = {.secrets = secrets};
    autobuf struct buf shown = {0};
    autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t left = 0;
    for (ssize_t n; (n = read(fd, piece, sizeof piece)) > 0; left += shown.len) {
        buf_clear(&shown);
        secret_stream_add(&stream, piece, (size_t)n, &shown);
    }
    buf_clear(&shown);
    secret_stream_end(&stream, &shown);
    printf("%zu bytes are left\n", left + shown.len);
    secret_stream_free(&stream);
    secrets_free(secrets);
    return fd < 0;
}

static void write_spelling(void *data, const char *bytes, size_t len)
{
    fwrite(bytes, 1, len, data);
    fputc('\n', data);
}

static int make(unsigned long mib, const char *path, const char *patterns)
{
    FILE *log = fopen(path, "w"), *list = fopen(patterns, "w");
    if (!log || !list)
        return 1;
    for (unsigned long n = 0; (unsigned long)ftell(log) < mib << 20; n++)
        fprintf(log, "2026-11-30T22:00:%02lu.%03luZ GET /v1/tenants/%016lx/workloads?after=%lu 200 in %lu ms\n", n % 60,
                n % 1000, n * 0x9e3779b97f4a7c15u, n, n % 97);
    fprintf(log, "Authorization: Bearer %s\n", value_of(7));
    for (int i = 0; i < N_SECRETS; i++)
        spellings_each(value_of(i), strlen(value_of(i)), write_spelling, list);
    return (fclose(log) | fclose(list)) != 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "--make") == 0)
        return make(strtoul(argv[2], NULL, 10), argv[3], argv[4]);
    if (argc == 2)
        return hide(argv[1]);
    fprintf(stderr, "usage: bench-hide FILE\n       bench-hide --make MIB FILE PATTERNS\n");
    return 4;
}
