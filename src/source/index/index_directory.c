/* SPDX-License-Identifier: MIT
 *
 * The files in a directory and all below it, in the order of the bytes of their paths. Symbolic
 * links are not followed, and devices not opened. A file named .xml is listed as a document
 * unseen.
 */
#include "source/index/index.h"
#include "source/index/index_add.h"
#include "source/index/name_promise.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct child {
    size_t name; /* in `names`, NUL-terminated; a directory's ends with a slash */
};

struct directory_walk {
    struct indexer *indexer;
    uint32_t container;
    struct buf path;  /* of what is visited, to open it by */
    size_t root_len;  /* how much of it is the input's own path, with a slash */
    struct buf shown; /* scratch for names */
};

static int compare_names(const void *a, const void *b, void *names)
{
    return strcmp((const char *)names + ((const struct child *)a)->name,
                  (const char *)names + ((const struct child *)b)->name);
}

static enum entry_code fault_code(int number)
{
    return number == EACCES || number == EPERM                        ? ENTRY_CODE_PERMISSION
           : number == ENAMETOOLONG                                   ? ENTRY_CODE_PATH_TOO_LONG
           : number == ENOENT || number == ELOOP || number == ENOTDIR ? ENTRY_CODE_CHANGED
                                                                      : ENTRY_CODE_NONE;
}

/* An item for the walk's path, named by it without the input's part. */
static int begin_item(struct directory_walk *walk, struct index_item *item)
{
    *item = (struct index_item){.container = walk->container, .file = LISTING_NO_FILE};
    if (!buf_string(&walk->path))
        return error_no_memory(walk->indexer->error);
    return indexer_name(walk->indexer, walk->path.data + walk->root_len,
                        walk->path.len - walk->root_len, &walk->shown, &item->name);
}

/* By errno: adds an entry for what cannot be opened, unless that is an error of the run. */
static int add_unreadable(struct directory_walk *walk)
{
    struct entry_fault fault;
    struct index_item item;
    int number = errno;
    enum entry_code code = fault_code(number);
    if (begin_item(walk, &item) < 0)
        return -1;
    errno = number;
    if (code == ENTRY_CODE_NONE)
        return error_set(walk->indexer->error, "cannot read %s: %m", walk->path.data);
    entry_fault_set(&fault, code,
                    "cannot be opened: %m; see to its permissions or leave it out");
    return index_add_unreadable(walk->indexer, &item, &fault);
}

