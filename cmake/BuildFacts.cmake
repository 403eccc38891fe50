# What a run records of its program's build: settle_build.h, from what git and CMake know at the time of the
# configuration, which is repeated after each commit.
function(write_build_facts file)
  find_package(Git QUIET)
  set(SETTLE_SOURCE_STATE "")
  if(GIT_FOUND AND EXISTS ${PROJECT_SOURCE_DIR}/.git)
    execute_process(COMMAND ${GIT_EXECUTABLE} describe --always --dirty --tags
                    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE SETTLE_SOURCE_STATE
                    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    if(EXISTS ${PROJECT_SOURCE_DIR}/.git/logs/HEAD)
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/.git/logs/HEAD)
    endif()
  endif()
  string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
  get_target_property(options settle_models COMPILE_OPTIONS)
  string(REPLACE ";" " " options "${options}")
  set(flags "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}} ${options}")
  string(REGEX REPLACE " +" " " flags "${flags}")
  string(STRIP "${flags}" SETTLE_FLAGS)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/settle_build.h.in ${file} @ONLY)
endfunction()
