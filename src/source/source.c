/* SPDX-License-Identifier: MIT */
#include "source/source.h"
#include "base/io.h"
#include "source/index/indexer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* An input and how much of it, from the end, is shown: its last component, or as many more as
 * tell it from the others. */
struct label {
    const char *input;
    const char *text; /* within input */
    size_t len;
};

static void label_begin(struct label *label, const char *input)
{
    size_t end = strlen(input);
    while (end > 1 && input[end - 1] == '/')
        end--;
    size_t start = end;
    while (start && input[start - 1] != '/')
        start--;
    label->input = input;
    label->text = input + start;
    label->len = end - start;
}

static bool label_extend(struct label *label)
{
    const char *start = label->text;
    while (start > label->input && start[-1] == '/')
        start--;
    if (start == label->input)
        return false; /* nothing before, or only the root's slash */
    while (start > label->input && start[-1] != '/')
        start--;
    label->len += (size_t)(label->text - start);
    label->text = start;
    return true;
}

static int compare_labels(const void *a, const void *b)
{
    const struct label *x = *(struct label *const *)a, *y = *(struct label *const *)b;
    size_t len = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->text, y->text, len);
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* Two of one name are both extended until they differ or nothing is left to show. */
static void make_distinct(struct label **sorted, size_t n)
{
    bool changed = true;
    while (changed) {
        changed = false;
        qsort(sorted, n, sizeof *sorted, compare_labels);
        for (size_t i = 0; i < n;) {
            size_t end = i + 1;
            while (end < n && compare_labels(&sorted[i], &sorted[end]) == 0)
                end++;
            for (size_t k = i; end - i > 1 && k < end; k++)
                changed |= label_extend(sorted[k]);
            i = end;
        }
    }
}

static int cannot_open(const char *input, struct thresh_error *error)
{
    const char *remedy = errno == ENOENT   ? "; check the name"
                         : errno == EACCES ? "; see to its permissions"
                                           : "";
    return error_set(error, "cannot open %s: %m%s", input, remedy);
}

/* What can be read only once goes to the spool before anything else. */
static int look_at_stream(struct indexer *indexer, int fd, struct named_bytes *place)
{
    struct spool *spool = &indexer->source->spool;
    uint64_t start = spool->len;
    ptrdiff_t got;
    char *block = malloc(WINDOW_BYTES);
    if (!block)
        return error_no_memory(indexer->error);
    struct feed_limits limits = {.left = &indexer->left};
    struct entry_fault fault;
    int rc = 0;
    while (!rc && (got = io_read_all(fd, block, WINDOW_BYTES)) > 0) {
        rc = feed_limits_count(&limits, 0, 0, (size_t)got, &fault);
        if (!rc)
            rc = spool_append(spool, block, (size_t)got, indexer->error);
    }
    int number = errno;
    free(block);
    if (rc < 0)
        return -1;
    if (rc) {
        spool_cut(spool, start);
        return indexer_add_unreadable(indexer, place->container, &place->name, &fault);
    }
    if (got < 0) {
        errno = number;
        return error_set(indexer->error, "cannot read %s: %m", place->name.raw);
    }
    /* Nothing came: there may be no spool yet, and nothing will be read from it. */
    if (indexer_spool_place(indexer, start, place, place) < 0)
        return -1;
    indexer->source->bytes_in += place->size;
    return indexer_at(indexer, place);
}

static int add_container(struct indexer *indexer, const struct listing_container *container,
                         const char *prefix, size_t len, uint32_t *index)
{
    return listing_add_container(&indexer->source->listing, container, prefix, len, index) < 0
               ? error_no_memory(indexer->error)
               : 0;
}

/* Standard input that is a file: read where it lies, from where it stands. */
static int look_at_stdin(struct indexer *indexer, struct named_bytes *place)
{
    struct stat facts;
    off_t at = lseek(STDIN_FILENO, 0, SEEK_CUR);
    if (fstat(STDIN_FILENO, &facts) < 0)
        return cannot_open("standard input", indexer->error);
    if (!S_ISREG(facts.st_mode) || at < 0)
        return look_at_stream(indexer, STDIN_FILENO, place);
    struct listing_file file = {.fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)};
    if (file.fd < 0)
        return cannot_open("standard input", indexer->error);
    if (listing_add_file(&indexer->source->listing, &file, "standard input", &place->file) <
        0) {
        close(file.fd);
        return error_no_memory(indexer->error);
    }
    struct listing_container container = {.file = place->file};
    if (add_container(indexer, &container, "", 0, &place->container) < 0)
        return -1;
    place->fd = file.fd;
    place->offset = (uint64_t)at;
    place->size = facts.st_size > at ? (uint64_t)(facts.st_size - at) : 0;
    indexer->source->bytes_in += place->size;
    return indexer_at(indexer, place);
}

static int look_at_tree(struct indexer *indexer, const char *input,
                        const struct entry_name *name)
{
    struct listing_file file = {.fd = -1, .is_directory = true};
    struct listing_container container = {0};
    struct buf prefix = {0};
    uint32_t index;
    size_t before = indexer->source->listing.count;
    if (listing_add_file(&indexer->source->listing, &file, input, &container.file) < 0)
        return error_no_memory(indexer->error);
    if (name->shown_len && !(name->shown_len == 1 && name->shown[0] == '.')) {
        buf_append(&prefix, name->shown, name->shown_len);
        buf_append_char(&prefix, '/');
    }
    container.input_len = (uint32_t)prefix.len;
    int rc = prefix.failed
                 ? error_no_memory(indexer->error)
                 : add_container(indexer, &container, prefix.data, prefix.len, &index);
    buf_free(&prefix);
    if (!rc)
        rc = indexer_at_directory(indexer, input, index);
    if (rc || indexer->source->listing.count > before)
        return rc;
    return indexer_add_skipped(indexer, index, &(struct entry_name){.shown = ""}, 0,
                               ENTRY_CODE_EMPTY);
}

