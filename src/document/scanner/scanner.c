/* SPDX-License-Identifier: MIT
 *
 * Numbers in brackets are productions of XML 1.0 (fifth edition), https://www.w3.org/TR/xml/.
 * A function that reads returns where it came to, or NULL to decline. The NUL behind the
 * document is in no class of characters, so that nothing reads past it.
 */
#include "document/scanner/scanner.h"

#include "base/array.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "base/xml_chars.h"
#include "document/scanner/dictionary.h"
#include "document/scanner/prolog.h"
#include <stdlib.h>
#include <string.h>

enum {
    NAME_BYTES = 1000, /* at most, whatever the limit */
    ATTRIBUTES = 256,  /* of one tag; beyond that, libxml2 */
    STRINGS = 200000,  /* of one document */
    STRINGS_KEPT = 50000,
    BYTES_KEPT = 4 << 20,
    VALUES_KEPT = 1 << 20, /* bytes, between documents */
};

/* -- The scanner ---------------------------------------------------------------------- */

struct scanned_attribute {
    struct dictionary_entry *name;
    const xmlChar *value; /* NULL: in `values` */
    size_t from;
    size_t len;
};

struct open_element {
    const struct dictionary_entry *name;
    const xmlChar *uri;
    size_t n_shadowed; /* before its namespaces were declared */
};

struct shadowed {
    struct dictionary_entry *prefix;
    const xmlChar *binding;
};

struct scanner {
    ptrdiff_t name_bytes;
    struct dictionary strings;
    uint64_t epoch; /* of them */
    struct dictionary_entry *xmlns;
    struct dictionary_entry *xml_uri,
        *xmlns_uri; /* that only the prefixes of that name may stand for */
    struct dictionary_entry
        *no_prefix; /* its binding: the default namespace; a space, as no name is */
    struct open_element *open;
    size_t depth, cap_open;
    struct shadowed *shadowed; /* what prefixes stood for further out */
    size_t n_shadowed, cap_shadowed;
    struct buf values; /* of a tag's attributes, where they are not as they stand */
    uint64_t tags;
    size_t n_attributes;
    struct scanned_attribute attributes[ATTRIBUTES];
    const xmlChar *told[5 * ATTRIBUTES];
    const xmlChar *namespaces[2 * ATTRIBUTES];

    /* the document at hand */
    const struct scanner_events *events;
    const uint8_t *end;
    const uint8_t *now;            /* the end of the event */
    struct dictionary_entry *last; /* element started, no_prefix before the first */
    bool stopped;
    uint64_t line; /* of line_at */
    const uint8_t *line_at;
};

void scanner_stop(struct scanner *s)
{
    s->stopped = true;
}

bool scanner_is_stopped(const struct scanner *s)
{
    return s->stopped;
}

uint64_t scanner_line(struct scanner *s)
{
    s->line += xml_count_lines(s->line_at, s->now);
    s->line_at = s->now;
    return s->line;
}

static struct dictionary_entry *keep(struct scanner *s, const void *string, size_t len)
{
    return s->strings.n < STRINGS ? dictionary_entry(&s->strings, string, len) : NULL;
}

static struct dictionary_entry *keep_string(struct scanner *s, const char *string)
{
    return keep(s, string, strlen(string));
}

/* No document is read without them. */
static bool keep_own(struct scanner *s)
{
    struct dictionary_entry *xml = keep_string(s, "xml");
    s->xmlns = keep_string(s, "xmlns");
    s->xml_uri = keep_string(s, "http://www.w3.org/XML/1998/namespace");
    s->xmlns_uri = keep_string(s, "http://www.w3.org/2000/xmlns/");
    s->no_prefix = NULL;
    if (!xml || !s->xmlns || !s->xml_uri || !s->xmlns_uri ||
        !(s->no_prefix = keep_string(s, " ")))
        return false;
    xml->binding = s->xml_uri->string;
    return true;
}

struct scanner *scanner_new(uint64_t max_name_bytes)
{
    struct scanner *s = calloc(1, sizeof *s);
    if (s)
        s->name_bytes = max_name_bytes < NAME_BYTES ? (ptrdiff_t)max_name_bytes : NAME_BYTES;
    if (!s || !dictionary_init(&s->strings) || !keep_own(s)) {
        scanner_free(s);
        return NULL;
    }
    return s;
}

