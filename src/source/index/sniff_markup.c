/* SPDX-License-Identifier: MIT
 *
 * A text that ends where it cannot be judged yet is XML: it is for the parser to say what is
 * wrong with it.
 */
#include "source/index/sniff_markup.h"

#include <string.h>
#include <strings.h>

/* What one piece of the text says. */
enum piece {
    PIECE_GOOD,   /* it may be XML so far */
    PIECE_WRONG,  /* it is no XML */
    PIECE_CUT,    /* the text ends within it */
    PIECE_IS_ROOT /* the start tag of the root follows */
};

struct markup_cursor {
    const char *at, *end;
};

/* -- Words ---------------------------------------------------------------------------- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
           (unsigned char)c >= 0x80;
}

static bool is_name_char(char c)
{
    return is_name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static bool is_at(const struct markup_cursor *text, const char *word)
{
    size_t n = strlen(word);
    return (size_t)(text->end - text->at) >= n && memcmp(text->at, word, n) == 0;
}

/* The same in any letter case, with no more letters behind it. */
static bool is_at_tag(const struct markup_cursor *text, const char *word)
{
    size_t n = strlen(word), len = (size_t)(text->end - text->at);
    return len >= n && strncasecmp(text->at, word, n) == 0 &&
           (len == n || !is_name_char(text->at[n]));
}

static bool skip_space(struct markup_cursor *text)
{
    const char *start = text->at;
    while (text->at < text->end && is_space(*text->at))
        text->at++;
    return text->at > start;
}

static size_t skip_name(struct markup_cursor *text)
{
    const char *start = text->at;
    if (text->at < text->end && is_name_start(*text->at))
        while (text->at < text->end && is_name_char(*text->at))
            text->at++;
    return (size_t)(text->at - start);
}

static enum piece skip_past(struct markup_cursor *text, const char *word)
{
    size_t n = strlen(word);
    const char *found = memmem(text->at, (size_t)(text->end - text->at), word, n);
    text->at = found ? found + n : text->end;
    return found ? PIECE_GOOD : PIECE_CUT;
}

static enum piece skip_literal(struct markup_cursor *text)
{
    if (text->at == text->end)
        return PIECE_CUT;
    char quote[2] = {*text->at, '\0'};
    if (quote[0] != '"' && quote[0] != '\'')
        return PIECE_WRONG;
    text->at++;
    return skip_past(text, quote);
}

/* -- Tags ----------------------------------------------------------------------------- */

static enum piece skip_instruction(struct markup_cursor *text)
{
    text->at += 2;
    const char *target = text->at;
    size_t len = skip_name(text);
    if (text->at == text->end)
        return PIECE_CUT;
    if (!len || (len == 3 && strncasecmp(target, "php", 3) == 0))
        return PIECE_WRONG;
    return skip_past(text, "?>");
}

/* A document type declaration without an internal subset; with one it is XML or SGML, and only
 * a parser could tell. */
static enum piece skip_doctype(struct markup_cursor *text)
{
    text->at += strlen("<!DOCTYPE");
    skip_space(text);
    size_t len = skip_name(text);
    skip_space(text);
    int literals = is_at(text, "PUBLIC") ? 2 : is_at(text, "SYSTEM") ? 1 : 0;
    if (literals)
        text->at += strlen("PUBLIC");
    for (int i = 0; i < literals; i++) {
        skip_space(text);
        enum piece piece = skip_literal(text);
        if (piece != PIECE_GOOD)
            return piece;
    }
    skip_space(text);
    if (text->at == text->end || *text->at == '[')
        return PIECE_CUT;
    return len && *text->at++ == '>' ? PIECE_GOOD : PIECE_WRONG;
}

/* What is allowed before the root and behind it. */
static enum piece skip_misc(struct markup_cursor *text)
{
    skip_space(text);
    if (text->at == text->end)
        return PIECE_CUT;
    if (is_at(text, "<!--"))
        return skip_past(text, "-->");
    if (is_at(text, "<?"))
        return skip_instruction(text);
    return PIECE_WRONG;
}

