/* SPDX-License-Identifier: MIT */
#include "source/libarchive/unarchive_input.h"

#include "source/index/sniff.h"

#include <errno.h>
#include <string.h>

static void keep_tail(struct unarchive_input *input)
{
    size_t len = input->len < sizeof input->tail ? input->len : sizeof input->tail;
    size_t kept =
        input->tail_len < sizeof input->tail - len ? input->tail_len : sizeof input->tail - len;
    memmove(input->tail, input->tail + input->tail_len - kept, kept);
    memcpy(input->tail + kept, input->block + input->len - len, len);
    input->tail_len = kept + len;
}

static int read_block(struct unarchive_input *input)
{
    if (!input->rc)
        input->rc = input->from->next(input->from, &input->block, &input->len, &input->fault,
                                      &input->error);
    if (input->rc)
        return -1;
    size_t i = input->len;
    while (i && !input->block[i - 1])
        i--;
    input->zeros = i ? input->len - i : input->zeros + input->len;
    keep_tail(input);
    return 0;
}

/* -- Callbacks, as archive_read_open(3) has them -------------------------------------- */

static la_ssize_t on_read(struct archive *archive, void *data, const void **block)
{
    struct unarchive_input *input = data;
    if (read_block(input) < 0) {
        archive_set_error(archive, EIO, "cannot read");
        return ARCHIVE_FATAL;
    }
    *block = input->block;
    return (la_ssize_t)input->len;
}

static la_int64_t on_skip(struct archive *archive, void *data, la_int64_t request)
{
    struct slice_feed *slice = ((struct unarchive_input *)data)->slice;
    (void)archive;
    if (request <= 0)
        return 0;
    uint64_t left = slice->end - slice->at;
    uint64_t step = (uint64_t)request < left ? (uint64_t)request : left;
    slice->at += step;
    return (la_int64_t)step;
}

static la_int64_t on_seek(struct archive *archive, void *data, la_int64_t offset, int whence)
{
    struct slice_feed *slice = ((struct unarchive_input *)data)->slice;
    la_int64_t len = (la_int64_t)(slice->end - slice->start), base = 0;
    (void)archive;
    if (whence == SEEK_CUR)
        base = (la_int64_t)(slice->at - slice->start);
    if (whence == SEEK_END)
        base = len;
    if (offset > len - base)
        offset = len - base;
    if (offset < -base)
        return ARCHIVE_FATAL;
    slice->at = slice->start + (uint64_t)(base + offset);
    return base + offset;
}

bool unarchive_input_open(struct archive *archive, struct unarchive_input *input, bool seeks)
{
    archive_read_set_read_callback(archive, on_read);
    if (archive_read_set_callback_data(archive, input) != ARCHIVE_OK)
        return false;
    if (input->slice)
        archive_read_set_skip_callback(archive, on_skip);
    if (seeks)
        archive_read_set_seek_callback(archive, on_seek);
    /* What else may fail is the input, which tells why. */
    return archive_read_open1(archive) == ARCHIVE_OK || input->rc;
}

int unarchive_input_drain(struct unarchive_input *input, uint64_t position, bool *is_zero)
{
    struct slice_feed *slice = input->slice;
    if (slice) {
        uint64_t len = slice->end - slice->start;
        position = position < len ? position : len;
        slice->at = slice->start +
                    (position < UNARCHIVE_TAR_BLOCK ? 0 : position - UNARCHIVE_TAR_BLOCK);
        input->zeros = 0;
    }
    do {
        if (read_block(input) < 0)
            return -1;
    } while (input->len);
    uint64_t end = slice ? slice->end - slice->start : input->from->given;
    *is_zero = end <= position || end - position <= input->zeros;
    return 0;
}

bool unarchive_input_is_padding(const struct unarchive_input *input, uint64_t position)
{
    uint64_t end = input->slice ? input->slice->end - input->slice->start : input->from->given;
    uint64_t record = (position + UNARCHIVE_TAR_RECORD - 1) / UNARCHIVE_TAR_RECORD;
    if (!position || end > record * UNARCHIVE_TAR_RECORD || end - position > input->tail_len)
        return false;
    for (size_t left = (size_t)(end - position), len; left; left -= len) {
        len = left < SNIFF_BYTES ? left : SNIFF_BYTES;
        if (sniff_is_packed(sniff_bytes(input->tail + input->tail_len - left, len)))
            return false;
    }
    return true;
}

/* -- Why it failed -------------------------------------------------------------------- */

/* libarchive tells kinds of faults apart only by its messages. The first letter is left out
 * here because some messages have it as a capital. */
static enum entry_code code_of(const char *message)
{
    static const struct {
        const char *word;
        enum entry_code code;
    } words[] = {
        {"ncrypt", ENTRY_CODE_ENCRYPTED},     {"Crypto", ENTRY_CODE_ENCRYPTED},
        {"assphrase", ENTRY_CODE_ENCRYPTED},  {"CRC", ENTRY_CODE_CRC},
        {"hecksum", ENTRY_CODE_CRC},          {"runcated", ENTRY_CODE_TRUNCATED},
        {"remature", ENTRY_CODE_TRUNCATED},   {"nexpected end", ENTRY_CODE_TRUNCATED},
        {"not supported", ENTRY_CODE_METHOD}, {"nsupported", ENTRY_CODE_METHOD},
        {"nknown codec", ENTRY_CODE_METHOD},
    };
    for (size_t i = 0; message && i < sizeof words / sizeof *words; i++)
        if (strstr(message, words[i].word))
            return words[i].code;
    return ENTRY_CODE_DAMAGED;
}

int unarchive_input_explain(struct archive *archive, const struct unarchive_input *input,
                            struct entry_fault *fault, struct thresh_error *error)
{
    if (input->rc > 0)
        *fault = input->fault;
    if (input->rc < 0)
        *error = input->error;
    if (input->rc)
        return input->rc;
    if (archive_errno(archive) == ENOMEM || errno == ENOMEM)
        return error_no_memory(error);
    const char *message = archive_error_string(archive);
    /* It has no words for a cpio that is cut. */
    if (!message && input->block && !input->len)
        message = "Truncated archive";
    enum entry_code code = code_of(message);
    /* It says so of methods and filters that it does not know, too. */
    if (message && strcmp(message, "Damaged 7-Zip archive") == 0)
        return entry_fault_set(
            fault, code,
            "its data cannot be unpacked: it is broken, or packed by a filter "
            "that cannot be read here; get it again, or pack it with LZMA2 "
            "alone");
    const char *remedy = code == ENTRY_CODE_ENCRYPTED ? "decrypt it first"
                         : code == ENTRY_CODE_METHOD  ? "pack it again with a common method"
                                                      : "get it again";
    return entry_fault_set(fault, code, "%s; %s", message ? message : "the data is damaged",
                           remedy);
}
