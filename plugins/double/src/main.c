/* SPDX-License-Identifier: Apache-2.0 */
/* muster-double: plays an HTTP API from a file. */
#include "control.h"
#include "house.h"
#include "http.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MOST    (4 * 1024 * 1024)
#define VALUES_MOST  64
#define STATUS_WRONG 1
#define STATUS_USAGE 4

struct options {
    struct house_options house;
    const char *file, *values[VALUES_MOST + 1];
    size_t n_values;
    bool check;
};

static const char usage[] = "usage: muster-double [OPTION ...] FILE\n"
                            "\n"
                            "Plays an HTTP API as the file says, and records what it is asked.\n"
                            "\n"
                            "  --check             only say what is wrong with the file\n"
                            "  --folder FOLDER     record in FOLDER/requests.jsonl (default: .)\n"
                            "  --listen ADDRESS    an IPv4 address (default: 127.0.0.1)\n"
                            "  --port PORT         where it is asked (default: any free one)\n"
                            "  --value NAME=VALUE  one of the file's values, instead of its default\n"
                            "  --version, --help\n";

static int usage_error(const char *what)
{
    if (what)
        fprintf(stderr, "muster-double: %s\n", what);
    fputs("muster-double --help says how it is called\n", stderr);
    return STATUS_USAGE;
}

static int take_option(struct options *o, int option)
{
    char *end;
    unsigned long port;
    switch (option) {
    case 'c':
        o->check = true;
        return 0;
    case 'f':
        o->house.folder = optarg;
        return 0;
    case 'l':
        o->house.address = optarg;
        return 0;
    case 'p':
        port = strtoul(optarg, &end, 10);
        o->house.port = (uint16_t)port;
        return *end || end == optarg || port > 65535 ? usage_error("--port has to be a number up to 65535") : 0;
    case 'v':
        if (o->n_values == VALUES_MOST)
            return usage_error("too many values");
        o->values[o->n_values++] = optarg;
        return 0;
    default:
        return usage_error(NULL);
    }
}

/* 0; -1: all is said and done; else the exit status. */
static int read_options(int argc, char **argv, struct options *o)
{
    static const struct option known[] = {
        {"check", no_argument, NULL, 'c'},        {"folder", required_argument, NULL, 'f'},
        {"listen", required_argument, NULL, 'l'}, {"port", required_argument, NULL, 'p'},
        {"value", required_argument, NULL, 'v'},  {"version", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},         {0},
    };
    for (int option, status; (option = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (option == 'h' || option == 'V') {
            fputs(option == 'h' ? usage : "muster-double " DOUBLE_VERSION "\n", stdout);
            return -1;
        }
        if ((status = take_option(o, option)) != 0)
            return status;
    }
    if (argc - optind != 1)
        return usage_error("one FILE, please");
    o->file = argv[optind];
    return 0;
}

/* To be freed; NULL, and a sentence. */
static char *read_file(const char *path, size_t *ret_length)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MOST) {
        fprintf(stderr, "muster-double: %s: %s\n", path,
                fd < 0 ? strerror(errno) : "it is not a regular file of up to 4 MiB");
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    char *text = needed(malloc(FILE_MOST + 1));
    size_t length = 0;
    for (ssize_t n; length < FILE_MOST && (n = read(fd, text + length, FILE_MOST - length)) > 0;)
        length += (size_t)n;
    close(fd);
    text[length] = '\0';
    *ret_length = length;
    return text;
}

/* The one line in which it says where it is. The values are not in it, since some are secrets. */
static void greet(const struct http *control, const struct script *s, const char *url, const char *address)
{
    json_t *names = needed(json_array()), *secrets = needed(json_array());
    for (size_t i = 0; s->value_names[i]; i++)
        json_array_append_new(names, json_string(s->value_names[i]));
    for (size_t i = 0; s->secrets[i]; i++)
        json_array_append_new(secrets, json_string(s->secrets[i]));
    json_t *line = needed(json_pack("{s:s, s:s, s:o, s:o, s:o}", "double", s->name, "url", url, "control",
                                    json_sprintf("http://%s:%u", address, (unsigned)http_port(control)), "values",
                                    names, "secrets", secrets));
    char *text = needed(json_dumps(line, JSON_COMPACT));
    puts(text);
    fflush(stdout);
    free(text);
    json_decref(line);
}

static int serve(const struct script *s, const struct house_options *options)
{
    sigset_t ends;
    int signo;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL); /* before there are threads: they have it, too */
    signal(SIGPIPE, SIG_IGN);
    struct house *house = house_open(s, options);
    struct http *control;
    if (!house)
        return STATUS_WRONG;
    int e = http_open(options->address, 0, control_play, house, &control);
    if (e < 0) {
        fprintf(stderr, "muster-double: %s: %s\n", options->address, strerror(-e));
        house_close(house);
        return STATUS_WRONG;
    }
    char *url;
    if (house_url(house, SHARED, &url) == 0) {
        greet(control, s, url, options->address);
        free(url);
    }
    sigwait(&ends, &signo);
    http_close(control);
    house_close(house);
    return 0;
}

int main(int argc, char **argv)
{
    struct options o = {.house = {.address = "127.0.0.1", .folder = "."}};
    size_t length;
    int status = read_options(argc, argv, &o);
    if (status != 0)
        return status < 0 ? 0 : status;
    char *text = read_file(o.file, &length);
    if (!text)
        return STATUS_WRONG;
    struct pool *pool = pool_new();
    struct mistakes m = {.file = o.file, .to = stderr};
    const struct script *s = script_parse(pool, text, length, o.values, &m);
    free(text);
    status = !s ? STATUS_WRONG : o.check ? 0 : serve(s, &o.house);
    pool_free(pool);
    return status;
}
