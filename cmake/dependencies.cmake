# The libraries that thresh stands on, as two targets: `dependencies` of all its parts, `allocator`
# of its programs. A toolchain file of ci/static-deps brings all of them as archives, in
# THRESH_STATIC_LIBRARIES and, of a program, THRESH_STATIC_PROGRAM_LIBRARIES; else they are the system's.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

set(modules libxml-2.0>=2.9.14 libarchive>=3.6 jansson zlib libdeflate liblzma>=5.4 libzstd nettle)
add_library(dependencies INTERFACE)
if(THRESH_STATIC_LIBRARIES)
  target_include_directories(dependencies SYSTEM INTERFACE ${THRESH_STATIC_INCLUDE_DIRS})
  target_link_options(dependencies INTERFACE ${THRESH_STATIC_LINK_OPTIONS})
  target_link_libraries(dependencies INTERFACE ${THRESH_STATIC_LIBRARIES}
    "$<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:${THRESH_STATIC_PROGRAM_LIBRARIES}>")
else()
  # Global, for the project that this one is a part of.
  pkg_check_modules(THRESH_LIBRARIES REQUIRED IMPORTED_TARGET GLOBAL ${modules})
  find_library(THRESH_BZIP2 bz2 REQUIRED) # which has no module for pkg-config in Debian
  mark_as_advanced(THRESH_BZIP2)
  target_link_libraries(dependencies INTERFACE PkgConfig::THRESH_LIBRARIES ${THRESH_BZIP2})
  if(THRESH_LAMBDA)
    pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl>=7.87)
  endif()
endif()
target_link_libraries(dependencies INTERFACE Threads::Threads m)
if("openmp" IN_LIST THRESH_BACKENDS AND THRESH_STATIC_LIBRARIES)
  # A program has libgomp.a, and a static one takes no other.
  target_compile_options(dependencies INTERFACE ${OpenMP_C_FLAGS})
  target_link_libraries(dependencies INTERFACE
    "$<$<NOT:$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>>:${OpenMP_C_LIBRARIES}>")
elseif("openmp" IN_LIST THRESH_BACKENDS)
  target_link_libraries(dependencies INTERFACE OpenMP::OpenMP_C)
endif()
if(SECCOMP_LIBRARY)
  target_link_libraries(dependencies INTERFACE ${SECCOMP_LIBRARY})
endif()

# Ahead of all libraries and whether or not it seems needed (nothing calls it by name, and with
# optimisation at link time the linker would leave it out), so that libxml2's and everyone's malloc
# is mimalloc's. A sanitizer brings an allocator of its own.
add_library(allocator INTERFACE)
if(THRESH_MIMALLOC AND NOT THRESH_SANITIZE AND NOT THRESH_STATIC_LIBRARIES)
  find_package(mimalloc 2.0 REQUIRED)
  target_link_libraries(allocator INTERFACE
    -Wl,--push-state,--no-as-needed $<TARGET_FILE:mimalloc> -Wl,--pop-state)
endif()
