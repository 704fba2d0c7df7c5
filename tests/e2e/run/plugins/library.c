/* SPDX-License-Identifier: Apache-2.0 */
/* A library that lies beside a plugin. Its constructor must not run: nobody asked for it. */
#include <unistd.h>

int acme_answer(void);

__attribute__((constructor)) static void die(void)
{
    _exit(3);
}

int acme_answer(void)
{
    return 42;
}
