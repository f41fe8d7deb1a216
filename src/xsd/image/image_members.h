/* SPDX-License-Identifier: MIT
 *
 * Each member of each struct that an image holds, and what it is: the one table that says how
 * structs are written, how they are read, and how far what is read can be trusted. A struct
 * that changes without its list here does not compile (image_members.c).
 *
 * In a list, _(WHAT, member, ...) says of a member of the struct `s`:
 *
 *   VALUE                  a number, all of whose values are harmless
 *   VALUES                 an array of such
 *   FLAG                   a bool
 *   WORD, last             an enum from 0 to `last`
 *   BITS, mask             no bits but these
 *   ONE, kind              points to a struct of that kind
 *   MAYBE, kind            the same, or NULL
 *   ARRAY, kind, n         points to n structs of that kind, which nothing else points to
 *   POINTERS, kind, n      points to n pointers to structs of that kind
 *   MAYBE_POINTERS         the same, and some of them may be NULL
 *   NUMBERS, type, n       points to n numbers
 *   MAYBE_NUMBERS, MAYBE_ARRAY    the same, or NULL whatever n is
 *   TEXT, MAYBE_TEXT       a string
 *   TEXTS, n               points to n strings
 *   BYTES, len             bytes and a NUL behind them, or NULL where `len` is 0
 *   NESTED, kind           a struct in the struct
 *   INSIDE, owner, a       points into the array `a` of the struct that `owner` points to
 *   ANEW                   a number that is not written: 0
 *   LEFT_OUT               a pointer that only the compiler needs, or that is set at last: NULL
 *   LEFT_EMPTY             a struct of that sort
 *
 * image_check.c holds what is to be true of several of them together.
 */
#ifndef THRESH_XSD_IMAGE_IMAGE_MEMBERS_H
#define THRESH_XSD_IMAGE_IMAGE_MEMBERS_H

#include "xsd/datatype/simple_type.h"
#include "xsd/image/image.h"
#include "xsd/model.h"
#include "xsd/regex/automaton.h"

/* clang-format off */

/* Structs that others point to one by one. */
#define IMAGE_SINGLES(_) \
    _(image_contents) _(xsd) _(symbol) _(type) _(element) _(attribute) _(attributes) \
    _(identity_constraints) _(identity_constraint) _(wildcard) _(model) _(datatype) \
    _(enumeration) _(pattern)

/* Structs in arrays; of two of these, the owner stands first. */
#define IMAGE_ITEMS(_) \
    _(image_schema) _(image_source) _(attribute_use) _(identity_selector) _(identity_field) \
    _(identity_path) _(identity_step) _(position) _(model_slot) _(model_counter) _(bound) \
    _(pattern_step) _(enumeration_slot) _(op)

/* What there are arrays of pointers to. */
#define IMAGE_POINTERS(_) _(symbol) _(element) _(identity_constraint) _(datatype)

/* Structs that lie in others only. */
#define IMAGE_NESTED(_) _(names) _(value_constraint) _(code_classes)

/* -- What an image is of -------------------------------------------------------------- */

#define MEMBERS_image_contents(_) \
    _(ARRAY, schemas, image_schema, s->n_schemas) \
    _(VALUE, n_schemas) \
    _(VALUE, n_sources) \
    _(ARRAY, sources, image_source, s->n_sources) \
    _(TEXT, notes) \
    _(TEXT, missing) \
    _(MAYBE_TEXT, key)

#define MEMBERS_image_schema(_) \
    _(MAYBE_TEXT, root_name) \
    _(MAYBE_TEXT, namespace_name) \
    _(TEXT, target) \
    _(TEXT, file) \
    _(FLAG, is_of_folder) \
    _(VALUE, block) \
    _(VALUE, n_hidden) \
    _(NUMBERS, hidden, uint32_t, s->n_hidden) \
    _(LEFT_OUT, xsd)

