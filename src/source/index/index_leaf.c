/* SPDX-License-Identifier: MIT */
#include "source/index/index_leaf.h"

#include "source/index/index_add.h"
#include "source/index/name_promise.h"

#include <string.h>

enum sniff index_leaf_sniff(const struct entry_name *name, const void *bytes, size_t len)
{
    static const char zeros[SNIFF_BYTES];
    if (len == sizeof zeros && memcmp(bytes, zeros, len) == 0 && name_promises_tar(name))
        return SNIFF_TAR;
    return sniff_bytes(bytes, len);
}

/* A self-extracting archive is a program with a ZIP archive at its end. */
static bool is_program(const unsigned char *head, size_t len)
{
    return len >= 4 && (memcmp(head, "MZ", 2) == 0 || memcmp(head, "\177ELF", 4) == 0 ||
                        memcmp(head, "#!", 2) == 0);
}

/* As an archive is kept with what a server said before it, RFC 9110 and RFC 2045: a status
 * line, a header field or a boundary. */
static bool is_message(const unsigned char *head, size_t len)
{
    size_t at = 0;
    if (len >= 5 && memcmp(head, "HTTP/", 5) == 0)
        return true;
    if (len >= 3 && memcmp(head, "--", 2) == 0)
        return head[2] > ' ' && head[2] < 0x7f;
    while (at < len && (head[at] == '-' || (head[at] >= '0' && head[at] <= '9') ||
                        ((head[at] | 0x20) >= 'a' && (head[at] | 0x20) <= 'z')))
        at++;
    return at > 1 && at < len && head[at] == ':';
}

bool index_leaf_may_be_zip(const struct entry_name *name, enum sniff sniff, const void *bytes,
                           size_t len)
{
    switch (sniff) {
    case SNIFF_OTHER:
        return is_program(bytes, len) || is_message(bytes, len) || name_promises_archive(name);
    case SNIFF_XML:
    case SNIFF_XML_LIKE:
    case SNIFF_MARKUP:
    case SNIFF_HTML:
        return name_promises_archive(name);
    default:
        return false;
    }
}

/* ENTRY_CODE_NONE for a document. */
static enum entry_code judge(const struct entry_name *name, enum sniff sniff)
{
    if (name_promises_document(name))
        return ENTRY_CODE_NONE;
    if (sniff == SNIFF_APPLEDOUBLE)
        return ENTRY_CODE_NOT_XML;
    if (entry_name_ends_with(name->shown, name->shown_len, ".xml"))
        return ENTRY_CODE_NONE;
    switch (sniff) {
    case SNIFF_EMPTY:
        return ENTRY_CODE_EMPTY;
    case SNIFF_XML:
        return ENTRY_CODE_NONE;
    case SNIFF_XML_LIKE:
        return name_promises_html(name)     ? ENTRY_CODE_HTML
               : name_promises_markup(name) ? ENTRY_CODE_NOT_XML
                                            : ENTRY_CODE_NONE;
    case SNIFF_MARKUP:
        return name_promises_xml(name)    ? ENTRY_CODE_NONE
               : name_promises_html(name) ? ENTRY_CODE_HTML
                                          : ENTRY_CODE_NOT_XML;
    case SNIFF_HTML:
        return name_promises_xml(name) ? ENTRY_CODE_NONE : ENTRY_CODE_HTML;
    default:
        return ENTRY_CODE_NOT_XML;
    }
}

int index_leaf_judge(struct indexer *indexer, const struct index_item *item,
                     const struct entry_name *name, enum sniff sniff, enum entry_code *code)
{
    bool excluded;
    if (indexer_is_excluded(indexer, item, false, &excluded) < 0)
        return -1;
    if (excluded || indexer->source->options.takes_all) {
        *code = excluded ? ENTRY_CODE_EXCLUDED : ENTRY_CODE_NONE;
        return 0;
    }
    *code = judge(name, sniff);
    /* An HTML page under an archive's name, such as a server's error page, is not what the
     * name says. */
    if (*code == ENTRY_CODE_NONE && name_promises_archive(name))
        *code = ENTRY_CODE_NOT_XML;
    return 0;
}

int index_leaf_add(struct indexer *indexer, const struct index_item *item,
                   const struct entry_name *name, enum entry_code code, enum sniff sniff,
                   const char *foreign)
{
    struct entry_fault fault;
    bool is_archive = name_promises_archive(name), is_volume = name_promises_volume(name);
    if (!foreign && sniff == SNIFF_OTHER)
        foreign = name_promises_foreign(name);
    if (code == ENTRY_CODE_EXCLUDED || sniff == SNIFF_APPLEDOUBLE ||
        (!foreign && !is_volume && !name_promises_packed(name)))
        return index_add_skipped(indexer, item, code);
    if (foreign)
        entry_fault_set(&fault, ENTRY_CODE_FORMAT,
                        "it is %s, which cannot be read here; pack it as ZIP, tar or 7z",
                        foreign);
    else if (is_volume)
        entry_fault_set(&fault, ENTRY_CODE_SPLIT,
                        "its name says that it is one volume of an archive split over several "
                        "files; join them first");
    else if (is_archive && sniff == SNIFF_OLE2)
        entry_fault_set(&fault, ENTRY_CODE_ENCRYPTED,
                        "it is an OLE2 container, as an Office document with a password is; "
                        "take the password off first");
    else
        entry_fault_set(&fault, ENTRY_CODE_DAMAGED,
                        "its name says that an archive or something compressed is in it, its "
                        "bytes do not; get it again");
    return index_add_unreadable(indexer, item, &fault);
}
