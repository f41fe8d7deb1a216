/* SPDX-License-Identifier: MIT */
#include "document/xpath_stream.h"

#include "base/array.h"
#include "document/xpath_tree.h"
#include "xpath/xpath_number.h"
#include "xpath/xpath_query.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_KEPT = 16 << 20 }; /* bytes; larger texts are freed between documents */

/* A node that a query selects. */
struct match {
    size_t at; /* of its string-value, in `text` for elements, in `values` for attributes */
    size_t len;
    bool attribute;
};

struct answer {
    const struct xpath_query *query;
    struct match *matches;
    size_t n, cap;
    uint64_t count;
};

/* A selected element that is open. */
struct capture {
    size_t answer, match;
    uint64_t level;
};

struct xpath_stream {
    size_t n;
    uint64_t *active; /* bits: the active steps of each query, at the document and at each of
                       * its open elements */
    size_t cap_active;
    uint64_t level; /* how many elements are open */
    uint64_t depth; /* how many of them have steps in `active` */
    uint64_t idle;  /* how many have none: nothing below them can be selected */
    struct capture *captures;
    size_t n_captures, cap_captures;
    struct buf text;   /* within selected elements */
    struct buf values; /* of selected attributes */
    bool failed;
    struct answer each[];
};

struct xpath_stream *xpath_stream_new(const struct rules *rules)
{
    size_t n = rules->n_extractions;
    struct xpath_stream *stream = calloc(1, sizeof *stream + n * sizeof *stream->each);
    if (!stream)
        return NULL;
    stream->n = n;
    for (size_t i = 0; i < n; i++)
        stream->each[i].query = rules->extractions[i].query;
    return stream;
}

void xpath_stream_free(struct xpath_stream *stream)
{
    if (!stream)
        return;
    for (size_t i = 0; i < stream->n; i++)
        free(stream->each[i].matches);
    free(stream->active);
    free(stream->captures);
    buf_free(&stream->text);
    buf_free(&stream->values);
    free(stream);
}

/* Room for the steps of so many levels, the document being the first. False without memory. */
static bool make_room(struct xpath_stream *stream, size_t levels)
{
    uint64_t *active =
        array_room(stream->active, &stream->cap_active, levels * stream->n, sizeof *active);
    stream->failed |= !active;
    if (active)
        stream->active = active;
    return active;
}

/* A large text is freed, too. */
static void empty(struct buf *buf)
{
    if (buf->cap > TEXT_KEPT)
        buf_free(buf);
    buf_clear(buf);
}

void xpath_stream_begin(struct xpath_stream *stream)
{
    stream->level = stream->depth = stream->idle = 0;
    stream->n_captures = 0;
    stream->failed = false;
    empty(&stream->text);
    empty(&stream->values);
    if (!make_room(stream, 1))
        return;
    for (size_t i = 0; i < stream->n; i++) {
        stream->each[i].n = stream->each[i].count = 0;
        stream->active[i] = stream->each[i].query->first;
    }
}

static bool passes(const struct xpath_name_test *test, const xmlChar *local, const xmlChar *uri)
{
    if (test->local && strcmp(test->local, (const char *)local) != 0)
        return false;
    return test->any_uri || strcmp(test->uri, uri ? (const char *)uri : "") == 0;
}

/* A start tag, as startElementNsSAX2Func has it. */
struct stream_tag {
    const xmlChar *local, *uri;
    int n_attributes;
    const xmlChar **attributes;
};

static bool holds(const struct xpath_predicate *predicate, const struct stream_tag *tag)
{
    const xmlChar **attribute = tag->attributes;
    for (int i = 0; i < tag->n_attributes; i++, attribute += 5) {
        size_t len = (size_t)(attribute[4] - attribute[3]);
        if (passes(&predicate->test, attribute[0], attribute[2]) &&
            (!predicate->value || (strlen(predicate->value) == len &&
                                   memcmp(predicate->value, attribute[3], len) == 0)))
            return true;
    }
    return false;
}

static bool selects(const struct xpath_query *query, const struct xpath_step_test *step,
                    const struct stream_tag *tag)
{
    if (step->attribute || !passes(&step->test, tag->local, tag->uri))
        return false;
    for (unsigned i = 0; i < step->n_predicates; i++)
        if (!holds(&query->predicates[step->first_predicate + i], tag))
            return false;
    return true;
}

static struct match *add_match(struct xpath_stream *stream, struct answer *answer)
{
    enum xpath_query_result result = answer->query->result;
    answer->count++;
    bool first_only = result == QUERY_STRING || result == QUERY_NUMBER;
    if (result == QUERY_COUNT || result == QUERY_BOOLEAN || (first_only && answer->count > 1))
        return NULL;
    struct match *matches =
        array_room(answer->matches, &answer->cap, answer->n + 1, sizeof *matches);
    stream->failed |= !matches;
    if (!matches)
        return NULL;
    answer->matches = matches;
    return &matches[answer->n++];
}

static void match_element(struct xpath_stream *stream, struct answer *answer)
{
    struct match *match = add_match(stream, answer);
    if (!match)
        return;
    *match = (struct match){.at = stream->text.len};
    struct capture *captures = array_room(stream->captures, &stream->cap_captures,
                                          stream->n_captures + 1, sizeof *captures);
    stream->failed |= !captures;
    if (!captures)
        return;
    stream->captures = captures;
    captures[stream->n_captures++] = (struct capture){
        (size_t)(answer - stream->each), (size_t)(match - answer->matches), stream->level};
}