#define MEMBERS_image_source(_) \
    _(TEXT, path) \
    _(WORD, kind, IMAGE_SOURCE_READ) \
    _(VALUE, first) \
    _(VALUE, bytes) \
    _(VALUES, digest)

/* -- xsd/model.h, xsd/names.h --------------------------------------------------------- */

#define MEMBERS_xsd(_) \
    _(LEFT_EMPTY, arena) \
    _(TEXT, warnings) \
    _(NESTED, names, names) \
    _(LEFT_OUT, datatypes) \
    _(ONE, any_type, type) \
    _(ONE, string_type, type) \
    _(VALUE, n_constraints) \
    _(FLAG, selects_any) \
    _(VALUE, reach) \
    _(VALUE, xsi_ns) \
    _(VALUE, xsi_type) \
    _(VALUE, xsi_nil) \
    _(VALUE, xsi_schema_location) \
    _(VALUE, xsi_no_namespace_schema_location) \
    _(LEFT_OUT, whole) \
    _(LEFT_OUT, hidden) \
    _(ANEW, n_hidden) \
    _(ANEW, n_views) \
    _(ANEW, view_bytes)

#define MEMBERS_names(_) \
    _(MAYBE_POINTERS, slots, symbol, (uint64_t)s->mask + 1) \
    _(MAYBE_POINTERS, by_id, symbol, s->n_symbols) \
    _(TEXTS, uris, s->n_uris) \
    _(NUMBERS, uri_slots, uint32_t, (uint64_t)s->uri_mask + 1) \
    _(VALUE, mask) \
    _(VALUE, uri_mask) \
    _(VALUE, n_symbols) \
    _(VALUE, n_uris) \
    _(ANEW, cap_symbols) \
    _(ANEW, cap_uris)

#define MEMBERS_symbol(_) \
    _(BYTES, local, s->local_len) \
    _(LEFT_OUT, uri) \
    _(VALUE, local_len) \
    _(VALUE, hash) \
    _(VALUE, id) \
    _(VALUE, ns) \
    _(MAYBE, element, element) \
    _(MAYBE, attribute, attribute) \
    _(MAYBE, type, type) \
    _(FLAG, selected)

#define IMAGE_DERIVATIONS 31u

#define MEMBERS_type(_) \
    _(MAYBE, name, symbol) \
    _(MAYBE, base, type) \
    _(MAYBE, datatype, datatype) \
    _(MAYBE, model, model) \
    _(MAYBE, attributes, attributes) \
    _(WORD, content, CONTENT_MIXED) \
    _(FLAG, simple) \
    _(FLAG, abstract) \
    _(FLAG, takes_anything) \
    _(FLAG, is_id) \
    _(BITS, derivation, IMAGE_DERIVATIONS) \
    _(BITS, block, IMAGE_DERIVATIONS) \
    _(BITS, final, IMAGE_DERIVATIONS) \
    _(LEFT_OUT, source)

#define MEMBERS_value_constraint(_) \
    _(BYTES, text, s->len) \
    _(VALUE, len) \
    _(FLAG, fixed) \
    _(BYTES, key, s->key_len) \
    _(VALUE, key_len)

#define MEMBERS_element(_) \
    _(ONE, name, symbol) \
    _(ONE, type, type) \
    _(MAYBE, constraints, identity_constraints) \
    _(POINTERS, heads, element, s->n_heads) \
    _(POINTERS, members, element, s->n_members) \
    _(VALUE, n_heads) \
    _(VALUE, n_members) \
    _(NESTED, value, value_constraint) \
    _(FLAG, global) \
    _(FLAG, nillable) \
    _(FLAG, abstract) \
    _(BITS, block, IMAGE_DERIVATIONS) \
    _(BITS, final, IMAGE_DERIVATIONS) \
    _(LEFT_OUT, source)

#define MEMBERS_attribute(_) \
    _(ONE, name, symbol) \
    _(ONE, type, type) \
    _(NESTED, value, value_constraint)

