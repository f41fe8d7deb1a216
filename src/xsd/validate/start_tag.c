/* SPDX-License-Identifier: MIT
 *
 * A start tag: the type of the element and its attributes.
 */
#include "xsd/validate/learned.h"

#include "base/xml_chars.h"
#include <string.h>

int start_tag_read(struct xsd_validator *v, struct opening *opening, int n_attributes,
                   const xmlChar **attributes)
{
    size_t n = (size_t)n_attributes;
    const struct attributes *expected = opening ? opening->frame.type->attributes : NULL;
    struct transition **guess = opening ? &opening->attributes : NULL;
    if (!VALIDATOR_ROOM(v, attrs, n))
        return -1;
    for (size_t i = 0; i < n; i++, attributes += 5) {
        struct instance_attr *attr = &v->attrs[i];
        *attr = validator_attr_of(attributes);
        learned_find_attribute(v, expected, attributes[2], attr, &guess);
        v->has_xsi |= attr->ns == v->xsd->xsi_ns;
    }
    v->attrs_size.n = n;
    return 0;
}

bool start_tag_has_xsi_type(const struct xsd_validator *v)
{
    return v->has_xsi && validator_find_attr(v, v->xsd->xsi_type);
}

/* -- Type ----------------------------------------------------------------------------- */

/* cvc-elt.4.1 and 4.2: the type that xsi:type names, or NULL with the fault reported, unless an
 * earlier one keeps the element from having a declaration. */
static int find_xsi_type(struct xsd_validator *v, const struct element_frame *frame,
                         const struct instance_attr *attr, const struct type **type)
{
    const struct names *names = &v->xsd->names;
    const char *name = attr->value;
    size_t len = attr->len;
    *type = NULL;
    xml_trim(&name, &len);
    const char *colon = memchr(name, ':', len);
    const char *local = colon ? colon + 1 : name;
    size_t local_len = len - (size_t)(local - name);
    size_t prefix_len = colon ? (size_t)(colon - name) : 0;
    const char *uri = bindings_find(v, name, prefix_len);
    if (!uri || !xml_is_ncname(local, local_len) || (colon && !xml_is_ncname(name, prefix_len)))
        return frame->marks & FRAME_ASTRAY
                   ? 0
                   : validator_fault(v, "cvc-elt.4.1", frame, attr,
                                     "'%.*s' is not a QName with a declared prefix.", (int)len,
                                     name);
    const struct symbol *symbol =
        names_find(names, local, local_len, names_find_ns(names, uri));
    if (!symbol || !symbol->type)
        return frame->marks & FRAME_ASTRAY
                   ? 0
                   : validator_fault(v, "cvc-elt.4.2", frame, attr,
                                     "The schema has no type definition '{%s}%.*s'.", uri,
                                     (int)local_len, local);
    *type = symbol->type;
    return 0;
}

/* cvc-elt.4.3 */
static int apply_xsi_type(struct xsd_validator *v, struct element_frame *frame,
                          const struct instance_attr *attr)
{
    const struct type *type;
    int rc = find_xsi_type(v, frame, attr, &type);
    frame->marks &= ~(unsigned)(FRAME_LENIENT | FRAME_ASTRAY);
    if (!type)
        frame->marks |= FRAME_LENIENT | (frame->element ? 0 : FRAME_ASTRAY);
    if (rc < 0 || !type)
        return rc;
    unsigned block = frame->type->block | (frame->element ? frame->element->block : 0);
    const struct type *declared = frame->type;
    frame->type = type;
    if (type_derives(type, declared, block & (DERIVATION_EXTENSION | DERIVATION_RESTRICTION)))
        return 0;
    frame->marks |= FRAME_LENIENT;
    return validator_fault(v, "cvc-elt.4.3", frame, attr,
                           "The type '%s' is not validly derived from the declared type '%s'.",
                           type->name->local,
                           declared->name ? declared->name->local : "(anonymous)");
}

/* cvc-elt.3.1 and 3.2.2. INSIDE_NIL sees to 3.2.1, no content. */
static int apply_nil(struct xsd_validator *v, struct element_frame *frame,
                     const struct instance_attr *attr, bool *nil)
{
    const char *text = attr->value;
    size_t len = attr->len;
    xml_trim(&text, &len);
    bool yes = (len == 4 && memcmp(text, "true", 4) == 0) || (len == 1 && *text == '1');
    bool no = (len == 5 && memcmp(text, "false", 5) == 0) || (len == 1 && *text == '0');
    if (!frame->element)
        return 0;
    if (!yes && !no)
        return validator_fault(v, "cvc-datatype-valid.1.2.1", frame, attr,
                               "'%.*s' is not a valid value of the type 'xs:boolean'.",
                               (int)len, text);
    if (!frame->element->nillable) {
        frame->marks |= yes ? FRAME_NO_NIL : 0;
        return validator_fault(v, "cvc-elt.3.1", frame, attr, "The element is not nillable.");
    }
    *nil = yes;
    if (yes && frame->element->value.text && frame->element->value.fixed)
        return validator_fault(v, "cvc-elt.3.2.2", frame, attr,
                               "An element with a fixed value cannot be nil.");
    return 0;
}

