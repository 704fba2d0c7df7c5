/* SPDX-License-Identifier: Apache-2.0 */
/* What was marked by m_secret(), for the kit's files that write evidence. Internal to the kit. */
#ifndef MUSTER_KIT_DATA_SECRET_H
#define MUSTER_KIT_DATA_SECRET_H

#include <stddef.h>

/* Replaces each mark in the text by "***", in place; the new length. */
size_t data_secret_hide(char *text, size_t length);

#endif