static void match_attributes(struct xpath_stream *stream, struct answer *answer,
                             uint64_t active, const struct stream_tag *tag)
{
    const xmlChar **attributes = tag->attributes;
    for (int k = 0; k < tag->n_attributes; k++, attributes += 5) {
        bool selected = false;
        for (uint64_t left = active; left && !selected; left &= left - 1) {
            const struct xpath_step_test *step = &answer->query->steps[__builtin_ctzll(left)];
            selected = step->attribute && passes(&step->test, attributes[0], attributes[2]);
        }
        struct match *match = selected ? add_match(stream, answer) : NULL;
        if (match) {
            size_t len = (size_t)(attributes[4] - attributes[3]);
            *match = (struct match){stream->values.len, len, true};
            buf_append(&stream->values, attributes[3], len);
        }
    }
}

/* The steps that are active at a child, by those at its parent, and whether it is selected. */
static uint64_t descend(const struct xpath_query *query, uint64_t parent,
                        const struct stream_tag *tag, bool *selected)
{
    uint64_t child = 0;
    for (uint64_t left = parent; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        const struct xpath_step_test *step = &query->steps[i];
        if (step->descendant)
            child |= UINT64_C(1) << i;
        if (!selects(query, step, tag))
            continue;
        *selected |= step->last;
        child |= step->last ? 0 : UINT64_C(2) << i;
    }
    return child;
}

void xpath_stream_start(struct xpath_stream *stream, const xmlChar *localname,
                        const xmlChar *uri, int n_attributes, const xmlChar **attributes)
{
    stream->level++;
    if (stream->idle || stream->failed || !make_room(stream, stream->depth + 2)) {
        stream->idle++;
        return;
    }
    const struct stream_tag tag = {localname, uri, n_attributes, attributes};
    const uint64_t *parents = stream->active + stream->depth * stream->n;
    uint64_t *children = stream->active + ++stream->depth * stream->n, any = 0;
    for (size_t i = 0; i < stream->n; i++) {
        struct answer *answer = &stream->each[i];
        bool selected = false;
        children[i] = descend(answer->query, parents[i], &tag, &selected);
        any |= children[i];
        if (selected)
            match_element(stream, answer);
        if (n_attributes && children[i])
            match_attributes(stream, answer, children[i], &tag);
    }
    if (!any) {
        stream->idle = 1;
        stream->depth--;
    }
}

void xpath_stream_text(struct xpath_stream *stream, const xmlChar *text, int len)
{
    if (stream->n_captures)
        buf_append(&stream->text, text, (size_t)len);
}

void xpath_stream_end(struct xpath_stream *stream)
{
    for (; stream->n_captures; stream->n_captures--) {
        const struct capture *capture = &stream->captures[stream->n_captures - 1];
        struct match *match = &stream->each[capture->answer].matches[capture->match];
        if (capture->level != stream->level)
            break;
        match->len = stream->text.len - match->at;
    }
    stream->level--;
    if (stream->idle)
        stream->idle--;
    else
        stream->depth--;
}

/* -- Telling -------------------------------------------------------------------------- */

struct match_text {
    const char *bytes;
    size_t len;
};

static struct match_text text_of(const struct xpath_stream *stream, const struct match *match)
{
    const struct buf *from = match->attribute ? &stream->values : &stream->text;
    return (struct match_text){match->len ? from->data + match->at : "", match->len};
}

static int tell_scalar(struct record *record, enum field_type type, struct match_text text)
{
    if (record_add_field(record, type) < 0)
        return -1;
    return record_add_value(record, text.bytes, text.len);
}

static int tell_nodes(const struct xpath_stream *stream, const struct answer *answer,
                      struct record *record)
{
    int rc = record_add_field(record, FIELD_NODES);
    for (size_t i = 0; i < answer->n && rc == 0; i++) {
        struct match_text text = text_of(stream, &answer->matches[i]);
        rc = record_add_value(record, text.bytes, text.len);
    }
    return rc;
}

/* The sum of what number() makes of each text. */
static int tell_sum(const struct xpath_stream *stream, const struct answer *answer,
                    struct record *record)
{
    double sum = 0;
    struct buf string = {0};
    bool failed = false;
    for (size_t i = 0; i < answer->n && !failed; i++) {
        struct match_text text = text_of(stream, &answer->matches[i]);
        buf_clear(&string);
        buf_append(&string, text.bytes, text.len);
        const char *number = buf_string(&string);
        failed = !number;
        sum += number ? xpath_number_of_text(number) : 0;
    }
    buf_free(&string);
    return failed ? -1 : xpath_tree_add_number(record, sum);
}

static int tell(const struct xpath_stream *stream, const struct answer *answer,
                struct record *record)
{
    static const struct match_text words[] = {{"false", 5}, {"true", 4}};
    struct match_text first =
        answer->n ? text_of(stream, &answer->matches[0]) : (struct match_text){"", 0};
    switch (answer->query->result) {
    case QUERY_NODES:
        return tell_nodes(stream, answer, record);
    case QUERY_COUNT:
        return xpath_tree_add_number(record, (double)answer->count);
    case QUERY_STRING:
        return tell_scalar(record, FIELD_STRING, first);
    case QUERY_BOOLEAN:
        return tell_scalar(record, FIELD_BOOLEAN, words[answer->count > 0]);
    case QUERY_NUMBER:
        return answer->n ? tell_sum(stream, answer, record)
                         : xpath_tree_add_number(record, NAN);
    case QUERY_SUM:
        return tell_sum(stream, answer, record);
    }
    return -1;
}

int xpath_stream_tell(const struct xpath_stream *stream, struct record *record)
{
    int rc = stream->failed || stream->text.failed || stream->values.failed ? -1 : 0;
    for (size_t i = 0; i < stream->n && rc == 0; i++)
        rc = tell(stream, &stream->each[i], record);
    return rc;
}
