/* SPDX-License-Identifier: MIT
 *
 * Why an entry is no document, or why it cannot be read: a code to count by, and a sentence for
 * people. Users write the codes' words into their programs, so a word never changes its
 * meaning.
 */
#ifndef THRESH_SOURCE_ENTRY_FAULT_H
#define THRESH_SOURCE_ENTRY_FAULT_H

enum entry_code {
    ENTRY_CODE_NONE,
    /* Skipped: it is no document. */
    ENTRY_CODE_NOT_XML,
    ENTRY_CODE_EMPTY,
    ENTRY_CODE_DIRECTORY, /* also a fault: the list of entries of a ZIP archive is damaged */
    ENTRY_CODE_SYMLINK,
    ENTRY_CODE_HARD_LINK,
    ENTRY_CODE_DEVICE,
    ENTRY_CODE_HTML,
    ENTRY_CODE_EXCLUDED, /* by the user's globs */
    /* Unreadable: it is encrypted, packed in an unknown way, or damaged. */
    ENTRY_CODE_ENCRYPTED,
    ENTRY_CODE_METHOD,
    ENTRY_CODE_CRC,
    ENTRY_CODE_SIZE,
    ENTRY_CODE_MISMATCH, /* a ZIP archive says two things of one entry */
    ENTRY_CODE_OVERLAP,  /* the same bytes belong to two entries */
    ENTRY_CODE_TRUNCATED,
    ENTRY_CODE_TRAILING, /* unknown bytes after the end */
    ENTRY_CODE_DAMAGED,
    ENTRY_CODE_SPLIT,   /* one of several files of a ZIP archive */
    ENTRY_CODE_FORMAT,  /* an archive of a kind that is not read here */
    ENTRY_CODE_ARCHIVE, /* an archive named .xml */
    /* Unreadable: the file system says no. */
    ENTRY_CODE_PERMISSION,
    ENTRY_CODE_MISSING, /* an input of this name is not there */
    ENTRY_CODE_CHANGED, /* since it was listed */
    ENTRY_CODE_PATH_TOO_LONG,
    /* Unreadable: a limit of the user's. */
    ENTRY_CODE_LIMIT_NESTING,
    ENTRY_CODE_LIMIT_ENTRIES,
    ENTRY_CODE_LIMIT_BYTES,
    ENTRY_CODE_LIMIT_TOTAL,
    ENTRY_CODE_LIMIT_RATIO,
    ENTRY_CODES, /* how many there are */
};

/* The word that records have for it, a constant; NULL for ENTRY_CODE_NONE. */
const char *entry_code_word(enum entry_code code);

struct entry_fault {
    enum entry_code code;
    char message[256];
};

/* Fills *fault, cutting off what is too long for it and putting spaces for control characters,
 * and returns 1, which is how functions of this room say "a fault of the entry". */
__attribute__((format(printf, 3, 4))) int
entry_fault_set(struct entry_fault *fault, enum entry_code code, const char *format, ...);

#endif