#define MEMBERS_attribute_use(_) \
    _(ONE, attribute, attribute) \
    _(ONE, datatype, datatype) \
    _(VALUE, symbol) \
    _(FLAG, required) \
    _(FLAG, takes_anything) \
    _(FLAG, is_id) \
    _(NESTED, value, value_constraint)

#define MEMBERS_attributes(_) \
    _(ARRAY, uses, attribute_use, s->n) \
    _(MAYBE_NUMBERS, slots, uint32_t, (uint64_t)s->mask + 1) \
    _(MAYBE, wildcard, wildcard) \
    _(VALUE, mask) \
    _(VALUE, n) \
    _(VALUE, n_required) \
    _(FLAG, has_id) \
    _(FLAG, has_idref_default)

#define MEMBERS_wildcard(_) \
    _(WORD, kind, WILDCARD_SET) \
    _(WORD, process_contents, PROCESS_SKIP) \
    _(VALUE, n) \
    _(NUMBERS, set, uint32_t, s->n)

#define MEMBERS_model(_) \
    _(ARRAY, positions, position, s->n_positions) \
    _(ARRAY, slots, model_slot, (uint64_t)s->mask + 1) \
    _(NUMBERS, rows, uint64_t, (uint64_t)s->n_states * s->words) \
    _(MAYBE_NUMBERS, moves, uint32_t, (uint64_t)s->n_states * s->n_chains) \
    _(MAYBE_ARRAY, counters, model_counter, s->n_counters) \
    _(MAYBE_NUMBERS, counter_of, uint32_t, s->n_positions) \
    _(VALUE, n_counters) \
    _(VALUE, mask) \
    _(VALUE, wildcard) \
    _(VALUE, n_positions) \
    _(VALUE, n_chains) \
    _(VALUE, n_states) \
    _(VALUE, words) \
    _(VALUE, start) \
    _(FLAG, all) \
    _(FLAG, optional)

#define MEMBERS_position(_) \
    _(MAYBE, element, element) \
    _(MAYBE, wildcard, wildcard) \
    _(VALUE, chain) \
    _(VALUE, same) \
    _(VALUE, next) \
    _(VALUE, low) \
    _(VALUE, full) \
    _(VALUE, min) \
    _(VALUE, max)

#define MEMBERS_model_slot(_) \
    _(VALUE, symbol) \
    _(VALUE, position)

#define MEMBERS_model_counter(_) \
    _(VALUE, from) \
    _(VALUE, to) \
    _(VALUE, min) \
    _(VALUE, max) \
    _(VALUE, outer) \
    _(VALUE, depth) \
    _(VALUE, first) \
    _(VALUE, after)

#define MEMBERS_identity_constraints(_) \
    _(POINTERS, list, identity_constraint, s->n) \
    _(VALUE, n) \
    _(VALUE, n_selectors) \
    _(ARRAY, selectors, identity_selector, s->n_selectors) \
    _(ARRAY, slots, model_slot, (uint64_t)s->mask + 1) \
    _(VALUE, mask) \
    _(VALUE, any) \
    _(FLAG, has_keyref)

#define MEMBERS_identity_constraint(_) \
    _(ONE, name, symbol) \
    _(WORD, kind, IDENTITY_KEYREF) \
    _(MAYBE, refer, identity_constraint) \
    _(VALUE, id) \
    _(VALUE, first_keyref) \
    _(VALUE, last_keyref) \
    _(ARRAY, selectors, identity_path, s->n_selectors) \
    _(VALUE, n_selectors) \
    _(ARRAY, fields, identity_field, s->n_fields) \
    _(VALUE, n_fields) \
    _(MAYBE_NUMBERS, own, uint32_t, s->n_fields) \
    _(VALUE, shape) \
    _(VALUE, reach)

#define MEMBERS_identity_selector(_) \
    _(ONE, constraint, identity_constraint) \
    _(INSIDE, path, constraint, selectors) \
    _(VALUE, next) \
    _(FLAG, anywhere) \
    _(FLAG, has_rivals)

