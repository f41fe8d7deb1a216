/* SPDX-License-Identifier: MIT */
#include "scanner/encoding.h"

#include "base/swar.h"
#include "scanner/encoding_convert.h"
#include "scanner/encoding_modules.h"
#include "scanner/xml_declaration.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    NAME_BYTES = 64,         /* of an encoding; none is longer */
    DECLARATION_BYTES = 512, /* that are looked at for an encoding that is not ASCII's */
    CONVERTED_KEPT = 16 << 20,
};

struct encoding {
    struct buf converted;
    iconv_t converter; /* from `name`; (iconv_t)-1: none */
    char name[NAME_BYTES];
    char message[200];
    bool is_of_process;
    bool (*read_declaration)(const uint8_t *c, struct xml_declaration *declaration);
};

struct encoding *encoding_new(void)
{
    struct encoding *encoding = calloc(1, sizeof *encoding);
    if (encoding) {
        encoding->converter = (iconv_t)-1;
        encoding->converted.max_bytes = INT32_MAX;
    }
    return encoding;
}

void encoding_free(struct encoding *encoding)
{
    if (!encoding)
        return;
    if (encoding->converter != (iconv_t)-1)
        iconv_close(encoding->converter);
    buf_free(&encoding->converted);
    free(encoding);
}

/* -- How a document begins ------------------------------------------------------------ */

enum family {
    FAMILY_ASCII, /* the declaration can be read as it is */
    FAMILY_UTF_8, /* the same, with a byte order mark */
    FAMILY_UNITS, /* UTF-16 and UTF-32 */
    FAMILY_EBCDIC,
};

/* XML 1.0, appendix F.1. */
static const struct beginning {
    const char *bytes;
    size_t len;
    enum family family;
    size_t mark_len; /* of the byte order mark */
    size_t unit;
    bool big_endian;
    const char *name;
} beginnings[] = {
    {"\0\0\xfe\xff", 4, FAMILY_UNITS, 4, 4, true, "UTF-32"},
    {"\xff\xfe\0\0", 4, FAMILY_UNITS, 4, 4, false, "UTF-32"},
    {"\0\0\0<", 4, FAMILY_UNITS, 0, 4, true, "UTF-32"},
    {"<\0\0\0", 4, FAMILY_UNITS, 0, 4, false, "UTF-32"},
    {"\xfe\xff", 2, FAMILY_UNITS, 2, 2, true, "UTF-16"},
    {"\xff\xfe", 2, FAMILY_UNITS, 2, 2, false, "UTF-16"},
    {"\0<\0?", 4, FAMILY_UNITS, 0, 2, true, "UTF-16"},
    {"<\0?\0", 4, FAMILY_UNITS, 0, 2, false, "UTF-16"},
    {"\x4c\x6f\xa7\x94", 4, FAMILY_EBCDIC, 0, 1, false, "EBCDIC"},
    {"\xef\xbb\xbf", 3, FAMILY_UTF_8, 3, 1, false, "UTF-8"},
};

static const struct beginning *beginning_of(const char *bytes, size_t len)
{
    static const struct beginning ascii = {"", 0, FAMILY_ASCII, 0, 1, false, "ASCII"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (len >= beginnings[i].len &&
            memcmp(bytes, beginnings[i].bytes, beginnings[i].len) == 0)
            return &beginnings[i];
    return &ascii;
}

/* -- Names ---------------------------------------------------------------------------- */

/* Names that documents have and iconv does not know, or that need no iconv. */
static const struct {
    const char *name, *known_as;
} aliases[] = {
    {"utf8", "UTF-8"},
    {"unicode-1-1-utf-8", "UTF-8"},
    {"iso8859-1", "ISO-8859-1"},
    {"iso_8859-1", "ISO-8859-1"},
    {"latin1", "ISO-8859-1"},
    {"ascii", "US-ASCII"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-6-i", "ISO-8859-6"},
    {"x-sjis", "SHIFT_JIS"},
    {"x-euc-jp", "EUC-JP"},
    {"euc_jp", "EUC-JP"},
    {"x-gbk", "GBK"},
    {"gb_2312-80", "GB2312"},
    {"x-x-big5", "BIG5"},
    {"ks_c_5601-1987", "UHC"},
    {"x-windows-949", "UHC"},
    {"x-mac-roman", "MACINTOSH"},
    {"x-mac-cyrillic", "MAC-CYRILLIC"},
};

static const char *known_as(const char *name)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcasecmp(name, aliases[i].name) == 0)
            return aliases[i].known_as;
    return name;
}

