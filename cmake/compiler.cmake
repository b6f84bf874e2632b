# SPDX-License-Identifier: MIT
# How every translation unit of ours is compiled. Two interface targets: sentra_flags goes into
# every room, test and program; sentra_hardening only into what is linked as a program.
include(CheckCXXCompilerFlag)

find_program(SENTRA_CCACHE ccache)
if(SENTRA_CCACHE)
    set(CMAKE_C_COMPILER_LAUNCHER ${SENTRA_CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${SENTRA_CCACHE})
endif()

set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported()

add_library(sentra_flags INTERFACE)
target_include_directories(sentra_flags INTERFACE
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/userspace)
target_compile_definitions(sentra_flags INTERFACE SENTRA_VERSION="${SENTRA_VERSION}")
target_compile_options(sentra_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat -Wformat-security
    -Wimplicit-fallthrough
    # Leaving out the fields that have defaults is why designated initialisers are used.
    -Wno-missing-field-initializers
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
        -Wextra-semi>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(sentra_flags INTERFACE
        -Wduplicated-cond -Wlogical-op
        # clang 14 warns of the comparisons that it writes itself for a defaulted <=>.
        $<$<COMPILE_LANGUAGE:CXX>:-Wzero-as-null-pointer-constant>
        # False alarms of g++ 11 and 12 in libstdc++'s own templates once optimised: gcc bugs
        # 105651 (restrict), 105562 (maybe-uninitialized), 106199 (stringop-overflow and -read).
        -Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread
        -Wno-array-bounds)
endif()
if(SENTRA_WERROR)
    target_compile_options(sentra_flags INTERFACE -Werror)
endif()

# The same path in every clone: assert texts and debug info do not tell where it was built.
target_compile_options(sentra_flags INTERFACE -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)

if(SENTRA_SANITIZE)
    add_compile_options(-fsanitize=${SENTRA_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${SENTRA_SANITIZE})
    if(SENTRA_SANITIZE MATCHES "undefined")
        # A report that does not end the run is a report nobody sees.
        add_compile_options(-fno-sanitize-recover=all)
    endif()
endif()

if(SENTRA_HARDEN)
    foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection=full)
        string(MAKE_C_IDENTIFIER "SENTRA_HAS${flag}" known)
        check_cxx_compiler_flag(${flag} ${known})
        if(${known})
            target_compile_options(sentra_flags INTERFACE ${flag})
        endif()
    endforeach()
    # Undefined first: Ubuntu's compilers already define it.
    target_compile_options(sentra_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
    target_compile_definitions(sentra_flags INTERFACE _GLIBCXX_ASSERTIONS)
    add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,--as-needed)
endif()
