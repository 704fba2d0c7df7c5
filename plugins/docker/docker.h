/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the service share. In the order in which they are used: given.c finds a daemon that is there,
 * daemon.c starts one of the run's own, network.c makes its bridge, leftover.c ends what a killed one has left, and
 * service.c is the fixture.
 */
#ifndef MUSTER_PLUGINS_DOCKER_H
#define MUSTER_PLUGINS_DOCKER_H

#include <muster/kit/container.h>
#include <muster/kit/data.h>
#include <muster/kit/wait.h>
#include <muster/muster.h>

#include <stdint.h>

/* ---- given.c ---- */

/* The URL of a daemon that is there: of --set docker=URL, of DOCKER_HOST, or the system's where it answers; NULL: there
 * is none, or the run is to have its own. */
const char *find_given(struct muster_ctx *t);
/* 0, or the errno of connecting to a unix socket. */
int try_socket(const char *path);

/* ---- daemon.c ---- */

/* Starts one in a private folder, with its cleanups; its URL. */
const char *start_daemon(struct muster_ctx *t, const char *base);

/* ---- network.c ---- */

/* A daemon's addresses: its bridge has the first of 1024, its networks have those behind the first 256. They are of
 * 198.18.0.0/15, which RFC 2544 keeps for tests, so they are no real network's. */
struct block {
    uint32_t first; /* in the host's order */
};

/* Makes the bridge of that name, with addresses that nothing on the machine has. `say` is told of each block before it
 * is tried. */
struct block make_bridge(struct muster_ctx *t, const char *name, void (*say)(struct muster_ctx *t, struct block b));
/* Removes the bridge, and those of networks in the block: how many are left that can't be. 0 as a block: none. */
int remove_bridges(const char *name, struct block b);
/* "198.18.4.1" */
const char *address_text(struct muster_ctx *t, uint32_t address);

/* ---- leftover.c ---- */

/* The control group of a daemon's containers, below the root of each hierarchy; by its folder. */
const char *cgroup_of(struct muster_ctx *t, const char *folder);
/* Its bridge, likewise. */
const char *bridge_of(struct muster_ctx *t, const char *folder);
/* Ends the processes of the daemon in that folder, and those of its containers; how many would not end. */
int end_processes(struct muster_ctx *t, const char *folder);
/* Removes its control groups: how many are left. */
int remove_cgroups(struct muster_ctx *t, const char *folder);
void remove_folder(const char *folder);

#endif