void scanner_free(struct scanner *s)
{
    if (!s)
        return;
    dictionary_free(&s->strings);
    free(s->open);
    free(s->shadowed);
    buf_free(&s->values);
    free(s);
}

uint64_t scanner_epoch(const struct scanner *s)
{
    return s->epoch;
}

static bool make_room(struct scanner *s)
{
    if (s->no_prefix && s->strings.n < STRINGS_KEPT && s->strings.bytes < BYTES_KEPT)
        return true;
    dictionary_clear(&s->strings);
    s->epoch++;
    return keep_own(s);
}

/* -- Names ---------------------------------------------------------------------------- */

/* Namespaces in XML 1.0, [7]: at most one colon, a name on either side. */
static bool split(struct scanner *s, struct dictionary_entry *name)
{
    const uint8_t *string = name->string, *end = string + name->len;
    const uint8_t *colon = memchr(string, ':', name->len);
    if (!colon) {
        name->local = name;
        return true;
    }
    if (colon == string || xml_skip_name(colon + 1, end) != end || colon + 1 == end ||
        memchr(colon + 1, ':', (size_t)(end - colon - 1)))
        return false;
    struct dictionary_entry *prefix = keep(s, string, (size_t)(colon - string));
    struct dictionary_entry *local = keep(s, colon + 1, (size_t)(end - colon - 1));
    if (!prefix || !local)
        return false;
    prefix->local = prefix;
    local->local = local;
    name->prefix = prefix;
    name->local = local;
    return true;
}

static const uint8_t *read_name(struct scanner *s, const uint8_t *c,
                                struct dictionary_entry **name)
{
    const uint8_t *from = c;
    if (xml_char_is(c, XML_NAME_START))
        c = xml_skip(c + 1, XML_NAME);
    if (*c >= 0x80 && !(c = xml_skip_name(from, s->end)))
        return NULL;
    if (c == from || c - from > s->name_bytes || !(*name = keep(s, from, (size_t)(c - from))))
        return NULL;
    return (*name)->local || split(s, *name) ? c : NULL;
}

/* -- Start tags ----------------------------------------------------------------------- */

/* [10], with white space and references replaced (3.3.3). */
static const uint8_t *copy_value(struct scanner *s, const uint8_t *c, uint8_t quote)
{
    uint8_t utf8[4];
    uint32_t point;
    while (*c != quote) {
        const uint8_t *from = c;
        if (*c == '&') {
            if (!(c = xml_read_reference(c, &point)))
                return NULL;
            buf_append(&s->values, utf8, utf8_write(point, utf8));
        } else if (xml_char_is(c, XML_SPACE)) {
            c += c[0] == '\r' && c[1] == '\n' ? 2 : 1;
            buf_append_char(&s->values, ' ');
        } else {
            c = *c == '"' || *c == '\'' ? c + 1
                                        : xml_skip_non_ascii(xml_skip(c, XML_VALUE), s->end);
            if (!c || c == from)
                return NULL;
            buf_append(&s->values, from, (size_t)(c - from));
        }
    }
    return s->values.failed ? NULL : c + 1;
}

static const uint8_t *read_value(struct scanner *s, const uint8_t *c,
                                 struct scanned_attribute *attribute)
{
    uint8_t quote = *c++;
    const uint8_t *from = c;
    if (quote != '"' && quote != '\'')
        return NULL;
    while (c && *c != quote &&
           (xml_char_is(c, XML_VALUE) || *c == '"' || *c == '\'' || *c >= 0x80))
        c = *c >= 0x80 ? xml_skip_non_ascii(c, s->end) : xml_skip(c + 1, XML_VALUE);
    if (!c)
        return NULL;
    attribute->value = from;
    attribute->len = (size_t)(c - from);
    if (*c == quote)
        return c + 1;
    attribute->value = NULL;
    attribute->from = s->values.len;
    c = copy_value(s, from, quote);
    attribute->len = s->values.len - attribute->from;
    return c;
}

