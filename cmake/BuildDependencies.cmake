# What building the libraries takes: what their users link too (LibraryDependencies.cmake), and headers that only our
# own sources include. scripts/packages lists the Debian package of each.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)  # for a project that adds this folder, and links our libraries to its programs
include(${CMAKE_CURRENT_LIST_DIR}/LibraryDependencies.cmake)
foreach(component models hw)
  settle_find_dependencies(missing ${component})
  if(missing)
    list(JOIN missing " " missing)
    message(FATAL_ERROR "Settle needs what is not installed; Debian packages: ${missing}")
  endif()
endforeach()
find_package(spectra REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_path(RANDOM123_INCLUDE Random123/philox.h REQUIRED)
