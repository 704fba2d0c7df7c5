/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open files and sockets, from /proc.
 */
#include "forensics/stack/process.h"

#include "base/cleanup.h"
#include "base/proc_sockets.h"
#include "forensics/stack/socket.h"

#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FILES_MAX = 256 };

static int by_number(const void *a, const void *b)
{
    int l = *(const int *)a, r = *(const int *)b;
    return (l > r) - (l < r);
}

/* The lowest FILES_MAX descriptors that readdir gave, sorted; returns how many there are in all. */
static size_t list_descriptors(pid_t pid, int *ret_fds, size_t *ret_n)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    autoclosedir DIR *dir = opendir(path);
    size_t n = 0, all = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        all++;
        if (n < FILES_MAX)
            ret_fds[n++] = atoi(entry->d_name);
    }
    qsort(ret_fds, n, sizeof *ret_fds, by_number);
    *ret_n = n;
    return all;
}

static void print_printable(const char *text, FILE *out)
{
    for (; *text; text++)
        fputc(isprint((unsigned char)*text) || (unsigned char)*text >= 0x80 ? *text : '?', out);
}

/* The tables may be long: they are read at the first socket that can't be asked itself. */
struct sockets_of {
    pid_t pid;
    int pidfd;
    bool read;
    struct sockets sockets;
};

static const struct socket_entry *find_socket(struct sockets_of *of, unsigned long inode)
{
    if (!of->read)
        sockets_read(of->pid, &of->sockets);
    of->read = true;
    return sockets_find(&of->sockets, inode);
}

static void print_file(int fd, struct sockets_of *sockets, FILE *out)
{
    char path[64], target[PATH_MAX];
    snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)sockets->pid, fd);
    ssize_t n = readlink(path, target, sizeof target - 1);
    if (n < 0)
        return;
    target[n] = '\0';
    unsigned long inode;
    char text[256];
    bool is_socket = sscanf(target, "socket:[%lu]", &inode) == 1;
    bool described = is_socket && socket_describe(sockets->pidfd, fd, text, sizeof text);
    const struct socket_entry *socket = is_socket && !described ? find_socket(sockets, inode) : NULL;
    fprintf(out, "  %d -> ", fd);
    print_printable(described ? text : socket ? socket->text : target, out);
    fputc('\n', out);
}

void process_print_files(pid_t pid, FILE *out)
{
    int fds[FILES_MAX];
    size_t n, all = list_descriptors(pid, fds, &n);
    if (all == 0)
        return;
    struct sockets_of sockets = {.pid = pid, .pidfd = (int)syscall(SYS_pidfd_open, pid, 0)};
    fprintf(out, "files:\n");
    for (size_t i = 0; i < n; i++)
        print_file(fds[i], &sockets, out);
    if (all > n)
        fprintf(out, "  ... %zu more files\n", all - n);
    sockets_free(&sockets.sockets);
    close_fd(sockets.pidfd);
}
