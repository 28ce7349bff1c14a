# The functions that the folders' own CMakeLists.txt use.

# tern_precompile(NAME HEADERS...), tern_use_precompiled(TARGET NAME)
#
# NAME stands for headers that are parsed once for all the targets that use it. They would hide
# what a file forgot to include, and objects built with them are found in ccache only from the same
# folder: so it is one preset that has them.
function(tern_precompile name)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/${name}.cpp CONTENT "") # only if it is not there
    add_library(${name} OBJECT ${PROJECT_BINARY_DIR}/${name}.cpp)
    if(TERN_PRECOMPILE)
        target_precompile_headers(${name} PRIVATE ${ARGN})
    endif()
endfunction()

function(tern_use_precompiled target name)
    if(TERN_PRECOMPILE)
        target_precompile_headers(${target} REUSE_FROM ${name})
    endif()
endfunction()

# tern_library(NAME FOLDER [LINK libraries...] [PRIVATE libraries...])
#
# A static library of every .cpp below FOLDER (subfolders included, main.cpp excluded), which
# passes LINK on to its users and keeps PRIVATE to itself. Without a .cpp it is headers only.
# What reads the command line and the configuration runs once, and is optimised less: it is made of
# large templates of others.
# `links_alone_NAME` proves that the library needs nothing but these: it links all of its objects.
function(tern_library name folder)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "LINK;PRIVATE")
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/*.cpp)
    list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
    if(NOT sources)
        add_library(${name} INTERFACE)
        target_link_libraries(${name} INTERFACE ${arg_LINK})
        return()
    endif()
    add_library(${name} STATIC ${sources})
    foreach(source IN LISTS sources)
        if(source MATCHES "/(arguments|daemon|schema|[a-z_]*settings|schema_explanation)\\.cpp$")
            set_source_files_properties(${source} PROPERTIES
                COMPILE_OPTIONS $<$<CONFIG:Release>:-O1>)
        endif()
    endforeach()
    target_link_libraries(${name} PUBLIC ${arg_LINK} PRIVATE ${arg_PRIVATE})

    tern_use_precompiled(${name} tern_standard_headers)

    add_executable(links_alone_${name} ${PROJECT_SOURCE_DIR}/tools/cmake/empty_main.cpp)
    target_link_libraries(links_alone_${name} PRIVATE $<LINK_LIBRARY:WHOLE_ARCHIVE,${name}>)
    set_target_properties(links_alone_${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/links_alone)
endfunction()

# tern_embed(TARGET VARIABLE FILE)
#
# Builds a file's text into TARGET (a library made by tern_library, with at least one .cpp):
#     #include "generated/VARIABLE.h"
#     std::string_view text = tern::generated::VARIABLE;
# FILE may be relative to the calling CMakeLists.txt. A changed file is embedded anew.
function(tern_embed target variable file)
    get_filename_component(file ${file} ABSOLUTE)
    set(folder ${TERN_GENERATED}/generated)
    add_custom_command(
        OUTPUT ${folder}/${variable}.cpp ${folder}/${variable}.h
        COMMAND ${CMAKE_COMMAND} -D FILE=${file} -D VARIABLE=${variable}
            -D FOLDER=${folder} -P ${PROJECT_SOURCE_DIR}/tools/cmake/embed.cmake
        DEPENDS ${file} ${PROJECT_SOURCE_DIR}/tools/cmake/embed.cmake
        COMMENT "Embedding ${file}"
        VERBATIM)
    target_sources(${target} PRIVATE ${folder}/${variable}.cpp ${folder}/${variable}.h)
endfunction()

# tern_test(NAME LABEL command...)
#
# A CTest test with what all tests get: a label, a time limit, sanitizers that stop at the first
# finding, and TERN_BINARIES, the folder of the programs that the tests start.
function(tern_test name label)
    add_test(NAME ${name} COMMAND ${ARGN} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set(environment
        "TERN_BINARIES=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}"
        "TERN_SANITIZE=${TERN_SANITIZE}"
        "ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1"
        "UBSAN_OPTIONS=print_stacktrace=1"
        "TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1")
    set_tests_properties(${name} PROPERTIES
        LABELS ${label} TIMEOUT 600 ENVIRONMENT "${environment}")
endfunction()

# tern_doctest(TARGET LABEL [LINK libraries...] SOURCES files...)
#
# One doctest executable, and one CTest test for each of its *_test.cpp: `LABEL/UNIT`.
function(tern_doctest target label)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "LINK;SOURCES")
    add_executable(${target} ${arg_SOURCES})
    target_link_libraries(${target} PRIVATE tern_doctest_main tern_harness ${arg_LINK})
    tern_use_precompiled(${target} tern_test_headers)
    foreach(source IN LISTS arg_SOURCES)
        get_filename_component(source ${source} ABSOLUTE)
        if(source MATCHES "([^/]+/([^/]+)_test\\.cpp)$")
            set(path ${CMAKE_MATCH_1})
            set(unit ${CMAKE_MATCH_2})
            tern_test(${label}/${unit} ${label} ${target} --source-file=*${path})
            # A file without a single case would pass; that is a mistake, not a success.
            set_tests_properties(${label}/${unit} PROPERTIES
                FAIL_REGULAR_EXPRESSION "test cases: +0 ")
        endif()
    endforeach()
endfunction()
