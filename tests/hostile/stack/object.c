/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shared object that crashes, built once with debug information and once without.
 */
void object_crash(void);

static __attribute__((noinline)) void object_store(volatile int *where)
{
    *where = 3; /* MARK(object) */
}

__attribute__((visibility("default"))) void object_crash(void)
{
    object_store(0);
    __asm__ volatile("" ::: "memory");
}
