/* SPDX-License-Identifier: MIT
 *
 * A lazy automaton: the transitions that were met so far. It knows no schema. Its owner asks
 * where a name leads from a state; where that is not known yet, the owner finds out in its own
 * way, which may be slow, and adds the answer for the next time.
 *
 * A state is a pointer to whatever decides how names are matched. A name is a pair of pointers
 * of the parser's dictionary, in which equal names have equal pointers. What a transition leads
 * to is copied, and stays where it is until the automaton is cleared.
 *
 * Names come in the order in which they came before: the owner says where it keeps what was
 * found at such a place the last time, and that is tried first. A guess is compared as a whole,
 * so it may be any transition.
 *
 * A document cannot grow the automaton at will: when it is full, nothing is added. Nor can it
 * choose collisions, for the hash is seeded.
 */
#ifndef THRESH_AUTOMATON_TRANSITIONS_H
#define THRESH_AUTOMATON_TRANSITIONS_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct transition {
    const void *state;
    const void *local;
    const void *uri;         /* NULL: no namespace */
    struct transition *next; /* a place for the guess at what comes behind it */
    alignas(max_align_t) unsigned char to[];
};

struct transitions {
    struct transition **slots; /* an open hash table, NULL while it is empty */
    size_t mask;
    size_t n;
    size_t max; /* 0: nothing is ever known */
    uint64_t seed;
    struct transition *first; /* a place for a guess where none comes before */
};

/* `seed` is secret and random. */
struct transitions transitions_empty(size_t max, uint64_t seed);
/* Adds what transitions_find did not find, and returns it; NULL where the automaton is full or
 * memory ends. */
struct transition *transitions_add(struct transitions *transitions, const void *state,
                                   const void *local, const void *uri, const void *to,
                                   size_t size, struct transition **guess);
bool transitions_is_full(const struct transitions *transitions);
/* Forgets all and gives its memory back: transitions and places for guesses are void. */
void transitions_clear(struct transitions *transitions);

struct transition *transitions_look_up(const struct transitions *transitions, const void *state,
                                       const void *local, const void *uri);

/* Where the name leads, or NULL: that is not known. */
static inline struct transition *transitions_find(const struct transitions *transitions,
                                                  const void *state, const void *local,
                                                  const void *uri, struct transition **guess)
{
    struct transition *found = *guess;
    if (found && found->local == local && found->state == state && found->uri == uri)
        return found;
    if ((found = transitions_look_up(transitions, state, local, uri)))
        *guess = found;
    return found;
}

#endif