/* [41], as many as there are, to the end of the tag. */
static const uint8_t *read_attributes(struct scanner *s, const uint8_t *c)
{
    for (;;) {
        const uint8_t *behind = c;
        c = xml_skip(c, XML_SPACE);
        if (*c == '>' || *c == '/')
            return c;
        if (c == behind || s->n_attributes == ATTRIBUTES)
            return NULL;
        struct scanned_attribute *attribute = &s->attributes[s->n_attributes++];
        if (!(c = read_name(s, c, &attribute->name)) || attribute->name->tag == s->tags)
            return NULL;
        attribute->name->tag = s->tags;
        c = xml_skip(c, XML_SPACE);
        if (*c != '=' || !(c = read_value(s, xml_skip(c + 1, XML_SPACE), attribute)))
            return NULL;
    }
}

static bool shadow(struct scanner *s, struct dictionary_entry *prefix, const xmlChar *binding)
{
    struct shadowed *shadowed =
        array_room(s->shadowed, &s->cap_shadowed, s->n_shadowed + 1, sizeof *shadowed);
    if (!shadowed)
        return false;
    s->shadowed = shadowed;
    s->shadowed[s->n_shadowed++] = (struct shadowed){prefix, prefix->binding};
    prefix->binding = binding;
    return true;
}

static void unshadow(struct scanner *s, size_t n)
{
    while (s->n_shadowed > n) {
        const struct shadowed *last = &s->shadowed[--s->n_shadowed];
        last->prefix->binding = last->binding;
    }
}

/* A declaration of a namespace, where it keeps the constraints of Namespaces in XML 1.0. */
static bool bind(struct scanner *s, const struct scanned_attribute *attribute,
                 const xmlChar **told)
{
    static const xmlChar none[] = "";
    bool is_default = attribute->name == s->xmlns;
    struct dictionary_entry *prefix = is_default ? s->no_prefix : attribute->name->local;
    told[0] = is_default ? NULL : prefix->string;
    told[1] = none;
    if (!attribute->len)
        return is_default && shadow(s, prefix, NULL);
    struct dictionary_entry *uri = keep(s, attribute->value, attribute->len);
    if (!uri || uri == s->xml_uri || uri == s->xmlns_uri || prefix == s->xmlns ||
        prefix->binding == s->xml_uri->string)
        return false;
    told[1] = uri->string;
    return shadow(s, prefix, uri->string);
}

static bool declares(const struct scanner *s, const struct dictionary_entry *name)
{
    return name == s->xmlns || name->prefix == s->xmlns;
}

static bool bind_all(struct scanner *s, int *n_namespaces)
{
    *n_namespaces = 0;
    for (size_t i = 0; i < s->n_attributes; i++) {
        struct scanned_attribute *attribute = &s->attributes[i];
        if (!attribute->value)
            attribute->value = (const xmlChar *)s->values.data + attribute->from;
        if (declares(s, attribute->name) &&
            !bind(s, attribute, s->namespaces + 2 * (*n_namespaces)++))
            return false;
    }
    return true;
}

/* Two names with different prefixes may still be one name. */
static bool is_twice(const xmlChar **told, int n, const xmlChar *local, const xmlChar *uri)
{
    for (int i = 0; i < n; i++)
        if (told[5 * i] == local && told[5 * i + 2] == uri)
            return true;
    return false;
}

static bool resolve(struct scanner *s, int *n_attributes)
{
    int n = 0;
    for (size_t i = 0; i < s->n_attributes; i++) {
        const struct scanned_attribute *attribute = &s->attributes[i];
        const struct dictionary_entry *prefix = attribute->name->prefix;
        const xmlChar *local = attribute->name->local->string;
        const xmlChar *uri = prefix ? prefix->binding : NULL;
        if (declares(s, attribute->name))
            continue;
        if (prefix && (!uri || is_twice(s->told, n, local, uri)))
            return false;
        const xmlChar **told = s->told + 5 * n++;
        told[0] = local;
        told[1] = prefix ? prefix->string : NULL;
        told[2] = uri;
        told[3] = attribute->value;
        told[4] = attribute->value + attribute->len;
    }
    *n_attributes = n;
    return true;
}

static struct open_element *push(struct scanner *s)
{
    struct open_element *open = array_room(s->open, &s->cap_open, s->depth + 1, sizeof *open);
    if (!open)
        return NULL;
    s->open = open;
    return &s->open[s->depth++];
}

