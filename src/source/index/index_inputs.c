/* SPDX-License-Identifier: MIT
 *
 * What the user named: files and directories, and what is open already or in memory.
 */
#include "source/feed.h"
#include "source/index/index.h"
#include "source/index/index_add.h"
#include "source/index/index_unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 50 }; /* between two looks at whether the run is cancelled */

/* -- One input ------------------------------------------------------------------------ */

static int cannot_open(const char *input, struct thresh_error *error)
{
    const char *remedy = errno == ENOENT   ? "; check the name"
                         : errno == EACCES ? "; see to its permissions"
                                           : "";
    return error_set(error, "cannot open %s: %m%s", input, remedy);
}

/* A terminal is not among them: somebody may type a document there. */
static bool is_device(int fd, const struct stat *facts)
{
    return S_ISBLK(facts->st_mode) || (S_ISCHR(facts->st_mode) && !isatty(fd));
}

static int add_device(struct indexer *indexer, const struct index_item *item)
{
    struct entry_fault fault;
    entry_fault_set(&fault, ENTRY_CODE_DEVICE,
                    "it is a device; name a file, a directory or a pipe");
    return index_add_unreadable(indexer, item, &fault);
}

/* By errno: adds an entry for an input that is not there or may not be read, or is a socket.
 * Anything else, as no free descriptor, is an error of the run. */
static int add_unopened(struct indexer *indexer, const struct index_item *item)
{
    struct entry_fault fault;
    enum entry_code code = errno == ENOENT || errno == ENOTDIR || errno == ELOOP
                               ? ENTRY_CODE_MISSING
                           : errno == EACCES || errno == EPERM ? ENTRY_CODE_PERMISSION
                           : errno == ENXIO || errno == ENODEV ? ENTRY_CODE_DEVICE
                           : errno == ENAMETOOLONG             ? ENTRY_CODE_PATH_TOO_LONG
                                                               : ENTRY_CODE_NONE;
    if (code == ENTRY_CODE_NONE)
        return cannot_open(item->name.raw, indexer->error);
    if (code == ENTRY_CODE_DEVICE)
        return add_device(indexer, item);
    entry_fault_set(&fault, code, "cannot be opened: %m; check its name and permissions");
    return index_add_unreadable(indexer, item, &fault);
}

/* As io_read_all; whoever gives the bytes may be slow to, so that the run may be cancelled
 * meanwhile, which reads as their end. */
static ptrdiff_t read_stream(const struct indexer *indexer, int fd, char *block)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    size_t have = 0;
    ssize_t got = 1;
    while (have < WINDOW_BYTES && got && indexer_go_on(indexer) == 0) {
        int n = poll(&ready, 1, PATIENCE_MS);
        if (n == 0 || (n < 0 && errno == EINTR))
            continue;
        got = read(fd, block + have, WINDOW_BYTES - have);
        if (got < 0 && errno != EINTR)
            return -1;
        have += got > 0 ? (size_t)got : 0;
    }
    return (ptrdiff_t)have;
}

/* Appends all that the stream gives to the spool: 0, 1 with *fault, -1. */
static int spool_stream(struct indexer *indexer, int fd, const char *name,
                        struct entry_fault *fault)
{
    struct feed_limits limits = {.left = &indexer->left};
    char *block = malloc(WINDOW_BYTES);
    ptrdiff_t got = 0;
    int rc = block ? 0 : error_no_memory(indexer->error);
    while (!rc && (got = read_stream(indexer, fd, block)) > 0) {
        rc = feed_limits_count(&limits, 0, 0, (size_t)got, fault);
        if (!rc)
            rc = spool_append(&indexer->source->spool, block, (size_t)got, indexer->error);
    }
    if (got < 0)
        rc = error_set(indexer->error, "cannot read %s: %m", name);
    free(block);
    return rc;
}

/* What can be read only once goes to the spool before anything else. */
static int index_stream(struct indexer *indexer, int fd, struct index_item *item)
{
    struct spool *spool = &indexer->source->spool;
    uint64_t start = spool->len;
    struct entry_fault fault;
    int rc = spool_stream(indexer, fd, item->name.raw, &fault);
    if (rc < 0)
        return -1;
    if (rc) {
        spool_cut(spool, start);
        return index_add_unreadable(indexer, item, &fault);
    }
    /* If nothing came there may be no spool, but nothing will be read from it either. */
    if (index_unpack_finish(indexer, start, item) < 0)
        return -1;
    indexer->source->bytes_in += item->size;
    return index_item(indexer, item);
}

/* What stays open, or in memory, for the readers: its bytes from `at` on, `len` of them. */
static int index_open(struct indexer *indexer, struct index_item *item,
                      const struct origin *origin, uint64_t at, uint64_t len)
{
    struct listing_file file = {.origin = *origin};
    struct listing_container container = {0};
    if (listing_add_file(&indexer->source->listing, &file, item->name.raw, &item->file) < 0) {
        if (origin->fd >= 0)
            close(origin->fd);
        return error_no_memory(indexer->error);
    }
    container.file = item->file;
    if (index_add_container(indexer, &container, "", 0, &item->container) < 0)
        return -1;
    item->bytes.origin = *origin;
    item->bytes.at = at;
    item->bytes.len = item->size = len;
    indexer->source->bytes_in += len;
    return index_item(indexer, item);
}

