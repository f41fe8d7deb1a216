# What is installed beside the library, and Debian packages of all of it:
#
#   cmake --build build && (cd build && cpack)
#
# A component is a package.

install(TARGETS thresh-command COMPONENT command)
install(FILES man/thresh.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT command)
if(TARGET thresh-bootstrap)
  install(TARGETS thresh-bootstrap COMPONENT bootstrap)
endif()
if(TARGET thresh-python)
  # Where Debian's Python looks, whichever Python has built it.
  set(THRESH_PYTHON_DIR lib/python3/dist-packages CACHE STRING
      "Where the package for Python is installed, below the prefix")
  install(DIRECTORY ${PROJECT_BINARY_DIR}/python/thresh DESTINATION ${THRESH_PYTHON_DIR}
    COMPONENT python PATTERN __pycache__ EXCLUDE)
endif()

# A shell asks for these by the name of the program. The program writes them, where it can run.
if(NOT CMAKE_CROSSCOMPILING)
  set(completions ${PROJECT_BINARY_DIR}/completions)
  set(bash_place ${CMAKE_INSTALL_DATADIR}/bash-completion/completions thresh)
  set(zsh_place ${CMAKE_INSTALL_DATADIR}/zsh/site-functions _thresh)
  set(fish_place ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d thresh.fish)
  foreach(shell bash zsh fish)
    list(GET ${shell}_place 0 folder)
    list(GET ${shell}_place 1 name)
    add_custom_command(OUTPUT ${completions}/${name} DEPENDS thresh-command VERBATIM
      COMMAND ${CMAKE_COMMAND} -E make_directory ${completions}
      COMMAND $<TARGET_FILE:thresh-command> --completion ${shell} > ${completions}/${name})
    list(APPEND scripts ${completions}/${name})
    install(FILES ${completions}/${name} DESTINATION ${folder} COMPONENT command)
  endforeach()
  add_custom_target(completions ALL DEPENDS ${scripts})
endif()

foreach(component command library bootstrap development python)
  set(name_of_command thresh)
  set(name_of_library libthresh${THRESH_ABI})
  set(name_of_bootstrap thresh-bootstrap)
  set(name_of_development libthresh-dev)
  set(name_of_python python3-thresh)
  install(FILES LICENSE RENAME copyright COMPONENT ${component}
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${name_of_${component}})
endforeach()
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/thresh COMPONENT command)

# -- Debian packages -----------------------------------------------------------------------------

set(THRESH_MAINTAINER "The thresh authors <root@localhost>" CACHE STRING
    "Who answers for the Debian packages: name and address")
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT ${THRESH_MAINTAINER})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_COMPONENTS_ALL command library development)
if(TARGET thresh-bootstrap)
  list(APPEND CPACK_COMPONENTS_ALL bootstrap)
endif()
if(TARGET thresh-python)
  list(APPEND CPACK_COMPONENTS_ALL python)
endif()
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SECTION text)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON) # what a package needs is read off its programs
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_COMMAND_PACKAGE_NAME thresh)
set(CPACK_COMPONENT_COMMAND_DESCRIPTION "${PROJECT_DESCRIPTION}")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME ${name_of_library})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "${PROJECT_DESCRIPTION}: the library")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libthresh-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "${name_of_library} (= ${PROJECT_VERSION})")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "${PROJECT_DESCRIPTION}: what programs are built with")
set(CPACK_DEBIAN_BOOTSTRAP_PACKAGE_NAME thresh-bootstrap)
set(CPACK_COMPONENT_BOOTSTRAP_DESCRIPTION "${PROJECT_DESCRIPTION}: the runtime of AWS Lambda")
set(CPACK_DEBIAN_PYTHON_PACKAGE_NAME python3-thresh)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SECTION python)
set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS "python3 (>= 3.9)")
set(CPACK_COMPONENT_PYTHON_DESCRIPTION "${PROJECT_DESCRIPTION}: the package for Python")
include(CPack)
