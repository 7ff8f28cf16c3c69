# SPDX-License-Identifier: Apache-2.0
# What --version and the build info say of the source, as it was at the time of configuring.
function(forewarn_git out)
  execute_process(COMMAND git -C ${PROJECT_SOURCE_DIR} ${ARGN}
                  OUTPUT_VARIABLE text RESULT_VARIABLE failed ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(failed)
    set(text unknown)  # not a clone, or no git
  endif()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()
set(FOREWARN_REVISION "" CACHE STRING "the revision, where there is no clone to ask")
if(FOREWARN_REVISION)
  set(revision ${FOREWARN_REVISION})
else()
  forewarn_git(revision rev-parse HEAD)
endif()
forewarn_git(branch rev-parse --abbrev-ref HEAD)
set_source_files_properties(${PROJECT_SOURCE_DIR}/common/metrics/build_info.cc PROPERTIES COMPILE_DEFINITIONS
                            "FOREWARN_REVISION=\"${revision}\";FOREWARN_BRANCH=\"${branch}\"")
