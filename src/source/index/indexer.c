/* SPDX-License-Identifier: MIT */
#include "source/index/indexer.h"
#include "base/io.h"
#include "base/utf8.h"
#include "source/zip/zip.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A list of entries may always be this long, so that few entries may have long names. */
#define LIST_BYTES (UINT64_C(16) << 20)

int indexer_open(struct indexer *indexer, struct source *source, struct thresh_error *error)
{
    memset(indexer, 0, sizeof *indexer);
    indexer->source = source;
    indexer->error = error;
    indexer->left =
        source->options.max_total_bytes ? source->options.max_total_bytes : UINT64_MAX;
    if (window_open(&indexer->directory) < 0 || window_open(&indexer->members) < 0 ||
        inflateInit2(&indexer->inflate, -15) != Z_OK)
        return error_no_memory(error);
    indexer->has_inflate = true;
    return 0;
}

void indexer_close(struct indexer *indexer)
{
    window_close(&indexer->directory);
    window_close(&indexer->members);
    if (indexer->has_inflate)
        inflateEnd(&indexer->inflate);
}

const char *indexer_what(const struct indexer *indexer, const struct named_bytes *place)
{
    if (place->open_path)
        return place->open_path;
    if (place->file == LISTING_SPOOL || place->file == LISTING_NO_FILE)
        return "the temporary file";
    return listing_text(&indexer->source->listing,
                        indexer->source->listing.files[place->file].path);
}

int indexer_failed(struct indexer *indexer, const struct named_bytes *place)
{
    if (errno == ENOMEM)
        return error_no_memory(indexer->error);
    return error_set(indexer->error, "cannot read %s: %m", indexer_what(indexer, place));
}

/* A name takes memory for as long as the run lasts, and what is around an archive is told with
 * each of its entries: a few megabytes can hold names for a hundred gigabytes. */
static bool is_list_too_long(const struct indexer *indexer, const struct entry_name *name)
{
    const struct listing *listing = &indexer->source->listing;
    uint64_t max = indexer->source->options.max_entries;
    uint64_t most = max < UINT64_MAX / ENTRY_BYTES ? max * ENTRY_BYTES : UINT64_MAX;
    uint64_t bytes = listing->count * sizeof *listing->records +
                     listing->n_containers * sizeof *listing->containers + listing->arena.len +
                     indexer->prefixes + name->shown_len + name->raw_len;
    return max && bytes > LIST_BYTES && bytes > most;
}

/* The entry that says that there are too many, in place of the first that is. */
static int look_add_limit(struct indexer *indexer, uint32_t container,
                          const struct entry_name *name)
{
    struct listing *listing = &indexer->source->listing;
    const struct source_options *options = &indexer->source->options;
    unsigned long long max = options->max_entries;
    char message[256], more[64] = "", what[96];
    struct listing_record record = {.container = container,
                                    .kind = ENTRY_UNREADABLE,
                                    .code = ENTRY_CODE_LIMIT_ENTRIES,
                                    .offset = listing->arena.len};
    if (listing->count >= max)
        snprintf(what, sizeof what, "more than %llu entries", max);
    else
        snprintf(what, sizeof what,
                 "with their paths, more than %u bytes for each of %llu entries", ENTRY_BYTES,
                 max);
    if (indexer->more)
        snprintf(more, sizeof more, ", nor were %llu more in its archive",
                 (unsigned long long)indexer->more);
    snprintf(message, sizeof message,
             "%s: this one and what follows was not looked at%s; raise %s", what, more,
             options->entries_remedy);
    indexer->is_full = true;
    if (buf_append(&listing->arena, message, strlen(message) + 1) < 0 ||
        listing_add(listing, &record, name) < 0)
        return error_no_memory(indexer->error);
    return 0;
}

