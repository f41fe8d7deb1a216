# The library as others use it: libthresh.so, libthresh.a, one header, and how to find them. A program
# gets thresh::thresh from find_package(thresh) where thresh is installed, and from add_subdirectory.

# The archive: all of it is one object, in which what is hidden becomes local: none of our own names meets one of
# the program's, or of its other libraries'. Objects to be optimised at link time are code from here.
add_executable(thresh-object $<TARGET_OBJECTS:thresh-internal>)
set_target_properties(thresh-object PROPERTIES OUTPUT_NAME thresh.o LINKER_LANGUAGE C)
target_link_options(thresh-object PRIVATE -r -nostdlib
  $<$<C_COMPILER_ID:GNU>:-flinker-output=nolto-rel>)
set(object ${PROJECT_BINARY_DIR}/thresh-public.o)
add_custom_command(OUTPUT ${object} DEPENDS thresh-object VERBATIM
  COMMAND ${CMAKE_OBJCOPY} --localize-hidden $<TARGET_FILE:thresh-object> ${object})

add_library(thresh-static STATIC ${object})
set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
set_target_properties(thresh-static PROPERTIES LINKER_LANGUAGE C OUTPUT_NAME thresh
  EXPORT_NAME static)
set(files ${THRESH_STATIC_LIBRARIES} ${THRESH_BZIP2} ${backend_libraries})
if(NOT THRESH_STATIC_LIBRARIES)
  target_link_libraries(thresh-static INTERFACE PkgConfig::THRESH_LIBRARIES)
endif()
target_link_libraries(thresh-static INTERFACE ${files} m -pthread)
set(libraries thresh-static)

# Before version 1 a minor version may change what there is, so it is part of the name. A library that
# stands on archives (ci/static-deps) is one itself.
if(NOT THRESH_STATIC_LIBRARIES)
  set(THRESH_ABI ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  configure_file(cmake/thresh.map.in thresh.map @ONLY)
  add_library(thresh-shared SHARED $<TARGET_OBJECTS:thresh-internal>)
  set_target_properties(thresh-shared PROPERTIES LINKER_LANGUAGE C OUTPUT_NAME thresh
    EXPORT_NAME shared VERSION ${PROJECT_VERSION} SOVERSION ${THRESH_ABI}
    LINK_DEPENDS ${PROJECT_BINARY_DIR}/thresh.map)
  target_link_options(thresh-shared PRIVATE ${instrumentation_link}
    LINKER:--version-script=${PROJECT_BINARY_DIR}/thresh.map)
  if(NOT THRESH_SANITIZE) # whose names are those of the program
    target_link_options(thresh-shared PRIVATE LINKER:--no-undefined)
  endif()
  target_link_libraries(thresh-shared PRIVATE dependencies)
  list(APPEND libraries thresh-shared)
endif()

configure_file(src/thresh.h include/thresh/thresh.h COPYONLY)
foreach(library IN LISTS libraries)
  target_include_directories(${library} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>)
endforeach()

# In a project that this one is a part of, as it has its own libraries.
if(BUILD_SHARED_LIBS AND TARGET thresh-shared)
  add_library(thresh::thresh ALIAS thresh-shared)
else()
  add_library(thresh::thresh ALIAS thresh-static)
endif()

# -- Installed -----------------------------------------------------------------------------------

if(NOT THRESH_INSTALL)
  return()
endif()
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME development)

# The libraries that it needs: those with a module of their own by its name, others as found here.
list(JOIN modules ", " THRESH_PC_REQUIRES)
string(REPLACE ">=" " >= " THRESH_PC_REQUIRES "${THRESH_PC_REQUIRES}")
list(JOIN files " " THRESH_PC_LIBRARIES)
if(TARGET thresh-shared)
  set(THRESH_PC_PRIVATE .private)
  set(THRESH_CONFIG_LIBRARY thresh::shared)
else()
  set(THRESH_CONFIG_LIBRARY thresh::static)
  set(THRESH_PC_PUBLIC "${THRESH_PC_LIBRARIES} -lm -pthread")
endif()
file(RELATIVE_PATH THRESH_PC_INCLUDEDIR
  ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(cmake/thresh.pc.in thresh.pc @ONLY)
configure_file(cmake/thresh-static.pc.in thresh-static.pc @ONLY)

include(CMakePackageConfigHelpers)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/thresh)
list(JOIN modules " " THRESH_CONFIG_MODULES)
configure_package_config_file(cmake/thresh-config.cmake.in thresh-config.cmake
  INSTALL_DESTINATION ${package} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(thresh-config-version.cmake COMPATIBILITY SameMinorVersion)

set(pages ${PROJECT_BINARY_DIR}/man3)
file(MAKE_DIRECTORY ${pages})
add_custom_command(OUTPUT ${pages}/libthresh.3 VERBATIM
  DEPENDS src/thresh.h man/library_page.py
  COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/man/library_page.py
          ${PROJECT_SOURCE_DIR}/src/thresh.h ${pages})
add_custom_target(library-pages ALL DEPENDS ${pages}/libthresh.3)
install(DIRECTORY ${pages}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man3)
install(TARGETS ${libraries} EXPORT thresh-targets
  LIBRARY COMPONENT library NAMELINK_COMPONENT development
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES src/thresh.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/thresh)
install(FILES ${PROJECT_BINARY_DIR}/thresh.pc ${PROJECT_BINARY_DIR}/thresh-static.pc
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(EXPORT thresh-targets NAMESPACE thresh:: DESTINATION ${package})
install(FILES ${PROJECT_BINARY_DIR}/thresh-config.cmake
  ${PROJECT_BINARY_DIR}/thresh-config-version.cmake DESTINATION ${package})