static enum inside inside_of(const struct type *type)
{
    if (type->content == CONTENT_SIMPLE)
        return INSIDE_SIMPLE;
    return type->content == CONTENT_EMPTY ? INSIDE_EMPTY : INSIDE_MODEL;
}

static enum leaf leaf_of(const struct element_frame *frame)
{
    bool is_given = frame->element && frame->element->value.text;
    if (frame->element && frame->element->constraints)
        return LEAF_NONE;
    if (frame->inside == INSIDE_SIMPLE && frame->type->takes_anything && !is_given)
        return LEAF_ANY;
    if (frame->inside == INSIDE_SIMPLE)
        return datatype_id(frame->type->datatype) != DATATYPE_PLAIN ? LEAF_NONE
               : is_given                                           ? LEAF_GIVEN
                                                                    : LEAF_VALUE;
    if (is_given)
        return LEAF_NONE;
    if (frame->inside == INSIDE_EMPTY || frame->inside == INSIDE_NIL)
        return LEAF_EMPTY;
    if (!frame->may_end)
        return LEAF_NONE;
    return frame->mixed ? LEAF_ANY : LEAF_BLANK;
}

static int begin_content(struct xsd_validator *v, struct element_frame *frame, bool nil)
{
    const struct type *type = frame->type;
    const struct value_constraint *constraint = frame->element ? &frame->element->value : NULL;
    frame->inside = nil ? INSIDE_NIL : inside_of(type);
    frame->model = NULL;
    frame->state = NULL;
    frame->mixed = frame->collects = frame->may_end = frame->takes_blank = false;
    if (nil)
        return 0;
    frame->mixed = type->content == CONTENT_MIXED;
    frame->collects =
        type->content == CONTENT_SIMPLE
            ? !type->takes_anything || (constraint && constraint->text)
            : frame->mixed && ((constraint && constraint->text) || frame->marks & FRAME_ASTRAY);
    if (frame->inside != INSIDE_MODEL)
        return 0;
    frame->takes_blank = !frame->collects;
    frame->model = type->model;
    frame->walk.state = type->model->start; /* counters are set when they are entered */
    frame->walk.position = XSD_NONE;
    if (type->model->all) {
        if (!VALIDATOR_ROOM(v, seen, type->model->words))
            return -1;
        memset(v->seen + v->seen_size.n, 0, type->model->words * sizeof *v->seen);
        frame->seen = (uint32_t)v->seen_size.n;
        v->seen_size.n += type->model->words;
    }
    learned_note_state(frame);
    return 0;
}

/* cvc-elt.2, cvc-type.2 */
int start_tag_settle_type(struct xsd_validator *v, struct element_frame *frame)
{
    bool nil = false;
    int rc = 0;
    frame->type = frame->element ? frame->element->type : v->xsd->any_type;
    if (frame->element && frame->element->abstract) {
        frame->marks |= FRAME_LENIENT;
        rc = validator_fault(v, "cvc-elt.2", frame, NULL,
                             "The element declaration is abstract.");
    }
    for (size_t i = 0; v->has_xsi && i < v->attrs_size.n && rc == 0; i++) {
        const struct instance_attr *attr = &v->attrs[i];
        if (attr->symbol == v->xsd->xsi_type)
            rc = apply_xsi_type(v, frame, attr);
        else if (attr->symbol == v->xsd->xsi_nil)
            rc = apply_nil(v, frame, attr, &nil);
    }
    if (rc == 0 && frame->type->abstract && !(frame->marks & FRAME_LENIENT)) {
        frame->marks |= FRAME_LENIENT;
        rc = validator_fault(v, "cvc-type.2", frame, NULL, "The type definition is abstract.");
    }
    v->disorder += (frame->marks & FRAME_LENIENT) != 0;
    if (rc < 0 || begin_content(v, frame, nil) < 0)
        return -1;
    frame->leaf = leaf_of(frame);
    return 0;
}

/* -- Attributes ----------------------------------------------------------------------- */

static bool is_xsi(const struct xsd *xsd, const struct instance_attr *attr)
{
    return attr->ns == xsd->xsi_ns &&
           (attr->symbol == xsd->xsi_type || attr->symbol == xsd->xsi_nil ||
            attr->symbol == xsd->xsi_schema_location ||
            attr->symbol == xsd->xsi_no_namespace_schema_location);
}

/* cvc-attribute */
static int check_attribute(struct xsd_validator *v, const struct element_frame *frame,
                           struct instance_attr *attr, const struct datatype *datatype,
                           const struct value_constraint *constraint)
{
    attr->datatype = datatype;
    int rc = value_check(v, frame, attr, datatype, attr->value, attr->len);
    attr->invalid = rc != 0;
    if (rc != 0 || !constraint->text || !constraint->fixed)
        return rc < 0 ? rc : 0;
    rc = value_is_fixed(v, datatype, attr->value, attr->len, constraint);
    if (rc <= 0)
        return rc;
    attr->invalid = true;
    return validator_fault(v, "cvc-attribute.4", frame, attr,
                           "The value '%.*s' is not the fixed value '%s'.", (int)attr->len,
                           attr->value, constraint->text);
}

