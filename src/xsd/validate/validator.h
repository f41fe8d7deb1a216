/* SPDX-License-Identifier: MIT
 *
 * The state of a validator, which its files share. validate.c follows the events of a
 * document; each of the other files answers it one question, and is named below with its
 * functions.
 *
 * Each open element that is assessed has a frame. Elements inside skipped ones are only
 * counted. Stacks are arrays that are kept from document to document.
 *
 * Functions that return an int return 0, or -1 where memory ends. What is wrong with the
 * document is reported, not returned, unless a function says otherwise.
 */
#ifndef THRESH_XSD_VALIDATE_VALIDATOR_H
#define THRESH_XSD_VALIDATE_VALIDATOR_H

#include "automaton/transitions.h"
#include "base/array.h"
#include "xsd/model.h"
#include "xsd/validate/key_table.h"

/* What an open element takes as its content. */
enum inside {
    INSIDE_MODEL,  /* children that its content model allows, and white space */
    INSIDE_SIMPLE, /* text, which is its value */
    INSIDE_EMPTY,  /* nothing */
    INSIDE_NIL,    /* nothing, because of xsi:nil */
};

/* The text that an element without children may have, if nothing is to be said of it. */
enum leaf {
    LEAF_NONE,  /* it is to be looked at closely */
    LEAF_EMPTY, /* no text */
    LEAF_BLANK, /* white space */
    LEAF_ANY,
    LEAF_VALUE, /* of its simple type */
    LEAF_GIVEN, /* the same, which the schema has a default or fixed value for: some text */
};

/* Bits: how faults change what is reported of an element. Rarely is there one. */
enum frame_mark {
    FRAME_MISPLACED = 1, /* its parent has refused it */
    FRAME_ASTRAY = 2,    /* a fault leaves it without a declaration */
    FRAME_LENIENT = 4,   /* its type was reported: what that does not know is not */
    FRAME_NO_NIL = 8,    /* its xsi:nil was reported */
    FRAME_REFUSES = 16,  /* it has refused children */
};

struct element_frame {
    const struct element *element; /* the declaration, or NULL */
    const struct type *type;
    const struct model *model;
    const xmlChar *localname;
    const xmlChar *uri;
    uint64_t ordinal; /* xsd_fault.element */
    uint32_t symbol;  /* 0: a name that the schema does not have */
    uint32_t ns;
    const void *state; /* model_walk_state() */
    struct model_walk walk;
    uint32_t n_bindings;
    uint32_t seen;     /* xs:all: index in validator->seen of a bit for each position */
    uint32_t recovery; /* 1 + index in validator->recoveries, or 0: the content is in order */
    uint32_t refused;  /* children */
    enum inside inside;
    enum leaf leaf;
    unsigned marks;  /* FRAME_... */
    bool selectable; /* by its name, an identity constraint may select it */
    bool mixed;
    bool may_end;     /* its state says that the content may end here */
    bool collects;    /* its text is kept in validator->text */
    bool takes_blank; /* white space in it means nothing */
    bool has_child;   /* a child element was met */
    bool text_fault;  /* its text was reported */
    bool invalid;     /* its value was reported */
};

struct opening; /* learned.h */

enum { VALIDATOR_READINGS = 8, VALIDATOR_STRAYS = 8 };

/* A way to understand content that its model does not allow. */
struct reading {
    struct model_walk walk;
    struct model_walk left; /* where it stood when it went over children that had to come */
    bool leapt;
};

/* The content of an open element that had a child refused: recovery.c. */
struct recovery {
    struct reading readings[VALIDATOR_READINGS]; /* the likeliest first */
    uint32_t n;
    const xmlChar *localname; /* of the child before, if it was refused, too */
    const xmlChar *uri;
    uint32_t
        strays[VALIDATOR_STRAYS]; /* symbols of refused children that the model has elsewhere */
    uint32_t n_strays;
};

/* A name of the parser's dictionary, found by its pointers, and what the schema has for it. */
struct name_slot {
    const xmlChar *local; /* NULL: a free slot */
    const xmlChar *uri;
    uint32_t symbol;
    uint32_t ns;
};

