/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Code that every attempt runs between its fork and its end. The kernel maps the text of a new process by the 64 KiB,
 * on its first use, and unmaps it again: what is needed stands together, so that few of them are.
 */
#ifndef MUSTER_BASE_HOT_H
#define MUSTER_BASE_HOT_H

#define HOT __attribute__((hot))

#endif