int indexer_add(struct indexer *indexer, const struct listing_record *record,
                const struct entry_name *name)
{
    struct listing *listing = &indexer->source->listing;
    uint64_t max = indexer->source->options.max_entries;
    if (indexer->is_full)
        return 0;
    if ((max && listing->count >= max) || is_list_too_long(indexer, name))
        return look_add_limit(indexer, record->container, name);
    struct listing_record added = *record;
    indexer->prefixes += listing->containers[added.container].prefix_len;
    if (listing->containers[added.container].is_archive &&
        entry_name_is_unsafe(name->raw ? name->raw : name->shown,
                             name->raw ? name->raw_len : name->shown_len))
        added.marks |= ENTRY_MARK_UNSAFE;
    return listing_add(listing, &added, name) < 0 ? error_no_memory(indexer->error) : 0;
}

int indexer_add_skipped(struct indexer *indexer, uint32_t container,
                        const struct entry_name *name, uint64_t size, enum entry_code code)
{
    struct listing_record record = {
        .container = container, .kind = ENTRY_SKIPPED, .size = size, .code = code};
    return indexer_add(indexer, &record, name);
}

int indexer_add_unreadable(struct indexer *indexer, uint32_t container,
                           const struct entry_name *name, const struct entry_fault *fault)
{
    struct buf *arena = &indexer->source->listing.arena;
    struct listing_record record = {.container = container,
                                    .kind = ENTRY_UNREADABLE,
                                    .code = fault->code,
                                    .offset = arena->len};
    if (buf_append(arena, fault->message, strlen(fault->message) + 1) < 0)
        return error_no_memory(indexer->error);
    return indexer_add(indexer, &record, name);
}

int indexer_add_document(struct indexer *indexer, const struct named_bytes *place,
                         enum codec codec, uint64_t size)
{
    enum storage storage = place->open_path               ? STORAGE_FILE
                       : place->file == LISTING_SPOOL ? STORAGE_SPOOL
                                                      : STORAGE_SLICE;
    struct listing_record record = {.container = place->container,
                                    .kind = ENTRY_DOCUMENT,
                                    .offset = place->offset,
                                    .stored = place->size,
                                    .size = size,
                                    .storage = storage,
.codec = codec};
    return indexer_add(indexer, &record, &place->name);
}

static bool matches(const char *const *globs, size_t n, const char *const *texts)
{
    for (size_t i = 0; i < n; i++)
        for (int t = 0; t < 3; t++)
            if (fnmatch(globs[i], texts[t], 0) == 0)
                return true;
    return false;
}

int indexer_is_excluded(struct indexer *indexer, uint32_t container,
                        const struct entry_name *name, bool is_archive, bool *excluded)
{
    const struct listing *listing = &indexer->source->listing;
    const struct source_options *options = &indexer->source->options;
    *excluded = false;
    if (!options->n_exclude && (is_archive || !options->n_include))
        return 0;
    const struct listing_container *in = &listing->containers[container];
    struct buf path = {0};
    buf_append(&path, listing_text(listing, in->prefix), in->prefix_len);
    buf_append(&path, name->shown, name->shown_len);
    const char *full = buf_string(&path);
    if (!full) {
        buf_free(&path);
        return error_no_memory(indexer->error);
    }
    const char *slash = strrchr(full + in->input_len, '/');
    const char *const texts[3] = {full, full + in->input_len,
                                  slash ? slash + 1 : full + in->input_len};
    *excluded = matches(options->exclude, options->n_exclude, texts) ||
                (!is_archive && options->n_include &&
                 !matches(options->include, options->n_include, texts));
    buf_free(&path);
    return 0;
}

enum entry_code indexer_judge(const struct entry_name *name, enum sniff sniff)
{
    const char *shown = name->shown;
    size_t len = name->shown_len;
    if (entry_name_ends_with(shown, len, ".xml"))
        return ENTRY_CODE_NONE;
    switch (sniff) {
    case SNIFF_EMPTY:
        return ENTRY_CODE_EMPTY;
    case SNIFF_XML:
        return ENTRY_CODE_NONE;
    case SNIFF_HTML:
        return entry_name_ends_with(shown, len, ".xhtml") ? ENTRY_CODE_NONE : ENTRY_CODE_HTML;
    default:
        return ENTRY_CODE_NOT_XML;
    }
}