struct prefix_binding {
    const xmlChar *prefix; /* NULL: the default namespace */
    const xmlChar *uri;    /* NULL: none */
};

/* An attribute of the present start tag. */
struct instance_attr {
    const xmlChar *localname;
    const xmlChar *prefix;
    const char *value;
    size_t len;
    const struct datatype *datatype; /* NULL: not assessed, or of no type */
    const struct attribute_use *use; /* of validator->expected, or NULL: not looked for */
    uint32_t symbol;
    uint32_t ns;
    bool invalid; /* reported */
    size_t taken; /* 1 + the index of the field value that has taken it, or 0 */
};

/* An open element that has identity constraints. */
struct identity_scope {
    const struct identity_constraints *constraints;
    uint32_t depth;        /* index of its frame */
    struct key_table keys; /* of unique and key; the group is the constraint's id */
    struct key_table refs; /* those of keyref, each with the sequence of its texts behind it */
    uint64_t spoilt_keys;  /* reported, so that the value is not the one that was meant */
    struct keyref_occurrence *occurrences; /* where refs occur, in document order */
    size_t n_occurrences;
    size_t cap_occurrences;
    struct key_meeting *meetings; /* of keys of inner scopes */
    size_t n_meetings;
    size_t cap_meetings;
    uint32_t spare_meeting; /* the first of a list of those that are free, or 0 */
};

/* An open element below which a key sequence was handed up: identity_table.c. */
struct key_meeting {
    uint64_t element; /* its ordinal */
    uint32_t depth;   /* index of its frame */
    uint32_t below;   /* the number of that further out, or 0 */
    bool is_conflict; /* by two nodes */
};

struct keyref_occurrence {
    const xmlChar *localname;
    const xmlChar *uri;
    const struct identity_constraint *constraint;
    uint64_t element;
    uint64_t place;
    uint32_t ref; /* entry of scope->refs */
};

/* A selected element whose fields are not all known yet. It remains one until its end tag. */
struct identity_target {
    const struct identity_constraint *constraint;
    uint32_t scope;    /* index in validator->scopes */
    uint32_t depth;    /* index of its frame */
    size_t values;     /* index in validator->values of its first field */
    uint64_t disorder; /* validator->disorder before its start tag */
};

enum field_state {
    FIELD_ABSENT,
    FIELD_WATCHED, /* an element was found, and its value comes with its end tag */
    FIELD_PRESENT,
    FIELD_BROKEN, /* by a fault that was reported: the key sequence is not compared */
};

struct field_value {
    enum field_state state;
    size_t key_at; /* in validator->field_bytes: the key, and behind it the text for messages */
    size_t key_len;
    size_t text_len;
    const struct attribute_use
        *given;        /* of an absent attribute, whose default it is, or NULL */
    uint64_t given_to; /* the ordinal of its element */
};

/* A field whose value is that of the open element at `depth`. */
struct field_watch {
    uint32_t depth;
    uint32_t field; /* index in the fields of the constraint */
    size_t target;  /* index in validator->targets */
};

struct stack_size {
    size_t n;
    size_t cap;
};

struct xsd_validator {
    const struct xsd *xsd;
    const struct xsd_client *client;
    uint64_t dict_epoch;
    uint64_t ordinal;
    uint64_t skip;     /* open elements that are not assessed */
    bool has_xsi;      /* the present start tag has attributes of the namespace xsi */
    uint64_t disorder; /* counts what is missing, refused, or of no type because of a fault */
    uint64_t tag_disorder; /* as it was before the present start tag */
    uint64_t seed;         /* of all its hashes */

    struct element_frame *frames;
    struct stack_size frames_size;
    struct prefix_binding *bindings;
    struct stack_size bindings_size;
    struct instance_attr *attrs;
    struct stack_size attrs_size;
    uint64_t *seen;
    struct stack_size seen_size;
    struct recovery *recoveries;
    struct stack_size recoveries_size;

    struct transitions learned; /* learned.h */
    struct transition **guess;  /* a place for that at the next start tag */

