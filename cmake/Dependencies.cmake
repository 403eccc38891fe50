# Everything comes from Debian 12, but for ECharts; scripts/packages lists the package of each.
find_package(PkgConfig REQUIRED)
pkg_check_modules(SystemC REQUIRED IMPORTED_TARGET systemc)
pkg_check_modules(OpenBLAS REQUIRED IMPORTED_TARGET openblas)
# without its CMake package, which wants OpenCL, though the library does not
find_path(DNNL_INCLUDE dnnl.h REQUIRED)
find_library(DNNL_LIBRARY dnnl REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)  # oneDNN's threads
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(spectra REQUIRED)
find_package(hwy REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_path(RANDOM123_INCLUDE Random123/philox.h REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
if(CMAKE_CXX_FLAGS MATCHES "fsanitize")  # see into the library, which is a shared one otherwise
  set_target_properties(tomlplusplus::tomlplusplus PROPERTIES INTERFACE_COMPILE_OPTIONS -DTOML_HEADER_ONLY=1)
endif()
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(SQLiteCpp REQUIRED)  # and with it SQLite itself
find_package(HDF5 REQUIRED COMPONENTS C)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_file(ECHARTS_JS echarts.min.js.gz PATHS /usr/local/share/javascript/echarts /usr/share/javascript/echarts
          NO_DEFAULT_PATH)
if(NOT ECHARTS_JS)
  message(FATAL_ERROR "ECharts, which draws the figures of reports, is missing: scripts/setup fetches it with npm, once, "
                      "into /usr/local/share/javascript/echarts; or say -D ECHARTS_JS=FILE, its echarts.min.js "
                      "compressed by gzip")
endif()
