/* SPDX-License-Identifier: MIT
 *
 * A record as an object. Its attributes are those of struct thresh_record, and are made of it
 * when they are asked for.
 */
#include "extension.h"

#include <stddef.h>

struct record {
    PyObject_HEAD PyObject *opened; /* the record needs it open */
    struct thresh_record *record;
};

static PyObject *record_type, *fault_type, *namespace_type;

PyObject *record_new(PyObject *opened, struct thresh_record *record)
{
    struct record *self =
        (struct record *)PyType_GenericNew((PyTypeObject *)record_type, NULL, NULL);
    if (!self) {
        thresh_record_free(record);
        return NULL;
    }
    Py_INCREF(opened);
    self->opened = opened;
    self->record = record;
    return (PyObject *)self;
}

static void record_dealloc(PyObject *object)
{
    struct record *self = (struct record *)object;
    PyTypeObject *type = Py_TYPE(object);
    thresh_record_free(self->record);
    Py_XDECREF(self->opened);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

/* Only runs make records. */
static PyObject *record_refuse(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)type, (void)arguments, (void)keywords;
    PyErr_SetString(PyExc_TypeError, "records come from Checker.run");
    return NULL;
}

static const struct thresh_record *record_of(PyObject *object)
{
    return ((struct record *)object)->record;
}

static PyObject *text_object(const struct thresh_text *text)
{
    return PyUnicode_DecodeUTF8(text->bytes, (Py_ssize_t)text->len, "replace");
}

static PyObject *string_object(const char *string)
{
    if (!string)
        Py_RETURN_NONE;
    return PyUnicode_DecodeUTF8(string, (Py_ssize_t)strlen(string), "replace");
}

/* -- Facts ---------------------------------------------------------------------------- */

static PyObject *get_verdict(PyObject *object, void *none)
{
    (void)none;
    return string_object(thresh_verdict_name((int)record_of(object)->verdict));
}

static PyObject *get_path(PyObject *object, void *none)
{
    (void)none;
    return text_object(&record_of(object)->path);
}

static PyObject *get_index(PyObject *object, void *none)
{
    (void)none;
    return PyLong_FromUnsignedLongLong(record_of(object)->index);
}

static PyObject *get_bytes(PyObject *object, void *none)
{
    (void)none;
    if (!record_of(object)->is_read)
        Py_RETURN_NONE;
    return PyLong_FromUnsignedLongLong(record_of(object)->bytes);
}

/* The next four read the member of struct thresh_record at the place that they are given. */
static const void *member(PyObject *object, void *offset)
{
    return (const char *)record_of(object) + (size_t)offset;
}

static PyObject *get_string(PyObject *object, void *offset)
{
    return string_object(*(const char *const *)member(object, offset));
}

static PyObject *get_flag(PyObject *object, void *offset)
{
    return PyBool_FromLong(*(const bool *)member(object, offset));
}

static PyObject *get_number(PyObject *object, void *offset)
{
    return PyLong_FromUnsignedLongLong(*(const uint64_t *)member(object, offset));
}

/* Of a document that is well-formed; else it is not known. */
static PyObject *get_count(PyObject *object, void *offset)
{
    if (!record_of(object)->is_wellformed)
        Py_RETURN_NONE;
    return get_number(object, offset);
}

static PyObject *get_root(PyObject *object, void *offset)
{
    if (!record_of(object)->is_wellformed)
        Py_RETURN_NONE;
    return get_string(object, offset);
}

/* -- Lists ---------------------------------------------------------------------------- */

/* Sets an item of a tuple or a structure, which takes it, also where it could not be made. */
static int set_item(PyObject *of, Py_ssize_t i, PyObject *item, bool is_tuple)
{
    if (!item)
        return -1;
    if (is_tuple)
        return PyTuple_SetItem(of, i, item);
    PyStructSequence_SetItem(of, i, item);
    return 0;
}

static PyObject *namespace_object(const struct thresh_namespace *from)
{
    PyObject *object = PyStructSequence_New((PyTypeObject *)namespace_type);
    if (object && (set_item(object, 0, string_object(from->prefix), false) < 0 ||
                   set_item(object, 1, string_object(from->uri), false) < 0))
        Py_CLEAR(object);
    return object;
}

static PyObject *get_namespaces(PyObject *object, void *none)
{
    const struct thresh_record *record = record_of(object);
    PyObject *list = PyTuple_New((Py_ssize_t)record->n_namespaces);
    (void)none;
    for (size_t i = 0; list && i < record->n_namespaces; i++)
        if (set_item(list, (Py_ssize_t)i, namespace_object(thresh_record_namespace(record, i)),
                     true) < 0)
            Py_CLEAR(list);
    return list;
}