    struct name_slot *names; /* name_cache.c: an open hash table */
    uint32_t names_mask;
    uint32_t n_names;

    struct buf text; /* of the innermost element that collects */
    struct buf message;
    struct buf attribute_name;
    struct buf key;
    struct datatype_scratch scratch;
    struct prefixes prefixes;

    struct key_table ids; /* group 0: ID, group 1: IDREF */
    uint64_t spoilt_ids;  /* reported, so that the value is not the one that was meant */
    struct key_table unassessed;
    bool unassessed_overflow;

    struct identity_scope *scopes;
    struct stack_size scopes_size;
    size_t n_scopes_made; /* scopes behind the last open one keep their memory */
    struct identity_target *targets;
    struct stack_size targets_size;
    struct field_value *values;
    struct stack_size values_size;
    struct field_watch *watches;
    struct stack_size watches_size;
    struct buf own_key; /* of the present start tag, for constraints of own_shape */
    uint64_t own_hash;
    uint32_t own_shape; /* XSD_NONE: own_key is not made */
    enum field_state own_state;
    struct buf field_bytes;
    struct buf texts; /* of a key sequence as it is written, each behind its length */
    struct buf shown; /* the same as messages show it */
};

static inline bool validator_grow_stack(void **stack, struct stack_size *size, size_t more,
                                        size_t item)
{
    void *grown = array_room(*stack, &size->cap, size->n + more, item);
    if (grown)
        *stack = grown;
    return grown;
}

/* Makes room for `more` items on a stack; false where memory ends. */
#define VALIDATOR_ROOM(v, stack, more)                                                         \
    ((v)->stack##_size.n + (more) <= (v)->stack##_size.cap ||                                  \
     validator_grow_stack((void **)&(v)->stack, &(v)->stack##_size, (more),                    \
                          sizeof *(v)->stack))

/* Where the event at hand ends, or where these bytes of its text begin. */
static inline uint64_t validator_place(const struct xsd_validator *v, const xmlChar *text,
                                       int len)
{
    return v->client->place ? v->client->place(v->client->context, text, len) : 0;
}

/* cvc-elt.5.2.2.1: beside a fixed value there are no children. */
static inline bool validator_fixes_content(const struct element_frame *frame)
{
    const struct element *declared = frame->element;
    return frame->mixed && declared && declared->value.text && declared->value.fixed;
}

/* One of those that xsd_start has, of which nothing else is known yet. */
static inline struct instance_attr validator_attr_of(const xmlChar **attribute)
{
    return (struct instance_attr){.localname = attribute[0],
                                  .prefix = attribute[1],
                                  .value = (const char *)attribute[3],
                                  .len = (size_t)(attribute[4] - attribute[3])};
}

/* The attribute of the present start tag, or NULL. */
static inline struct instance_attr *validator_find_attr(const struct xsd_validator *v,
                                                        uint32_t symbol)
{
    for (size_t i = 0; i < v->attrs_size.n; i++)
        if (v->attrs[i].symbol == symbol)
            return &v->attrs[i];
    return NULL;
}

/* -- bindings.c: namespace declarations in scope -------------------------------------- */

/* `namespaces` holds n pairs of a prefix and a URI. The frame that ends takes them back. */
int bindings_push(struct xsd_validator *v, int n, const xmlChar **namespaces);
/* The URI of a prefix (len 0: the default namespace), "" for none, NULL where it is not
 * declared. */
const char *bindings_find(const struct xsd_validator *v, const char *prefix, size_t len);

/* -- name_cache.c: what the schema has for a name ------------------------------------- */

void name_cache_find(struct xsd_validator *v, const xmlChar *local, const xmlChar *uri,
                     uint32_t *symbol, uint32_t *ns);
/* Forgets all names: for pointers of another dictionary. */
void name_cache_clear(struct xsd_validator *v);

/* -- validator_fault.c: what is wrong, in one sentence -------------------------------- */

/* Of the element of `frame`, or of its attribute. */
__attribute__((format(printf, 5, 6))) int
validator_fault(struct xsd_validator *v, const char *code, const struct element_frame *frame,
                const struct instance_attr *attr, const char *format, ...);
