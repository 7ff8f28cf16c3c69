# SPDX-License-Identifier: Apache-2.0
# A room is a folder that becomes one static library; a program is a folder whose main.cc becomes a binary.

add_library(forewarn_flags INTERFACE)
target_compile_options(forewarn_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast
                       -Woverloaded-virtual -Wimplicit-fallthrough -Werror -fstack-protector-strong)
# GCC 12 sees overlaps in std::string's operator+ that are none: https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105651
target_compile_options(forewarn_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
# Asio 1.74 looks for Clang's coroutines where they were before the standard had them.
target_compile_definitions(forewarn_flags INTERFACE
                           $<$<CXX_COMPILER_ID:Clang>:BOOST_ASIO_HAS_CO_AWAIT BOOST_ASIO_HAS_STD_COROUTINE>)
target_compile_definitions(forewarn_flags INTERFACE FOREWARN_VERSION="${PROJECT_VERSION}" JSON_USE_IMPLICIT_CONVERSIONS=0)
target_include_directories(forewarn_flags INTERFACE ${PROJECT_SOURCE_DIR})
set(FOREWARN_SANITIZE "" CACHE STRING "sanitizers, as for -fsanitize")
if(FOREWARN_SANITIZE)
  # GCC's flow warnings see through the sanitizers' instrumentation badly; the sanitizers themselves find what they are for.
  target_compile_options(forewarn_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_compile_options(forewarn_flags INTERFACE -fsanitize=${FOREWARN_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all)
  target_link_options(forewarn_flags INTERFACE -fsanitize=${FOREWARN_SANITIZE})
  if(FOREWARN_SANITIZE MATCHES thread)
    # ThreadSanitizer knows no fences; Asio's locks do without them.
    target_compile_definitions(forewarn_flags INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
  endif()
endif()

option(FOREWARN_FUZZ "build the fuzz targets for libFuzzer (clang)" OFF)
if(FOREWARN_FUZZ)
  target_compile_options(forewarn_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(forewarn_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

function(forewarn_target_of room out)
  string(REPLACE "/" "_" name ${room})
  set(${out} room_${name} PARENT_SCOPE)
endfunction()

function(forewarn_link target scope)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "USES;PACKAGES")
  foreach(used IN LISTS arg_USES)
    forewarn_target_of(${used} used_target)
    target_link_libraries(${target} ${scope} ${used_target})
  endforeach()
  target_link_libraries(${target} ${scope} forewarn_flags ${arg_PACKAGES})
endfunction()

# forewarn_room(FOLDER [USES room...] [PACKAGES target...])
function(forewarn_room folder)
  forewarn_target_of(${folder} target)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  if(sources)
    add_library(${target} STATIC ${sources})
    forewarn_link(${target} PUBLIC ${ARGN})
  else()
    add_library(${target} INTERFACE)
    forewarn_link(${target} INTERFACE ${ARGN})
  endif()
endfunction()

# forewarn_program(NAME FROM folder [USES room...] [PACKAGES target...]): folder/*.cc, main.cc among them
function(forewarn_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FROM" "USES;PACKAGES")
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${arg_FROM}/*.cc)
  if(NOT EXISTS ${PROJECT_SOURCE_DIR}/${arg_FROM}/main.cc)
    return()
  endif()
  add_executable(${name} ${sources})
  forewarn_link(${name} PRIVATE USES ${arg_USES} PACKAGES ${arg_PACKAGES})
endfunction()

# The signatures of a room, compiled into it, so that a program needs no files beside itself.
function(forewarn_embed_signatures folder)
  forewarn_target_of(${folder} target)
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/signatures/*.yaml)
  set(out ${CMAKE_BINARY_DIR}/${target}_signatures.cc)
  add_custom_command(OUTPUT ${out} DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake VERBATIM
                     COMMAND ${CMAKE_COMMAND} -DOUT=${out} "-DFILES=${files}" -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake)
  target_sources(${target} PRIVATE ${out})
endfunction()
