/* SPDX-License-Identifier: MIT */
#include "look.h"
#include "zip.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A list of entries may always be this long, so that few entries may have long names. */
#define LIST_BYTES (UINT64_C(16) << 20)

int look_open(struct look *look, struct source *source, struct error *error)
{
    memset(look, 0, sizeof *look);
    look->source = source;
    look->error = error;
    look->left = source->options.max_total_bytes ? source->options.max_total_bytes : UINT64_MAX;
    if (window_open(&look->directory) < 0 || window_open(&look->members) < 0 ||
        inflateInit2(&look->inflate, -15) != Z_OK)
        return error_no_memory(error);
    look->has_inflate = true;
    return 0;
}

void look_close(struct look *look)
{
    window_close(&look->directory);
    window_close(&look->members);
    if (look->has_inflate)
        inflateEnd(&look->inflate);
}

const char *look_what(const struct look *look, const struct place *place)
{
    if (place->open_path)
        return place->open_path;
    if (place->file == SPOOL_FILE || place->file == NO_FILE)
        return "the temporary file";
    return listing_text(&look->source->listing, look->source->listing.files[place->file].path);
}

int look_failed(struct look *look, const struct place *place)
{
    if (errno == ENOMEM)
        return error_no_memory(look->error);
    return error_set(look->error, "cannot read %s: %s", look_what(look, place),
                     strerror(errno));
}

/* A name takes memory for as long as the run lasts, and what is around an archive is told with
 * each of its entries: a few megabytes can hold names for a hundred gigabytes. */
static bool is_list_too_long(const struct look *look, const struct name *name)
{
    const struct listing *listing = &look->source->listing;
    uint64_t max = look->source->options.max_entries;
    uint64_t most = max < UINT64_MAX / ENTRY_BYTES ? max * ENTRY_BYTES : UINT64_MAX;
    uint64_t bytes = listing->count * sizeof *listing->records +
                     listing->n_containers * sizeof *listing->containers + listing->arena.len +
                     look->prefixes + name->shown_len + name->raw_len;
    return max && bytes > LIST_BYTES && bytes > most;
}

/* The entry that says that there are too many, in place of the first that is. */
static int look_add_limit(struct look *look, uint32_t container, const struct name *name)
{
    struct listing *listing = &look->source->listing;
    const struct source_options *options = &look->source->options;
    unsigned long long max = options->max_entries;
    char message[256], more[64] = "", what[96];
    struct record record = {.container = container,
                            .kind = ENTRY_UNREADABLE,
                            .why = listing_why("limit-entries"),
                            .offset = listing->arena.len};
    if (listing->count >= max)
        snprintf(what, sizeof what, "more than %llu entries", max);
    else
        snprintf(what, sizeof what,
                 "with their paths, more than %u bytes for each of %llu entries", ENTRY_BYTES,
                 max);
    if (look->more)
        snprintf(more, sizeof more, ", nor were %llu more in its archive",
                 (unsigned long long)look->more);
    snprintf(message, sizeof message,
             "%s: this one and what follows was not looked at%s; raise %s", what, more,
             options->entries_remedy);
    look->is_full = true;
    if (buf_append(&listing->arena, message, strlen(message) + 1) < 0 ||
        listing_add(listing, &record, name) < 0)
        return error_no_memory(look->error);
    return 0;
}

int look_add(struct look *look, const struct record *record, const struct name *name)
{
    struct listing *listing = &look->source->listing;
    uint64_t max = look->source->options.max_entries;
    if (look->is_full)
        return 0;
    if ((max && listing->count >= max) || is_list_too_long(look, name))
        return look_add_limit(look, record->container, name);
    struct record added = *record;
    look->prefixes += listing->containers[added.container].prefix_len;
    if (listing->containers[added.container].is_archive &&
        name_is_unsafe(name->raw ? name->raw : name->shown,
                       name->raw ? name->raw_len : name->shown_len))
        added.marks |= MARK_UNSAFE;
    return listing_add(listing, &added, name) < 0 ? error_no_memory(look->error) : 0;
}

