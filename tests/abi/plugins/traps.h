/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registering macros as they must not be, for `-include`: TRAP_NO_RETAIN lets the linker remove the sections,
 * TRAP_WEAK lets a plugin link that has lost them. linking.sh shows that its checks notice.
 */
#include <muster/muster.h>

#undef M_RETAIN_
#define M_RETAIN_

#ifdef TRAP_WEAK
#undef M_SECTION_BOUNDS_
#define M_SECTION_BOUNDS_(type_, section_)                                                                             \
    extern const struct type_ *__start_##section_[] __attribute__((weak, visibility("hidden")));                       \
    extern const struct type_ *__stop_##section_[] __attribute__((weak, visibility("hidden")));
#endif