static enum piece skip_start_tag(struct markup_cursor *text, bool *is_empty)
{
    for (;;) {
        bool spaced = skip_space(text);
        if (text->at == text->end)
            return PIECE_CUT;
        *is_empty = *text->at == '/';
        text->at += *is_empty;
        if (text->at == text->end)
            return PIECE_CUT;
        if (*text->at == '>') {
            text->at++;
            return PIECE_GOOD;
        }
        if (*is_empty || !spaced || !skip_name(text))
            return PIECE_WRONG;
        skip_space(text);
        if (text->at == text->end)
            return PIECE_CUT;
        if (*text->at++ != '=')
            return PIECE_WRONG;
        skip_space(text);
        enum piece piece = skip_literal(text);
        if (piece != PIECE_GOOD)
            return piece;
    }
}

/* -- The document --------------------------------------------------------------------- */

/* The root with all that is in it. */
static enum piece skip_root(struct markup_cursor *text)
{
    struct {
        const char *name;
        size_t len;
    } open[SNIFF_BYTES / 3 + 1]; /* an element takes three bytes at least */
    size_t depth = 0;
    do {
        enum piece piece = PIECE_GOOD;
        bool is_empty;
        if (is_at(text, "<!--")) {
            piece = skip_past(text, "-->");
        } else if (is_at(text, "<![CDATA[")) {
            piece = skip_past(text, "]]>");
        } else if (is_at(text, "<?")) {
            piece = skip_instruction(text);
        } else {
            bool is_end = is_at(text, "</");
            text->at += is_end ? 2 : 1;
            const char *name = text->at;
            size_t len = skip_name(text);
            if (text->at == text->end)
                return PIECE_CUT;
            if (!len || (is_end && (len != open[depth - 1].len ||
                                    memcmp(name, open[depth - 1].name, len) != 0)))
                return PIECE_WRONG;
            piece = skip_start_tag(text, &is_empty);
            if (piece == PIECE_GOOD && is_end)
                depth--;
            if (piece == PIECE_GOOD && !is_end && !is_empty) {
                open[depth].name = name;
                open[depth++].len = len;
            }
        }
        if (piece != PIECE_GOOD)
            return piece;
        while (depth && text->at < text->end && *text->at != '<')
            text->at++;
        if (depth && text->at + 1 >= text->end)
            return PIECE_CUT;
    } while (depth);
    return PIECE_GOOD;
}

static bool is_html(const struct markup_cursor *text)
{
    struct markup_cursor name = *text;
    if (!is_at_tag(text, "<!doctype"))
        return is_at_tag(text, "<html");
    name.at += strlen("<!doctype");
    skip_space(&name);
    return is_at_tag(&name, "html");
}

static enum sniff judge(struct markup_cursor *text)
{
    enum piece piece = PIECE_GOOD;
    while (piece == PIECE_GOOD) {
        skip_space(text);
        if (is_html(text))
            return SNIFF_HTML;
        bool is_root =
            text->end - text->at >= 2 && *text->at == '<' && is_name_start(text->at[1]);
        if (is_root)
            break;
        piece = is_at(text, "<!DOCTYPE") ? skip_doctype(text) : skip_misc(text);
    }
    if (piece == PIECE_GOOD)
        piece = skip_root(text);
    while (piece == PIECE_GOOD)
        piece = skip_misc(text);
    return piece == PIECE_WRONG ? SNIFF_MARKUP : SNIFF_XML_LIKE;
}

/* Whether what follows the XML declaration is the text of a DTD: a markup declaration that XML
 * has only inside of a document type declaration, or a parameter entity. */
static bool is_dtd(struct markup_cursor *text)
{
    enum piece piece = PIECE_GOOD;
    while (piece == PIECE_GOOD)
        piece = skip_misc(text);
    return piece == PIECE_WRONG &&
           (is_at(text, "<!ELEMENT") || is_at(text, "<!ATTLIST") || is_at(text, "<!ENTITY") ||
            is_at(text, "<!NOTATION") || is_at(text, "<![") || is_at(text, "%"));
}

enum sniff sniff_markup(const char *text, size_t len)
{
    struct markup_cursor cursor = {text, text + len};
    while (cursor.at < cursor.end &&
           (*cursor.at == ' ' || (*cursor.at >= '\t' && *cursor.at <= '\r')))
        cursor.at++;
    if (cursor.end - cursor.at < 2 || *cursor.at != '<')
        return SNIFF_OTHER;
    if (is_at_tag(&cursor, "<?xml"))
        return is_dtd(&cursor) ? SNIFF_MARKUP : SNIFF_XML;
    char next = cursor.at[1];
    if (next != '!' && next != '?' && !is_name_start(next))
        return SNIFF_OTHER;
    return judge(&cursor);
}
