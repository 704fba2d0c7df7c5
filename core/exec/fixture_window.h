/* SPDX-License-Identifier: Apache-2.0 */
/* What services print while an attempt uses them: the part of their log that belongs to its failure. */
#ifndef MUSTER_EXEC_FIXTURE_WINDOW_H
#define MUSTER_EXEC_FIXTURE_WINDOW_H

#include <stddef.h>
#include <stdint.h>

struct fixtures;

/* An attempt of the case begins; it has ended. */
void fixture_windows_open(struct fixtures *f, size_t i);
void fixture_windows_close(struct fixtures *f, size_t i);
/* The case's attempt is bad: emits what the services that it uses have printed since it began. */
void fixtures_tell_output(struct fixtures *f, size_t i, uint32_t attempt);

#endif
