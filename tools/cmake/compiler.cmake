# Warnings, sanitizers, ccache: what every target is compiled with.

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

add_compile_options(
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wold-style-cast -Wnon-virtual-dtor
    -Woverloaded-virtual -Werror
    -Wno-missing-field-initializers) # designated initialisers leave out what has a default
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options(-Wimplicit-fallthrough -Wrange-loop-analysis -Wthread-safety)
else()
    add_compile_options(-Wduplicated-cond)
endif()

# What a server on the Internet should have, and what tests should not do without.
add_compile_options($<$<CONFIG:Release>:-fstack-protector-strong>)
add_compile_definitions(
    $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>
    $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)

if(TERN_SANITIZE)
    add_compile_options(
        -fsanitize=${TERN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${TERN_SANITIZE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # GCC loses track of what is initialised once it has added its checks (in <regex>, say).
        add_compile_options(-Wno-maybe-uninitialized)
        # This check opens a pipe to look at memory, and cries wolf when descriptors run out.
        if(TERN_SANITIZE MATCHES "undefined")
            add_compile_options(-fno-sanitize=vptr)
        endif()
    else()
        # clang 14 cannot assemble a coroutine with this check.
        add_compile_options(-fno-sanitize=function)
    endif()
endif()

if(TERN_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Several files as one: what their headers' templates make is compiled once for all of them, in half
# the time. Other presets compile each file alone, with the warnings that make no sense here.
if(TERN_UNITY)
    set(CMAKE_UNITY_BUILD ON)
    set(CMAKE_UNITY_BUILD_BATCH_SIZE 8)
    add_compile_options(-Wno-shadow -Wno-subobject-linkage)
endif()

set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ${TERN_LTO})

# The same source in another folder (a fresh clone) should find its objects in the cache.
find_program(TERN_CCACHE ccache)
if(TERN_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
        CCACHE_SLOPPINESS=pch_defines,time_macros ${TERN_CCACHE}) # else it passes by precompiled headers
endif()
