# How the library is compiled, beyond what every target has. Sets instrumentation and
# instrumentation_link (also for whatever links the library's parts), and library_options (its own).

set(instrumentation)
set(instrumentation_link)
if(THRESH_SANITIZE)
  list(APPEND instrumentation -fsanitize=${THRESH_SANITIZE} -fno-omit-frame-pointer -g
    -fno-sanitize-recover=all)
  list(APPEND instrumentation_link -fsanitize=${THRESH_SANITIZE})
endif()
if(THRESH_FUZZ)
  list(APPEND instrumentation -fsanitize=fuzzer-no-link -g)
endif()

# Each function begins a cache line, or what stands before it in the program moves its loops across
# lines: 2 % of the time, either way, of the same instructions.
set(library_options -falign-functions=64)

# Optimised at link time, for the validator's hot path crosses files: 10 to 15 % of its time.
if(NOT THRESH_SANITIZE AND NOT DEFINED CMAKE_INTERPROCEDURAL_OPTIMIZATION_RELEASE)
  include(CheckIPOSupported)
  check_ipo_supported(RESULT CMAKE_INTERPROCEDURAL_OPTIMIZATION_RELEASE OUTPUT unused LANGUAGES C)
endif()
if(CMAKE_INTERPROCEDURAL_OPTIMIZATION_RELEASE)
  # So that the library also links where nothing is optimised at link time.
  list(APPEND library_options
    $<$<AND:$<C_COMPILER_ID:GNU>,$<CONFIG:Release>>:-ffat-lto-objects>)
endif()