int indexer_check_depth(struct indexer *indexer, const struct named_bytes *place)
{
    struct entry_fault fault;
    if (place->depth <= indexer->source->options.max_nesting)
        return 0;
    entry_fault_set(&fault, ENTRY_CODE_LIMIT_NESTING,
                    "an archive inside %d others was not opened; raise "
                    "--max-nesting",
                    place->depth);
    int rc = indexer_add_unreadable(indexer, place->container, &place->name, &fault);
    return rc < 0 ? -1 : 1;
}

static int add_file(struct indexer *indexer, const struct named_bytes *place, uint32_t *index)
{
    struct stat facts;
    if (fstat(place->fd, &facts) < 0)
        return indexer_failed(indexer, place);
    struct listing_file file = {.fd = -1,
                                .size = (uint64_t)facts.st_size,
                                .inode = facts.st_ino,
                                .modified_s = facts.st_mtim.tv_sec,
                                .modified_ns = facts.st_mtim.tv_nsec};
    if (listing_add_file(&indexer->source->listing, &file, place->open_path, index) < 0)
        return error_no_memory(indexer->error);
    return 0;
}

int indexer_enter(struct indexer *indexer, const struct named_bytes *place, uint32_t *container)
{
    struct listing *listing = &indexer->source->listing;
    struct listing_container entered = {.file = place->file, .is_archive = true};
    int rc = indexer_check_depth(indexer, place);
    if (rc)
        return rc;
    if (place->open_path && add_file(indexer, place, &entered.file) < 0)
        return -1;
    const struct listing_container *in = &listing->containers[place->container];
    struct buf prefix = {0};
    buf_append(&prefix, listing_text(listing, in->prefix), in->prefix_len);
    buf_append(&prefix, place->name.shown, place->name.shown_len);
    buf_append_string(&prefix, "!/");
    entered.input_len = place->is_input ? (uint32_t)prefix.len : in->input_len;
    rc = prefix.failed
             ? -1
             : listing_add_container(listing, &entered, prefix.data, prefix.len, container);
    buf_free(&prefix);
    return rc < 0 ? error_no_memory(indexer->error) : 0;
}

/* A name longer than any ZIP could hold is cut; it still tells what it is. */
#define NAME_BYTES 65535u

int indexer_name(struct indexer *indexer, const char *raw, size_t len, struct buf *scratch,
                 struct entry_name *name)
{
    *name = (struct entry_name){.shown = raw, .shown_len = len};
    if (len <= NAME_BYTES && utf8_is_valid(raw, len))
        return 0;
    buf_clear(scratch);
    if (utf8_append(scratch, raw, len < NAME_BYTES ? len : NAME_BYTES) < 0)
        return error_no_memory(indexer->error);
    *name = (struct entry_name){
        .shown = scratch->data, .shown_len = scratch->len, .raw = raw, .raw_len = len};
    return 0;
}

int indexer_spool_place(struct indexer *indexer, uint64_t start, const struct named_bytes *from,
                        struct named_bytes *to)
{
    struct spool *spool = &indexer->source->spool;
    if (spool_flush(spool, indexer->error) < 0)
        return -1;
    *to = *from;
    to->fd = spool->fd;
    to->serial =
        ++indexer->serial; /* a window that saw the spool before knows nothing of this */
    to->offset = start;
    to->size = spool->len - start;
    to->file = LISTING_SPOOL;
    to->open_path = NULL;
    return 0;
}

/* Each layer is held to the ratio by itself; a bomb of several layers shows only in all of what
 * comes out of it. What was cut off again does not count: one bomb does not use up what its
 * neighbours may have. */
bool indexer_unpacking(struct indexer *indexer, uint64_t stored)
{
    if (indexer->packed)
        return false;
    indexer->packed = stored ? stored : 1;
    indexer->spooled = indexer->source->spool.len;
    return true;
}