int look_add_skipped(struct look *look, uint32_t container, const struct name *name,
                     uint64_t size, const char *code)
{
    struct record record = {
        .container = container, .kind = ENTRY_SKIPPED, .size = size, .why = listing_why(code)};
    return look_add(look, &record, name);
}

int look_add_unreadable(struct look *look, uint32_t container, const struct name *name,
                        const struct trouble *trouble)
{
    struct buf *arena = &look->source->listing.arena;
    struct record record = {.container = container,
                            .kind = ENTRY_UNREADABLE,
                            .why = listing_why(trouble->code),
                            .offset = arena->len};
    if (buf_append(arena, trouble->message, strlen(trouble->message) + 1) < 0)
        return error_no_memory(look->error);
    return look_add(look, &record, name);
}

int look_add_document(struct look *look, const struct place *place, enum codec codec,
                      uint64_t size)
{
    enum how how = place->open_path            ? HOW_FILE
                   : place->file == SPOOL_FILE ? HOW_SPOOL
                                               : HOW_SLICE;
    struct record record = {.container = place->container,
                            .kind = ENTRY_DOCUMENT,
                            .offset = place->offset,
                            .stored = place->size,
                            .size = size,
                            .how = (uint8_t)((unsigned)how | (unsigned)codec << 4)};
    return look_add(look, &record, &place->name);
}

static bool matches(const char *const *globs, size_t n, const char *const *texts)
{
    for (size_t i = 0; i < n; i++)
        for (int t = 0; t < 3; t++)
            if (fnmatch(globs[i], texts[t], 0) == 0)
                return true;
    return false;
}