static int index_memory(struct indexer *indexer, const struct source_input *input,
                        struct index_item *item)
{
    struct origin memory = {
        .fd = -1, .memory = input->len ? input->bytes : "", .memory_bytes = input->len};
    return index_open(indexer, item, &memory, 0, input->len);
}

/* A file is read where it lies, from where it stands; anything else as a stream. */
static int index_fd(struct indexer *indexer, int fd, struct index_item *item)
{
    struct stat facts;
    if (fstat(fd, &facts) < 0)
        return cannot_open(item->name.raw, indexer->error);
    if (is_device(fd, &facts))
        return add_device(indexer, item);
    off_t at = lseek(fd, 0, SEEK_CUR);
    if (!S_ISREG(facts.st_mode) || at < 0)
        return index_stream(indexer, fd, item);
    if (indexer_check_output(indexer, &facts, item->name.raw) < 0)
        return -1;
    struct origin file = {.fd = fcntl(fd, F_DUPFD_CLOEXEC, 3)};
    if (file.fd < 0)
        return cannot_open(item->name.raw, indexer->error);
    return index_open(indexer, item, &file, (uint64_t)at,
                      facts.st_size > at ? (uint64_t)(facts.st_size - at) : 0);
}

static int index_tree(struct indexer *indexer, const char *input, const struct entry_name *name)
{
    struct listing *listing = &indexer->source->listing;
    struct listing_file file = {.origin.fd = -1, .is_directory = true};
    struct listing_container container = {0};
    struct index_item tree = {.name = {.shown = ""}};
    struct buf prefix = {0};
    size_t before = listing->count;
    if (listing_add_file(listing, &file, input, &container.file) < 0)
        return error_no_memory(indexer->error);
    buf_append(&prefix, name->shown, name->shown_len);
    if (name->shown_len && name->shown[name->shown_len - 1] != '/')
        buf_append_char(&prefix, '/');
    container.input_len = (uint32_t)prefix.len;
    int rc = prefix.failed ? error_no_memory(indexer->error)
                           : index_add_container(indexer, &container, prefix.data, prefix.len,
                                                 &tree.container);
    buf_free(&prefix);
    if (!rc)
        rc = index_directory(indexer, input, tree.container);
    if (rc || listing->count > before)
        return rc;
    return index_add_empty(indexer, &tree);
}

static int index_path(struct indexer *indexer, const char *input, struct index_item *item)
{
    const struct arrival *arrival = indexer->source->options.arrival;
    struct stat facts;
    int rc, fd = open(input, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 || fstat(fd, &facts) < 0) {
        rc = add_unopened(indexer, item);
    } else if (S_ISDIR(facts.st_mode)) {
        rc = index_tree(indexer, input, &item->name);
    } else if (is_device(fd, &facts)) {
        rc = add_device(indexer, item);
    } else if (!S_ISREG(facts.st_mode)) {
        rc = index_stream(indexer, fd, item);
    } else if ((rc = indexer_check_output(indexer, &facts, input)) == 0) {
        item->bytes.origin = (struct origin){.fd = fd, .arrival = arrival};
        item->bytes.len = item->size = (uint64_t)facts.st_size;
        item->open_path = input;
        indexer->source->bytes_in += item->size;
        rc = index_item(indexer, item);
    }
    if (fd >= 0)
        close(fd);
    return rc;
}

static int index_input(struct indexer *indexer, const struct source_input *input)
{
    struct buf shown = {0};
    struct index_item item = {.file = LISTING_NO_FILE,
                              .bytes = {.origin.fd = -1, .file = ++indexer->last_file},
                              .is_input = true};
    const char *name = input->name ? input->name : input->path;
    int rc = indexer_name(indexer, name, strlen(name), &shown, &item.name);
    item.name.raw = input->kind == SOURCE_PATH                              ? input->path
                    : input->kind == SOURCE_FD && input->fd == STDIN_FILENO ? "standard input"
                                                                            : name;
    item.name.raw_len = strlen(item.name.raw);
    if (!rc)
        rc = input->kind == SOURCE_PATH ? index_path(indexer, input->path, &item)
             : input->kind == SOURCE_FD ? index_fd(indexer, input->fd, &item)
                                        : index_memory(indexer, input, &item);
    buf_free(&shown);
    return rc;
}

/* -- All inputs ----------------------------------------------------------------------- */

/* Where none can be opened, somebody has mistyped a name or is in another directory: a run over
 * nothing would say less. */
static int check_inputs(const struct source_input *inputs, size_t n, struct thresh_error *error)
{
    for (size_t i = 0; i < n; i++)
        if (inputs[i].kind != SOURCE_PATH ||
            faccessat(AT_FDCWD, inputs[i].path, R_OK, AT_EACCESS) == 0)
            return 0;
    if (!n || faccessat(AT_FDCWD, inputs[0].path, R_OK, AT_EACCESS) == 0)
        return 0;
    return cannot_open(inputs[0].path, error);
}

int index_inputs(struct indexer *indexer, const struct source_input *inputs, size_t n)
{
    struct listing_container root = {.file = LISTING_NO_FILE};
    uint32_t index;
    int rc = index_add_container(indexer, &root, "", 0, &index);
    if (!rc)
        rc = check_inputs(inputs, n, indexer->error);
    for (size_t i = 0; i < n && !rc && !indexer->is_full; i++)
        rc = index_input(indexer, &inputs[i]);
    return rc;
}