static void tell_end(struct scanner *s, const uint8_t *now)
{
    const struct open_element *open = &s->open[--s->depth];
    const struct dictionary_entry *prefix = open->name->prefix;
    s->now = now;
    s->events->end(s->events->context, open->name->local->string,
                   prefix ? prefix->string : NULL, open->uri);
    if (s->n_shadowed > open->n_shadowed)
        unshadow(s, open->n_shadowed);
}

/* The name of an element. Documents repeat themselves: as often as not it is the one that came
 * here the last time. */
static const uint8_t *read_element_name(struct scanner *s, const uint8_t *c,
                                        struct dictionary_entry **name)
{
    struct dictionary_entry *last = s->last, *guess = last->next;
    if (guess && (size_t)(s->end - c) > guess->len && entry_is(guess, c, guess->len) &&
        c[guess->len] < 0x80 && !xml_char_is(c + guess->len, XML_NAME)) {
        *name = guess;
        c += guess->len;
    } else if (!(c = read_name(s, c, name))) {
        return NULL;
    }
    last->next = *name;
    s->last = *name;
    return c;
}

/* [40] [44], behind the `<`. */
static const uint8_t *read_start(struct scanner *s, const uint8_t *c)
{
    struct dictionary_entry *name;
    int n_namespaces = 0, n_attributes = 0;
    struct open_element *open = push(s);
    if (!open || !(c = read_element_name(s, c, &name)))
        return NULL;
    *open = (struct open_element){name, NULL, s->n_shadowed};
    if (*c != '>') {
        s->tags++;
        s->n_attributes = 0;
        buf_clear(&s->values);
        if (!(c = read_attributes(s, c)) || !bind_all(s, &n_namespaces) ||
            !resolve(s, &n_attributes))
            return NULL;
    }
    const struct dictionary_entry *prefix = name->prefix;
    open->uri = (prefix ? prefix : s->no_prefix)->binding;
    if ((prefix && !open->uri) || (*c == '/' && c[1] != '>'))
        return NULL;
    s->now = c;
    s->events->start(s->events->context, name->local->string, prefix ? prefix->string : NULL,
                     open->uri, n_namespaces, s->namespaces, n_attributes, 0, s->told);
    if (*c == '>')
        return c + 1;
    if (!s->stopped)
        tell_end(s, c + 2);
    return c + 2;
}

/* -- Content -------------------------------------------------------------------------- */

static void tell_text(struct scanner *s, const uint8_t *from, const uint8_t *to)
{
    if (to == from || s->stopped)
        return;
    s->now = to;
    s->events->text(s->events->context, from, (int)(to - from));
}

/* [14] [67], up to the next `<`. A carriage return alone, which stands for a line feed, is rare
 * enough to be declined. */
static const uint8_t *read_text(struct scanner *s, const uint8_t *c)
{
    uint8_t utf8[4];
    uint32_t point;
    for (const uint8_t *from = c;;) {
        c = xml_skip_text(c, s->end);
        if (*c == ']' && !(c[1] == ']' && c[2] == '>')) {
            c++;
            continue;
        }
        if (*c >= 0x80) {
            if (!(c = xml_skip_non_ascii(c, s->end)))
                return NULL;
            continue;
        }
        tell_text(s, from, c);
        if (*c == '<')
            return c;
        if (*c == '&') {
            if (!(c = xml_read_reference(c, &point)) || s->stopped)
                return NULL;
            s->now = c;
            s->events->text(s->events->context, utf8, (int)utf8_write(point, utf8));
            from = c;
        } else if (*c == '\r' && c[1] == '\n') {
            from = ++c;
        } else {
            return NULL;
        }
    }
}

/* [20] [21], behind the `<![CDATA[`. */
static const uint8_t *read_cdata(struct scanner *s, const uint8_t *c)
{
    const uint8_t *from = c;
    while ((c = xml_skip_inert(c, s->end))) {
        if (*c == ']' && c[1] == ']' && c[2] == '>') {
            tell_text(s, from, c);
            return c + 3;
        }
        if (*c == '\r' && c[1] == '\n') {
            tell_text(s, from, c);
            from = ++c;
        } else if (*c == ']' || *c == '-' || *c == '?') {
            c++;
        } else {
            break;
        }
    }
    return NULL;
}