/* Lines and columns from 1; 0 is not known. */
static PyObject *place_object(uint64_t place)
{
    if (!place)
        Py_RETURN_NONE;
    return PyLong_FromUnsignedLongLong(place);
}

static PyObject *fault_object(const struct thresh_fault *from)
{
    PyObject *object = PyStructSequence_New((PyTypeObject *)fault_type);
    if (object && (set_item(object, 0, string_object(from->kind), false) < 0 ||
                   set_item(object, 1, string_object(from->code), false) < 0 ||
                   set_item(object, 2, text_object(&from->message), false) < 0 ||
                   set_item(object, 3, string_object(from->path), false) < 0 ||
                   set_item(object, 4, place_object(from->line), false) < 0 ||
                   set_item(object, 5, place_object(from->column), false) < 0))
        Py_CLEAR(object);
    return object;
}

static PyObject *get_errors(PyObject *object, void *none)
{
    const struct thresh_record *record = record_of(object);
    PyObject *list = PyTuple_New((Py_ssize_t)record->n_errors);
    (void)none;
    for (size_t i = 0; list && i < record->n_errors; i++)
        if (set_item(list, (Py_ssize_t)i, fault_object(thresh_record_error(record, i)), true) <
            0)
            Py_CLEAR(list);
    return list;
}

static PyObject *number_object(const struct thresh_text *text)
{
    PyObject *string = text_object(text);
    PyObject *number = string ? PyFloat_FromString(string) : NULL;
    Py_XDECREF(string);
    return number;
}

static PyObject *nodes_object(const struct thresh_field *field)
{
    PyObject *list = PyList_New((Py_ssize_t)field->n);
    for (size_t i = 0; list && i < field->n; i++) {
        PyObject *text = text_object(&field->values[i]);
        if (!text || PyList_SetItem(list, (Py_ssize_t)i, text) < 0)
            Py_CLEAR(list);
    }
    return list;
}

static PyObject *value_object(const struct thresh_field *field)
{
    if (field->kind == THRESH_NODES)
        return nodes_object(field);
    if (field->kind == THRESH_NULL)
        Py_RETURN_NONE;
    if (field->kind == THRESH_NUMBER)
        return number_object(&field->values[0]);
    if (field->kind == THRESH_BOOLEAN)
        return PyBool_FromLong(field->values[0].bytes[0] == 't');
    return text_object(&field->values[0]);
}

static PyObject *get_fields(PyObject *object, void *none)
{
    const struct thresh_record *record = record_of(object);
    PyObject *fields = PyDict_New();
    (void)none;
    for (size_t i = 0; fields && i < record->n_fields; i++) {
        const struct thresh_field *field = thresh_record_field(record, i);
        PyObject *value = value_object(field);
        if (!value || PyDict_SetItemString(fields, field->name, value) < 0)
            Py_CLEAR(fields);
        Py_XDECREF(value);
    }
    return fields;
}

/* -- Text ----------------------------------------------------------------------------- */

static PyObject *record_as_text(PyObject *object, PyObject *arguments)
{
    const char *format = "ndjson";
    if (!PyArg_ParseTuple(arguments, "|s", &format))
        return NULL;
    const struct thresh_text *text = thresh_record_text(record_of(object), format);
    if (!text) {
        PyErr_Format(PyExc_ValueError,
                     "'%s' is no format of records; there are ndjson, csv and text", format);
        return NULL;
    }
    return text_object(text);
}

/* The command's JSON, so that both say the same. */
static PyObject *record_as_dict(PyObject *object, PyObject *none)
{
    static PyObject *loads;
    const struct thresh_text *text = thresh_record_text(record_of(object), "ndjson");
    (void)none;
    if (!text)
        return PyErr_NoMemory();
    if (!loads) {
        PyObject *json = PyImport_ImportModule("json");
        loads = json ? PyObject_GetAttrString(json, "loads") : NULL;
        Py_XDECREF(json);
    }
    PyObject *line = loads ? text_object(text) : NULL, *dict = NULL;
    if (line)
        dict = PyObject_CallFunctionObjArgs(loads, line, NULL);
    Py_XDECREF(line);
    return dict;
}

static PyObject *record_heading(PyObject *object, PyObject *arguments)
{
    const char *format;
    if (!PyArg_ParseTuple(arguments, "s", &format))
        return NULL;
    const struct thresh_text *text = thresh_record_heading(record_of(object), format);
    return text ? text_object(text) : PyErr_NoMemory();
}

static PyObject *record_repr(PyObject *object)
{
    PyObject *path = get_path(object, NULL), *repr = NULL;
    if (path)
        repr = PyUnicode_FromFormat("<thresh.Record %R %s>", path,
                                    thresh_verdict_name((int)record_of(object)->verdict));
    Py_XDECREF(path);
    return repr;
}