/* The attribute may not be there, so that nothing gives its value a type. */
static int refuse_attribute(struct xsd_validator *v, const struct element_frame *frame,
                            struct instance_attr *attr, const char *code, const char *why)
{
    attr->invalid = true;
    v->disorder++;
    if (unassessed_add(v, attr->value, attr->len) < 0)
        return -1;
    return frame->marks & FRAME_LENIENT ? 0 : validator_fault(v, code, frame, attr, "%s", why);
}

/* An attribute that the type does not name: cvc-type.3.1.1, cvc-complex-type.3.2 and 5. */
static int check_other(struct xsd_validator *v, const struct element_frame *frame,
                       struct instance_attr *attr, uint32_t *n_ids)
{
    const struct attributes *attributes = frame->type->attributes;
    const struct wildcard *wildcard = attributes ? attributes->wildcard : NULL;
    if (is_xsi(v->xsd, attr)) {
        attr->datatype = v->xsd->string_type->datatype;
        return 0;
    }
    if (!attributes)
        return refuse_attribute(v, frame, attr, "cvc-type.3.1.1",
                                "An element of a simple type must not have attributes.");
    if (!wildcard || !wildcard_allows(wildcard, attr->ns))
        return refuse_attribute(v, frame, attr, "cvc-complex-type.3.2.2",
                                "The attribute is not allowed.");
    if (wildcard->process_contents == PROCESS_SKIP)
        return 0;
    const struct attribute *declared =
        attr->symbol ? v->xsd->names.by_id[attr->symbol]->attribute : NULL;
    if (declared) {
        bool id = datatype_id(declared->type->datatype) == DATATYPE_ID;
        if (id && (++*n_ids > 1 || attributes->has_id))
            return refuse_attribute(v, frame, attr,
                                    attributes->has_id ? "cvc-complex-type.5.2"
                                                       : "cvc-complex-type.5.1",
                                    "The element may have one attribute of type ID only.");
        return check_attribute(v, frame, attr, declared->type->datatype, &declared->value);
    }
    if (wildcard->process_contents == PROCESS_LAX)
        return frame->marks & FRAME_ASTRAY ? unassessed_add(v, attr->value, attr->len) : 0;
    return refuse_attribute(
        v, frame, attr, "cvc-complex-type.3.2.2",
        "The attribute has no global declaration, which the wildcard asks for.");
}

/* cvc-complex-type.4 */
static int report_missing(struct xsd_validator *v, const struct element_frame *frame)
{
    const struct attributes *attributes = frame->type->attributes;
    int rc = 0;
    for (uint32_t i = 0; i < attributes->n && rc == 0; i++) {
        const struct attribute_use *use = &attributes->uses[i];
        const struct symbol *name = use->attribute->name;
        if (!use->required || frame->marks & FRAME_LENIENT ||
            validator_find_attr(v, use->symbol))
            continue;
        v->disorder++;
        v->spoilt_ids += datatype_id(use->datatype) == DATATYPE_ID;
        rc = validator_fault(v, "cvc-complex-type.4", frame, NULL,
                             "The attribute '%s%s%s%s' is required but missing.",
                             *name->uri ? "{" : "", name->uri, *name->uri ? "}" : "",
                             name->local);
    }
    return rc;
}

/* cvc-id.1 and cvc-simple-type.2 apply to default values of absent attributes, too. */
static int enter_defaults(struct xsd_validator *v, const struct element_frame *frame)
{
    const struct attributes *attributes = frame->type->attributes;
    for (uint32_t i = 0; i < attributes->n; i++) {
        const struct attribute_use *use = &attributes->uses[i];
        if (use->is_id && use->value.text && !validator_find_attr(v, use->symbol) &&
            value_check(v, frame, NULL, use->datatype, use->value.text, use->value.len) < 0)
            return -1;
    }
    return 0;
}

int start_tag_check_attributes(struct xsd_validator *v, const struct element_frame *frame,
                               const struct attributes *expected)
{
    const struct attributes *attributes = frame->type->attributes;
    uint32_t n_required = 0, n_ids = 0;
    for (size_t i = 0; i < v->attrs_size.n; i++) {
        struct instance_attr *attr = &v->attrs[i];
        const struct attribute_use *use = attributes == expected ? attr->use : NULL;
        if (!use && attributes && attr->symbol)
            use = attributes_find(attributes, attr->symbol);
        int rc = 0;
        if (!use) {
            rc = check_other(v, frame, attr, &n_ids);
        } else {
            n_required += use->required;
            attr->datatype = use->datatype;
            if (!use->takes_anything &&
                (use->value.text ||
                 !learned_is_plain(v, use->datatype, attr->value, attr->len)))
                rc = check_attribute(v, frame, attr, use->datatype, &use->value);
        }
        if (rc < 0)
            return rc;
    }
    if (attributes && attributes->has_idref_default && enter_defaults(v, frame) < 0)
        return -1;
    if (attributes && n_required < attributes->n_required)
        return report_missing(v, frame);
    return 0;
}
