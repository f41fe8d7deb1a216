/* SPDX-License-Identifier: MIT */
#include "source/gzip_feed.h"

#include <stdlib.h>
#include <string.h>

#define GZIP_BLOCK (128u << 10)

/* What zlib says of broken data, by its messages: it has one code for all. */
static int bad_data(const char *message, struct entry_fault *fault)
{
    if (message && strstr(message, "data check"))
        return entry_fault_set(fault, ENTRY_CODE_CRC,
                               "the gzip CRC-32 is not that of the data; the file is "
                               "damaged, get it again");
    if (message && strstr(message, "length check"))
        return entry_fault_set(fault, ENTRY_CODE_SIZE,
                               "the gzip length is not that of the data; the file "
                               "is damaged, get it again");
    return entry_fault_set(fault, ENTRY_CODE_DAMAGED,
                           "the gzip data is damaged (%s); get it again",
                           message ? message : "no reason given");
}

/* Between members: passes over padding, or begins the next member. 0, or 1 with *fault for what
 * may not be there. */
static int next_member(struct gzip_feed *gzip, struct entry_fault *fault)
{
    z_stream *stream = &gzip->stream;
    while (stream->avail_in && !*stream->next_in) {
        stream->next_in++;
        stream->avail_in--;
        gzip->is_padded = true;
    }
    if (!stream->avail_in)
        return 0;
    /* The second byte may be in the next block; zlib checks the rest of the header. */
    if (gzip->is_padded || stream->next_in[0] != 0x1f ||
        (stream->avail_in > 1 && stream->next_in[1] != 0x8b))
        return entry_fault_set(fault, ENTRY_CODE_TRAILING,
                               "other bytes follow the gzip data; what they are "
                               "is unknown, cut them off");
    inflateReset(stream);
    gzip->is_open = true;
    return 0;
}

/* Gets the next block of compressed bytes. */
static int take(struct gzip_feed *gzip, struct entry_fault *fault, struct thresh_error *error)
{
    const char *block;
    size_t len;
    int rc = gzip->from->next(gzip->from, &block, &len, fault, error);
    if (rc == 0) {
        gzip->stream.next_in = (const unsigned char *)block;
        gzip->stream.avail_in = (uInt)len;
    }
    return rc;
}

/* Inflates until there is something in the buffer, or all is done. */
static int fill(struct gzip_feed *gzip, struct entry_fault *fault, struct thresh_error *error)
{
    z_stream *stream = &gzip->stream;
    while (stream->avail_out == GZIP_BLOCK) {
        int rc;
        if (!stream->avail_in) {
            if ((rc = take(gzip, fault, error)))
                return rc;
            if (!stream->avail_in && gzip->is_open)
                return entry_fault_set(fault, ENTRY_CODE_TRUNCATED,
                                       "the gzip data breaks off; get it again");
            if (!stream->avail_in)
                return 0;
        }
        if (!gzip->is_open) {
            if ((rc = next_member(gzip, fault)))
                return rc;
            continue;
        }
        rc = inflate(stream, Z_NO_FLUSH);
        if (rc == Z_MEM_ERROR)
            return error_no_memory(error);
        if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
            return bad_data(stream->msg, fault);
        if (rc == Z_STREAM_END)
            gzip->is_open = false;
    }
    return 0;
}

static int gzip_next(struct feed *feed, const char **block, size_t *len,
                     struct entry_fault *fault, struct thresh_error *error)
{
    struct gzip_feed *gzip = (struct gzip_feed *)feed;
    *block = gzip->buffer;
    *len = 0;
    if (gzip->is_broken) {
        *fault = gzip->broken;
        return 1;
    }
    gzip->stream.next_out = (unsigned char *)gzip->buffer;
    gzip->stream.avail_out = GZIP_BLOCK;
    int rc = fill(gzip, fault, error);
    *len = GZIP_BLOCK - gzip->stream.avail_out;
    if (rc > 0 && *len) {
        gzip->is_broken = true;
        gzip->broken = *fault;
        rc = 0;
    }
    if (rc)
        *len = 0;
    feed->given += *len;
    return rc;
}

int gzip_feed_open(struct gzip_feed *gzip, struct feed *from)
{
    memset(gzip, 0, sizeof *gzip);
    gzip->feed.next = gzip_next;
    gzip->from = from;
    gzip->is_open = true;
    gzip->buffer = malloc(GZIP_BLOCK);
    if (!gzip->buffer)
        return -1;
    if (inflateInit2(&gzip->stream, 15 + 16) == Z_OK)
        return 0;
    free(gzip->buffer);
    gzip->buffer = NULL;
    return -1;
}

void gzip_feed_close(struct gzip_feed *gzip)
{
    if (gzip->buffer)
        inflateEnd(&gzip->stream);
    free(gzip->buffer);
    gzip->buffer = NULL;
}
