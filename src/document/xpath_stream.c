/* SPDX-License-Identifier: MIT */
#include "document/xpath_stream.h"

#include "base/array.h"
#include "document/xpath_tree.h"
#include "rules/xpath_query.h"
#include <libxml/xpath.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define KEEP_BYTES (16u << 20) /* larger texts are given back between documents */

/* A node that an expression selects. */
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
    uint64_t *active; /* for the document and each open element, for each answer: its steps */
    size_t cap_active;
    uint64_t level; /* how many elements are open, */
    uint64_t depth; /* but for the events_innermost, */
    uint64_t idle;  /* in and below which nothing more can be selected */
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
    struct xpath_stream *answers = calloc(1, sizeof *answers + n * sizeof *answers->each);
    if (!answers)
        return NULL;
    answers->n = n;
    for (size_t i = 0; i < n; i++)
        answers->each[i].query = rules->extractions[i].query;
    return answers;
}

void xpath_stream_free(struct xpath_stream *answers)
{
    if (!answers)
        return;
    for (size_t i = 0; i < answers->n; i++)
        free(answers->each[i].matches);
    free(answers->active);
    free(answers->captures);
    buf_free(&answers->text);
    buf_free(&answers->values);
    free(answers);
}

/* Room for the steps of so many open elements, the document counted. */
static bool make_room(struct xpath_stream *answers, size_t levels)
{
    uint64_t *active =
        array_room(answers->active, &answers->cap_active, levels * answers->n, sizeof *active);
    answers->failed |= !active;
    if (active)
        answers->active = active;
    return active;
}

static void empty(struct buf *buf)
{
    if (buf->cap > KEEP_BYTES)
        buf_free(buf);
    buf_clear(buf);
}

