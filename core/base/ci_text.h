/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CI servers read commands from what a job prints: GitHub `::stop-commands::x` and `##[error]`, Azure `##vso[...]`,
 * TeamCity `##teamcity[...]`. A scenario's output is a stranger's, and may be an attacker's: what stands in it must not
 * act on the server. (GitLab's section markers begin with CR and ESC, which nobody gets past terminal_add().)
 */
#ifndef MUSTER_BASE_CI_TEXT_H
#define MUSTER_BASE_CI_TEXT_H

#include "base/buf.h"

#include <stdbool.h>

/* The environment is that of a CI server which acts on what is printed. */
bool ci_reads_output(void);
/* Breaks every such command with a blank: `: :error::`, `##vso [...]`. Whole lines are wanted. */
void ci_defuse(struct buf *text);

#endif
