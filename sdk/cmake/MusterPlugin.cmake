# SPDX-License-Identifier: Apache-2.0
# muster_add_plugin(NAME target SOURCES file ... [KITS http ws json ...] [OUTPUT_NAME name])
#
# A plugin as a module library: NAME.so, linked with muster::sdk and muster::KIT for each kit, exporting its
# entry alone and refusing undefined symbols. It is written to MUSTER_PLUGIN_OUTPUT_DIRECTORY, by default the folder
# `plugins` of the build tree. Sources go into SOURCES, not into a static library of your own: a linker takes from
# an archive only what is referred to, and nothing refers to a scenario.

function(muster_add_plugin)
    cmake_parse_arguments(PARSE_ARGV 0 ARG "" "NAME;OUTPUT_NAME" "SOURCES;KITS")
    if(NOT ARG_NAME OR NOT ARG_SOURCES OR ARG_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "muster_add_plugin: want NAME and SOURCES, and KITS or OUTPUT_NAME; "
            "not understood: \"${ARG_UNPARSED_ARGUMENTS}\"")
    endif()
    if(NOT ARG_OUTPUT_NAME)
        set(ARG_OUTPUT_NAME ${ARG_NAME})
    endif()
    if(NOT MUSTER_PLUGIN_OUTPUT_DIRECTORY)
        set(MUSTER_PLUGIN_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
    endif()

    set(map ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map)
    add_library(${ARG_NAME} MODULE ${ARG_SOURCES})
    target_link_libraries(${ARG_NAME} PRIVATE muster::sdk)
    foreach(kit IN LISTS ARG_KITS)
        if(NOT TARGET muster::${kit})
            message(FATAL_ERROR "muster_add_plugin(NAME ${ARG_NAME}): no kit `${kit}`. ${MUSTER_KIT_MISSING}")
        endif()
        target_link_libraries(${ARG_NAME} PRIVATE muster::${kit})
    endforeach()
    if(TARGET muster-compile) # this project's own warnings and sanitizers; never exported
        target_link_libraries(${ARG_NAME} PRIVATE muster-compile)
    endif()

    set_target_properties(${ARG_NAME} PROPERTIES
        PREFIX "" SUFFIX ".so" OUTPUT_NAME ${ARG_OUTPUT_NAME}
        C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
        LIBRARY_OUTPUT_DIRECTORY ${MUSTER_PLUGIN_OUTPUT_DIRECTORY}
        LINK_DEPENDS ${map})
    target_link_options(${ARG_NAME} PRIVATE LINKER:--version-script=${map})
    # A sanitizer's symbols come with the program that runs the plugin.
    if(NOT MUSTER_SANITIZE AND NOT MUSTER_FUZZ AND NOT "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS}" MATCHES "-fsanitize=")
        target_link_options(${ARG_NAME} PRIVATE LINKER:-z,defs)
    endif()
endfunction()