/* -- Types ---------------------------------------------------------------------------- */

#define MEMBER(name) (void *)offsetof(struct thresh_record, name)

static PyGetSetDef getters[] = {
    {"verdict", get_verdict, NULL,
     "valid, wellformed (no schema was given), invalid, malformed, unmapped, unreadable, "
     "timeout,\n"
     "lost or skipped",
     NULL},
    {"path", get_path, NULL, "of the entry: feed.zip!/orders/1.xml", NULL},
    {"index", get_index, NULL, "of the entry in the run, from 0", NULL},
    {"reason", get_string, NULL, "why it was skipped, or None", MEMBER(reason)},
    {"schema", get_string, NULL, "name of the file it was held against, or None",
     MEMBER(schema)},
    {"bytes", get_bytes, NULL, "size of the document, unpacked; None: it was not read", NULL},
    {"sha256", get_string, NULL,
     "SHA-256 of those bytes, in hexadecimal; None: the option sha256 is not set, or they were "
     "not read",
     MEMBER(sha256)},
    {"is_unread", get_flag, NULL, "it refers to an entity that was not read",
     MEMBER(is_unread)},
    {"root_namespace", get_root, NULL, "'': none; None: not well-formed",
     MEMBER(root_namespace)},
    {"root_name", get_root, NULL, "without a prefix; None: not well-formed", MEMBER(root_name)},
    {"elements", get_count, NULL, "how many; None: not well-formed", MEMBER(elements)},
    {"attributes", get_count, NULL, "how many; None: not well-formed", MEMBER(attributes)},
    {"depth", get_count, NULL, "of elements in elements, 1: the root is alone", MEMBER(depth)},
    {"text_bytes", get_count, NULL, "of character data, as UTF-8", MEMBER(text_bytes)},
    {"namespaces", get_namespaces, NULL, "tuple of Namespace, each pair once", NULL},
    {"fields", get_fields, NULL,
     "dict of what extract asks for: a list of str for nodes, else str, float, bool or None",
     NULL},
    {"errors", get_errors, NULL, "tuple of Fault: those that max_errors keeps", NULL},
    {"errors_total", get_number, NULL, "how many there are", MEMBER(errors_total)},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyMethodDef methods[] = {
    {"text", record_as_text, METH_VARARGS,
     "text(format='ndjson')\n--\n\nThe line that the command writes for it, line feed "
     "included: as\n"
     "ndjson, csv or text."},
    {"as_dict", record_as_dict, METH_NOARGS,
     "as_dict()\n--\n\nThe record as the command writes it in NDJSON: a dict of dict, list, "
     "str,\n"
     "int, float, bool and None."},
    {"_heading", record_heading, METH_VARARGS, "what stands before the first record"},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot slots[] = {
    {Py_tp_new, record_refuse},
    {Py_tp_dealloc, record_dealloc},
    {Py_tp_getset, getters},
    {Py_tp_methods, methods},
    {Py_tp_repr, record_repr},
    {Py_tp_doc, "What is known of one entry. It does not change."},
    {0, NULL},
};
static PyType_Spec spec = {
    .name = "thresh._thresh.Record",
    .basicsize = sizeof(struct record),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = slots,
};

static PyStructSequence_Field fault_fields[] = {
    {"kind", "xml, namespace, entity, schema, archive, limit ..."},
    {"code", "the rule that is broken, as its standard names it"},
    {"message", "one sentence"},
    {"path", "XPath of the node, or None"},
    {"line", "from 1, or None"},
    {"column", "from 1, in characters, or None"},
    {NULL, NULL},
};
static PyStructSequence_Desc fault_desc = {
    "thresh.Fault", "One thing that is wrong with an entry.", fault_fields, 6};
static PyStructSequence_Field namespace_fields[] = {
    {"prefix", "'': the default namespace"}, {"uri", "'': it is undeclared"}, {NULL, NULL}};
static PyStructSequence_Desc namespace_desc = {
    "thresh.Namespace", "A prefix that a document declares for a namespace.", namespace_fields,
    2};

static int add_structure(PyObject *module, PyStructSequence_Desc *desc, const char *name,
                         PyObject **type)
{
    *type = (PyObject *)PyStructSequence_NewType(desc);
    if (!*type)
        return -1;
    Py_INCREF(*type);
    return PyModule_AddObject(module, name, *type);
}

int record_add(PyObject *module)
{
    if (add_structure(module, &fault_desc, "Fault", &fault_type) < 0 ||
        add_structure(module, &namespace_desc, "Namespace", &namespace_type) < 0)
        return -1;
    return extension_add_type(module, &spec, "Record", &record_type);
}
