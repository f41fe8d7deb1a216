/* SPDX-License-Identifier: MIT
 *
 * Documents repeat themselves. What a child's name means in a state of its parent's content is
 * found by children.c and start_tag.c, and kept in a lazy automaton if nothing was wrong; so is
 * which use of its type an attribute is. From then on it takes one look, mostly at what came
 * next the last time. Names that the schema does not have are never kept.
 */
#ifndef THRESH_XSD_VALIDATE_LEARNED_H
#define THRESH_XSD_VALIDATE_LEARNED_H

#include "xsd/datatype/known_values.h"
#include "xsd/validate/validator.h"
#include <string.h>

/* What the transition of a start tag leads to. It is what the name of a child means in a state
 * of its parent's content, where nothing is wrong with it and no attribute of xsi changes it:
 * its own frame as that begins, and how its parent goes on. */
struct opening {
    struct element_frame frame;
    const void *state; /* of the parent, behind the child; and what goes with it */
    uint32_t walk_state;
    uint32_t walk_position;
    uint32_t walk_count;
    bool may_end;
    bool bare;                     /* its tag need have no attributes */
    bool has_ids;                  /* some attributes are IDs or refer to such */
    struct transition *attributes; /* a place for the guess at the first one */
};

/* What the transition of an attribute leads to: a use, as its name leads to it. */
struct learned_use {
    const struct attribute_use *use;
    uint32_t symbol;
    uint32_t ns;
};

/* Whether the text is valid for sure. */
static inline bool learned_is_valid(struct xsd_validator *v, const struct datatype *datatype,
                                    const char *text, size_t len)
{
    const char *code;
    return known_values_accept(v->scratch.known, datatype, text, len) ||
           datatype_check(datatype, text, len, &v->prefixes, &v->scratch, &code) == 0;
}
/* The same, and has no ID or IDREF to enter. */
static inline bool learned_is_plain(struct xsd_validator *v, const struct datatype *datatype,
                                    const char *text, size_t len)
{
    return datatype->id == DATATYPE_PLAIN && learned_is_valid(v, datatype, text, len);
}
/* Whether the text is the fixed value for sure, or none is fixed. Equal bytes are equal values,
 * unless these depend on the prefixes in scope. */
static inline bool learned_is_given(const struct value_constraint *constraint,
                                    const struct datatype *datatype, const xmlChar *text,
                                    size_t len)
{
    return !constraint->text || !constraint->fixed ||
           (!datatype_needs_prefixes(datatype) && len == constraint->len &&
            memcmp(text, constraint->text, len) == 0);
}
/* Sets the state of an element's content by how far it has come. */
void learned_note_state(struct element_frame *frame);
/* What the name of a child leads to, or NULL: what to do is not known. */
static inline struct opening *learned_find(struct xsd_validator *v, const xmlChar *localname,
                                           const xmlChar *uri)
{
    const void *state = v->frames_size.n ? v->frames[v->frames_size.n - 1].state : NULL;
    struct transition *found =
        state ? transitions_find(&v->learned, state, localname, uri, v->guess) : NULL;
    if (!found)
        return NULL;
    v->guess = &found->next;
    return (struct opening *)found->to;
}
/* Goes on behind a child in its parent's content. */
static inline void learned_go_on(struct element_frame *parent, const struct opening *opening)
{
    parent->has_child = true;
    parent->state = opening->state;
    parent->may_end = opening->may_end;
    parent->walk.state = opening->walk_state;
    parent->walk.position = opening->walk_position;
    parent->walk.count = opening->walk_count;
}
/* The child's frame has begun, by other ways, while its parent was in `state`. */
void learned_add_opening(struct xsd_validator *v, const void *state,
                         const struct element_frame *parent, const struct element_frame *child);
/* Whether all of the attributes, which are as xsd_start has them, are valid for sure, none is
 * missing, and none is an ID or refers to one. */
bool learned_takes_attributes(struct xsd_validator *v, struct opening *opening,
                              int n_attributes, const xmlChar **attributes);
/* The same, whatever refers to what; and if so, they are those of the present start tag, for
 * which there is room. */
bool learned_reads_attributes(struct xsd_validator *v, struct opening *opening,
                              int n_attributes, const xmlChar **attributes);
/* Sets the symbol of an attribute and its use, where `expected` has one. */
void learned_find_attribute(struct xsd_validator *v, const struct attributes *expected,
                            const xmlChar *uri, struct instance_attr *attr,
                            struct transition ***guess);

#endif