static int visit_by_content(struct directory_walk *walk, struct index_item *item)
{
    struct indexer *indexer = walk->indexer;
    int fd = open(walk->path.data, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return add_unreadable(walk);
    item->bytes =
        (struct slice){.origin.fd = fd, .file = ++indexer->last_file, .len = item->size};
    item->open_path = walk->path.data;
    int rc = index_item(indexer, item);
    close(fd);
    return rc;
}

/* What is excluded is not read, so the run may write to it. */
static int check_output(struct directory_walk *walk, const struct index_item *item,
                        const struct stat *facts)
{
    bool excluded;
    if (!indexer_has_outputs(walk->indexer))
        return 0;
    if (indexer_is_excluded(walk->indexer, item, true, &excluded) < 0)
        return -1;
    return excluded ? 0 : indexer_check_output(walk->indexer, facts, walk->path.data);
}

/* The same of a directory, by its name with a slash: where all that is in it is excluded, so is
 * that. */
static int check_directory(struct directory_walk *walk, int fd)
{
    struct index_item item;
    struct stat facts;
    if (fstat(fd, &facts) < 0)
        return error_set(walk->indexer->error, "cannot read %s: %m", walk->path.data);
    return begin_item(walk, &item) < 0 ? -1 : check_output(walk, &item, &facts);
}

static int visit_file(struct directory_walk *walk)
{
    struct indexer *indexer = walk->indexer;
    struct stat facts;
    struct index_item item;
    bool excluded;
    if (begin_item(walk, &item) < 0)
        return -1;
    if (lstat(walk->path.data, &facts) < 0)
        return add_unreadable(walk);
    if (S_ISLNK(facts.st_mode))
        return index_add_skipped(indexer, &item, ENTRY_CODE_SYMLINK);
    if (!S_ISREG(facts.st_mode))
        return index_add_skipped(indexer, &item, ENTRY_CODE_DEVICE);
    if (check_output(walk, &item, &facts) < 0)
        return -1;
    item.size = (uint64_t)facts.st_size;
    indexer->source->bytes_in += item.size;
    if (!name_promises_document(&item.name))
        return visit_by_content(walk, &item);
    if (indexer_is_excluded(indexer, &item, false, &excluded) < 0)
        return -1;
    if (excluded)
        return index_add_skipped(indexer, &item, ENTRY_CODE_EXCLUDED);
    struct listing_record record = {.container = walk->container,
                                    .kind = ENTRY_DOCUMENT,
                                    .stored = item.size,
                                    .size = item.size,
                                    .storage = STORAGE_FILE,
                                    .is_unseen = true};
    return index_add(indexer, &record, &item.name);
}

static bool is_directory(DIR *directory, const struct dirent *entry)
{
    struct stat facts;
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    return fstatat(dirfd(directory), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISDIR(facts.st_mode);
}

/* Reads all names, so that the descriptor need not stay open on the way down. */
static int read_names(const struct indexer *indexer, DIR *directory, struct buf *names,
                      struct buf *children)
{
    const struct dirent *entry;
    while (errno = 0, indexer_go_on(indexer) == 0 && (entry = readdir(directory))) {
        struct child child = {names->len};
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        buf_append_string(names, entry->d_name);
        if (is_directory(directory, entry))
            buf_append_char(names, '/');
        buf_append_char(names, '\0');
        buf_append(children, &child, sizeof child);
    }
    if (names->failed || children->failed)
        errno = ENOMEM;
    return errno ? -1 : 0;
}

static int visit_directory(struct directory_walk *walk);

static int visit_children(struct directory_walk *walk, const struct buf *names,
                          struct buf *children)
{
    size_t n = children->len / sizeof(struct child), len = walk->path.len;
    struct child *child = (struct child *)(void *)children->data;
    int rc = 0;
    if (n)
        qsort_r(child, n, sizeof *child, compare_names, names->data);
    for (size_t i = 0; i < n && !rc && !walk->indexer->is_full; i++) {
        buf_append_string(&walk->path, names->data + child[i].name);
        if (!buf_string(&walk->path))
            return error_no_memory(walk->indexer->error);
        rc = walk->path.data[walk->path.len - 1] == '/' ? visit_directory(walk)
                                                        : visit_file(walk);
        walk->path.len = len;
    }
    return rc;
}

static int visit_directory(struct directory_walk *walk)
{
    struct buf names = {0}, children = {0};
    bool is_root = walk->path.len == walk->root_len;
    /* The input itself may be a symbolic link, what is in it may not. */
    int fd =
        open(walk->path.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (is_root ? 0 : O_NOFOLLOW));
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    if (!directory) {
        int number = errno;
        if (fd >= 0)
            close(fd);
        errno = number;
        return add_unreadable(walk);
    }
    bool is_refused = check_directory(walk, fd) < 0;
    int rc = is_refused ? -1 : read_names(walk->indexer, directory, &names, &children);
    int number = errno;
    closedir(directory);
    errno = number;
    if (!is_refused)
        rc = rc < 0 ? add_unreadable(walk) : visit_children(walk, &names, &children);
    buf_free(&names);
    buf_free(&children);
    return rc;
}

int index_directory(struct indexer *indexer, const char *path, uint32_t container)
{
    struct directory_walk walk = {.indexer = indexer, .container = container};
    buf_append_string(&walk.path, path);
    if (walk.path.len && walk.path.data[walk.path.len - 1] != '/')
        buf_append_char(&walk.path, '/');
    walk.root_len = walk.path.len;
    int rc = buf_string(&walk.path) ? visit_directory(&walk) : error_no_memory(indexer->error);
    buf_free(&walk.path);
    buf_free(&walk.shown);
    return rc;
}