static int look_at_input(struct indexer *indexer, const struct label *label)
{
    struct buf shown = {0};
    struct stat facts;
    struct named_bytes place = {
        .file = LISTING_NO_FILE, .fd = -1, .is_input = true, .serial = ++indexer->serial};
    int rc = indexer_name(indexer, label->text, label->len, &shown, &place.name);
    place.name.raw = label->input;
    place.name.raw_len = strlen(label->input);
    if (!rc && strcmp(label->input, "-") == 0) {
        rc = look_at_stdin(indexer, &place);
        buf_free(&shown);
        return rc;
    }
    int fd = rc ? -1 : open(label->input, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (!rc && (fd < 0 || fstat(fd, &facts) < 0)) {
        rc = cannot_open(label->input, indexer->error);
    } else if (!rc && S_ISDIR(facts.st_mode)) {
        rc = look_at_tree(indexer, label->input, &place.name);
    } else if (!rc && !S_ISREG(facts.st_mode)) {
        rc = look_at_stream(indexer, fd, &place);
    } else if (!rc) {
        place.fd = fd;
        place.size = (uint64_t)facts.st_size;
        place.open_path = label->input;
        indexer->source->bytes_in += place.size;
        rc = indexer_at(indexer, &place);
    }
    if (fd >= 0)
        close(fd);
    buf_free(&shown);
    return rc;
}

static int look_at_inputs(struct indexer *indexer, const char *const *inputs, size_t n)
{
    struct listing_container root = {.file = LISTING_NO_FILE};
    struct stat facts;
    uint32_t index;
    int rc = add_container(indexer, &root, "", 0, &index);
    /* A name that does not exist is told before hours of work on the others. */
    for (size_t i = 0; i < n && !rc; i++)
        if (strcmp(inputs[i], "-") && stat(inputs[i], &facts) < 0)
            rc = cannot_open(inputs[i], indexer->error);
    struct label *labels = calloc(n + 1, sizeof *labels);
    struct label **sorted = calloc(n + 1, sizeof *sorted);
    if (!rc && (!labels || !sorted))
        rc = error_no_memory(indexer->error);
    for (size_t i = 0; i < n && !rc; i++) {
        label_begin(&labels[i], inputs[i]);
        sorted[i] = &labels[i];
    }
    if (!rc)
        make_distinct(sorted, n);
    for (size_t i = 0; i < n && !rc && !indexer->is_full; i++)
        rc = look_at_input(indexer, &labels[i]);
    free(labels);
    free(sorted);
    return rc;
}

int source_open(struct source **opened, const char *const *inputs, size_t n_inputs,
                const struct source_options *options, struct thresh_error *error)
{
    struct indexer indexer;
    struct source *source = calloc(1, sizeof *source);
    *opened = NULL;
    if (!source)
        return error_no_memory(error);
    source->options = *options;
    source->spool.fd = -1;
    source->spool.dir = options->temp_dir ? options->temp_dir : "/tmp";
    int rc = indexer_open(&indexer, source, error);
    /* A prefix may be empty, but it always points somewhere. */
    if (!rc && buf_append_char(&source->listing.arena, '\0') < 0)
        rc = error_no_memory(error);
    if (!rc)
        rc = look_at_inputs(&indexer, inputs, n_inputs);
    indexer_close(&indexer);
    if (!rc)
        rc = spool_flush(&source->spool, error);
    buf_free(&source->spool.pending);
    if (!rc && listing_mark_duplicates(&source->listing) < 0)
        rc = error_no_memory(error);
    if (rc) {
        source_close(source);
        return -1;
    }
    *opened = source;
    return 0;
}

void source_close(struct source *source)
{
    if (!source)
        return;
    spool_close(&source->spool);
    listing_free(&source->listing);
    free(source);
}

uint64_t source_count(const struct source *source)
{
    return source->listing.count;
}

uint64_t source_bytes_in(const struct source *source)
{
    return source->bytes_in;
}

enum entry_kind source_kind(const struct source *source, uint64_t index)
{
    return source->listing.records[index].kind;
}

uint64_t source_size_bytes(const struct source *source, uint64_t index)
{
    return source->listing.records[index].size;
}

int source_entry(const struct source *source, uint64_t index, struct buf *scratch,
                 struct entry *entry)
{
    const struct listing *listing = &source->listing;
    const struct listing_record *record = &listing->records[index];
    const struct listing_container *container = &listing->containers[record->container];
    buf_clear(scratch);
    buf_append(scratch, listing_text(listing, container->prefix), container->prefix_len);
    buf_append(scratch, listing_text(listing, record->name), record->name_len);
    memset(entry, 0, sizeof *entry);
    entry->path = buf_string(scratch);
    entry->path_len = scratch->len;
    entry->kind = record->kind;
    entry->size_bytes = record->size;
    entry->code = record->code;
    if (entry->kind == ENTRY_UNREADABLE)
        entry->message = listing_text(listing, record->offset);
    const char **notice = entry->notices;
    if (record->marks & ENTRY_MARK_DOUBTED)
        *notice++ = "damaged-archive";
    if (record->marks & ENTRY_MARK_UNSAFE)
        *notice++ = "unsafe-name";
    if (record->marks & ENTRY_MARK_DUPLICATE)
        *notice++ = "duplicate-name";
    return entry->path ? 0 : -1;
}
