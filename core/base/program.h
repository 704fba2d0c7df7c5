/* SPDX-License-Identifier: Apache-2.0 */
/* Where the runner's helper programs are. */
#ifndef MUSTER_BASE_PROGRAM_H
#define MUSTER_BASE_PROGRAM_H

/* The folder that this program is in; NULL: the kernel does not say. malloc'd. */
char *program_folder(void);
/* The path of a helper ("muster-host"): beside this program in a build tree, in libexec/muster/ of its installation
 * otherwise. malloc'd. */
char *helper_path(const char *name);

#endif
