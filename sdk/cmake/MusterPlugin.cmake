# SPDX-License-Identifier: Apache-2.0
# muster_add_plugin(NAME target SOURCES file ... [KITS http ws json ...] [DATA file-or-folder ...]
#                   [DESTINATION folder] [OUTPUT_NAME name])
#
# A plugin as a module library: NAME.so, linked with muster::sdk and muster::KIT for each kit, exporting its
# entry alone and refusing undefined symbols. It is written to MUSTER_PLUGIN_OUTPUT_DIRECTORY, by default the folder
# `plugins` of the build tree. Sources go into SOURCES, not into a static library of your own: a linker takes from
# an archive only what is referred to, and nothing refers to a scenario.
#
# DATA are files that the plugin reads: they are copied beside it, whenever they change, under the paths that they have
# here (`DATA data/plans.csv` is TABLE_FILE("data/plans.csv") and m_beside(t, "data/plans.csv")). With DESTINATION, plugin
# and data are installed into that folder; without it nothing is.
#
# It has debug information (-g), so that a crash has lines; set -g0 or another -g yourself where that is not wanted.

# The paths of DATA relative to the current folder, those below a folder for the folder.
function(_muster_data_files name data ret_files)
    set(files "")
    foreach(entry IN LISTS data)
        cmake_path(ABSOLUTE_PATH entry BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE OUTPUT_VARIABLE path)
        cmake_path(IS_PREFIX CMAKE_CURRENT_SOURCE_DIR ${path} NORMALIZE inside)
        if(NOT inside OR NOT EXISTS ${path})
            message(FATAL_ERROR "muster_add_plugin(NAME ${name}): DATA: there is no `${entry}` in or below "
                "${CMAKE_CURRENT_SOURCE_DIR}")
        endif()
        if(IS_DIRECTORY ${path})
            file(GLOB_RECURSE below RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS ${path}/*)
            list(APPEND files ${below})
        else()
            cmake_path(RELATIVE_PATH path BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
            list(APPEND files ${path})
        endif()
    endforeach()
    list(REMOVE_DUPLICATES files)
    set(${ret_files} "${files}" PARENT_SCOPE)
endfunction()

function(_muster_add_data name files destination)
    set(copies "")
    foreach(file IN LISTS files)
        set(copy ${MUSTER_PLUGIN_OUTPUT_DIRECTORY}/${file})
        cmake_path(GET file PARENT_PATH folder)
        add_custom_command(OUTPUT ${copy} DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file} VERBATIM
            COMMAND ${CMAKE_COMMAND} -E make_directory ${MUSTER_PLUGIN_OUTPUT_DIRECTORY}/${folder}
            COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_SOURCE_DIR}/${file} ${copy})
        list(APPEND copies ${copy})
        if(destination)
            install(FILES ${file} DESTINATION ${destination}/${folder})
        endif()
    endforeach()
    add_custom_target(${name}-data ALL DEPENDS ${copies})
    add_dependencies(${name} ${name}-data)
endfunction()

function(_muster_link_kits name kits)
    foreach(kit IN LISTS kits)
        if(NOT kit IN_LIST MUSTER_KITS)
            string(REPLACE ";" ", " there_are "${MUSTER_KITS}")
            message(FATAL_ERROR "muster_add_plugin(NAME ${name}): no kit `${kit}`; there are ${there_are}")
        endif()
        if(MUSTER_KIT_MISSING_${kit})
            message(FATAL_ERROR "muster_add_plugin(NAME ${name}): the kit `${kit}` needs ${MUSTER_KIT_MISSING_${kit}}, "
                "which pkg-config does not find")
        endif()
        target_link_libraries(${name} PRIVATE muster::${kit})
    endforeach()
endfunction()

function(muster_add_plugin)
    cmake_parse_arguments(PARSE_ARGV 0 ARG "" "NAME;OUTPUT_NAME;DESTINATION" "SOURCES;KITS;DATA")
    if(NOT ARG_NAME OR NOT ARG_SOURCES OR ARG_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "muster_add_plugin: want NAME and SOURCES, and KITS, DATA, DESTINATION or OUTPUT_NAME; "
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
    _muster_link_kits(${ARG_NAME} "${ARG_KITS}")
    if(TARGET muster-compile) # this project's own warnings and sanitizers; never exported
        target_link_libraries(${ARG_NAME} PRIVATE muster-compile)
    endif()
    if(NOT "${CMAKE_C_FLAGS} ${CMAKE_CXX_FLAGS}" MATCHES "(^| )-g")
        target_compile_options(${ARG_NAME} PRIVATE $<$<COMPILE_LANGUAGE:C,CXX>:-g>)
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

    if(ARG_DATA)
        _muster_data_files(${ARG_NAME} "${ARG_DATA}" files)
        _muster_add_data(${ARG_NAME} "${files}" "${ARG_DESTINATION}")
    endif()
    if(ARG_DESTINATION)
        install(TARGETS ${ARG_NAME} LIBRARY DESTINATION ${ARG_DESTINATION})
    endif()
endfunction()
