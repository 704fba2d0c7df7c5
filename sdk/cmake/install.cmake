# SPDX-License-Identifier: Apache-2.0
# Installs what an outside team builds plugins with: headers, the kits, find_package(muster), and for pkg-config `muster`
# and `muster-KIT`.
include(CMakePackageConfigHelpers)

set(_cmakedir ${CMAKE_INSTALL_LIBDIR}/cmake/muster)
install(DIRECTORY include/muster DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS muster-sdk EXPORT muster-sdk)
install(EXPORT muster-sdk FILE muster-sdk.cmake NAMESPACE muster:: DESTINATION ${_cmakedir})

# Every static library that the kit's folder defines, under the name that it exports.
get_property(_kits DIRECTORY kit PROPERTY BUILDSYSTEM_TARGETS)
list(FILTER _kits INCLUDE REGEX "^muster-kit-")
install(TARGETS ${_kits} EXPORT muster-kit ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT muster-kit FILE muster-kit.cmake NAMESPACE muster:: DESTINATION ${_cmakedir})

configure_package_config_file(cmake/muster-config.cmake.in muster-config.cmake INSTALL_DESTINATION ${_cmakedir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/muster-config-version.cmake
    VERSION ${PROJECT_VERSION} COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/muster-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/muster-config-version.cmake
    cmake/MusterPlugin.cmake cmake/plugin.map DESTINATION ${_cmakedir})

# ---- pkg-config ----

file(STRINGS include/muster/plugin.h _abi REGEX "^#define MUSTER_ABI_M[A-Z]+ [0-9]+$")
string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*" "\\1.\\2" MUSTER_ABI_VERSION "${_abi}")
# "lib" or, on a Debian system's own prefix, "lib/x86_64-linux-gnu": as many steps up.
file(RELATIVE_PATH MUSTER_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" MUSTER_PC_TO_PREFIX "${MUSTER_PC_TO_PREFIX}")

function(_muster_install_pc template name)
    set(MUSTER_PC_NAME ${name})
    configure_file(cmake/${template} ${name}.pc @ONLY)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

# What a kit stands on: other kits and the system's packages by their files; its inner libraries, which have none, in it.
function(_muster_kit_needs target ret_requires ret_libs)
    get_target_property(uses ${target} MUSTER_USES)
    get_target_property(requires ${target} MUSTER_PC)
    get_target_property(libs ${target} MUSTER_LIBS)
    list(PREPEND libs -l${target})
    foreach(used IN LISTS uses)
        string(REPLACE muster-kit- "" kit ${used})
        if(kit IN_LIST MUSTER_KITS)
            list(APPEND requires muster-${kit})
        else()
            _muster_kit_needs(${used} more_requires more_libs)
            list(APPEND requires ${more_requires})
            list(APPEND libs ${more_libs})
        endif()
    endforeach()
    set(${ret_requires} ${requires} PARENT_SCOPE)
    set(${ret_libs} ${libs} PARENT_SCOPE)
endfunction()

_muster_install_pc(muster.pc.in muster)
_muster_install_pc(muster.pc.in muster-sdk) # its earlier name
foreach(MUSTER_PC_KIT IN LISTS MUSTER_KITS)
    _muster_kit_needs(muster-kit-${MUSTER_PC_KIT} requires libs)
    list(PREPEND requires muster)
    list(REMOVE_DUPLICATES requires)
    list(JOIN requires ", " MUSTER_PC_REQUIRES)
    list(JOIN libs " " MUSTER_PC_LIBS)
    string(APPEND MUSTER_PC_LIBS " -ldl -lpthread") # which are a part of newer C libraries
    _muster_install_pc(muster-kit.pc.in muster-${MUSTER_PC_KIT})
endforeach()

install(DIRECTORY template DESTINATION ${CMAKE_INSTALL_DATADIR}/muster)
