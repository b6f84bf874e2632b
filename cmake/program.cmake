# SPDX-License-Identifier: MIT
# sentra_program(<name>): userspace/cli/<name>_main.cpp -> build/bin/<name>, once the file is there.
function(sentra_program name)
    set(main ${PROJECT_SOURCE_DIR}/userspace/cli/${name}_main.cpp)
    # A program that appears later is noticed by the next build, not by the next clean one.
    file(GLOB found CONFIGURE_DEPENDS ${main})
    if(NOT found OR NOT TARGET sentra_cli)
        message(STATUS "program ${name}: not there yet")
        return()
    endif()
    add_executable(${name} ${main})
    target_link_libraries(${name} PRIVATE sentra_cli)
endfunction()
