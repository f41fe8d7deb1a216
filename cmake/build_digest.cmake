# Writes a header with a digest of the sources of the library, so that what one build has kept is taken for
# no other's: cmake -DSOURCE=... -DOUTPUT=... -DHOW=... -P build_digest.cmake
file(GLOB_RECURSE files RELATIVE ${SOURCE} ${SOURCE}/src/* ${SOURCE}/backends/*)
list(FILTER files EXCLUDE REGEX "^src/(cli|lambda)/")
list(SORT files)
set(digests "${HOW}")
foreach(file IN LISTS files)
  file(SHA256 ${SOURCE}/${file} digest)
  string(APPEND digests "${digest} ${file}\n")
endforeach()
string(SHA256 digest "${digests}")
file(WRITE ${OUTPUT} "#define THRESH_BUILD_DIGEST \"${digest}\"\n")
