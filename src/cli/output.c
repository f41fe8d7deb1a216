/* SPDX-License-Identifier: MIT */
#include "cli/output.h"

#include "base/clock.h"
#include "base/io.h"
#include "cli/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Records leave in blocks of 64 KiB, a pipe's size, but none waits longer than a tenth of a
 * second for others to come. */
enum { BLOCK = 1 << 16, WAIT_MS = 100 };

/* The directory of a file, to be freed; NULL without memory. */
static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
}

/* The place where a file without a name can be given one. */
static void proc_name(int fd, char name[32])
{
    snprintf(name, 32, "/proc/self/fd/%d", fd);
}

/* A file that has no name before it is complete: nothing stays of a run that is killed. -1: the
 * file system has none. */
static int open_nameless(const char *path)
{
    char *directory = directory_of(path), name[32];
    int fd = directory ? open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666) : -1;
    free(directory);
    proc_name(fd, name);
    if (fd >= 0 && faccessat(AT_FDCWD, name, F_OK, 0) < 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* Gives it one, by which it can replace another. */
static int name_temporary(struct output *output)
{
    char name[32];
    uint64_t random = 0;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0 ||
        asprintf(&output->temporary, "%s.%016" PRIx64, output->path, random) < 0) {
        output->temporary = NULL;
        return -1;
    }
    proc_name(output->fd, name);
    signals_add_unfinished(output->temporary);
    return linkat(AT_FDCWD, name, AT_FDCWD, output->temporary, AT_SYMLINK_FOLLOW);
}

static int open_temporary(struct output *output, struct thresh_error *error)
{
    output->fd = open_nameless(output->path);
    if (output->fd >= 0)
        return 0;
    if (asprintf(&output->temporary, "%s.XXXXXX", output->path) < 0) {
        output->temporary = NULL;
        return error_no_memory(error);
    }
    output->fd = mkostemp(output->temporary, O_CLOEXEC);
    if (output->fd < 0) {
        error_set(error, "%s: cannot be written: %m; check the directory of %s", output->name,
                  output->option);
        free(output->temporary);
        output->temporary = NULL;
        return -1;
    }
    mode_t mask = umask(0);
    umask(mask);
    fchmod(output->fd, 0666 & ~mask);
    signals_add_unfinished(output->temporary);
    return 0;
}

/* What can be told before hours of work. */
static int check_directory(const struct output *output, struct thresh_error *error)
{
    char *directory = directory_of(output->path);
    if (!directory)
        return error_no_memory(error);
    int rc = faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS);
    if (rc < 0)
        error_set(error, "%s: cannot be written: %m; check the directory of %s", output->name,
                  output->option);
    free(directory);
    return rc;
}

bool output_is_standard(const char *path)
{
    return !path || strcmp(path, "-") == 0;
}

int output_open(struct output *output, const char *option, const char *path,
                struct thresh_error *error)
{
    *output = (struct output){.option = option, .fd = STDOUT_FILENO, .name = "standard output"};
    output->flushed_ms = clock_ms();
    if (output_is_standard(path))
        return 0;
    if (!*path)
        return error_set(error, "%s: '' names no file", option);
    output->name = path;
    bool there = stat(path, &output->present) == 0;
    if (there && S_ISDIR(output->present.st_mode))
        return error_set(error, "%s: is a directory; %s names a file", path, option);
    if (there && !S_ISREG(output->present.st_mode)) {
        output->fd = open(path, O_WRONLY | O_CLOEXEC);
        return output->fd < 0 ? error_set(error, "%s: cannot be written: %m", path) : 0;
    }
    /* Through a link to the file itself, or the rename would replace the link. */
    output->path = there ? realpath(path, NULL) : strdup(path);
    if (!output->path)
        return error_no_memory(error);
    output->is_there = there;
    output->fd = -1;
    return check_directory(output, error);
}

bool output_replaces(const struct output *output, const char *path)
{
    struct stat facts;
    return output->is_there && stat(path, &facts) == 0 &&
           facts.st_dev == output->present.st_dev && facts.st_ino == output->present.st_ino;
}

