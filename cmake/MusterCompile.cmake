# SPDX-License-Identifier: Apache-2.0
# What every target of this project is compiled with: `muster-compile` carries the warnings
# and the hardening, so that no folder sets flags of its own. `muster-compile-plain` is the same without sanitizers, for
# what they cannot be in: a static program.
add_library(muster-compile-plain INTERFACE)
target_compile_definitions(muster-compile-plain INTERFACE _GNU_SOURCE)
target_compile_options(muster-compile-plain INTERFACE
    -Wall -Wextra -Wshadow -Wvla
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes> $<$<COMPILE_LANGUAGE:C>:-Wmissing-prototypes>
    -Wformat=2 -Wundef
    -Wpointer-arith -Wwrite-strings -fno-common -fstack-protector-strong
    $<$<BOOL:${MUSTER_WERROR}>:-Werror>)
target_link_options(muster-compile-plain INTERFACE -Wl,-z,relro -Wl,--as-needed)
add_library(muster-compile INTERFACE)
target_link_libraries(muster-compile INTERFACE muster-compile-plain)

if(MUSTER_SANITIZE)
    # Recovery is off: a finding must end the test that met it.
    set(_san -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_compile_options(muster-compile INTERFACE ${_san})
    target_link_options(muster-compile INTERFACE ${_san})
endif()
if(MUSTER_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
        message(FATAL_ERROR "MUSTER_FUZZ needs clang: configure with --preset fuzz")
    endif()
    target_compile_options(muster-compile INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
    target_link_options(muster-compile INTERFACE -fsanitize=address,undefined)
endif()
