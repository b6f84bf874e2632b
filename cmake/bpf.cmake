# SPDX-License-Identifier: MIT
# The kernel half: bpf/*.bpf.c -> one object -> one skeleton.
#
#   sentra_bpf(<target>)   build/bpf/sentra.bpf.o and build/bpf/sentra.skel.h; <target> is an
#                          interface library that gives the skeleton and libbpf to the sensor.
#   sentra_bpf_object(<target> <source> <object>)   one object of its own, for measuring.

# Ubuntu's /usr/sbin/bpftool is a wrapper that refuses to run when the tools of exactly the running
# kernel are missing; the tool itself lies beside it and any version will do. So: the first that runs.
function(sentra_find_bpftool out)
    file(GLOB kept /usr/lib/linux-tools/*/bpftool /usr/lib/linux-tools-*/bpftool)
    find_program(first bpftool PATHS /usr/sbin /usr/local/sbin NO_CACHE)
    foreach(candidate IN LISTS SENTRA_BPFTOOL first kept)
        if(candidate)
            execute_process(COMMAND ${candidate} version RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
            if(status EQUAL 0)
                set(${out} ${candidate} PARENT_SCOPE)
                return()
            endif()
        endif()
    endforeach()
    set(${out} "" PARENT_SCOPE)
endfunction()

# Debian and Ubuntu name the unversioned links differently over the years.
set(SENTRA_LLVM_VERSIONS 21 20 19 18 17 16 15 14)
function(sentra_find_llvm out name)
    set(names ${name})
    foreach(version IN LISTS SENTRA_LLVM_VERSIONS)
        list(APPEND names ${name}-${version})
    endforeach()
    find_program(SENTRA_${out} NAMES ${names})
    set(${out} "${SENTRA_${out}}" PARENT_SCOPE)
endfunction()

function(sentra_bpf_compile source object)
    sentra_find_llvm(BPF_CLANG clang)
    sentra_find_llvm(BPF_STRIP llvm-strip)
    foreach(tool BPF_CLANG BPF_STRIP)
        if(NOT ${tool})
            message(FATAL_ERROR "bpf: no working ${tool} found; scripts/setup installs it")
        endif()
    endforeach()
    if(NOT TARGET third::bpf)
        message(FATAL_ERROR "bpf: libbpf's headers are missing; scripts/setup installs them")
    endif()

    if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
        set(arch arm64)
    else()
        set(arch x86)
    endif()
    # v3: 32-bit jumps and ALU, known to every kernel since 5.1. A path walk needs them to stay
    # below the verifier's instruction limit on 5.15.
    set(flags -target bpf -mcpu=v3 -O2 -g -std=gnu11
        # BPF_PROG hands every program a context that most do not look at.
        -Wall -Wextra -Wno-unused-parameter -Werror -fno-stack-protector
        # A switch made a table would be a map; the verifier follows branches better.
        -fno-jump-tables
        -D__TARGET_ARCH_${arch}
        -I${PROJECT_SOURCE_DIR}/include -I${PROJECT_SOURCE_DIR}/bpf
        # asm/types.h: the bpf target has no multiarch folder of its own.
        -idirafter /usr/include/${CMAKE_LIBRARY_ARCHITECTURE}
        -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
    get_filename_component(name ${source} NAME)
    add_custom_command(OUTPUT ${object}
        COMMAND ${BPF_CLANG} ${flags} -MD -MF ${object}.d -MT ${object} -c ${source} -o ${object}
        # DWARF only: BTF and BTF.ext stay.
        COMMAND ${BPF_STRIP} -g ${object}
        DEPENDS ${source} DEPFILE ${object}.d
        COMMENT "BPF ${name}" VERBATIM)
endfunction()

function(sentra_bpf_object target source object)
    sentra_bpf_compile(${source} ${object})
    add_custom_target(${target} ALL DEPENDS ${object})
endfunction()

function(sentra_bpf target)
    add_library(${target} INTERFACE)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bpf/*.bpf.c)
    if(NOT sources)
        message(STATUS "bpf: no programs yet")
        return()
    endif()

    sentra_find_bpftool(bpftool)
    if(NOT bpftool)
        message(FATAL_ERROR "bpf: no working bpftool found; scripts/setup installs it")
    endif()

    set(folder ${CMAKE_BINARY_DIR}/bpf)
    file(MAKE_DIRECTORY ${folder})
    set(objects)
    foreach(source IN LISTS sources)
        get_filename_component(name ${source} NAME)
        string(REGEX REPLACE "\\.bpf\\.c$" "" family ${name})
        set(object ${folder}/${family}.bpf.o)
        sentra_bpf_compile(${source} ${object})
        list(APPEND objects ${object})
    endforeach()

    add_custom_command(OUTPUT ${folder}/sentra.bpf.o
        COMMAND ${bpftool} gen object ${folder}/sentra.bpf.o ${objects}
        DEPENDS ${objects} COMMENT "BPF link sentra.bpf.o" VERBATIM)
    # Named sentra_kernel: a C++ namespace and a struct cannot both be called sentra, and sentra_bpf is
    # an event of the treaty.
    # Through a temporary name: a failed bpftool must not leave half a header that looks new.
    add_custom_command(OUTPUT ${folder}/sentra.skel.h
        COMMAND sh -c "\"$1\" gen skeleton \"$2\" name sentra_kernel >\"$3.new\" && mv \"$3.new\" \"$3\""
            sh ${bpftool} ${folder}/sentra.bpf.o ${folder}/sentra.skel.h
        DEPENDS ${folder}/sentra.bpf.o COMMENT "BPF skeleton sentra.skel.h" VERBATIM)

    add_custom_target(${target}_files ALL DEPENDS ${folder}/sentra.skel.h)
    add_dependencies(${target} ${target}_files)
    target_include_directories(${target} SYSTEM INTERFACE ${folder})
    target_link_libraries(${target} INTERFACE third::bpf)
    target_compile_definitions(${target} INTERFACE SENTRA_HAS_SKELETON=1)
endfunction()
