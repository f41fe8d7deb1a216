/* SPDX-License-Identifier: MIT */
#include "base/cache_directory.h"

#include "base/array.h"
#include "base/io.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define PREFIX    "thresh-"
#define TEMPORARY ".new"

enum { DAY_S = 86400 };

int cache_directory_fail(const struct cache_directory *directory, const char *what,
                         struct thresh_error *error)
{
    return errno == ENOMEM
               ? error_no_memory(error)
               : error_set(error, "%s: %s: %m; name another directory with %s, or none",
                           directory->path, what, directory->option);
}

int cache_directory_open(struct cache_directory *directory, struct thresh_error *error)
{
    enum { HOW = O_RDONLY | O_DIRECTORY | O_CLOEXEC };
    directory->fd = open(directory->path, HOW);
    if (directory->fd < 0 && errno == ENOENT) {
        if (mkdir(directory->path, 0700) < 0 && errno != EEXIST)
            return cache_directory_fail(directory, "cannot be made", error);
        directory->fd = open(directory->path, HOW);
    }
    if (directory->fd < 0)
        return cache_directory_fail(directory, "cannot be opened", error);
    if (fstat(directory->fd, &directory->facts) < 0)
        return cache_directory_fail(directory, "cannot be looked into", error);
    if (directory->facts.st_mode & S_IWOTH)
        return error_set(error,
                         "%s: everybody may write to it, and so say %s; take a directory of "
                         "your own for %s",
                         directory->path, directory->decides, directory->option);
    return 0;
}

void cache_directory_close(struct cache_directory *directory)
{
    if (directory->fd >= 0)
        close(directory->fd);
    directory->fd = -1;
}

/* -- Its files ------------------------------------------------------------------------ */

static bool is_named(const char *name, const char *suffix)
{
    size_t len = strlen(name), end = strlen(suffix);
    return strncmp(name, PREFIX, sizeof PREFIX - 1) == 0 && len > end && len < CACHE_NAME &&
           strcmp(name + len - end, suffix) == 0;
}

/* Of a process that was killed, as long ago as none lasts. */
static bool is_left_over(const char *name, const struct stat *facts)
{
    return is_named(name, TEMPORARY) && time(NULL) - facts->st_mtim.tv_sec > DAY_S;
}

static int by_age(const void *a, const void *b)
{
    const struct cache_file *left = a, *right = b;
    if (left->time.tv_sec != right->time.tv_sec)
        return left->time.tv_sec < right->time.tv_sec ? 1 : -1;
    if (left->time.tv_nsec != right->time.tv_nsec)
        return left->time.tv_nsec < right->time.tv_nsec ? 1 : -1;
    return strcmp(left->name, right->name);
}

int cache_directory_list(const struct cache_directory *directory, struct cache_files *files)
{
    int again = openat(directory->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
    DIR *stream = again < 0 ? NULL : fdopendir(again);
    struct dirent *entry;
    struct stat facts;
    if (!stream) {
        if (again >= 0)
            close(again);
        return -1;
    }
    while (rc == 0 && (errno = 0, entry = readdir(stream))) {
        const char *name = entry->d_name;
        if (fstatat(directory->fd, name, &facts, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISREG(facts.st_mode))
            continue;
        if (is_left_over(name, &facts))
            unlinkat(directory->fd, name, 0);
        if (!is_named(name, directory->suffix))
            continue;
        struct cache_file *items =
            array_room(files->items, &files->cap, files->n + 1, sizeof *items);
        if (!items) {
            rc = -1;
            break;
        }
        files->items = items;
        struct cache_file *file = &items[files->n++];
        *file = (struct cache_file){.time = facts.st_mtim, .bytes = (uint64_t)facts.st_size};
        memcpy(file->name, name, strlen(name) + 1);
    }
    if (rc == 0 && errno)
        rc = -1;
    closedir(stream);
    if (files->n)
        qsort(files->items, files->n, sizeof *files->items, by_age);
    return rc;
}

int cache_directory_find(const struct cache_directory *directory, const char *name)
{
    return openat(directory->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

void cache_directory_use(int fd)
{
    futimens(fd, NULL);
}

/* Another process may be doing so, too. */
int cache_directory_throw_out(const struct cache_directory *directory,
                              struct thresh_error *error)
{
    struct cache_files files = {0};
    uint64_t bytes = 0;
    int rc = cache_directory_list(directory, &files);
    for (size_t i = 0; rc == 0 && i < files.n; i++) {
        bytes += files.items[i].bytes;
        if (bytes > directory->max_bytes || i >= CACHE_MOST_FILES)
            unlinkat(directory->fd, files.items[i].name, 0);
    }
    free(files.items);
    return rc < 0 ? cache_directory_fail(directory, "cannot be looked into", error) : 0;
}

/* -- Adding --------------------------------------------------------------------------- */

int cache_addition_begin(struct cache_addition *addition,
                         const struct cache_directory *directory, struct thresh_error *error)
{
    uint64_t number;
    if (getrandom(&number, sizeof number, 0) != sizeof number)
        return cache_directory_fail(directory, "no random number can be had", error);
    if (asprintf(&addition->temporary, PREFIX "%016llx" TEMPORARY, (unsigned long long)number) <
        0) {
        addition->temporary = NULL;
        return error_no_memory(error);
    }
    addition->fd = openat(directory->fd, addition->temporary,
                          O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (addition->fd >= 0)
        return 0;
    cache_directory_fail(directory, "cannot be written to", error);
    free(addition->temporary);
    addition->temporary = NULL;
    return -1;
}

int cache_addition_write(const struct cache_addition *addition,
                         const struct cache_directory *directory, const void *bytes, size_t len,
                         struct thresh_error *error)
{
    return io_write_all(addition->fd, bytes, len) < 0
               ? cache_directory_fail(directory, "cannot be written to", error)
               : 0;
}

void cache_directory_name(const struct cache_directory *directory, const char *stem,
                          char name[CACHE_NAME])
{
    snprintf(name, CACHE_NAME, PREFIX "%.64s%.16s", stem, directory->suffix);
}

int cache_addition_publish(struct cache_addition *addition,
                           const struct cache_directory *directory, const char *stem,
                           struct thresh_error *error)
{
    char name[CACHE_NAME], own[CACHE_NAME];
    if (!stem) {
        size_t len = strlen(addition->temporary) - (sizeof PREFIX - 1) - (sizeof TEMPORARY - 1);
        snprintf(own, sizeof own, "%.*s", (int)len, addition->temporary + sizeof PREFIX - 1);
    }
    cache_directory_name(directory, stem ? stem : own, name);
    int rc = renameat(directory->fd, addition->temporary, directory->fd, name);
    /* It may have been thrown out: another process takes what is old for left over. */
    if (rc < 0 && errno != ENOENT)
        return cache_directory_fail(directory, "cannot be written to", error);
    close(addition->fd);
    free(addition->temporary);
    addition->temporary = NULL;
    return 0;
}

void cache_addition_drop(struct cache_addition *addition,
                         const struct cache_directory *directory)
{
    if (!addition->temporary)
        return;
    unlinkat(directory->fd, addition->temporary, 0);
    close(addition->fd);
    free(addition->temporary);
    addition->temporary = NULL;
}