/* Whether the name is one for text in such units, in this order or in the document's. */
static bool names_units(const char *name, size_t unit, const char *order)
{
    static const struct {
        const char *name;
        size_t unit;
    } names[] = {
        {"UTF-16", 2}, {"UTF16", 2}, {"UCS-2", 2}, {"ISO-10646-UCS-2", 2}, {"UNICODE", 2},
        {"UTF-32", 4}, {"UTF32", 4}, {"UCS-4", 4}, {"ISO-10646-UCS-4", 4},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len = strlen(names[i].name);
        if (names[i].unit == unit && strncasecmp(name, names[i].name, len) == 0 &&
            (!name[len] || strcasecmp(name + len, order) == 0))
            return true;
    }
    return false;
}

/* Whether it is the name of any of them. */
static bool names_any_units(const char *name)
{
    return names_units(name, 2, "LE") || names_units(name, 2, "BE") ||
           names_units(name, 4, "LE") || names_units(name, 4, "BE");
}

/* The name in the declaration, "" where there is none. */
static void read_name(const struct encoding *encoding, const char *bytes, char name[NAME_BYTES])
{
    struct xml_declaration declaration;
    size_t len = 0;
    if (encoding->read_declaration((const uint8_t *)bytes, &declaration) &&
        declaration.encoding) {
        len = declaration.encoding_len < NAME_BYTES ? declaration.encoding_len : NAME_BYTES - 1;
        memcpy(name, declaration.encoding, len);
    }
    name[len] = '\0';
}

/* -- What is wrong -------------------------------------------------------------------- */

/* The text up to the bytes that are none. */
static void end_text(struct encoding *encoding, const char *code,
                     struct utf8_document *document)
{
    const char *text = buf_string(&encoding->converted);
    document->bytes = text ? text : "";
    document->len = text ? encoding->converted.len : 0;
    document->undecoded_code = code;
    document->undecoded = encoding->message;
}

static void fail_at_name(struct encoding *encoding, const char *is, const char *name,
                         struct utf8_document *document)
{
    buf_clear(&encoding->converted);
    snprintf(encoding->message, sizeof encoding->message,
             "the document is in %s, and says that it is in %s", is, name);
    end_text(encoding, "invalid-encoding", document);
}

static void fail_at_bytes(struct encoding *encoding, const char *bytes, size_t left,
                          const char *name, struct utf8_document *document)
{
    char hex[16] = "";
    for (size_t i = 0; i < left && i < 4; i++)
        snprintf(hex + 3 * i, sizeof hex - 3 * i, " %02X", (unsigned char)bytes[i]);
    snprintf(encoding->message, sizeof encoding->message,
             "the bytes%s are not in %s, the document's encoding", hex, name);
    end_text(encoding, "invalid-encoding", document);
}

static enum encoding_result finish(struct encoding *encoding, const char *bytes, size_t len,
                                   size_t taken, const char *name,
                                   struct utf8_document *document)
{
    struct buf *converted = &encoding->converted;
    if (taken < len && !converted->failed)
        fail_at_bytes(encoding, bytes + taken, len - taken, name, document);
    else if (buf_string(converted))
        *document = (struct utf8_document){.bytes = converted->data, .len = converted->len};
    if (!converted->failed)
        return ENCODING_DONE;
    return converted->max_bytes - converted->len <= len - taken + 4 ? ENCODING_TOO_LARGE
                                                                    : ENCODING_NO_MEMORY;
}

/* -- By what the document says -------------------------------------------------------- */

static enum encoding_result convert_units(struct encoding *encoding,
                                          const struct beginning *beginning, const char *bytes,
                                          size_t len, struct utf8_document *document)
{
    char name[NAME_BYTES];
    bytes += beginning->mark_len;
    len -= beginning->mark_len;
    size_t taken = encoding_convert_units(&encoding->converted, bytes, len, beginning->unit,
                                          beginning->big_endian);
    enum encoding_result result =
        finish(encoding, bytes, len, taken, beginning->name, document);
    if (result != ENCODING_DONE)
        return result;
    read_name(encoding, document->bytes, name);
    if (name[0] && !names_units(name, beginning->unit, beginning->big_endian ? "BE" : "LE"))
        fail_at_name(encoding, beginning->name, name, document);
    return ENCODING_DONE;
}

/* 1: opened; 0: nobody knows the name; -1: no memory. */
static int open_converter(struct encoding *encoding, const char *name)
{
    if (encoding->converter != (iconv_t)-1 && strcasecmp(encoding->name, name) == 0)
        return 1;
    iconv_t converter = iconv_open("UTF-8", name);
    /* glibc says the same of a name that it does not know and of tables that it had no memory
     * to load: these it has when it is asked again. */
    if (converter == (iconv_t)-1 && errno == EINVAL)
        converter = iconv_open("UTF-8", name);
    if (converter == (iconv_t)-1)
        return errno == ENOMEM ? -1 : 0;
    if (encoding->converter != (iconv_t)-1)
        iconv_close(encoding->converter);
    encoding->converter = converter;
    snprintf(encoding->name, sizeof encoding->name, "%s", name);
    return 1;
}

