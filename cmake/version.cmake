# SPDX-License-Identifier: MIT
# The version has one place: the first line of debian/changelog. SENTRA_VERSION is all of it, as the
# programs say it; SENTRA_VERSION_NUMBERS is what CMake takes for one.
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/../debian/changelog version_line LIMIT_COUNT 1)
if(NOT version_line MATCHES "^sentra \\((([0-9]+\\.[0-9]+\\.[0-9]+)[^)]*)\\) ")
    message(FATAL_ERROR "debian/changelog does not begin with \"sentra (VERSION) \"")
endif()
set(SENTRA_VERSION ${CMAKE_MATCH_1})
set(SENTRA_VERSION_NUMBERS ${CMAKE_MATCH_2})
# A new version is another configuration.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${CMAKE_CURRENT_LIST_DIR}/../debian/changelog)