int look_is_excluded(struct look *look, uint32_t container, const struct name *name,
                     bool is_archive, bool *excluded)
{
    const struct listing *listing = &look->source->listing;
    const struct source_options *options = &look->source->options;
    *excluded = false;
    if (!options->n_exclude && (is_archive || !options->n_include))
        return 0;
    const struct container *in = &listing->containers[container];
    struct buf path = {0};
    buf_append(&path, listing_text(listing, in->prefix), in->prefix_len);
    buf_append(&path, name->shown, name->shown_len);
    const char *full = buf_string(&path);
    if (!full) {
        buf_free(&path);
        return error_no_memory(look->error);
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

const char *look_judge(const struct name *name, enum sniff sniff)
{
    const char *shown = name->shown;
    size_t len = name->shown_len;
    if (name_ends_with(shown, len, ".xml"))
        return NULL;
    switch (sniff) {
    case SNIFF_EMPTY:
        return "empty";
    case SNIFF_XML:
        return NULL;
    case SNIFF_HTML:
        return name_ends_with(shown, len, ".xhtml") ? NULL : "html";
    default:
        return "not-xml";
    }
}

int look_check_depth(struct look *look, const struct place *place)
{
    struct trouble trouble;
    if (place->depth <= look->source->options.max_nesting)
        return 0;
    trouble_set(&trouble, "limit-nesting",
                "an archive inside %d others was not opened; raise "
                "--max-nesting",
                place->depth);
    int result = look_add_unreadable(look, place->container, &place->name, &trouble);
    return result < 0 ? -1 : 1;
}

static int add_file(struct look *look, const struct place *place, uint32_t *index)
{
    struct stat facts;
    if (fstat(place->fd, &facts) < 0)
        return look_failed(look, place);
    struct file file = {.fd = -1,
                        .size = (uint64_t)facts.st_size,
                        .inode = facts.st_ino,
                        .modified_s = facts.st_mtim.tv_sec,
                        .modified_ns = facts.st_mtim.tv_nsec};
    if (listing_add_file(&look->source->listing, &file, place->open_path, index) < 0)
        return error_no_memory(look->error);
    return 0;
}

int look_enter(struct look *look, const struct place *place, uint32_t *container)
{
    struct listing *listing = &look->source->listing;
    struct container entered = {.file = place->file, .is_archive = true};
    int result = look_check_depth(look, place);
    if (result)
        return result;
    if (place->open_path && add_file(look, place, &entered.file) < 0)
        return -1;
    const struct container *in = &listing->containers[place->container];
    struct buf prefix = {0};
    buf_append(&prefix, listing_text(listing, in->prefix), in->prefix_len);
    buf_append(&prefix, place->name.shown, place->name.shown_len);
    buf_append_string(&prefix, "!/");
    entered.input_len = place->is_input ? (uint32_t)prefix.len : in->input_len;
    result = prefix.failed
                 ? -1
                 : listing_add_container(listing, &entered, prefix.data, prefix.len, container);
    buf_free(&prefix);
    return result < 0 ? error_no_memory(look->error) : 0;
}

/* A name longer than any ZIP could hold is cut; it still tells what it is. */
#define NAME_BYTES 65535u

int look_name(struct look *look, const char *raw, size_t len, struct buf *scratch,
              struct name *name)
{
    *name = (struct name){.shown = raw, .shown_len = len};
    if (len <= NAME_BYTES && name_is_utf8(raw, len))
        return 0;
    buf_clear(scratch);
    if (name_append_utf8(scratch, raw, len < NAME_BYTES ? len : NAME_BYTES) < 0)
        return error_no_memory(look->error);
    *name = (struct name){
        .shown = scratch->data, .shown_len = scratch->len, .raw = raw, .raw_len = len};
    return 0;
}

int look_spool_place(struct look *look, uint64_t start, const struct place *from,
                     struct place *to)
{
    struct spool *spool = &look->source->spool;
    if (spool_flush(spool, look->error) < 0)
        return -1;
    *to = *from;
    to->fd = spool->fd;
    to->serial = ++look->serial; /* a window that saw the spool before knows nothing of this */
    to->offset = start;
    to->size = spool->len - start;
    to->file = SPOOL_FILE;
    to->open_path = NULL;
    return 0;
}

/* Each layer is held to the ratio by itself; a bomb of several layers shows only in all of what
 * comes out of it. What was cut off again does not count: one bomb does not use up what its
 * neighbours may have. */
bool look_unpacking(struct look *look, uint64_t stored)
{
    if (look->packed)
        return false;
    look->packed = stored ? stored : 1;
    look->spooled = look->source->spool.len;
    return true;
}

void look_unpacked(struct look *look, bool did)
{
    if (did)
        look->packed = 0;
}

int look_keep(struct look *look, const void *bytes, size_t len, struct trouble *trouble)
{
    struct spool *spool = &look->source->spool;
    struct feed_limits limits = {look->source->options.max_ratio, NULL};
    if (look->packed && feed_limits_count(&limits, spool->len + len - look->spooled,
                                          look->packed, len, trouble))
        return 1;
    uint64_t room = look->source->options.max_spool_bytes;
    if (room && (spool->len > room || len > room - spool->len))
        return trouble_set(trouble, "limit-total",
                           "it has to be unpacked, and the temporary directory has room for "
                           "%llu bytes in all; give it more (in Lambda, EphemeralStorage)",
                           (unsigned long long)room);
    return spool_append(spool, bytes, len, look->error);
}

int look_spool(struct look *look, struct feed *feed, const struct place *from, struct place *to,
               struct trouble *trouble)
{
    struct spool *spool = &look->source->spool;
    uint64_t start = spool->len;
    const char *block;
    size_t len;
    do {
        int result = feed->next(feed, &block, &len, trouble, look->error);
        if (!result)
            result = look_keep(look, block, len, trouble);
        if (result) {
            spool_cut(spool, start);
            return result;
        }
    } while (len);
    return look_spool_place(look, start, from, to);
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

/* The first bytes of what is compressed: 0, 1 with *trouble, -1. */
static int peek_compressed(struct look *look, const struct place *place, enum codec codec,
                           char *head, size_t *head_len, struct trouble *trouble)
{
    struct slice_feed slice;
    uint64_t left = UINT64_MAX;
    struct feed_limits limits = {0, &left};
    slice_feed_open(&slice, place->fd, place->offset, place->size, look_what(look, place));
    struct decoder *decoder =
        decoder_open(codec, &slice.feed, place->size, &limits, look->error);
    int result = decoder ? 0 : -1;
    *head_len = 0;
    while (!result && *head_len < SNIFF_BYTES) {
        const char *block;
        size_t len;
        struct feed *feed = decoder_feed(decoder);
        result = feed->next(feed, &block, &len, trouble, look->error);
        if (result || !len)
            break;
        if (len > SNIFF_BYTES - *head_len)
            len = SNIFF_BYTES - *head_len;
        memcpy(head + *head_len, block, len);
        *head_len += len;
    }
    decoder_close(decoder);
    slice_feed_close(&slice);
    return result;
}

/* Something packed inside something compressed: a.zip.gz. */
static int look_inside(struct look *look, const struct place *place, enum codec codec,
                       bool is_archive)
{
    struct trouble trouble;
    struct slice_feed slice;
    struct place inside;
    struct feed_limits limits = {look->source->options.max_ratio, &look->left};
    int result = is_archive ? look_check_depth(look, place) : 0;
    if (result)
        return result < 0 ? -1 : 0;
    slice_feed_open(&slice, place->fd, place->offset, place->size, look_what(look, place));
    struct decoder *decoder =
        decoder_open(codec, &slice.feed, place->size, &limits, look->error);
    bool did = look_unpacking(look, place->size);
    if (decoder)
        result = look_spool(look, decoder_feed(decoder), place, &inside, &trouble);
    decoder_close(decoder);
    slice_feed_close(&slice);
    if (!decoder || result < 0)
        return -1;
    if (result) {
        result = look_add_unreadable(look, place->container, &place->name, &trouble);
    } else {
        /* Each layer of compression counts as one, so that no file can nest without end. */
        inside.depth += !is_archive;
        result = is_archive ? 0 : look_check_depth(look, &inside);
        if (!result)
            result = look_at(look, &inside);
    }
    look_unpacked(look, did);
    return result < 0 ? -1 : 0;
}

/* a.xml.gz is named like a document, too. */
static struct name name_unpacked(const struct name *name)
{
    static const char *const suffixes[] = {".gz", ".xz", ".zst", ".bz2"};
    struct name unpacked = *name;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (name_ends_with(name->shown, name->shown_len, suffixes[i])) {
            unpacked.shown_len -= strlen(suffixes[i]);
            break;
        }
    return unpacked;
}

/* Gzip says its length at its end; it is good enough to plan by. */
static uint64_t stated_size(const struct place *place, enum codec codec)
{
    unsigned char end[4];
    if (codec != CODEC_GZIP || place->size < 18 ||
        pread_all(place->fd, end, sizeof end, place->offset + place->size - 4) != 4)
        return 0;
    return end[0] | (uint64_t)end[1] << 8 | (uint64_t)end[2] << 16 | (uint64_t)end[3] << 24;
}

#define PROMISE                                                                                \
    "its name says that an archive or something compressed is in it, its bytes do not; "       \
    "get it again"

/* Names that promise something packed. */
static bool promises_packed(const struct name *name)
{
    static const char *const suffixes[] = {
        ".zip", ".jar", ".epub", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".tar", ".tgz",
        ".txz", ".tbz", ".tbz2", ".gz",   ".xz",   ".zst",  ".bz2", ".7z",  ".rar", ".lz4",
    };
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (name_ends_with(name->shown, name->shown_len, suffixes[i]))
            return true;
    return false;
}

static int look_at_compressed(struct look *look, const struct place *place, enum codec codec)
{
    char head[SNIFF_BYTES];
    size_t len;
    struct trouble trouble;
    bool excluded;
    int result = peek_compressed(look, place, codec, head, &len, &trouble);
    if (result < 0)
        return -1;
    if (result)
        return look_add_unreadable(look, place->container, &place->name, &trouble);
    enum sniff sniff = sniff_bytes(head, len);
    if (sniff == SNIFF_TAR)
        return look_at_tar(look, place, codec);
    if (sniff_is_packed(sniff))
        return look_inside(look, place, codec, codec_of(sniff) == CODEC_NONE);
    if (look_is_excluded(look, place->container, &place->name, false, &excluded) < 0)
        return -1;
    struct name name = name_unpacked(&place->name);
    const char *why = excluded ? "excluded" : look_judge(&name, sniff);
    if (!why)
        return look_add_document(look, place, codec, stated_size(place, codec));
    if (excluded || !promises_packed(&name))
        return look_add_skipped(look, place->container, &place->name, 0, why);
    trouble_set(&trouble, "damaged", PROMISE);
    return look_add_unreadable(look, place->container, &place->name, &trouble);
}

/* A self-extractor is a program with a ZIP at its end. */
static bool is_program(const unsigned char *head, size_t len)
{
    return len >= 4 && (!memcmp(head, "MZ", 2) ||
                        !memcmp(head,
                                "\x7f"
                                "ELF",
                                4) ||
                        !memcmp(head, "#!", 2));
}

static int has_zip_end(struct look *look, const struct place *place, bool *has)
{
    struct zip zip;
    struct trouble trouble;
    int result = zip_open(&zip, place->fd, place->serial, place->offset, place->size,
                          &look->directory, &trouble);
    *has = (result == 0 && zip.records > 0 && zip.is_exact) ||
           (result > 0 && !strcmp(trouble.code, "split"));
    return result < 0 ? look_failed(look, place) : 0;
}

int look_add_leaf(struct look *look, uint32_t container, const struct name *name, uint64_t size,
                  enum sniff sniff, const char *why, const char *foreign)
{
    struct trouble trouble;
    if (sniff == SNIFF_FOREIGN && strcmp(why, "excluded"))
        trouble_set(&trouble, "format",
                    "it is %s, which cannot be read here; pack it as ZIP, "
                    "tar or 7z",
                    foreign);
    else if (promises_packed(name) && strcmp(why, "excluded"))
        trouble_set(&trouble, "damaged", PROMISE);
    else
        return look_add_skipped(look, container, name, size, why);
    return look_add_unreadable(look, container, name, &trouble);
}

static int look_at_leaf(struct look *look, const struct place *place, enum sniff sniff,
                        const char *foreign)
{
    bool excluded;
    struct trouble trouble;
    if (look_is_excluded(look, place->container, &place->name, false, &excluded) < 0)
        return -1;
    const char *why = excluded ? "excluded" : look_judge(&place->name, sniff);
    if (!why)
        return look_add_document(look, place, CODEC_NONE, place->size);
    if (!excluded && sniff == SNIFF_EMPTY && place->is_input) {
        trouble_set(&trouble, "empty", "the file is empty: there is nothing to look at");
        return look_add_unreadable(look, place->container, &place->name, &trouble);
    }
    return look_add_leaf(look, place->container, &place->name, place->size, sniff, why,
                         foreign);
}

int look_at(struct look *look, const struct place *place)
{
    const unsigned char *head = NULL;
    size_t len = 0;
    bool excluded;
    if (look_is_excluded(look, place->container, &place->name, true, &excluded) < 0)
        return -1;
    if (excluded)
        return look_add_skipped(look, place->container, &place->name, place->size, "excluded");
    if (place->size && window_get(&look->members, place->fd, place->serial, place->offset,
                                  place->size < SNIFF_BYTES ? (size_t)place->size : SNIFF_BYTES,
                                  &head, &len) < 0)
        return look_failed(look, place);
    enum sniff sniff = sniff_bytes(head, len);
    const char *foreign = sniff == SNIFF_FOREIGN ? sniff_foreign(head, len) : NULL;
    if (sniff == SNIFF_OTHER && (place->is_input || is_program(head, len))) {
        bool is_zip;
        if (has_zip_end(look, place, &is_zip) < 0)
            return -1;
        sniff = is_zip ? SNIFF_ZIP : sniff;
    }
    switch (sniff) {
    case SNIFF_ZIP:
        return look_at_zip(look, place);
    case SNIFF_SEVENZIP:
        return look_at_sevenzip(look, place);
    case SNIFF_TAR:
        return look_at_tar(look, place, CODEC_NONE);
    case SNIFF_GZIP:
    case SNIFF_XZ:
    case SNIFF_ZSTD:
    case SNIFF_BZIP2:
        return look_at_compressed(look, place, codec_of(sniff));
    default:
        return look_at_leaf(look, place, sniff, foreign);
    }
}
