/* SPDX-License-Identifier: MIT
 *
 * Names are looked up once and kept, with what they are made of.
 */
#include "scanner/scanner_state.h"

#include "base/utf8.h"
#include <string.h>

enum {
    STRINGS_KEPT = 50000, /* between documents */
    BYTES_KEPT = 4 << 20,
};

/* -- Strings -------------------------------------------------------------------------- */

struct dictionary_entry *scanner_keep(struct scanner *s, const void *string, size_t len)
{
    struct dictionary_entry *entry = dictionary_entry(&s->strings, string, len);
    if (!entry)
        scanner_fail_without_memory(s);
    return entry;
}

static struct dictionary_entry *keep_string(struct scanner *s, const char *string)
{
    return scanner_keep(s, string, strlen(string));
}

/* The strings that every document needs. no_prefix tells that all are there. */
static bool keep_own(struct scanner *s)
{
    struct dictionary_entry *xml = keep_string(s, "xml");
    s->xmlns = keep_string(s, "xmlns");
    s->xml_uri = keep_string(s, "http://www.w3.org/XML/1998/namespace");
    s->xmlns_uri = keep_string(s, "http://www.w3.org/2000/xmlns/");
    s->no_prefix = NULL;
    if (!xml || !s->xmlns || !s->xml_uri || !s->xmlns_uri ||
        !(s->misplaced_colon = keep_string(s, "  ")) || !(s->no_prefix = keep_string(s, " ")))
        return false;
    xml->binding = s->xml_uri->string;
    return true;
}

bool scanner_prepare_strings(struct scanner *s)
{
    if (s->no_prefix && s->strings.n < STRINGS_KEPT && s->strings.bytes < BYTES_KEPT)
        return true;
    dictionary_clear(&s->strings);
    s->epoch++;
    return keep_own(s);
}

/* -- Names ---------------------------------------------------------------------------- */

static const uint8_t *fail_at_name(struct scanner *s, const uint8_t *c)
{
    const uint8_t *next = c;
    return scanner_fail(s, c, "name-required", "U+%04X cannot stand in a name",
                        utf8_next(&next, s->end));
}

/* The limit is for what stands on either side of a colon. */
static bool is_long(const struct scanner *s, const uint8_t *name, const uint8_t *end)
{
    const uint8_t *colon = memchr(name, ':', (size_t)(end - name));
    return !colon || colon - name > s->max_name_bytes || end - colon - 1 > s->max_name_bytes;
}

const uint8_t *scanner_read_name(struct scanner *s, const uint8_t *c,
                                 struct dictionary_entry **name)
{
    const uint8_t *from = c;
    if (xml_char_is(c, XML_NAME_START))
        c = xml_skip(c + 1, XML_NAME);
    if (*c >= 0x80 && *(c = xml_skip_name(from, s->end)) >= 0x80)
        return fail_at_name(s, c);
    if (c == from)
        return scanner_fail(s, c, "name-required", "a name is missing here");
    if (c - from > s->max_name_bytes && is_long(s, from, c))
        return scanner_fail_at_limit(
            s, from, "limit-name", "a name longer than the limit; --max-name-bytes raises it");
    *name = scanner_keep(s, from, (size_t)(c - from));
    return *name ? c : NULL;
}

const uint8_t *scanner_read_ncname(struct scanner *s, const uint8_t *c, const char *kind,
                                   struct dictionary_entry **name)
{
    const uint8_t *behind = scanner_read_name(s, c, name);
    if (behind && memchr((*name)->string, ':', (*name)->len))
        scanner_tell(s, c, SCANNER_NAMESPACE, "colon", "the name %.200s of %s has a colon",
                     (const char *)(*name)->string, kind);
    return behind;
}

/* Namespaces in XML 1.0 [7]: at most one colon, a name on either side. Any other name gets a
 * prefix that is never declared, and so is told wherever it stands. */
static bool split(struct scanner *s, struct dictionary_entry *name)
{
    const uint8_t *string = name->string, *end = string + name->len;
    const uint8_t *colon = memchr(string, ':', name->len);
    struct dictionary_entry *prefix = NULL, *local = name;
    if (colon && (colon == string || colon + 1 == end || xml_skip_name(colon + 1, end) != end ||
                  memchr(colon + 1, ':', (size_t)(end - colon - 1)))) {
        prefix = s->misplaced_colon;
    } else if (colon) {
        prefix = scanner_keep(s, string, (size_t)(colon - string));
        local = scanner_keep(s, colon + 1, (size_t)(end - colon - 1));
        if (!prefix || !local)
            return false;
        prefix->local = prefix;
        local->local = local;
    }
    name->prefix = prefix;
    name->local = local;
    return true;
}

const uint8_t *scanner_read_qname(struct scanner *s, const uint8_t *c,
                                  struct dictionary_entry **name)
{
    c = scanner_read_name(s, c, name);
    return c && ((*name)->local || split(s, *name)) ? c : NULL;
}

const uint8_t *scanner_read_unguessed(struct scanner *s, const uint8_t *c,
                                      struct dictionary_guess *guess)
{
    struct dictionary_entry *name = guess->other;
    if (scanner_guess_holds(s, c, name))
        c += name->len;
    else if (!(c = scanner_read_qname(s, c, &name)))
        return NULL;
    *guess = (struct dictionary_guess){name, guess->last};
    return c;
}
