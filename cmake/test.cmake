# SPDX-License-Identifier: MIT
# Every test has one label: unit replay rules mutation floors abi delivery e2e package vm fuzz
# bench.
#
#   sentra_test(<name> LABEL <label> SOURCES <file>... [ROOMS <room>...] [LIBRARIES <target>...]
#               [ARGS <arg>...] [TIMEOUT <s>])          a GTest executable, run as one test
#   sentra_script_test(<name> LABEL <label> COMMAND <arg>... [TIMEOUT <s>] [SERIAL])
#   sentra_fuzz_target(<source>)                        libFuzzer, or a run over the seeds
#
# A test that exits with 77 is reported as skipped, not as passed.
if(SENTRA_TESTS)
    find_package(GTest REQUIRED)
endif()

# Programs under test are the ones that ship, never the instrumented ones.
set(SENTRA_TEST_ENVIRONMENT
    "SENTRA_SOURCE=${PROJECT_SOURCE_DIR}"
    "SENTRA_BIN=${PROJECT_SOURCE_DIR}/build/bin"
    "SENTRA_TEST_BIN=${CMAKE_BINARY_DIR}/bin"
    "TZ=UTC" "LC_ALL=C.UTF-8"
    "UBSAN_OPTIONS=print_stacktrace=1")

function(sentra_describe_test name label timeout)
    set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${timeout}
        SKIP_RETURN_CODE 77 WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
        ENVIRONMENT "${SENTRA_TEST_ENVIRONMENT}")
endfunction()

function(sentra_link_rooms target)
    foreach(room IN LISTS ARGN)
        if(NOT TARGET sentra_${room})
            message(FATAL_ERROR "test ${target}: room ${room} is not there")
        endif()
        target_link_libraries(${target} PRIVATE sentra_${room})
    endforeach()
endfunction()

function(sentra_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL;TIMEOUT" "SOURCES;ROOMS;LIBRARIES;ARGS")
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    add_executable(${name} ${arg_SOURCES})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_compile_definitions(${name} PRIVATE SENTRA_TESTS_DIR="${PROJECT_SOURCE_DIR}/tests")
    sentra_link_rooms(${name} ${arg_ROOMS})
    target_link_libraries(${name} PRIVATE sentra_flags ${arg_LIBRARIES} GTest::gtest GTest::gmock GTest::gtest_main)
    add_test(NAME ${name} COMMAND ${name} --gtest_brief=1 ${arg_ARGS})
    sentra_describe_test(${name} ${arg_LABEL} ${arg_TIMEOUT})
endfunction()

function(sentra_script_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "SERIAL" "LABEL;TIMEOUT" "COMMAND")
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    add_test(NAME ${name} COMMAND ${arg_COMMAND})
    sentra_describe_test(${name} ${arg_LABEL} ${arg_TIMEOUT})
    if(arg_SERIAL)
        set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
    endif()
endfunction()

# Under libFuzzer the target is a program of its own; elsewhere it runs once over each seed, so
# that every crash ever found stays found by the ordinary tests.
function(sentra_fuzz_target source)
    get_filename_component(stem ${source} NAME_WE)
    set(name fuzz_${stem})
    set(seeds ${PROJECT_SOURCE_DIR}/tests/fuzz/seeds/${stem})
    add_executable(${name} ${source})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    foreach(room IN LISTS SENTRA_ROOMS)
        if(TARGET sentra_${room})
            target_link_libraries(${name} PRIVATE sentra_${room})
        endif()
    endforeach()
    if(SENTRA_FUZZ)
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    else()
        target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/standalone_main.cpp)
        add_test(NAME ${name} COMMAND ${name} ${seeds})
        sentra_describe_test(${name} fuzz 120)
    endif()
endfunction()
