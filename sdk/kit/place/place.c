/* SPDX-License-Identifier: Apache-2.0 */
/* The author's place, from where the kit was called. Each plugin has this library for itself. */
#include <muster/place.h>
#include <stddef.h>

static _Thread_local const char *called_file;
static _Thread_local uint32_t called_line;

void m_called_at_(const char *file, uint32_t line)
{
    called_file = file;
    called_line = line;
}

const char *m_called_file_(const char *otherwise)
{
    return called_file ? called_file : otherwise;
}

uint32_t m_called_line_(uint32_t otherwise)
{
    return called_file ? called_line : otherwise;
}
