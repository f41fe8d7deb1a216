/* SPDX-License-Identifier: MIT
 *
 * The state of a validator, shared by its parts: validate.c follows the events, start.c takes a
 * start tag apart, value.c checks texts and attribute values, identity.c and field.c keep key
 * tables, message.c says what is wrong.
 *
 * There is a frame for each open element that is assessed; elements under skipped ones are only
 * counted. All stacks are arrays that stay from document to document.
 */
#ifndef THRESH_XSD_VALIDATE_VALIDATOR_H
#define THRESH_XSD_VALIDATE_VALIDATOR_H

#include "xsd/model.h"
#include "xsd/validate/key_table.h"

/* What a child element or a text meets. */
enum inside {
    INSIDE_MODEL,  /* children by the content model, white space between them */
    INSIDE_SIMPLE, /* text that is a value; no children */
    INSIDE_EMPTY,  /* neither */
    INSIDE_NIL,    /* neither, by xsi:nil */
    INSIDE_BROKEN, /* an unexpected child was met: the rest is not looked at */
};

struct element_frame {
    const struct element *element; /* the declaration, or NULL */
    const struct type *type;
    const struct model *model;
    const xmlChar *localname;
    const xmlChar *uri;
    uint64_t ordinal;
    uint32_t symbol; /* 0: a name that the schema does not have */
    uint32_t ns;
    struct model_walk walk;
    uint32_t n_bindings;
    uint32_t seen; /* xs:all: where in validator->seen its bits are */
    enum inside inside;
    bool mixed;
    bool collects;   /* its text is needed */
    bool has_child;  /* any child element */
    bool text_fault; /* reported */
    bool invalid;    /* its value is not one of its type */
};

struct name_slot {
    const xmlChar *local;
    const xmlChar *uri;
    uint32_t symbol;
    uint32_t ns;
};

struct prefix_binding {
    const xmlChar *prefix;
    const xmlChar *uri;
};

/* An attribute of the start tag at hand. */
struct instance_attr {
    const xmlChar *localname;
    const xmlChar *prefix;
    const char *value;
    size_t len;
    const struct datatype *datatype; /* NULL: not assessed, or of no type */
    uint32_t symbol;
    uint32_t ns;
    bool invalid;
    size_t key_at; /* identity.c: its key, once asked for, in validator->attr_keys */
    size_t key_len;
    bool has_key;
    size_t taken; /* identity.c: the number + 1 of the field value that has it already */
};

/* An open element that has identity constraints. */
struct identity_scope {
    const struct identity_constraints *constraints;
    uint32_t depth; /* number of its frame */
    struct key_table keys;
    struct key_table refs;
    struct keyref_occurrence *occurrences; /* of refs, in document order */
    size_t n_occurrences;
    size_t cap_occurrences;
};

struct keyref_occurrence {
    const xmlChar *localname;
    const xmlChar *uri;
    const struct identity_constraint *constraint;
    uint64_t element;
    uint64_t line;
    uint32_t ref;
};

/* An element selected by a constraint whose fields are not all known yet. */
struct identity_target {
    const struct identity_constraint *constraint;
    uint32_t scope;
    uint32_t depth;
    size_t values; /* its first in validator->values */
};

enum value_state { VALUE_ABSENT, VALUE_WATCHED, VALUE_PRESENT, VALUE_BROKEN };

struct field_value {
    enum value_state state;
    size_t key_at; /* in validator->field_bytes */
    size_t key_len;
    size_t shown_len; /* behind the key, the text for people */
};

/* A field that the element at `depth` gives at its end. */
struct field_watch {
    uint32_t depth;
    uint32_t field;
    size_t target;
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
    uint64_t skip; /* open elements that are not assessed */
    bool has_xsi;  /* the start tag at hand has attributes of that namespace */
    bool gave_up;  /* a fault kept part of the document from being looked at */
    uint64_t seed;

    struct element_frame *frames;
    struct stack_size frames_size;
    struct prefix_binding *bindings;
    struct stack_size bindings_size;
    struct instance_attr *attrs;
    struct stack_size attrs_size; /* n: of the start tag at hand */
    uint64_t *seen;
    struct stack_size seen_size;

