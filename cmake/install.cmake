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

# What the programs say of themselves, for man(1) and three shells: made by sentra, so it must run here.
# Cross-built, they are left out, or made by CMAKE_CROSSCOMPILING_EMULATOR.
function(sentra_said file)
    set(made ${CMAKE_BINARY_DIR}/said/${file})
    list(JOIN ARGN " " words)
    add_custom_command(OUTPUT ${made}
        COMMAND sh -c "words=\$1; file=\$2; shift 2; \"\$@\" \$words >\"\$file.new\" && mv \"\$file.new\" \"\$file\""
            sh "${words}" ${made} ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:sentra>
        DEPENDS sentra COMMENT "sentra ${words}" VERBATIM)
    set_property(GLOBAL APPEND PROPERTY sentra_said ${made})
endfunction()

if(TARGET sentra AND (NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR))
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/said)
    foreach(page sentra.1 sentra.yaml.5 sentra-rules.5 sentra.7 sentra-events.7 sentrad.8)
        sentra_said(${page} man ${page})
        string(REGEX MATCH "[0-9]$" section ${page})
        install(FILES ${CMAKE_BINARY_DIR}/said/${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
    endforeach()
    foreach(shell bash zsh fish)
        sentra_said(completion.${shell} completion ${shell})
    endforeach()
    # bash and fish look for a file of the command's name.
    foreach(program sentra sentrad)
        install(FILES ${CMAKE_BINARY_DIR}/said/completion.bash RENAME ${program}
            DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
        install(FILES ${CMAKE_BINARY_DIR}/said/completion.fish RENAME ${program}.fish
            DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
    endforeach()
    install(FILES ${CMAKE_BINARY_DIR}/said/completion.zsh RENAME _sentra
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
    get_property(said GLOBAL PROPERTY sentra_said)
    add_custom_target(said ALL DEPENDS ${said})
endif()
