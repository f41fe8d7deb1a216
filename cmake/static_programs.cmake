# Programs on the archives of ci/static-deps. The bootstrap needs glibc, for it looks up names of hosts, which glibc
# does by modules. The command needs nothing: one file for any Linux.

# What iconv of this machine knows, for places where it knows less.
set(charset_table ${PROJECT_BINARY_DIR}/charset_table.h)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_custom_command(OUTPUT ${charset_table} VERBATIM
  DEPENDS src/cli/static/charsets.py src/scanner/encoding_modules.c
  COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/src/cli/static/charsets.py
          ${PROJECT_SOURCE_DIR}/src/scanner/encoding_modules.c > ${charset_table})
add_library(static-program OBJECT src/cli/static/charsets.c src/cli/static/thread_exit.c
  ${charset_table})
set_source_files_properties(src/cli/static/charsets.c PROPERTIES
  COMPILE_OPTIONS "-include;${charset_table}" OBJECT_DEPENDS ${charset_table})
target_link_libraries(static-program PRIVATE thresh-internal)
foreach(program thresh-command thresh-bootstrap)
  if(TARGET ${program})
    target_sources(${program} PRIVATE $<TARGET_OBJECTS:static-program>)
    target_link_options(${program} PRIVATE LINKER:-Map=$<TARGET_FILE:${program}>.map
      LINKER:--wrap=pthread_create,--wrap=pthread_exit
      LINKER:--wrap=iconv_open,--wrap=iconv,--wrap=iconv_close)
  endif()
endforeach()
target_sources(thresh-command PRIVATE src/cli/static/no_modules.c)
target_link_options(thresh-command PRIVATE -static-pie
  LINKER:--wrap=dlopen,--wrap=__libc_dlopen_mode)
