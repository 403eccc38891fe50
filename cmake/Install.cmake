# What `cmake --install` installs, by components, each of which is a Debian package (cmake/Packages.cmake):
#   program      the program, its manual pages, completions for shells, configurations and docs
#   development  the libraries, their headers, and what CMake and pkg-config must know to find them
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# The libraries.
set(settle_cmake_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Settle)
foreach(component models hw)
  set_target_properties(settle_${component} PROPERTIES EXPORT_NAME ${component})
  install(TARGETS settle_${component} EXPORT Settle_${component} ARCHIVE COMPONENT development
          INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(EXPORT Settle_${component} NAMESPACE settle:: DESTINATION ${settle_cmake_folder} COMPONENT development)
  install(DIRECTORY ${component} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/settle COMPONENT development
          FILES_MATCHING PATTERN "*.h" PATTERN "*-inl.h" EXCLUDE)  # which only our own sources include
endforeach()
configure_package_config_file(cmake/SettleConfig.cmake.in SettleConfig.cmake INSTALL_DESTINATION ${settle_cmake_folder})
write_basic_package_version_file(SettleConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/SettleConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/SettleConfigVersion.cmake
              cmake/LibraryDependencies.cmake
        DESTINATION ${settle_cmake_folder} COMPONENT development)

# What each user of the models must be compiled with: models/CMakeLists.txt says why.
get_target_property(settle_public_definitions settle_models INTERFACE_COMPILE_DEFINITIONS)
get_target_property(settle_public_options settle_models INTERFACE_COMPILE_OPTIONS)
list(TRANSFORM settle_public_definitions PREPEND -D)
string(REPLACE ";" " " SETTLE_PUBLIC_FLAGS "${settle_public_definitions};${settle_public_options}")
set(settle_pc_folder ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH SETTLE_PREFIX_FROM_PC /prefix/${settle_pc_folder} /prefix)  # so that a prefix can be moved
string(REGEX REPLACE "/$" "" SETTLE_PREFIX_FROM_PC "${SETTLE_PREFIX_FROM_PC}")
foreach(component models hw)
  configure_file(cmake/settle-${component}.pc.in settle-${component}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/settle-${component}.pc DESTINATION ${settle_pc_folder} COMPONENT development)
endforeach()

if(NOT SETTLE_PROGRAM)
  return()
endif()

# The program, and what it writes about itself: manual pages, and what teaches shells to complete its words.
install(TARGETS settle RUNTIME COMPONENT program)
set(pages ${CMAKE_CURRENT_BINARY_DIR}/pages)
add_custom_command(
  OUTPUT ${pages}/written
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${pages}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${pages}/completions
  COMMAND settle help --man ${pages}/man
  COMMAND gzip -9n -r ${pages}/man
  COMMAND settle completion bash > ${pages}/completions/settle
  COMMAND settle completion zsh > ${pages}/completions/_settle
  COMMAND settle completion fish > ${pages}/completions/settle.fish
  COMMAND ${CMAKE_COMMAND} -E touch ${pages}/written
  DEPENDS settle COMMENT "Manual pages and completions" VERBATIM)
add_custom_target(settle_pages ALL DEPENDS ${pages}/written)
foreach(section 1 5)
  install(DIRECTORY ${pages}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section} COMPONENT program
          FILES_MATCHING PATTERN "*.${section}.gz")
endforeach()
install(FILES ${pages}/completions/settle DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        COMPONENT program)
install(FILES ${pages}/completions/_settle DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT program)
install(FILES ${pages}/completions/settle.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
        COMPONENT program)
install(DIRECTORY configs DESTINATION ${CMAKE_INSTALL_DATADIR}/settle COMPONENT program)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program PATTERN site EXCLUDE)
install(FILES README.md CHANGELOG.md CONTRIBUTING.md CITATION.cff DESTINATION ${CMAKE_INSTALL_DOCDIR}
        COMPONENT program)
# Where links of the docs lead: ../configs, which are where programs look for data, and ../testbenches, to read.
file(RELATIVE_PATH configs_from_docs /prefix/${CMAKE_INSTALL_DOCDIR} /prefix/${CMAKE_INSTALL_DATADIR}/settle/configs)
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/linked)
file(CREATE_LINK ${configs_from_docs} ${CMAKE_CURRENT_BINARY_DIR}/linked/configs SYMBOLIC)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/linked/configs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(DIRECTORY testbenches DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program FILES_MATCHING PATTERN "*.cpp"
        PATTERN "*.h")
