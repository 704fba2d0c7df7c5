/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host: the process that maps one plugin, describes it to the supervisor, and forks monitors from the loaded
 * image. In fresh mode it maps nothing and its monitors' attempts load the plugin themselves.
 */
#ifndef MUSTER_HOST_HOST_H
#define MUSTER_HOST_HOST_H

#include "host/run_facts.h"
#include "ipc/message.h"

#include <stdbool.h>

/* Runs in the zygote's child until the supervisor closes `sock`; takes over both descriptors. What the plugin prints
 * while it is loaded goes to `output`. */
struct host_spec {
    int sock, output;
    const char *path;
    bool fresh;     /* map nothing */
    bool serve;     /* stay for monitors */
    uint8_t *stage; /* where to note how far loading came (enum load_stage): shared with the zygote */
    const struct run_facts *run;
    struct message_list providers; /* of steps, for a file of scenarios as data */
};

_Noreturn void host_main(const struct host_spec *spec);
/* A host without a path: describes the plugins that it is told of (HOST_SPAWN), one after the other, and maps all of
 * them. */
_Noreturn void reader_main(const struct host_spec *spec);

#endif
