/* SPDX-License-Identifier: MIT */
#include "source/index/indexer.h"

#include "base/utf8.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

/* A name longer than any ZIP archive could hold is cut; it still tells what it is. */
#define NAME_BYTES 65535u

int indexer_open(struct indexer *indexer, struct source *source, struct thresh_error *error)
{
    memset(indexer, 0, sizeof *indexer);
    indexer->source = source;
    indexer->error = error;
    indexer->left =
        source->options.max_total_bytes ? source->options.max_total_bytes : UINT64_MAX;
    if (name_encoding_open(&indexer->names, source->options.names_encoding, error) < 0)
        return -1;
    if (window_open(&indexer->directory) < 0 || window_open(&indexer->members) < 0 ||
        inflateInit2(&indexer->inflate, -15) != Z_OK)
        return error_no_memory(error);
    indexer->has_inflate = true;
    return 0;
}

void indexer_close(struct indexer *indexer)
{
    name_encoding_close(&indexer->names);
    window_close(&indexer->directory);
    window_close(&indexer->members);
    if (indexer->has_inflate)
        inflateEnd(&indexer->inflate);
}

/* For errors: of the file that the item is in. */
static const char *file_name(const struct indexer *indexer, const struct index_item *item)
{
    const struct listing *listing = &indexer->source->listing;
    if (item->open_path)
        return item->open_path;
    if (item->file == LISTING_SPOOL || item->file == LISTING_NO_FILE)
        return "the temporary file";
    return listing_text(listing, listing->files[item->file].path);
}

void indexer_feed(const struct indexer *indexer, const struct index_item *item,
                  const struct slice *bytes, struct slice_feed *feed)
{
    slice_feed_open(feed, bytes, file_name(indexer, item), indexer->source->options.cancelled);
}

int indexer_go_on(const struct indexer *indexer)
{
    return feed_is_cancelled(indexer->source->options.cancelled) ? -1 : 0;
}

int indexer_cannot_read(struct indexer *indexer, const struct index_item *item)
{
    if (errno == ENOMEM)
        return error_no_memory(indexer->error);
    return error_set(indexer->error, "cannot read %s: %m", file_name(indexer, item));
}

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

int indexer_unencoded_name(struct indexer *indexer, const char *raw, size_t len,
                           struct buf *scratch, struct entry_name *name)
{
    int rc = len <= NAME_BYTES ? name_encoding_decode(&indexer->names, raw, len, scratch) : 0;
    if (rc < 0)
        return error_no_memory(indexer->error);
    if (!rc || (scratch->len == len && memcmp(scratch->data, raw, len) == 0))
        return indexer_name(indexer, raw, len, scratch, name);
    *name = (struct entry_name){
        .shown = scratch->data, .shown_len = scratch->len, .raw = raw, .raw_len = len};
    return 0;
}

bool indexer_has_outputs(const struct indexer *indexer)
{
    const struct source_output *outputs = indexer->source->options.outputs;
    size_t i = 0;
    while (i < SOURCE_OUTPUTS && !outputs[i].facts)
        i++;
    return i < SOURCE_OUTPUTS;
}

int indexer_check_output(struct indexer *indexer, const struct stat *facts, const char *path)
{
    const struct source_output *outputs = indexer->source->options.outputs;
    for (size_t i = 0; i < SOURCE_OUTPUTS; i++) {
        const struct stat *output = outputs[i].facts;
        if (output && output->st_dev == facts->st_dev && output->st_ino == facts->st_ino)
            return error_set(indexer->error,
                             "%s: is an input, and --%s would %s; name another file, or leave "
                             "this one out with --exclude",
                             path, outputs[i].option,
                             outputs[i].is_replaced ? "replace it" : "write to it");
    }
    return 0;
}

/* -- Globs ---------------------------------------------------------------------------- */

static bool matches(const char *const *globs, size_t n, const char *const *texts)
{
    for (size_t i = 0; i < n; i++)
        for (int t = 0; t < 3; t++)
            if (fnmatch(globs[i], texts[t], 0) == 0)
                return true;
    return false;
}

int indexer_is_excluded(struct indexer *indexer, const struct index_item *item, bool is_archive,
                        bool *excluded)
{
    const struct listing *listing = &indexer->source->listing;
    const struct source_options *options = &indexer->source->options;
    *excluded = false;
    if (!options->n_exclude && (is_archive || !options->n_include))
        return 0;
    const struct listing_container *in = &listing->containers[item->container];
    struct buf path = {0};
    buf_append(&path, listing_text(listing, in->prefix), in->prefix_len);
    buf_append(&path, item->name.shown, item->name.shown_len);
    const char *full = buf_string(&path);
    if (!full) {
        buf_free(&path);
        return error_no_memory(indexer->error);
    }
    const char *in_input = full + in->input_len, *slash = strrchr(in_input, '/');
    const char *const texts[3] = {full, in_input, slash ? slash + 1 : in_input};
    *excluded = matches(options->exclude, options->n_exclude, texts) ||
                (!is_archive && options->n_include &&
                 !matches(options->include, options->n_include, texts));
    buf_free(&path);
    return 0;
}
