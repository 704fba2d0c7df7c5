/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host: the process that maps one plugin, describes it to the supervisor, and forks nannies from the loaded
 * image. In fresh mode it maps nothing and its nannies' attempts load the plugin themselves.
 */
#ifndef MUSTER_HOST_HOST_H
#define MUSTER_HOST_HOST_H

#include "host/run.h"

#include <stdbool.h>

/* Runs in the zygote's child until the supervisor closes `sock`; takes over both descriptors. What the plugin prints
 * while it is loaded goes to `output`. */
_Noreturn void host_main(int sock, int output, const char *path, bool fresh, const struct run_facts *run);

#endif
