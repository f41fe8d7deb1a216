/* SPDX-License-Identifier: MIT */
#include "cli/note_file.h"

#include "base/error.h"
#include "base/io.h"
#include "cli/output.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *note_file_name(const char *output)
{
    char *name;
    return asprintf(&name, "%s" SHARD_NOTE_SUFFIX, output) < 0 ? NULL : name;
}

int note_file_is(const char *file)
{
    const char *end = file + strlen(file);
    const size_t len = sizeof SHARD_NOTE_SUFFIX - 1;
    if ((size_t)(end - file) <= len || strcmp(end - len, SHARD_NOTE_SUFFIX) != 0)
        return 0;
    char *name = note_file_name(file);
    int has_note = name && faccessat(AT_FDCWD, name, F_OK, AT_EACCESS) == 0;
    int rc = name ? !has_note : -1;
    free(name);
    return rc;
}

static int write_file(const char *name, const struct buf *text, struct thresh_error *error)
{
    struct output file;
    int rc = output_open(&file, "--output", name, error);
    if (rc == 0)
        rc = output_write(&file, text->data, text->len, error);
    if (rc == 0)
        rc = output_commit(&file, error);
    output_close(&file);
    return rc;
}

int note_file_write(struct shard_note *note, const struct thresh_stats *stats,
                    const char *output, struct thresh_error *error)
{
    struct buf text = {0};
    char *name = note_file_name(output);
    int rc = shard_note_end(note, stats, &text) == 0 && name ? write_file(name, &text, error)
                                                             : error_no_memory(error);
    buf_free(&text);
    free(name);
    return rc;
}

int note_file_remove(const char *output, struct thresh_error *error)
{
    char *name = note_file_name(output);
    int rc = name ? 0 : error_no_memory(error);
    if (name && unlink(name) < 0 && errno != ENOENT)
        rc = error_set(error, "%s: cannot be removed: %m; it is of an earlier run", name);
    free(name);
    return rc;
}

/* All of a file. 0, or -1 with errno. */
static int read_file(const char *name, struct buf *text)
{
    enum { BLOCK = 1 << 12 };
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    ptrdiff_t got = fd < 0 ? -1 : BLOCK;
    while (got == BLOCK && buf_reserve(text, BLOCK) == 0) {
        got = io_read_all(fd, text->data + text->len, BLOCK);
        text->len += got > 0 ? (size_t)got : 0;
    }
    if (fd >= 0)
        close(fd);
    return got < 0 || text->failed ? -1 : 0;
}

int note_file_read(struct shard_note *note, const char *output, struct thresh_error *error)
{
    struct buf text = {0};
    char *name = note_file_name(output);
    int rc;
    if (!name)
        return error_no_memory(error);
    if (read_file(name, &text) == 0)
        rc = shard_note_parse(note, text.data, text.len, name, error);
    else if (errno == ENOENT || errno == ENOTDIR)
        rc = error_set(error,
                       "%s: has no note %s beside it, so that it is no shard's output, or its "
                       "run did not complete; do that shard again",
                       output, name);
    else
        rc = error_set(error, "%s: cannot be read: %m", name);
    buf_free(&text);
    free(name);
    return rc;
}
