# SPDX-License-Identifier: Apache-2.0
# muster_e2e_test(NAME PROGRAM [ARGUMENT ...]): the test NAME as who builds this, NAME.user as an ordinary user (who has no
# cgroup), NAME.container in a container without privileges (where only the sub-reaper can be had).
set(MUSTER_AS_USER ${CMAKE_CURRENT_LIST_DIR}/as-user.sh)
set(MUSTER_AS_CONTAINER ${CMAKE_CURRENT_LIST_DIR}/as-container.sh)

# muster_e2e_test_here(NAME PROGRAM [ARGUMENT ...]): the first of them alone, for what the others can't have.
function(muster_e2e_test_here name)
    add_test(NAME ${name} COMMAND ${ARGN})
    set_tests_properties(${name} PROPERTIES LABELS e2e TIMEOUT 300 SKIP_RETURN_CODE 77)
endfunction()

function(muster_e2e_test name)
    muster_e2e_test_here(${name} ${ARGN})
    add_test(NAME ${name}.user COMMAND ${MUSTER_AS_USER} ${ARGN})
    add_test(NAME ${name}.container COMMAND ${MUSTER_AS_CONTAINER} ${ARGN})
    set_tests_properties(${name}.user ${name}.container PROPERTIES LABELS e2e TIMEOUT 300 SKIP_RETURN_CODE 77)
endfunction()
