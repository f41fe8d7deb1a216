# The library as others use it: libthresh.a, one header, and how to find them. A program gets
# thresh::thresh from find_package(thresh) where thresh is installed, and from add_subdirectory.

# All of it is one object, in which what is hidden becomes local: none of our own names meets one of
# the program's, or of its other libraries'. Objects to be optimised at link time are code from here.
add_executable(thresh-object $<TARGET_OBJECTS:thresh-internal>)
set_target_properties(thresh-object PROPERTIES OUTPUT_NAME thresh.o LINKER_LANGUAGE C)
target_link_options(thresh-object PRIVATE -r -nostdlib
  $<$<C_COMPILER_ID:GNU>:-flinker-output=nolto-rel>)
set(object ${PROJECT_BINARY_DIR}/thresh-public.o)
add_custom_command(OUTPUT ${object} DEPENDS thresh-object VERBATIM
  COMMAND ${CMAKE_OBJCOPY} --localize-hidden $<TARGET_FILE:thresh-object> ${object})

add_library(thresh STATIC ${object})
add_library(thresh::thresh ALIAS thresh)
set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
set_target_properties(thresh PROPERTIES LINKER_LANGUAGE C)
configure_file(src/thresh.h include/thresh/thresh.h COPYONLY)
target_include_directories(thresh INTERFACE $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>)
if(NOT THRESH_STATIC_LIBRARIES)
  target_link_libraries(thresh INTERFACE PkgConfig::THRESH_LIBRARIES)
endif()
set(files ${THRESH_STATIC_LIBRARIES} ${THRESH_BZIP2} ${backend_libraries})
target_link_libraries(thresh INTERFACE ${files} m -pthread)

# -- Installed -----------------------------------------------------------------------------------

if(NOT THRESH_INSTALL)
  return()
endif()

# The libraries that it needs: those with a module of their own by its name, others as found here.
list(JOIN modules ", " THRESH_PC_REQUIRES)
string(REPLACE ">=" " >= " THRESH_PC_REQUIRES "${THRESH_PC_REQUIRES}")
list(JOIN files " " THRESH_PC_LIBRARIES)
file(RELATIVE_PATH THRESH_PC_INCLUDEDIR
  ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(cmake/thresh.pc.in thresh.pc @ONLY)

include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/thresh)
list(JOIN modules " " THRESH_CONFIG_MODULES)
configure_package_config_file(cmake/thresh-config.cmake.in thresh-config.cmake
  INSTALL_DESTINATION ${package} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(thresh-config-version.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS thresh-command)
install(FILES man/thresh.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
if(TARGET thresh-bootstrap)
  install(TARGETS thresh-bootstrap)
endif()
install(TARGETS thresh EXPORT thresh-targets INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES src/thresh.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/thresh)
install(FILES ${PROJECT_BINARY_DIR}/thresh.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(EXPORT thresh-targets NAMESPACE thresh:: DESTINATION ${package})
install(FILES ${PROJECT_BINARY_DIR}/thresh-config.cmake
  ${PROJECT_BINARY_DIR}/thresh-config-version.cmake DESTINATION ${package})
