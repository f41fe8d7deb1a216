/* SPDX-License-Identifier: MIT */
#include "extension.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

struct opened {
    PyObject_HEAD struct thresh_options *options;
    struct thresh *thresh;
};

const struct thresh *opened_thresh(PyObject *object)
{
    return ((struct opened *)object)->thresh;
}

static int set_options(struct thresh_options *options, PyObject *pairs)
{
    Py_ssize_t n = PyList_Size(pairs);
    struct thresh_error error;
    const char *name, *value;
    if (n < 0)
        return -1;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!PyArg_ParseTuple(PyList_GetItem(pairs, i), "sy", &name, &value))
            return -1;
        if (thresh_options_set(options, name, value, &error) < 0) {
            extension_fail(&error);
            return -1;
        }
    }
    return 0;
}

static PyObject *opened_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    PyObject *pairs;
    struct thresh_error error;
    (void)keywords;
    if (!PyArg_ParseTuple(arguments, "O", &pairs))
        return NULL;
    struct opened *self = (struct opened *)PyType_GenericNew(type, NULL, NULL);
    if (!self)
        return NULL;
    self->options = thresh_options_new();
    if (!self->options) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    if (set_options(self->options, pairs) < 0) {
        Py_DECREF(self);
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    self->thresh = thresh_open(self->options, &error);
    Py_END_ALLOW_THREADS
    if (!self->thresh) {
        Py_DECREF(self);
        return extension_fail(&error);
    }
    return (PyObject *)self;
}

static void opened_dealloc(PyObject *object)
{
    struct opened *self = (struct opened *)object;
    PyTypeObject *type = Py_TYPE(object);
    Py_BEGIN_ALLOW_THREADS
    thresh_close(self->thresh);
    thresh_options_free(self->options);
    Py_END_ALLOW_THREADS((freefunc)PyType_GetSlot(type, Py_tp_free))
    (object);
    Py_DECREF(type);
}

static PyObject *opened_warnings(PyObject *object, void *none)
{
    const char *text = thresh_warnings(opened_thresh(object));
    (void)none;
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
}

static PyObject *opened_run(PyObject *object, PyObject *inputs)
{
    return iteration_begin(object, inputs);
}

/* -- each: records given to a function, in the thread that asks ----------------------- */

struct each {
    PyObject *opened;
    PyObject *function;
    struct thresh_run *run;
    PyObject *exception[3]; /* what it raised: type, value, traceback */
};

/* Called in whichever thread has the record, one at a time. An exception is kept, for the
 * thread that asked to raise it. */
static int each_record(void *context, const struct thresh_record *record,
                       struct thresh_error *error)
{
    struct each *each = context;
    struct thresh_record *copy = thresh_record_copy(record);
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *object = copy ? record_new(each->opened, copy) : PyErr_NoMemory();
    PyObject *result = NULL;
    if (object)
        result = PyObject_CallFunctionObjArgs(each->function, object, NULL);
    int rc = result && PyErr_CheckSignals() == 0 ? 0 : -1;
    if (rc < 0)
        PyErr_Fetch(&each->exception[0], &each->exception[1], &each->exception[2]);
    Py_XDECREF(object);
    Py_XDECREF(result);
    PyGILState_Release(state);
    error->text[0] = '\0';
    return rc;
}

/* Python hears of Ctrl-C where its main thread comes by, which works, or waits for a pipe: so
 * while that does a run, its handler is behind one that cancels the run. */
static struct thresh_run *_Atomic interruptible; /* the innermost; NULL: none */
static atomic_bool is_interrupted;               /* that one */
static PyOS_sighandler_t pythons_handler;

static void on_interrupt(int number)
{
    is_interrupted = true;
    thresh_cancel(interruptible);
    pythons_handler(number);
}

/* 0, 1 if it was stopped before its end, 2 if that was by Ctrl-C, or -1 with the error filled
 * in. Without the GIL. */
