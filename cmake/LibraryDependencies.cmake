# What programs that link our libraries need: read by our own build, and by find_package(Settle), which is why this file
# is installed. Static libraries are linked together with what they stand on, so everything is here that they link.
#
# settle_find_dependencies(MISSING COMPONENT): finds what the component (models or hw) needs, and sets MISSING to the
# Debian packages of what is not there.
macro(settle_find_dependencies missing component)
  set(${missing} "")
  find_package(PkgConfig QUIET)
  if(NOT PkgConfig_FOUND)
    list(APPEND ${missing} pkg-config)
  elseif("${component}" STREQUAL "models")
    pkg_check_modules(SettleOpenBLAS QUIET IMPORTED_TARGET GLOBAL openblas)
    find_package(Eigen3 3.4 QUIET NO_MODULE)
    find_package(hwy QUIET)
    find_package(Threads QUIET)
    find_package(OpenMP QUIET COMPONENTS CXX)  # oneDNN's threads
    # without its CMake package, which wants OpenCL, though the library does not
    find_path(SETTLE_DNNL_INCLUDE dnnl.h)
    find_library(SETTLE_DNNL_LIBRARY dnnl)
    mark_as_advanced(SETTLE_DNNL_INCLUDE SETTLE_DNNL_LIBRARY)
    if(SETTLE_DNNL_INCLUDE AND SETTLE_DNNL_LIBRARY AND NOT TARGET settle::dnnl)
      add_library(settle::dnnl UNKNOWN IMPORTED GLOBAL)
      set_target_properties(settle::dnnl PROPERTIES IMPORTED_LOCATION ${SETTLE_DNNL_LIBRARY}
                                                    INTERFACE_INCLUDE_DIRECTORIES ${SETTLE_DNNL_INCLUDE})
    endif()
    settle_note_missing(${missing} PkgConfig::SettleOpenBLAS libopenblas-pthread-dev)
    settle_note_missing(${missing} Eigen3::Eigen libeigen3-dev)
    settle_note_missing(${missing} hwy::hwy libhwy-dev)
    settle_note_missing(${missing} Threads::Threads libc6-dev)
    settle_note_missing(${missing} OpenMP::OpenMP_CXX "your compiler's OpenMP, for g++ libgomp1, for clang++ libomp-dev")
    settle_note_missing(${missing} settle::dnnl libdnnl-dev)
  elseif("${component}" STREQUAL "hw")
    pkg_check_modules(SettleSystemC QUIET IMPORTED_TARGET GLOBAL systemc)
    settle_note_missing(${missing} PkgConfig::SettleSystemC libsystemc-dev)
  endif()
endmacro()

macro(settle_note_missing missing target package)
  if(NOT TARGET ${target})
    list(APPEND ${missing} "${package}")
  endif()
endmacro()
