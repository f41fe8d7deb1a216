/* SPDX-License-Identifier: MIT
 *
 * What an item is, by its first bytes.
 */
#include "base/io.h"
#include "source/index/index.h"
#include "source/index/index_add.h"
#include "source/index/index_leaf.h"
#include "source/zip/zip.h"

#include <string.h>

static int has_zip_end(struct indexer *indexer, const struct index_item *item, bool *has)
{
    struct zip zip;
    struct entry_fault fault;
    int rc = zip_open(&zip, &item->bytes, &indexer->directory, &fault);
    *has = (rc == 0 && zip.records > 0 && zip.is_exact) ||
           (rc > 0 && fault.code == ENTRY_CODE_SPLIT);
    return rc < 0 ? indexer_cannot_read(indexer, item) : 0;
}

/* Disk images are recognised by bytes far from the start: ISO 9660 by its volume descriptors
 * (ECMA-119, 6.2.1 and 8.1), Apple's by a block at the end. */
static int find_image(struct indexer *indexer, const struct index_item *item,
                      const char **foreign)
{
    static const struct {
        const char *signature, *name;
        uint64_t at;
        bool is_from_end;
    } images[] = {
        {"CD001", "an ISO 9660 image", 16 * 2048 + 1, false},
        {"BEA01", "a UDF image", 16 * 2048 + 1, false},
        {"koly", "an Apple disk image", 512, true},
    };
    char there[8];
    const struct slice *bytes = &item->bytes;
    for (size_t i = 0; i < sizeof images / sizeof *images; i++) {
        size_t len = strlen(images[i].signature);
        if (bytes->len < images[i].at + len)
            continue;
        uint64_t at = images[i].is_from_end ? bytes->len - images[i].at : images[i].at;
        ptrdiff_t got = origin_read(&bytes->origin, there, len, bytes->at + at);
        if (got < 0)
            return indexer_cannot_read(indexer, item);
        if ((size_t)got == len && memcmp(there, images[i].signature, len) == 0)
            *foreign = images[i].name;
    }
    return 0;
}

static int index_leaf(struct indexer *indexer, const struct index_item *item, enum sniff sniff,
                      const char *foreign)
{
    enum entry_code code;
    struct entry_fault fault;
    if (index_leaf_judge(indexer, item, &item->name, sniff, &code) < 0)
        return -1;
    if (code == ENTRY_CODE_NONE)
        return index_add_document(indexer, item, CODEC_NONE);
    if (code == ENTRY_CODE_EMPTY && item->is_input) {
        entry_fault_set(&fault, code, "the file is empty: there is nothing to look at");
        return index_add_unreadable(indexer, item, &fault);
    }
    return index_leaf_add(indexer, item, &item->name, code, sniff, foreign);
}

int index_item(struct indexer *indexer, const struct index_item *item)
{
    const unsigned char *head = NULL;
    size_t len = 0;
    bool excluded, is_zip = false;
    if (indexer_is_excluded(indexer, item, true, &excluded) < 0)
        return -1;
    if (excluded)
        return index_add_skipped(indexer, item, ENTRY_CODE_EXCLUDED);
    struct slice first = item->bytes;
    if (first.len > SNIFF_BYTES)
        first.len = SNIFF_BYTES;
    if (first.len && window_get(&indexer->members, &first, &head, &len) < 0)
        return indexer_cannot_read(indexer, item);
    enum sniff sniff = index_leaf_sniff(&item->name, head, len);
    const char *foreign = sniff_foreign(head, len);
    bool may_be_zip =
        sniff == SNIFF_OTHER || index_leaf_may_be_zip(&item->name, sniff, head, len);
    if (may_be_zip && has_zip_end(indexer, item, &is_zip) < 0)
        return -1;
    if (!is_zip && sniff == SNIFF_OTHER && find_image(indexer, item, &foreign) < 0)
        return -1;
    switch (is_zip ? SNIFF_ZIP : sniff) {
    case SNIFF_ZIP:
        return index_zip(indexer, item);
    case SNIFF_SEVENZIP:
        return index_sevenzip(indexer, item);
    case SNIFF_TAR:
    case SNIFF_CPIO:
        return index_serial(indexer, item, CODEC_NONE, sniff == SNIFF_CPIO);
    default:
        return sniff_codec(sniff) != CODEC_NONE
                   ? index_compressed(indexer, item, sniff_codec(sniff))
                   : index_leaf(indexer, item, sniff, foreign);
    }
}
