# SPDX-License-Identifier: Apache-2.0
# Installs what an outside team builds plugins with: headers, the kit, find_package(muster), pkg-config's muster-sdk.
include(CMakePackageConfigHelpers)

set(_cmakedir ${CMAKE_INSTALL_LIBDIR}/cmake/muster)
install(DIRECTORY include/muster DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS muster-sdk EXPORT muster-sdk)
install(EXPORT muster-sdk FILE muster-sdk.cmake NAMESPACE muster:: DESTINATION ${_cmakedir})

# Every static library that the kit's folder defines, under the name that it exports.
get_property(_kits DIRECTORY kit PROPERTY BUILDSYSTEM_TARGETS)
list(FILTER _kits INCLUDE REGEX "^muster-kit-")
if(_kits)
    install(TARGETS ${_kits} EXPORT muster-kit ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
    install(EXPORT muster-kit FILE muster-kit.cmake NAMESPACE muster:: DESTINATION ${_cmakedir})
endif()

configure_package_config_file(cmake/muster-config.cmake.in muster-config.cmake INSTALL_DESTINATION ${_cmakedir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/muster-config-version.cmake
    VERSION ${PROJECT_VERSION} COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/muster-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/muster-config-version.cmake
    cmake/MusterPlugin.cmake cmake/plugin.map DESTINATION ${_cmakedir})

file(STRINGS include/muster/plugin.h _abi REGEX "^#define MUSTER_ABI_M[A-Z]+ [0-9]+$")
string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*" "\\1.\\2" MUSTER_ABI_VERSION "${_abi}")
# "lib" or, on a Debian system's own prefix, "lib/x86_64-linux-gnu": as many steps up.
file(RELATIVE_PATH MUSTER_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" MUSTER_PC_TO_PREFIX "${MUSTER_PC_TO_PREFIX}")
configure_file(cmake/muster-sdk.pc.in muster-sdk.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/muster-sdk.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

install(DIRECTORY template DESTINATION ${CMAKE_INSTALL_DATADIR}/muster)
