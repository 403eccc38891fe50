# Debian packages, one of each component of cmake/Install.cmake: `cmake --build build/release --target package` leaves
# them in build/release/packages. A further component is a name in CPACK_COMPONENTS_ALL and a paragraph below.
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL program development)
if(TARGET settle_python)
  list(APPEND CPACK_COMPONENTS_ALL python)
endif()
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGE_NAME settle)
set(CPACK_PACKAGE_CONTACT "The authors of Settle <settle@example.invalid>")
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# the libraries that the program is linked with are found out
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME settle)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS dataset-fashion-mnist)                # which the main job learns
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "gtkwave, ngspice, chromium, slurm-client")  # settle help says what for
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "Memristive crossbars multiply, analog neurons integrate and saturate,
the recurrent circuit settles, and a digital host trains it in place by
equilibrium propagation. The program reports accuracy, energy and latency.")

# what LibraryDependencies.cmake finds: libraries like those that ours were compiled for
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libsettle-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "g++ | c++-compiler, pkg-config, libeigen3-dev (>= 3.4), libopenblas-pthread-dev, libdnnl-dev, libhwy-dev (>= ${hwy_VERSION}), libsystemc-dev (>= ${SettleSystemC_VERSION})")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Its libraries, to build on: devices, crossbars, converters, neurons, chips
and learning, with SystemC and without it. Static libraries, headers, and
what CMake and pkg-config must know.")

# the module is compiled for one version of Python, which python/CMakeLists.txt has found
if(TARGET settle_python)
  get_directory_property(python_major DIRECTORY ${PROJECT_SOURCE_DIR}/python DEFINITION Python_VERSION_MAJOR)
  get_directory_property(python_minor DIRECTORY ${PROJECT_SOURCE_DIR}/python DEFINITION Python_VERSION_MINOR)
  math(EXPR python_next "${python_minor} + 1")
endif()
# `import settle`; runs are made by the program
set(CPACK_DEBIAN_PYTHON_PACKAGE_NAME python3-settle)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SECTION python)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS "settle (= ${PROJECT_VERSION}), python3 (>= ${python_major}.${python_minor}), python3 (<< ${python_major}.${python_next}), python3-numpy")
set(CPACK_DEBIAN_PYTHON_PACKAGE_RECOMMENDS python3-h5py)
set(CPACK_COMPONENT_PYTHON_DESCRIPTION "Its Python package: runs as functions on NumPy arrays, and devices,
crossbars and networks in process.")

include(CPack)
