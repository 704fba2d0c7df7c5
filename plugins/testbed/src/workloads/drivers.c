/* SPDX-License-Identifier: Apache-2.0 */
#include "workloads/drivers.h"

#include "workloads/driver_docker.h"
#include "workloads/driver_process.h"

#include <string.h>

static const struct driver *const drivers[] = {&driver_process, &driver_docker};

const struct driver *driver_named(const char *name)
{
    size_t len = strcspn(name, ":");

    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
        if (strncmp(drivers[i]->name, name, len) == 0 && drivers[i]->name[len] == '\0')
            return drivers[i];
    return NULL;
}