    struct name_slot *names;
    uint32_t names_mask;
    uint32_t n_names;

    struct buf text; /* of the innermost element that collects */
    struct buf message;
    struct buf attribute_name;
    struct buf key;
    struct datatype_scratch scratch;
    struct prefixes prefixes;

    struct key_table ids; /* group 0: ID, group 1: IDREF */

    struct identity_scope *scopes;
    struct stack_size scopes_size;
    size_t n_scopes_made;
    struct identity_target *targets;
    struct stack_size targets_size;
    struct field_value *values;
    struct stack_size values_size;
    struct field_watch *watches;
    struct stack_size watches_size;
    struct buf attr_keys;
    struct buf own_key; /* of the element that starts now, for all constraints of one shape */
    uint64_t own_hash;
    uint32_t own_shape; /* NONE: of none */
    enum value_state own_state;
    struct buf field_bytes;
    struct buf shown;
};

/* Makes room for more items on a stack; false without memory. */
#define PUSH_ROOM(v, stack, more)                                                              \
    ((v)->stack##_size.n + (more) <= (v)->stack##_size.cap ||                                  \
     validator_grow_stack((void **)&(v)->stack, &(v)->stack##_size, (more),                    \
                          sizeof *(v)->stack))
bool validator_grow_stack(void **stack, struct stack_size *size, size_t more, size_t item);

static inline uint64_t line_now(const struct xsd_validator *v)
{
    return v->client->line ? v->client->line(v->client->context) : 0;
}

/* message.c */
/* One sentence about the element of `frame`, or its attribute. 0, or -1 without memory. */
__attribute__((format(printf, 5, 6))) int
validator_fault(struct xsd_validator *v, const char *code, const struct element_frame *frame,
                const struct instance_attr *attr, const char *format, ...);
/* With ordinal and line given: for what is found out later. */
__attribute__((format(printf, 5, 6))) int
validator_fault_at(struct xsd_validator *v, const char *code, const struct element_frame *frame,
                   uint64_t line, const char *format, ...);
int validator_fault_unexpected(struct xsd_validator *v, const struct element_frame *parent,
                               const struct element_frame *child);
int validator_fault_incomplete(struct xsd_validator *v, const struct element_frame *frame);

/* value.c */
/* Checks and enters a text: 0 valid, 1 not (reported), -1. `attr` is NULL for content. */
int value_check(struct xsd_validator *v, const struct element_frame *frame,
                struct instance_attr *attr, const struct datatype *datatype, const char *text,
                size_t len);
/* Whether the text has the fixed value: 0 yes, 1 no, -1. */
int value_is_fixed(struct xsd_validator *v, const struct datatype *datatype, const char *text,
                   size_t len, const struct value_constraint *constant);
int value_check_idrefs(struct xsd_validator *v);
const char *validator_find_binding(const struct xsd_validator *v, const char *prefix,
                                   size_t len);

/* start.c */
void start_tag_find_name(struct xsd_validator *v, const xmlChar *local, const xmlChar *uri,
                         uint32_t *symbol, uint32_t *ns);
int start_tag_resolve_names(struct xsd_validator *v, int n_attributes,
                            const xmlChar **attributes);
/* By element->type, xsi:type and xsi:nil. */
int start_tag_settle_type(struct xsd_validator *v, struct element_frame *frame);
/* The attribute of the start tag at hand, or NULL. */
struct instance_attr *start_tag_find_attr(const struct xsd_validator *v, uint32_t symbol);
bool start_tag_has_xsi_type(const struct xsd_validator *v);
int start_tag_check_attributes(struct xsd_validator *v, const struct element_frame *frame);

/* identity.c */
int identity_start(struct xsd_validator *v, struct element_frame *frame);
/* `text` is the element's value, where it has one. */
int identity_end(struct xsd_validator *v, const struct element_frame *frame, const char *text,
                 size_t len);
void identity_reset(struct xsd_validator *v);
void identity_free(struct xsd_validator *v);

#endif