#define MEMBERS_identity_field(_) \
    _(ARRAY, paths, identity_path, s->n_paths) \
    _(VALUE, n_paths)

#define MEMBERS_identity_path(_) \
    _(ARRAY, steps, identity_step, s->n_steps) \
    _(VALUE, n_steps) \
    _(FLAG, descendant) \
    _(FLAG, to_attribute) \
    _(NESTED, attribute, identity_step)

#define MEMBERS_identity_step(_) \
    _(WORD, kind, IDENTITY_STEP_ANY) \
    _(VALUE, symbol) \
    _(VALUE, ns)

/* -- xsd/datatype, xsd/regex ---------------------------------------------------------- */

#define MEMBERS_datatype(_) \
    _(MAYBE_TEXT, name) \
    _(MAYBE, base, datatype) \
    _(WORD, variety, VARIETY_UNION) \
    _(WORD, primitive, PRIMITIVE_NOTATION) \
    _(WORD, shape, SHAPE_NCNAME) \
    _(WORD, white_space, WHITE_SPACE_COLLAPSE) \
    _(WORD, id, DATATYPE_ENTITY) \
    _(FLAG, anything) \
    _(FLAG, needs_prefixes) \
    _(FLAG, exact_length) \
    _(FLAG, has_min_length) \
    _(FLAG, plain) \
    _(FLAG, enumeration_decides) \
    _(VALUE, depth) \
    _(VALUE, weight) \
    _(WORD, glance, GLANCE_DECIMAL) \
    _(VALUE, glance_least) \
    _(VALUE, glance_most) \
    _(MAYBE, item, datatype) \
    _(POINTERS, members, datatype, s->n_members) \
    _(VALUE, n_members) \
    _(VALUE, min_length) \
    _(VALUE, max_length) \
    _(VALUE, total_digits) \
    _(VALUE, fraction_digits) \
    _(ARRAY, bounds, bound, s->n_bounds) \
    _(VALUE, n_bounds) \
    _(ARRAY, patterns, pattern_step, s->n_patterns) \
    _(VALUE, n_patterns) \
    _(MAYBE, enumeration, enumeration) \
    _(LEFT_OUT, fixed)

#define MEMBERS_bound(_) \
    _(WORD, kind, FACET_MIN_EXCLUSIVE) \
    _(LEFT_EMPTY, value) \
    _(TEXT, text)

#define MEMBERS_pattern_step(_) \
    _(ONE, pattern, pattern) \
    _(TEXT, text)

#define MEMBERS_enumeration(_) \
    _(ARRAY, slots, enumeration_slot, (uint64_t)s->mask + 1) \
    _(VALUE, mask) \
    _(TEXTS, texts, s->n) \
    _(VALUE, n)

#define MEMBERS_enumeration_slot(_) \
    _(VALUE, hash) \
    _(BYTES, bytes, s->len) \
    _(VALUE, len)

#define MEMBERS_pattern(_) \
    _(NESTED, classes, code_classes) \
    _(MAYBE_NUMBERS, table, uint32_t, s->table_bytes / sizeof *s->table) \
    _(VALUE, table_bytes) \
    _(MAYBE_ARRAY, ops, op, s->n_ops) \
    _(VALUE, n_ops)

#define MEMBERS_code_classes(_) \
    _(VALUE, n) \
    _(VALUES, ascii) \
    _(NUMBERS, starts, uint32_t, s->n_runs) \
    _(NUMBERS, numbers, uint32_t, s->n_runs) \
    _(VALUE, n_runs) \
    _(MAYBE_NUMBERS, members, uint64_t, (uint64_t)s->n_sets * s->set_words) \
    _(VALUE, n_sets) \
    _(VALUE, set_words)

#define MEMBERS_op(_) \
    _(WORD, kind, OP_MATCH) \
    _(VALUE, to) \
    _(VALUE, other)

/* clang-format on */

#endif