void indexer_unpacked(struct indexer *indexer, bool did)
{
    if (did)
        indexer->packed = 0;
}

int indexer_keep(struct indexer *indexer, const void *bytes, size_t len,
                 struct entry_fault *fault)
{
    struct spool *spool = &indexer->source->spool;
    struct feed_limits limits = {indexer->source->options.max_ratio, NULL};
    if (indexer->packed && feed_limits_count(&limits, spool->len + len - indexer->spooled,
                                             indexer->packed, len, fault))
        return 1;
    uint64_t room = indexer->source->options.max_spool_bytes;
    if (room && (spool->len > room || len > room - spool->len))
        return entry_fault_set(
            fault, ENTRY_CODE_LIMIT_TOTAL,
            "it has to be unpacked, and the temporary directory has room for "
            "%llu bytes in all; give it more (in Lambda, EphemeralStorage)",
            (unsigned long long)room);
    return spool_append(spool, bytes, len, indexer->error);
}

int indexer_spool(struct indexer *indexer, struct feed *feed, const struct named_bytes *from,
                  struct named_bytes *to, struct entry_fault *fault)
{
    struct spool *spool = &indexer->source->spool;
    uint64_t start = spool->len;
    const char *block;
    size_t len;
    do {
        int rc = feed->next(feed, &block, &len, fault, indexer->error);
        if (!rc)
            rc = indexer_keep(indexer, block, len, fault);
        if (rc) {
            spool_cut(spool, start);
            return rc;
        }
    } while (len);
    return indexer_spool_place(indexer, start, from, to);
}

static enum codec codec_of(enum sniff sniff)
{
    switch (sniff) {
    case SNIFF_GZIP:
        return CODEC_GZIP;
    case SNIFF_XZ:
        return CODEC_XZ;
    case SNIFF_ZSTD:
        return CODEC_ZSTD;
    case SNIFF_BZIP2:
        return CODEC_BZIP2;
    default:
        return CODEC_NONE;
    }
}

/* The first bytes of what is compressed: 0, 1 with *fault, -1. */
static int peek_compressed(struct indexer *indexer, const struct named_bytes *place,
                           enum codec codec, char *head, size_t *head_len,
                           struct entry_fault *fault)
{
    struct slice_feed slice;
    uint64_t left = UINT64_MAX;
    struct feed_limits limits = {0, &left};
    slice_feed_open(&slice, place->fd, place->offset, place->size,
                    indexer_what(indexer, place));
    struct decoder *decoder =
        decoder_open(codec, &slice.feed, place->size, &limits, indexer->error);
    int rc = decoder ? 0 : -1;
    *head_len = 0;
    while (!rc && *head_len < SNIFF_BYTES) {
        const char *block;
        size_t len;
        struct feed *feed = decoder_feed(decoder);
        rc = feed->next(feed, &block, &len, fault, indexer->error);
        if (rc || !len)
            break;
        if (len > SNIFF_BYTES - *head_len)
            len = SNIFF_BYTES - *head_len;
        memcpy(head + *head_len, block, len);
        *head_len += len;
    }
    decoder_close(decoder);
    slice_feed_close(&slice);
    return rc;
}

/* Something packed inside something compressed: a.zip.gz. */
static int look_inside(struct indexer *indexer, const struct named_bytes *place,
                       enum codec codec, bool is_archive)
{
    struct entry_fault fault;
    struct slice_feed slice;
    struct named_bytes inside;
    struct feed_limits limits = {indexer->source->options.max_ratio, &indexer->left};
    int rc = is_archive ? indexer_check_depth(indexer, place) : 0;
    if (rc)
        return rc < 0 ? -1 : 0;
    slice_feed_open(&slice, place->fd, place->offset, place->size,
                    indexer_what(indexer, place));
    struct decoder *decoder =
        decoder_open(codec, &slice.feed, place->size, &limits, indexer->error);
    bool did = indexer_unpacking(indexer, place->size);
    if (decoder)
        rc = indexer_spool(indexer, decoder_feed(decoder), place, &inside, &fault);
    decoder_close(decoder);
    slice_feed_close(&slice);
    if (!decoder || rc < 0)
        return -1;
    if (rc) {
        rc = indexer_add_unreadable(indexer, place->container, &place->name, &fault);
    } else {
        /* Each layer of compression counts as one, so that no file can nest without end. */
        inside.depth += !is_archive;
        rc = is_archive ? 0 : indexer_check_depth(indexer, &inside);
        if (!rc)
            rc = indexer_at(indexer, &inside);
    }
    indexer_unpacked(indexer, did);
    return rc < 0 ? -1 : 0;
}

