/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder on-failure/ among an attempt's artifacts: what is written there is evidence of an attempt that ends badly
 * alone. An attempt that ends well takes it away itself, before its verdict; one that ends otherwise, or dies over it,
 * leaves it. So a record that is kept up to date costs a good attempt nothing but its own writing.
 */
#ifndef MUSTER_SLOTDIR_ON_FAILURE_H
#define MUSTER_SLOTDIR_ON_FAILURE_H

#include "base/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ON_FAILURE "on-failure"

struct on_failure_file {
    const char *name; /* below the artifacts folder, in the arena */
    uint64_t bytes;
};

/* Whether the name of an artifact is below it. */
bool on_failure_is(const char *name);
/* Takes it away, if it is there. */
void on_failure_drop(const char *artifacts_dir);
/* The regular files in it, `most` of them. */
size_t on_failure_list(const char *artifacts_dir, struct arena *arena, struct on_failure_file *ret, size_t most);

#endif