void xpath_stream_begin(struct xpath_stream *answers)
{
    answers->level = answers->depth = answers->idle = 0;
    answers->n_captures = 0;
    answers->failed = false;
    empty(&answers->text);
    empty(&answers->values);
    if (!make_room(answers, 1))
        return;
    for (size_t i = 0; i < answers->n; i++) {
        answers->each[i].n = answers->each[i].count = 0;
        answers->active[i] = answers->each[i].query->first;
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

static bool selects(const struct xpath_query *query, const struct xpath_step *step,
                    const struct stream_tag *tag)
{
    if (step->attribute || !passes(&step->test, tag->local, tag->uri))
        return false;
    for (unsigned i = 0; i < step->n_predicates; i++)
        if (!holds(&query->predicates[step->first_predicate + i], tag))
            return false;
    return true;
}

static struct match *add_match(struct xpath_stream *answers, struct answer *answer)
{
    enum xpath_query_result result = answer->query->result;
    answer->count++;
    bool first_only = result == QUERY_STRING || result == QUERY_NUMBER;
    if (result == QUERY_COUNT || result == QUERY_BOOLEAN || (first_only && answer->count > 1))
        return NULL;
    struct match *matches =
        array_room(answer->matches, &answer->cap, answer->n + 1, sizeof *matches);
    answers->failed |= !matches;
    if (!matches)
        return NULL;
    answer->matches = matches;
    return &matches[answer->n++];
}

static void match_element(struct xpath_stream *answers, struct answer *answer)
{
    struct match *match = add_match(answers, answer);
    if (!match)
        return;
    *match = (struct match){.at = answers->text.len};
    struct capture *captures = array_room(answers->captures, &answers->cap_captures,
                                          answers->n_captures + 1, sizeof *captures);
    answers->failed |= !captures;
    if (!captures)
        return;
    answers->captures = captures;
    captures[answers->n_captures++] = (struct capture){
        (size_t)(answer - answers->each), (size_t)(match - answer->matches), answers->level};
}

static void match_attributes(struct xpath_stream *answers, struct answer *answer,
                             uint64_t active, const struct stream_tag *tag)
{
    const xmlChar **attributes = tag->attributes;
    for (int k = 0; k < tag->n_attributes; k++, attributes += 5) {
        bool selected = false;
        for (uint64_t left = active; left && !selected; left &= left - 1) {
            const struct xpath_step *step = &answer->query->steps[__builtin_ctzll(left)];
            selected = step->attribute && passes(&step->test, attributes[0], attributes[2]);
        }
        struct match *match = selected ? add_match(answers, answer) : NULL;
        if (match) {
            size_t len = (size_t)(attributes[4] - attributes[3]);
            *match = (struct match){answers->values.len, len, true};
            buf_append(&answers->values, attributes[3], len);
        }
    }
}

/* The steps that are active in a child, by those of its parent. */
static uint64_t descend(const struct xpath_query *query, uint64_t parent,
                        const struct stream_tag *tag, bool *selected)
{
    uint64_t child = 0;
    for (uint64_t left = parent; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        const struct xpath_step *step = &query->steps[i];
        if (step->descendant)
            child |= UINT64_C(1) << i;
        if (!selects(query, step, tag))
            continue;
        *selected |= step->last;
        child |= step->last ? 0 : UINT64_C(2) << i;
    }
    return child;
}

void xpath_stream_start(struct xpath_stream *answers, const xmlChar *localname,
                        const xmlChar *uri, int n_attributes, const xmlChar **attributes)
{
    answers->level++;
    if (answers->idle || answers->failed || !make_room(answers, answers->depth + 2)) {
        answers->idle++;
        return;
    }
    const struct stream_tag tag = {localname, uri, n_attributes, attributes};
    const uint64_t *parents = answers->active + answers->depth * answers->n;
    uint64_t *children = answers->active + ++answers->depth * answers->n, any = 0;
    for (size_t i = 0; i < answers->n; i++) {
        struct answer *answer = &answers->each[i];
        bool selected = false;
        children[i] = descend(answer->query, parents[i], &tag, &selected);
        any |= children[i];
        if (selected)
            match_element(answers, answer);
        if (n_attributes && children[i])
            match_attributes(answers, answer, children[i], &tag);
    }
    if (!any) {
        answers->idle = 1;
        answers->depth--;
    }
}

void xpath_stream_text(struct xpath_stream *answers, const xmlChar *text, int len)
{
    if (answers->n_captures)
        buf_append(&answers->text, text, (size_t)len);
}

void xpath_stream_end(struct xpath_stream *answers)
{
    for (; answers->n_captures; answers->n_captures--) {
        const struct capture *capture = &answers->captures[answers->n_captures - 1];
        struct match *match = &answers->each[capture->answer].matches[capture->match];
        if (capture->level != answers->level)
            break;
        match->len = answers->text.len - match->at;
    }
    answers->level--;
    if (answers->idle)
        answers->idle--;
    else
        answers->depth--;
}

/* -- Telling -------------------------------------------------------------------------- */

struct capture_text {
    const char *bytes;
    size_t len;
};

static struct capture_text text_of(const struct xpath_stream *answers,
                                   const struct match *match)
{
    const struct buf *from = match->attribute ? &answers->values : &answers->text;
    return (struct capture_text){match->len ? from->data + match->at : "", match->len};
}

static int tell_scalar(struct record *record, enum field_type type, struct capture_text text)
{
    if (record_add_field(record, type) < 0)
        return -1;
    return record_add_value(record, text.bytes, text.len);
}

static int tell_nodes(const struct xpath_stream *answers, const struct answer *answer,
                      struct record *record)
{
    int rc = record_add_field(record, FIELD_NODES);
    for (size_t i = 0; i < answer->n && rc == 0; i++) {
        struct capture_text text = text_of(answers, &answer->matches[i]);
        rc = record_add_value(record, text.bytes, text.len);
    }
    return rc;
}

/* What number() makes of the texts, summed up. */
static int tell_sum(const struct xpath_stream *answers, const struct answer *answer,
                    struct record *record)
{
    double sum = 0;
    for (size_t i = 0; i < answer->n; i++) {
        struct capture_text text = text_of(answers, &answer->matches[i]);
        xmlChar *string = xmlStrndup((const xmlChar *)text.bytes, (int)text.len);
        if (!string)
            return -1;
        sum += xmlXPathCastStringToNumber(string);
        xmlFree(string);
    }
    return xpath_tree_number(record, sum);
}

static int tell(const struct xpath_stream *answers, const struct answer *answer,
                struct record *record)
{
    static const struct capture_text words[] = {{"false", 5}, {"true", 4}};
    struct capture_text first =
        answer->n ? text_of(answers, &answer->matches[0]) : (struct capture_text){"", 0};
    switch (answer->query->result) {
    case QUERY_NODES:
        return tell_nodes(answers, answer, record);
    case QUERY_COUNT:
        return xpath_tree_number(record, (double)answer->count);
    case QUERY_STRING:
        return tell_scalar(record, FIELD_STRING, first);
    case QUERY_BOOLEAN:
        return tell_scalar(record, FIELD_BOOLEAN, words[answer->count > 0]);
    case QUERY_NUMBER:
        return answer->n ? tell_sum(answers, answer, record) : xpath_tree_number(record, NAN);
    case QUERY_SUM:
        return tell_sum(answers, answer, record);
    }
    return -1;
}

int xpath_stream_tell(const struct xpath_stream *answers, struct record *record)
{
    int rc = answers->failed || answers->text.failed || answers->values.failed ? -1 : 0;
    for (size_t i = 0; i < answers->n && rc == 0; i++)
        rc = tell(answers, &answers->each[i], record);
    return rc;
}
