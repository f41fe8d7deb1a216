/* SPDX-License-Identifier: MIT
 *
 * What the fuzz targets share. A target takes any bytes; what must hold whatever they are is
 * asserted by fuzz_check, which aborts, and so becomes a finding.
 */
#ifndef THRESH_FUZZ_H
#define THRESH_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define fuzz_check(condition)                                                                  \
    do {                                                                                       \
        if (!(condition))                                                                      \
            abort();                                                                           \
    } while (0)

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
