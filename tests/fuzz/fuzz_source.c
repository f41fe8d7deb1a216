/* SPDX-License-Identifier: MIT
 *
 * Any bytes as an input: it is listed, everything listed can be read or says why not, and twice
 * the same.
 */
#include "fuzz.h"

#include "source/reader.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct source_options options = {
    .entries_remedy = "--max-entries",
    .document_remedy = "--max-document-bytes",
    .max_nesting = 3,
    .max_entries = 200,
    .max_document_bytes = 1 << 20,
    .max_total_bytes = 4 << 20,
    .max_ratio = 1000,
    .temp_dir = "/dev/shm",
};

static void read_all_of(const struct source *source)
{
    struct thresh_error error;
    struct buf path = {0};
    struct reader *reader = reader_open(source, &error);
    fuzz_check(reader);
    fuzz_check(source_count(source) <= options.max_entries + 2);
    for (uint64_t i = 0; i < source_count(source); i++) {
        struct entry entry;
        struct entry_fault fault;
        const char *bytes;
        size_t len;
        fuzz_check(source_entry(source, i, &path, &entry) == 0);
        fuzz_check(strlen(entry.path) == entry.path_len);
        if (entry.kind != ENTRY_DOCUMENT) {
            fuzz_check(entry.code);
            continue;
        }
        int rc = reader_read(reader, i, &bytes, &len, &fault, &error);
        fuzz_check(rc == 0 || (rc == 1 && fault.code != ENTRY_CODE_NONE && fault.message[0]));
        fuzz_check(rc == 1 || (len <= options.max_document_bytes && bytes[len] == 0));
    }
    reader_close(reader);
    buf_free(&path);
}

/* All the bytes as one input; every other one in memory. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct thresh_error error = {{0}};
    struct source *source = NULL;
    int fd = memfd_create("input", MFD_CLOEXEC);
    fuzz_check(fd >= 0 && write(fd, data, size) == (ssize_t)size &&
               lseek(fd, 0, SEEK_SET) == 0);
    struct source_input input = {.kind = size % 2 ? SOURCE_MEMORY : SOURCE_FD,
                                 .name = "input",
                                 .fd = fd,
                                 .bytes = data,
                                 .len = size};
    if (source_open(&source, &input, 1, &options, &error) == 0)
        read_all_of(source);
    else
        fuzz_check(error.text[0]);
    source_close(source);
    close(fd);
    return 0;
}