/* The same at another place than where the event at hand ends. */
__attribute__((format(printf, 5, 6))) int
validator_fault_at(struct xsd_validator *v, const char *code, const struct element_frame *frame,
                   uint64_t place, const char *format, ...);
/* cvc-complex-type.2.4.a, or .d where nothing else is expected. */
int validator_fault_unexpected(struct xsd_validator *v, const struct element_frame *parent,
                               const struct element_frame *child);
/* cvc-complex-type.2.4.b */
int validator_fault_incomplete(struct xsd_validator *v, const struct element_frame *frame);

/* -- children.c: child elements against a content model ------------------------------- */

/* Sets child->element to the declaration that the child is assessed by, or NULL. 1: it is not
 * assessed, which a wildcard says. One that its parent cannot have is reported, and assessed
 * all the same. */
int children_match(struct xsd_validator *v, struct element_frame *parent,
                   struct element_frame *child);
int children_match_root(struct xsd_validator *v, struct element_frame *root);
/* Whether the content model of the element, which ends, has all that it requires. */
bool children_complete(const struct xsd_validator *v, const struct element_frame *frame);

/* -- recovery.c: how content goes on behind a child that its model does not allow ----- */

/* The child is refused. */
int recovery_refuse(struct xsd_validator *v, struct element_frame *parent,
                    const struct element_frame *child);
/* After that: the position that a further child matches, or XSD_NONE. */
uint32_t recovery_next(struct xsd_validator *v, struct element_frame *parent,
                       const struct element_frame *child);
/* After that: whether the content may end. */
bool recovery_may_end(const struct xsd_validator *v, const struct element_frame *frame);

/* -- unassessed.c: values that would have a type if it were not for a fault ----------- */

/* White space around a value does not count. */
int unassessed_add(struct xsd_validator *v, const char *text, size_t len);
/* Whether there may be such a value. */
bool unassessed_may_have(const struct xsd_validator *v, const char *text, size_t len);

/* -- value.c: texts of elements and attributes against simple types ------------------- */

/* Checks a text and enters IDs and IDREFs. 0: valid; 1: not, and reported; -1. `attr` is NULL
 * for the content of an element. */
int value_check(struct xsd_validator *v, const struct element_frame *frame,
                const struct instance_attr *attr, const struct datatype *datatype,
                const char *text, size_t len);
/* Enters the IDs and IDREFs of the present start tag, which are valid. */
int value_enter_ids(struct xsd_validator *v, const struct element_frame *frame);
/* Whether the text has the fixed value: 0 yes, 1 no, -1. A datatype of NULL compares texts. */
int value_is_fixed(struct xsd_validator *v, const struct datatype *datatype, const char *text,
                   size_t len, const struct value_constraint *constraint);
/* cvc-id.1, at the end of the document. */
int value_check_idrefs(struct xsd_validator *v);

/* -- start_tag.c: the type of an element, and its attributes -------------------------- */

/* Fills in validator->attrs. `attributes` is as xsd_start has it; `opening` may be NULL. */
int start_tag_read(struct xsd_validator *v, struct opening *opening, int n_attributes,
                   const xmlChar **attributes);
bool start_tag_has_xsi_type(const struct xsd_validator *v);
/* Sets the type of an element by its declaration and xsi:type, and begins its content. */
int start_tag_settle_type(struct xsd_validator *v, struct element_frame *frame);
/* `expected` are those that the uses of validator->attrs belong to, or NULL. */
int start_tag_check_attributes(struct xsd_validator *v, const struct element_frame *frame,
                               const struct attributes *expected);

/* -- identity.c: unique, key and keyref ----------------------------------------------- */

int identity_start(struct xsd_validator *v, struct element_frame *frame);
/* `text` is the value of the element, if it has one. */
int identity_end(struct xsd_validator *v, const struct element_frame *frame, const char *text,
                 size_t len);
void identity_reset(struct xsd_validator *v);
void identity_free(struct xsd_validator *v);

#endif
