# What the program stands on beside the libraries. Everything is Debian 12's, but for ECharts; scripts/packages lists the
# package of each.
enable_language(C)  # for FindHDF5
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
