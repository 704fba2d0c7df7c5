/* SPDX-License-Identifier: Apache-2.0 */
/* What pages have written to the console. Internal to the kit. */
#ifndef MUSTER_KIT_BROWSER_CONSOLE_H
#define MUSTER_KIT_BROWSER_CONSOLE_H

#include "command.h"

/* Takes what is new: the driver tells each entry once. What came of it: COMMAND_UNKNOWN where there is no console. */
enum command_error browser_console_collect(struct m_browser *b);

#endif
