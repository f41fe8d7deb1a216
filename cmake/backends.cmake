# Which backends are built, and what they need. Sets backend_sources, backend_definitions, and
# backend_libraries: the files that a program must be linked with.

if(NOT "sequential" IN_LIST THRESH_BACKENDS)
  message(FATAL_ERROR "THRESH_BACKENDS must hold sequential: the others are held against it")
endif()
foreach(backend IN LISTS THRESH_BACKENDS)
  if(NOT backend MATCHES "^(sequential|openmp|fork)$")
    message(FATAL_ERROR "THRESH_BACKENDS: there is no backend '${backend}'")
  endif()
endforeach()
if(NOT THRESH_DEFAULT_BACKEND STREQUAL "auto"
   AND NOT THRESH_DEFAULT_BACKEND IN_LIST THRESH_BACKENDS)
  message(FATAL_ERROR "THRESH_DEFAULT_BACKEND: '${THRESH_DEFAULT_BACKEND}' is not being built")
endif()

set(backend_sources backends/backends.c backends/sequential.c backends/threads.c)
set(backend_definitions)
set(backend_libraries)

if("openmp" IN_LIST THRESH_BACKENDS)
  find_package(OpenMP REQUIRED COMPONENTS C)
  list(APPEND backend_sources backends/openmp.c backends/order.c
    backends/thread_crew.c)
  list(APPEND backend_definitions THRESH_HAVE_OPENMP)
  list(APPEND backend_libraries ${OpenMP_C_LIBRARIES})
endif()

if("fork" IN_LIST THRESH_BACKENDS)
  file(GLOB fork_sources CONFIGURE_DEPENDS backends/fork*.c)
  list(APPEND backend_sources ${fork_sources})
  list(APPEND backend_definitions THRESH_HAVE_FORK)
  if(THRESH_SECCOMP AND THRESH_STATIC_LIBRARIES)
    find_library(SECCOMP_LIBRARY libseccomp.a)
    find_path(SECCOMP_INCLUDE seccomp.h)
  elseif(THRESH_SECCOMP)
    find_library(SECCOMP_LIBRARY seccomp)
    find_path(SECCOMP_INCLUDE seccomp.h)
  endif()
  if(SECCOMP_LIBRARY AND SECCOMP_INCLUDE)
    list(APPEND backend_definitions THRESH_HAVE_SECCOMP)
    list(APPEND backend_libraries ${SECCOMP_LIBRARY})
  endif()
endif()