/* Whether the two directories are one; paths without a slash are in the current one. */
static bool is_same_directory(const char *a, size_t a_len, const char *b, size_t b_len)
{
    struct stat facts[2];
    char *paths[2] = {a_len ? strndup(a, a_len) : strdup("."),
                      b_len ? strndup(b, b_len) : strdup(".")};
    bool same = paths[0] && paths[1] && stat(paths[0], &facts[0]) == 0 &&
                stat(paths[1], &facts[1]) == 0 && facts[0].st_dev == facts[1].st_dev &&
                facts[0].st_ino == facts[1].st_ino;
    free(paths[0]);
    free(paths[1]);
    return same;
}

/* Whether the two are one name of one directory. */
static bool is_same_place(const char *a, const char *b)
{
    const char *slash = strrchr(a, '/'), *other = strrchr(b, '/');
    const char *name = slash ? slash + 1 : a, *other_name = other ? other + 1 : b;
    return strcmp(name, other_name) == 0 &&
           is_same_directory(a, (size_t)(name - a), b, (size_t)(other_name - b));
}

bool output_is_at(const struct output *output, const char *path)
{
    return output->path && (output_replaces(output, path) || is_same_place(output->path, path));
}

bool output_is_same(const struct output *a, const struct output *b)
{
    if (!a->path || !b->path)
        return false;
    if (a->is_there || b->is_there)
        return a->is_there && b->is_there && a->present.st_dev == b->present.st_dev &&
               a->present.st_ino == b->present.st_ino;
    return is_same_place(a->path, b->path);
}

static int flush(struct output *output, struct thresh_error *error)
{
    if (output->fd < 0 && open_temporary(output, error) < 0)
        return -1;
    if (io_write_all(output->fd, output->pending.data, output->pending.len) < 0) {
        output->closed_pipe = errno == EPIPE;
        bool is_full = errno == ENOSPC || errno == EDQUOT;
        return error_set(error, "%s: cannot be written: %m%s%s", output->name,
                         is_full          ? "; make room, or write elsewhere with "
                         : errno == EFBIG ? "; raise the limit of a file's size (ulimit -f)"
                                          : "",
                         is_full ? output->option : "");
    }
    buf_clear(&output->pending);
    return 0;
}

int output_write(struct output *output, const void *bytes, size_t len,
                 struct thresh_error *error)
{
    if (buf_append(&output->pending, bytes, len) < 0)
        return error_no_memory(error);
    double now = clock_ms();
    if (output->pending.len < BLOCK && now - output->flushed_ms < WAIT_MS)
        return 0;
    output->flushed_ms = now;
    return flush(output, error);
}

void output_break_off(struct output *output)
{
    struct thresh_error ignored; /* the run's own is told */
    if (!output->path && !output->closed_pipe)
        flush(output, &ignored);
}

int output_commit(struct output *output, struct thresh_error *error)
{
    if (flush(output, error) < 0)
        return -1;
    if (!output->path)
        return 0;
    int rc = output->temporary ? 0 : name_temporary(output);
    rc |= close(output->fd);
    output->fd = -1;
    if (rc < 0 || rename(output->temporary, output->path) < 0)
        return error_set(error, "%s: cannot be written: %m", output->name);
    signals_remove_unfinished(output->temporary);
    free(output->temporary);
    output->temporary = NULL;
    return 0;
}

void output_close(struct output *output)
{
    if (output->fd > STDOUT_FILENO)
        close(output->fd);
    if (output->temporary) {
        unlink(output->temporary);
        signals_remove_unfinished(output->temporary);
    }
    free(output->temporary);
    free(output->path);
    buf_free(&output->pending);
}

int output_print(const struct buf *text, struct thresh_error *error)
{
    if (text->failed)
        return error_no_memory(error);
    if (io_write_all(STDOUT_FILENO, text->data, text->len) < 0)
        return error_set(error, "standard output cannot be written: %m");
    return 0;
}

bool output_has_colour(int fd)
{
    const char *none = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(fd) && !(none && *none) && !(terminal && strcmp(terminal, "dumb") == 0);
}

unsigned output_columns(int fd)
{
    struct winsize size;
    return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
