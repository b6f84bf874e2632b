# SPDX-License-Identifier: MIT
# Where everything goes that is not Debian's own business: the programs, the rules beside them. The
# programs find their rules by their own place, so any prefix will do.
include(GNUInstallDirs)

if(TARGET sentra AND TARGET sentrad)
    install(TARGETS sentra RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    install(TARGETS sentrad RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR})
endif()
install(DIRECTORY rules/ DESTINATION ${CMAKE_INSTALL_DATADIR}/sentra/rules
    FILES_MATCHING PATTERN "*.yaml")
