/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shared object that has nothing of muster's in it: a library, which lies beside a plugin. It is found out without
 * mapping it, since its constructors are nobody's to run.
 */
#ifndef MUSTER_LOAD_FOREIGN_H
#define MUSTER_LOAD_FOREIGN_H

#include <stdbool.h>

/* False as well where the file can't be read. */
bool is_foreign(const char *path);

#endif
