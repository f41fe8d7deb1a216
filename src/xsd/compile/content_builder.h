/* SPDX-License-Identifier: MIT
 *
 * A content model in the making. A model of n positions works with sets of n + 1 bits: one for
 * each position, and the last for "the content may end here". Equal sets are one state.
 */
#ifndef THRESH_XSD_COMPILE_CONTENT_BUILDER_H
#define THRESH_XSD_COMPILE_CONTENT_BUILDER_H

#include "xsd/compile/component.h"

/* How bounds above 1 become states. */
enum content_style {
    CONTENT_LEAVES_COUNT, /* those of elements and wildcards count, groups are copied */
    CONTENT_COPIES,       /* all are copies */
    CONTENT_COUNTERS,     /* all are counters: struct model_counter */
};

struct content_builder {
    struct xsd_compiler *c;
    const struct particle *root;
    enum content_style style;
    bool ambiguous; /* positions meet in a state, or a count is not exact */
    bool is_told;   /* that the model is not deterministic */

    uint32_t n;     /* positions */
    uint32_t depth; /* of the particle being measured */
    struct position *positions;
    const struct particle **leaves; /* by position */
    uint32_t *origins;              /* by position: equal for copies of one particle */

    struct model_counter *counters; /* CONTENT_COUNTERS */
    uint32_t n_counters;
    uint32_t cap_counters;
    uint32_t counter; /* the one being built, or XSD_NONE */
    uint32_t *counter_of;

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

/* content_position.c: counts the positions of a particle, where more than CONTENT_MAX_POSITIONS
 * are too many; gives each its state, and returns the set that the particle may start with;
 * chains the positions that match one symbol. */
#define CONTENT_MAX_POSITIONS 6000
uint32_t content_measure(struct content_builder *b, struct particle *p);
const uint64_t *content_make_positions(struct content_builder *b, const struct particle *p,
                                       const uint64_t *follow);
void content_chain_positions(struct content_builder *b);

/* content_counter.c: whether the particle's repetitions are counted. Begins the counter, and
 * returns the set that follows one repetition within it; ends it, by the set that one may start
 * with, and returns the set that the particle may start with. */
bool content_is_counted(const struct content_builder *b, const struct particle *p);
const uint64_t *content_open_counter(struct content_builder *b, const struct particle *p,
                                     uint32_t base, const uint64_t *follow);
const uint64_t *content_close_counter(struct content_builder *b, const uint64_t *once);
/* Once all are built: makes states of the sets in which determinism is to be looked for, and
 * notes where one repetition cannot be told from the next. */
void content_finish_counters(struct content_builder *b);

/* content_determinism.c: Unique Particle Attribution (cos-nonambig) and Element Declarations
 * Consistent (cos-element-consistent). Where two positions match one name, which copies of one
 * particle may, it sets `ambiguous`. */
void content_check_determinism(struct content_builder *b);
/* A step from a set of positions to all that may follow those that match one child. */
struct content_step {
    const uint64_t *set;
    uint64_t *next;
    uint64_t *const *follow; /* by state */
};
/* Adds to step->next what may follow x, the position in the set that the child is attributed
 * to, and what may follow the others that match the child. */
void content_take_step(const struct content_builder *b, const struct content_step *step,
                       uint32_t x);

#endif
