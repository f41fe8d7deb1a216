/* SPDX-License-Identifier: MIT */
#include "resolver/local_file.h"

#include "base/io.h"
#include <errno.h>
#include <fcntl.h>
#include <libxml/uri.h>
#include <libxml/xmlmemory.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *unescaped(const char *address)
{
    char *text = xmlURIUnescapeString(address, 0, NULL);
    char *path = text ? strdup(text) : NULL;
    xmlFree(text);
    return path;
}

int local_file_path(const char *address, char **path)
{
    *path = NULL;
    if (strncmp(address, "file:", 5) == 0) {
        address += 5;
        if (strncmp(address, "//localhost/", 12) == 0)
            address += 11;
        else if (strncmp(address, "///", 3) == 0)
            address += 2;
        *path = unescaped(address);
    } else if (strstr(address, "://")) {
        return 1;
    } else {
        *path = access(address, F_OK) == 0 ? strdup(address) : unescaped(address);
    }
    return *path ? 0 : -1;
}

int local_file_open(struct local_file *file, const char *path)
{
    /* Opening some devices does something; a pipe would wait for its writer. */
    int why = stat(path, &file->facts) < 0   ? errno
              : S_ISREG(file->facts.st_mode) ? 0
              : S_ISDIR(file->facts.st_mode) ? EISDIR
                                             : ENXIO;
    file->fd = why ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (!why && (file->fd < 0 || fstat(file->fd, &file->facts) < 0))
        why = errno;
    if (!why && !S_ISREG(file->facts.st_mode))
        why = ENXIO; /* it took the file's place in between */
    if (!why)
        return 0;
    local_file_close(file);
    errno = why;
    return -1;
}

static int fail_at_limit(size_t most, const char *name, struct thresh_error *error)
{
    return most < LOCAL_FILE_MOST
               ? error_set(error,
                           "%s: is larger than the %zu bytes that a document of a schema may "
                           "have; raise --schema-memory",
                           name, most)
               : error_set(error, "%s: is larger than 2 GiB; split it into several", name);
}

int local_file_read(const struct local_file *file, size_t most, struct buf *bytes,
                    const char *name, struct thresh_error *error)
{
    enum { STEP = 1 << 16 };
    size_t wanted = file->facts.st_size > STEP ? (size_t)file->facts.st_size + 1 : STEP;
    for (;; wanted = STEP) {
        char over; /* at the limit another byte tells that it is passed */
        size_t left = most - bytes->len, room = wanted < left ? wanted : left;
        if (buf_reserve(bytes, room) < 0)
            return error_no_memory(error);
        ptrdiff_t n = room ? io_read_all(file->fd, bytes->data + bytes->len, room)
                           : io_read_all(file->fd, &over, 1);
        if (n < 0)
            return error_set(error, "%s: cannot be read: %m", name);
        if (!room)
            return n ? fail_at_limit(most, name, error) : 0;
        bytes->len += (size_t)n;
        if ((size_t)n < room)
            return 0;
    }
}

void local_file_close(struct local_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}
