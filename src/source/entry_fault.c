/* SPDX-License-Identifier: MIT */
#include "source/entry_fault.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static const char *const words[] = {
    [ENTRY_CODE_NONE] = NULL,
    [ENTRY_CODE_NOT_XML] = "not-xml",
    [ENTRY_CODE_EMPTY] = "empty",
    [ENTRY_CODE_DIRECTORY] = "directory",
    [ENTRY_CODE_SYMLINK] = "symlink",
    [ENTRY_CODE_HARD_LINK] = "hard-link",
    [ENTRY_CODE_DEVICE] = "device",
    [ENTRY_CODE_HTML] = "html",
    [ENTRY_CODE_EXCLUDED] = "excluded",
    [ENTRY_CODE_ENCRYPTED] = "encrypted",
    [ENTRY_CODE_METHOD] = "method",
    [ENTRY_CODE_CRC] = "crc",
    [ENTRY_CODE_SIZE] = "size",
    [ENTRY_CODE_MISMATCH] = "mismatch",
    [ENTRY_CODE_OVERLAP] = "overlap",
    [ENTRY_CODE_TRUNCATED] = "truncated",
    [ENTRY_CODE_TRAILING] = "trailing",
    [ENTRY_CODE_DAMAGED] = "damaged",
    [ENTRY_CODE_SPLIT] = "split",
    [ENTRY_CODE_FORMAT] = "format",
    [ENTRY_CODE_ARCHIVE] = "archive",
    [ENTRY_CODE_PERMISSION] = "permission",
    [ENTRY_CODE_MISSING] = "missing",
    [ENTRY_CODE_CHANGED] = "changed",
    [ENTRY_CODE_PATH_TOO_LONG] = "path-too-long",
    [ENTRY_CODE_LIMIT_NESTING] = "limit-nesting",
    [ENTRY_CODE_LIMIT_ENTRIES] = "limit-entries",
    [ENTRY_CODE_LIMIT_BYTES] = "limit-bytes",
    [ENTRY_CODE_LIMIT_TOTAL] = "limit-total",
    [ENTRY_CODE_LIMIT_RATIO] = "limit-ratio",
};
static_assert(sizeof words / sizeof *words == ENTRY_CODES, "each code has its word");

const char *entry_code_word(enum entry_code code)
{
    return words[code];
}

int entry_fault_set(struct entry_fault *fault, enum entry_code code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(fault->message, sizeof fault->message, format, arguments);
    va_end(arguments);
    for (char *c = fault->message; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    fault->code = code;
    return 1;
}
