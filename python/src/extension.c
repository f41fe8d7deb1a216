/* SPDX-License-Identifier: MIT */
#include "extension.h"

PyObject *extension_error;

PyObject *extension_fail(const struct thresh_error *error)
{
    PyObject *text =
        PyUnicode_DecodeUTF8(error->text, (Py_ssize_t)strlen(error->text), "replace");
    if (text)
        PyErr_SetObject(extension_error, text);
    Py_XDECREF(text);
    return NULL;
}

int extension_add_type(PyObject *module, PyType_Spec *spec, const char *name, PyObject **type)
{
    *type = PyType_FromSpec(spec);
    if (!*type)
        return -1;
    if (!name)
        return 0;
    Py_INCREF(*type);
    if (PyModule_AddObject(module, name, *type) == 0)
        return 0;
    Py_DECREF(*type);
    return -1;
}

static int add_error(PyObject *module)
{
    extension_error = PyErr_NewExceptionWithDoc(
        "thresh.Error",
        "A run could not be done: what is wrong with its options, schemas or inputs, in one "
        "line\n"
        "that names the place and the remedy. What is wrong with a document is in its record.",
        NULL, NULL);
    if (!extension_error)
        return -1;
    Py_INCREF(extension_error);
    return PyModule_AddObject(module, "Error", extension_error);
}

static PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "thresh._thresh",
                                 .m_doc = "What the package thresh stands on; see there.",
                                 .m_size = -1};

PyMODINIT_FUNC PyInit__thresh(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (module && (PyModule_AddStringConstant(module, "version", thresh_version()) < 0 ||
                   add_error(module) < 0 || opened_add(module) < 0 ||
                   iteration_add(module) < 0 || record_add(module) < 0))
        Py_CLEAR(module);
    return module;
}