/* a.xml.gz is named like a document, too. */
static struct entry_name name_unpacked(const struct entry_name *name)
{
    static const char *const suffixes[] = {".gz", ".xz", ".zst", ".bz2"};
    struct entry_name unpacked = *name;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (entry_name_ends_with(name->shown, name->shown_len, suffixes[i])) {
            unpacked.shown_len -= strlen(suffixes[i]);
            break;
        }
    return unpacked;
}

/* Gzip says its length at its end; it is good enough to plan by. */
static uint64_t stated_size(const struct named_bytes *place, enum codec codec)
{
    unsigned char end[4];
    if (codec != CODEC_GZIP || place->size < 18 ||
        io_pread_all(place->fd, end, sizeof end, place->offset + place->size - 4) != 4)
        return 0;
    return end[0] | (uint64_t)end[1] << 8 | (uint64_t)end[2] << 16 | (uint64_t)end[3] << 24;
}

#define PROMISE                                                                                \
    "its name says that an archive or something compressed is in it, its bytes do not; "       \
    "get it again"

/* Names that promise something packed. */
static bool promises_packed(const struct entry_name *name)
{
    static const char *const suffixes[] = {
        ".zip", ".jar", ".epub", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".tar", ".tgz",
        ".txz", ".tbz", ".tbz2", ".gz",   ".xz",   ".zst",  ".bz2", ".7z",  ".rar", ".lz4",
    };
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (entry_name_ends_with(name->shown, name->shown_len, suffixes[i]))
            return true;
    return false;
}

static int look_at_compressed(struct indexer *indexer, const struct named_bytes *place,
                              enum codec codec)
{
    char head[SNIFF_BYTES];
    size_t len;
    struct entry_fault fault;
    bool excluded;
    int rc = peek_compressed(indexer, place, codec, head, &len, &fault);
    if (rc < 0)
        return -1;
    if (rc)
        return indexer_add_unreadable(indexer, place->container, &place->name, &fault);
    enum sniff sniff = sniff_bytes(head, len);
    if (sniff == SNIFF_TAR)
        return indexer_at_tar(indexer, place, codec);
    if (sniff_is_packed(sniff))
        return look_inside(indexer, place, codec, codec_of(sniff) == CODEC_NONE);
    if (indexer_is_excluded(indexer, place->container, &place->name, false, &excluded) < 0)
        return -1;
    struct entry_name name = name_unpacked(&place->name);
    enum entry_code why = excluded ? ENTRY_CODE_EXCLUDED : indexer_judge(&name, sniff);
    if (!why)
        return indexer_add_document(indexer, place, codec, stated_size(place, codec));
    if (excluded || !promises_packed(&name))
        return indexer_add_skipped(indexer, place->container, &place->name, 0, why);
    entry_fault_set(&fault, ENTRY_CODE_DAMAGED, PROMISE);
    return indexer_add_unreadable(indexer, place->container, &place->name, &fault);
}

/* A self-extractor is a program with a ZIP at its end. */
static bool is_program(const unsigned char *head, size_t len)
{
    return len >= 4 && (memcmp(head, "MZ", 2) == 0 ||
                        memcmp(head,
                               "\x7f"
                               "ELF",
                               4) == 0 ||
                        memcmp(head, "#!", 2) == 0);
}

