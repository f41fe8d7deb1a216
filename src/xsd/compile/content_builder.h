/* SPDX-License-Identifier: MIT
 *
 * A content model in the making. A model of n positions works with sets of n + 1 bits: one for
 * each position, and the last for "the content may end here". Equal sets are one state.
 */
#ifndef THRESH_XSD_COMPILE_CONTENT_BUILDER_H
#define THRESH_XSD_COMPILE_CONTENT_BUILDER_H

#include "xsd/compile/component.h"

struct content_builder {
    struct xsd_compiler *c;
    const struct particle *root;
    bool copies;    /* nothing counts: bounds are written out as copies */
    bool ambiguous; /* copies of one particle meet in a state, or a count is not exact */

    uint32_t n;     /* positions */
    uint32_t depth; /* of the particle being measured */
    struct position *positions;
    const struct particle **leaves; /* by position */
    uint32_t *origins;              /* by position: equal for copies of one particle */

    struct model_slot *slots; /* the first position of a symbol */
    uint32_t mask;
    uint32_t wildcards; /* the first position of a wildcard, or XSD_NONE */
    uint32_t n_chains;

    uint32_t words;    /* of a set */
    uint64_t **states; /* the set of each */
    uint32_t n_states;
    uint32_t cap_states;
    uint32_t *index; /* number of a state by the hash of its set, or XSD_NONE */
    uint32_t index_mask;
};

static inline void content_set_bit(uint64_t *set, uint32_t bit)
{
    set[bit >> 6] |= UINT64_C(1) << (bit & 63);
}

#define CONTENT_FOR_EACH_BIT(bit, set, n)                                                      \
    for (uint32_t bit = model_next_bit(set, 0, n); bit < (n);                                  \
         bit = model_next_bit(set, bit + 1, n))

/* content_state.c */
uint64_t *content_new_set(struct content_builder *b);
void content_add_set(const struct content_builder *b, uint64_t *set, const uint64_t *more);
/* The number of the state that is this set, which then belongs to the builder if it is new. */
uint32_t content_state_of(struct content_builder *b, const uint64_t *set);

/* content_position.c: counts the positions of a particle; gives each its state, and returns the
 * set that the particle may start with; chains the positions that match one symbol. */
uint32_t content_measure(struct content_builder *b, struct particle *p);
const uint64_t *content_make_positions(struct content_builder *b, const struct particle *p,
                                       const uint64_t *follow);
void content_chain_positions(struct content_builder *b);

/* content_determinism.c: Unique Particle Attribution (cos-nonambig) and Element Declarations
 * Consistent (cos-element-consistent). Where copies of one particle meet, which is no fault, it
 * sets `ambiguous`. */
void content_check_determinism(struct content_builder *b);
_Noreturn void content_fail_ambiguous(struct content_builder *b, uint32_t x, uint32_t y);

#endif