static int run_interruptibly(struct thresh_run *run, struct thresh_error *error)
{
    struct thresh_run *outer = interruptible;
    bool is_outer_interrupted = is_interrupted;
    is_interrupted = false;
    interruptible = run;
    if (!outer)
        pythons_handler = PyOS_setsig(SIGINT, on_interrupt);
    int rc = thresh_run(run, error);
    if (!outer)
        PyOS_setsig(SIGINT, pythons_handler);
    interruptible = outer;
    if (rc == 1 && is_interrupted)
        rc = 2;
    is_interrupted = is_outer_interrupted;
    return rc;
}

static PyObject *opened_each(PyObject *object, PyObject *arguments)
{
    PyObject *inputs;
    struct each each = {.opened = object};
    struct thresh_error error;
    int rc = -1, is_interruptible;
    if (!PyArg_ParseTuple(arguments, "OOp", &inputs, &each.function, &is_interruptible))
        return NULL;
    each.run = thresh_run_new(opened_thresh(object));
    thresh_run_on_record(each.run, each_record, &each);
    if (inputs_add_to(each.run, inputs) == 0) {
        Py_BEGIN_ALLOW_THREADS
        rc = (is_interruptible ? run_interruptibly : thresh_run)(each.run, &error);
        Py_END_ALLOW_THREADS
        if (each.exception[0])
            PyErr_Restore(each.exception[0], each.exception[1], each.exception[2]);
        else if (rc == 2 && PyErr_CheckSignals() == 0)
            PyErr_SetNone(PyExc_KeyboardInterrupt);
        else if (rc < 0)
            extension_fail(&error);
    }
    PyObject *stats = PyErr_Occurred() ? NULL : stats_dict(each.run);
    thresh_run_free(each.run);
    return stats;
}

/* -- explain -------------------------------------------------------------------------- */

static int add_text(void *context, const void *bytes, size_t len, struct thresh_error *error)
{
    PyObject **text = context;
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *more = PyUnicode_DecodeUTF8(bytes, (Py_ssize_t)len, "replace");
    PyObject *all = *text && more ? PyUnicode_Concat(*text, more) : NULL;
    Py_XDECREF(more);
    Py_XDECREF(*text);
    *text = all;
    PyGILState_Release(state);
    error->text[0] = '\0';
    return all ? 0 : -1;
}

static PyObject *opened_explain(PyObject *object, PyObject *inputs)
{
    struct thresh_run *run = thresh_run_new(opened_thresh(object));
    PyObject *text = PyUnicode_FromString("");
    struct thresh_error error;
    int rc = -1;
    thresh_run_on_text(run, add_text, &text);
    if (inputs_add_to(run, inputs) == 0) {
        Py_BEGIN_ALLOW_THREADS
        rc = thresh_explain(run, &error);
        Py_END_ALLOW_THREADS
        if (rc < 0 && !PyErr_Occurred())
            extension_fail(&error);
    }
    thresh_run_free(run);
    if (rc < 0)
        Py_CLEAR(text);
    return text;
}

/* -- The type ------------------------------------------------------------------------- */

static PyMethodDef methods[] = {
    {"run", opened_run, METH_O, "run(inputs): a Run"},
    {"each", opened_each, METH_VARARGS,
     "each(inputs, function, is_interruptible): the statistics"},
    {"explain", opened_explain, METH_O, "explain(inputs): text"},
    {NULL, NULL, 0, NULL},
};
static PyGetSetDef getters[] = {
    {"warnings", opened_warnings, NULL, "as thresh_warnings has them", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyType_Slot slots[] = {
    {Py_tp_new, opened_new}, {Py_tp_dealloc, opened_dealloc}, {Py_tp_methods, methods},
    {Py_tp_getset, getters}, {Py_tp_doc, "Opened(options)"},  {0, NULL},
};
static PyType_Spec spec = {
    .name = "thresh._thresh.Opened",
    .basicsize = sizeof(struct opened),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = slots,
};

int opened_add(PyObject *module)
{
    static PyObject *type;
    return extension_add_type(module, &spec, "Opened", &type);
}