static int has_zip_end(struct indexer *indexer, const struct named_bytes *place, bool *has)
{
    struct zip zip;
    struct entry_fault fault;
    int rc = zip_open(&zip, place->fd, place->serial, place->offset, place->size,
                      &indexer->directory, &fault);
    *has = (rc == 0 && zip.records > 0 && zip.is_exact) ||
           (rc > 0 && fault.code == ENTRY_CODE_SPLIT);
    return rc < 0 ? indexer_failed(indexer, place) : 0;
}

int indexer_add_leaf(struct indexer *indexer, uint32_t container, const struct entry_name *name,
                     uint64_t size, enum sniff sniff, enum entry_code why, const char *foreign)
{
    struct entry_fault fault;
    if (sniff == SNIFF_FOREIGN && why != ENTRY_CODE_EXCLUDED)
        entry_fault_set(&fault, ENTRY_CODE_FORMAT,
                        "it is %s, which cannot be read here; pack it as ZIP, "
                        "tar or 7z",
                        foreign);
    else if (promises_packed(name) && why != ENTRY_CODE_EXCLUDED)
        entry_fault_set(&fault, ENTRY_CODE_DAMAGED, PROMISE);
    else
        return indexer_add_skipped(indexer, container, name, size, why);
    return indexer_add_unreadable(indexer, container, name, &fault);
}

static int look_at_leaf(struct indexer *indexer, const struct named_bytes *place,
                        enum sniff sniff, const char *foreign)
{
    bool excluded;
    struct entry_fault fault;
    if (indexer_is_excluded(indexer, place->container, &place->name, false, &excluded) < 0)
        return -1;
    enum entry_code why = excluded ? ENTRY_CODE_EXCLUDED : indexer_judge(&place->name, sniff);
    if (!why)
        return indexer_add_document(indexer, place, CODEC_NONE, place->size);
    if (!excluded && sniff == SNIFF_EMPTY && place->is_input) {
        entry_fault_set(&fault, ENTRY_CODE_EMPTY, "the file is empty: there is nothing to look at");
        return indexer_add_unreadable(indexer, place->container, &place->name, &fault);
    }
    return indexer_add_leaf(indexer, place->container, &place->name, place->size, sniff, why,
                            foreign);
}

int indexer_at(struct indexer *indexer, const struct named_bytes *place)
{
    const unsigned char *head = NULL;
    size_t len = 0;
    bool excluded;
    if (indexer_is_excluded(indexer, place->container, &place->name, true, &excluded) < 0)
        return -1;
    if (excluded)
        return indexer_add_skipped(indexer, place->container, &place->name, place->size,
                                   ENTRY_CODE_EXCLUDED);
    if (place->size && window_get(&indexer->members, place->fd, place->serial, place->offset,
                                  place->size < SNIFF_BYTES ? (size_t)place->size : SNIFF_BYTES,
                                  &head, &len) < 0)
        return indexer_failed(indexer, place);
    enum sniff sniff = sniff_bytes(head, len);
    const char *foreign = sniff == SNIFF_FOREIGN ? sniff_foreign(head, len) : NULL;
    if (sniff == SNIFF_OTHER && (place->is_input || is_program(head, len))) {
        bool is_zip;
        if (has_zip_end(indexer, place, &is_zip) < 0)
            return -1;
        sniff = is_zip ? SNIFF_ZIP : sniff;
    }
    switch (sniff) {
    case SNIFF_ZIP:
        return indexer_at_zip(indexer, place);
    case SNIFF_SEVENZIP:
        return indexer_at_sevenzip(indexer, place);
    case SNIFF_TAR:
        return indexer_at_tar(indexer, place, CODEC_NONE);
    case SNIFF_GZIP:
    case SNIFF_XZ:
    case SNIFF_ZSTD:
    case SNIFF_BZIP2:
        return look_at_compressed(indexer, place, codec_of(sniff));
    default:
        return look_at_leaf(indexer, place, sniff, foreign);
    }
}