/* [15], behind the `<!--`. */
static const uint8_t *read_comment(const struct scanner *s, const uint8_t *c)
{
    while ((c = xml_skip_inert(c, s->end)) && xml_may_be_inert(c) &&
           !(*c == '-' && c[1] == '-'))
        c++;
    return c ? xml_skip_string(c, "-->") : NULL;
}

/* [16] [17], behind the `<?`. */
static const uint8_t *read_pi(struct scanner *s, const uint8_t *c)
{
    struct dictionary_entry *target;
    if (!(c = read_name(s, c, &target)) || target->prefix ||
        (target->len == 3 && !xmlStrcasecmp(target->string, (const xmlChar *)"xml")))
        return NULL;
    if (*c != '?' && !xml_char_is(c, XML_SPACE))
        return NULL;
    if (*c == '?')
        return xml_skip_string(c, "?>");
    while ((c = xml_skip_inert(c, s->end)) && xml_may_be_inert(c) &&
           !(*c == '?' && c[1] == '>'))
        c++;
    return c ? xml_skip_string(c, "?>") : NULL;
}

/* [42], behind the `</`. */
static const uint8_t *read_end(struct scanner *s, const uint8_t *c)
{
    const struct dictionary_entry *name = s->open[s->depth - 1].name;
    if ((size_t)(s->end - c) < name->len || !entry_is(name, c, name->len))
        return NULL;
    c = xml_skip(c + name->len, XML_SPACE);
    if (*c != '>')
        return NULL;
    tell_end(s, c + 1);
    return c + 1;
}

/* [39]: the root, from its `<` on. */
static const uint8_t *read_root(struct scanner *s, const uint8_t *c)
{
    do {
        const uint8_t *behind;
        if (*c != '<' && !(c = read_text(s, c)))
            return NULL;
        if (c[1] == '/')
            c = s->stopped ? NULL : read_end(s, c + 2);
        else if (c[1] == '?')
            c = read_pi(s, c + 2);
        else if (c[1] != '!')
            c = s->stopped ? NULL : read_start(s, c + 1);
        else if ((behind = xml_skip_string(c, "<!--")))
            c = read_comment(s, behind);
        else
            c = (behind = xml_skip_string(c, "<![CDATA[")) ? read_cdata(s, behind) : NULL;
    } while (c && s->depth && !s->stopped);
    return s->stopped ? NULL : c;
}

/* -- Around the root ------------------------------------------------------------------ */

/* [27], as often as it comes. */
static const uint8_t *read_misc(struct scanner *s, const uint8_t *c)
{
    while (c) {
        c = xml_skip(c, XML_SPACE);
        const uint8_t *comment = xml_skip_string(c, "<!--"), *pi = xml_skip_string(c, "<?");
        if (!comment && !pi)
            break;
        c = comment ? read_comment(s, comment) : read_pi(s, pi);
    }
    return c;
}

/* [1] */
static const uint8_t *read_document(struct scanner *s, const uint8_t *c)
{
    const uint8_t *next;
    if ((next = xml_skip_string(c, "\xef\xbb\xbf")))
        c = next;
    if ((next = xml_skip_string(c, "<?xml")) && xml_char_is(next, XML_SPACE) &&
        !(c = prolog_read_declaration(next)))
        return NULL;
    if (!(c = read_misc(s, c)))
        return NULL;
    if ((next = xml_skip_string(c, "<!DOCTYPE")) &&
        (!(c = prolog_read_doctype(next)) || !(c = read_misc(s, c))))
        return NULL;
    if (*c != '<' || (!xml_char_is(c + 1, XML_NAME_START) && c[1] < 0x80) ||
        !(c = read_root(s, c)))
        return NULL;
    return read_misc(s, c);
}

bool scanner_run(struct scanner *s, const char *bytes, size_t len,
                 const struct scanner_events *events)
{
    if (!make_room(s))
        return false;
    if (s->values.cap > VALUES_KEPT)
        buf_free(&s->values);
    s->events = events;
    s->now = s->line_at = (const uint8_t *)bytes;
    s->end = s->now + len;
    s->line = 1;
    s->last = s->no_prefix;
    s->stopped = false;
    s->depth = 0;
    bool whole = read_document(s, s->now) == s->end;
    unshadow(s, 0);
    return whole;
}
