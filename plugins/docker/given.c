/* SPDX-License-Identifier: Apache-2.0 */
/* A daemon that is there, and outlives the run. */
#include "docker.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SYSTEM_SOCKET "/var/run/docker.sock"

int try_socket(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof a.sun_path)
        return ENAMETOOLONG;
    memcpy(a.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int e = fd < 0 || connect(fd, (const struct sockaddr *)&a, sizeof a) < 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    return e;
}

static void require_socket(struct muster_ctx *t, const char *source, const char *path)
{
    int e = try_socket(path);
    if (e == EACCES || e == EPERM)
        ERROR(
            "%s: %s: %s: who may use it is in the group of that socket (usermod -aG docker USER, and log in again), or "
            "root",
            source, path, strerror(e));
    if (e)
        ERROR("%s: %s: %s: no Docker daemon listens there", source, path, strerror(e));
}

const char *find_given(struct muster_ctx *t)
{
    const char *set = m_target(t, "docker"), *host = getenv("DOCKER_HOST");
    const char *source = set ? "--set docker" : "DOCKER_HOST", *url = set ? set : host;
    if (set && strcmp(set, "own") == 0)
        return NULL;
    if (url && *url) {
        if (strncmp(url, "unix://", 7) == 0)
            require_socket(t, source, url + 7);
        else if (strncmp(url, "tcp://", 6) != 0 && strncmp(url, "http://", 7) != 0)
            ERROR(
                "%s: \"%s\" is no URL of a Docker daemon that can be used: unix:///PATH or tcp://HOST:PORT, or \"own\" "
                "for one of the run's own",
                source, url);
        return url;
    }
    int e = try_socket(SYSTEM_SOCKET);
    if ((e == EACCES || e == EPERM) && geteuid() != 0)
        require_socket(t, "the machine's Docker daemon", SYSTEM_SOCKET);
    return e ? NULL : "unix://" SYSTEM_SOCKET;
}
