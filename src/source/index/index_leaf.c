/* SPDX-License-Identifier: MIT */
#include "source/index/index_leaf.h"

#include "source/index/index_add.h"

int index_leaf_judge(struct indexer *indexer, const struct index_item *item,
                     const struct entry_name *name, enum sniff sniff, enum entry_code *code)
{
    bool excluded;
    if (indexer_is_excluded(indexer, item, false, &excluded) < 0)
        return -1;
    if (excluded)
        *code = ENTRY_CODE_EXCLUDED;
    else if (entry_name_ends_with(name->shown, name->shown_len, ".xml") || sniff == SNIFF_XML)
        *code = ENTRY_CODE_NONE;
    else if (sniff == SNIFF_EMPTY)
        *code = ENTRY_CODE_EMPTY;
    else if (sniff != SNIFF_HTML)
        *code = ENTRY_CODE_NOT_XML;
    else
        *code = entry_name_ends_with(name->shown, name->shown_len, ".xhtml") ? ENTRY_CODE_NONE
                                                                             : ENTRY_CODE_HTML;
    return 0;
}

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

int index_leaf_add(struct indexer *indexer, const struct index_item *item,
                   const struct entry_name *name, enum entry_code code, const char *foreign)
{
    struct entry_fault fault;
    if (code == ENTRY_CODE_EXCLUDED || (!foreign && !promises_packed(name)))
        return index_add_skipped(indexer, item, code);
    if (foreign)
        entry_fault_set(&fault, ENTRY_CODE_FORMAT,
                        "it is %s, which cannot be read here; pack it as ZIP, tar or 7z",
                        foreign);
    else
        entry_fault_set(&fault, ENTRY_CODE_DAMAGED,
                        "its name says that an archive or something compressed is in it, its "
                        "bytes do not; get it again");
    return index_add_unreadable(indexer, item, &fault);
}
