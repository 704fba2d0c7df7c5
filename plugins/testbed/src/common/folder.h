/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The platform's folder: what it keeps in files, apart from the database.
 *
 * It is the one of --data; else the one beside a SQLite file; else a private one, which goes with the program. One
 * platform at a time has it. What belongs to a tenant is below tenants/ID/, so that it can be listed and removed as a
 * whole; each room has a folder of its own there. Only the platform's own user may read any of it.
 *
 * Paths are absolute and the caller's to free; lack of memory ends the program. Everything blocks, for as long as the
 * disk does.
 */
#ifndef TESTBED_FOLDER_H
#define TESTBED_FOLDER_H

#include "common/testbed.h"

/* 0, or -1 after a message on stderr. */
int folder_open(struct testbed *tb);
void folder_close(struct testbed *tb);

/* A path below it. A private one that somebody has removed is made anew, elsewhere if need be. */
char *folder_path(struct testbed *tb, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A folder, with those above it; one that is there is no error. 0 or a negative errno. */
int folder_make(const char *path);
/* With the folders that it needs; what stood there before stays until the new file is whole. 0 or a negative errno. */
int folder_write(const char *path, const void *data, size_t len);
/* The content, with a zero behind it; NULL with errno. */
char *folder_read(const char *path, size_t *ret_len);
/* What is there, with all below it; nothing there is no error. */
void folder_remove(const char *path);
/* The files below, as an array of paths in their order. */
json_t *folder_files(const char *path);

#endif