static enum encoding_result convert_by_iconv(struct encoding *encoding, const char *bytes,
                                             size_t len, const char *name,
                                             struct utf8_document *document)
{
    int rc = open_converter(encoding, name);
    if (rc < 0)
        return ENCODING_NO_MEMORY;
    encoding->is_of_process |= rc == 0 || !encoding_modules_have(name);
    if (rc == 0) {
        snprintf(encoding->message, sizeof encoding->message,
                 "the encoding %s is not known here", name);
        end_text(encoding, "unsupported-encoding", document);
        return ENCODING_DONE;
    }
    size_t taken =
        encoding_convert_by_iconv(&encoding->converted, bytes, len, encoding->converter);
    enum encoding_result result = finish(encoding, bytes, len, taken, name, document);
    /* The declaration has been read in another encoding, so that is what it must be in. */
    if (result == ENCODING_DONE && strncmp(document->bytes, "<?xml", 5) != 0)
        fail_at_name(encoding, "another encoding", name, document);
    return result;
}

/* The declaration of EBCDIC has no character that lies elsewhere in one of its code pages. */
static enum encoding_result convert_ebcdic(struct encoding *encoding, const char *bytes,
                                           size_t len, struct utf8_document *document)
{
    char name[NAME_BYTES];
    size_t first = len < DECLARATION_BYTES ? len : DECLARATION_BYTES;
    enum encoding_result result = convert_by_iconv(encoding, bytes, first, "IBM037", document);
    if (result != ENCODING_DONE)
        return result;
    read_name(encoding, document->bytes, name);
    buf_clear(&encoding->converted);
    if (!name[0])
        fail_at_name(encoding, "EBCDIC", "UTF-8, by not saying which", document);
    else
        result = convert_by_iconv(encoding, bytes, len, name, document);
    return result;
}

static bool is_ascii(const char *bytes, size_t len)
{
    size_t i = 0;
    while (len - i >= 8 && swar_ascii(swar_load_8(bytes + i)) == SWAR_EACH(0x80))
        i += 8;
    while (i < len && (unsigned char)bytes[i] < 0x80)
        i++;
    return i == len;
}

static enum encoding_result convert_by_name(struct encoding *encoding, const char *bytes,
                                            size_t len, const char *name,
                                            struct utf8_document *document)
{
    if (strcasecmp(name, "ISO-8859-1") == 0) {
        size_t taken = encoding_convert_latin_1(&encoding->converted, bytes, len);
        return finish(encoding, bytes, len, taken, name, document);
    }
    if (strcasecmp(name, "US-ASCII") == 0 && is_ascii(bytes, len))
        return ENCODING_DONE;
    return convert_by_iconv(encoding, bytes, len, name, document);
}

static enum encoding_result to_utf8(struct encoding *encoding, const char *bytes, size_t len,
                                    struct utf8_document *document)
{
    const struct beginning *beginning = beginning_of(bytes, len);
    char declared[NAME_BYTES];
    *document = (struct utf8_document){.bytes = bytes, .len = len};
    if (encoding->converted.cap > CONVERTED_KEPT)
        buf_free(&encoding->converted);
    buf_clear(&encoding->converted);
    encoding->is_of_process = false;
    if (beginning->family == FAMILY_UNITS)
        return convert_units(encoding, beginning, bytes, len, document);
    if (beginning->family == FAMILY_EBCDIC)
        return convert_ebcdic(encoding, bytes, len, document);
    read_name(encoding, bytes + beginning->mark_len, declared);
    const char *name = known_as(declared);
    if (!name[0] || strcasecmp(name, "UTF-8") == 0)
        return ENCODING_DONE;
    bool is_marked = beginning->family == FAMILY_UTF_8;
    if (is_marked || names_any_units(name)) {
        fail_at_name(encoding, is_marked ? "UTF-8" : "another encoding", declared, document);
        return ENCODING_DONE;
    }
    return convert_by_name(encoding, bytes, len, name, document);
}

enum encoding_result encoding_to_utf8(struct encoding *encoding, const char *bytes, size_t len,
                                      struct utf8_document *document)
{
    encoding->read_declaration = xml_declaration_read;
    return to_utf8(encoding, bytes, len, document);
}

enum encoding_result encoding_entity_to_utf8(struct encoding *encoding, const char *bytes,
                                             size_t len, struct utf8_document *entity)
{
    encoding->read_declaration = xml_declaration_read_text;
    return to_utf8(encoding, bytes, len, entity);
}

bool encoding_is_of_process(const struct encoding *encoding)
{
    return encoding->is_of_process;
}
