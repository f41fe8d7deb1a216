/* SPDX-License-Identifier: MIT */
#include "extension.h"

static int add(struct thresh_run *run, PyObject *input)
{
    const char *kind, *name, *bytes;
    PyObject *value;
    if (!PyArg_ParseTuple(input, "sOy", &kind, &value, &name))
        return -1;
    if (strcmp(kind, "fd") == 0) {
        long fd = PyLong_AsLong(value);
        if (fd == -1 && PyErr_Occurred())
            return -1;
        thresh_run_add_fd(run, (int)fd == fd ? (int)fd : -1, name);
        return 0;
    }
    Py_ssize_t len;
    if (PyBytes_AsStringAndSize(value, (char **)&bytes, &len) < 0)
        return -1;
    if (strcmp(kind, "path") == 0 && strlen(bytes) != (size_t)len) {
        PyErr_SetString(PyExc_ValueError, "embedded null byte");
        return -1;
    }
    if (strcmp(kind, "path") == 0)
        thresh_run_add_path(run, bytes, name);
    else
        thresh_run_add_memory(run, bytes, (size_t)len, name);
    return 0;
}

int inputs_add_to(struct thresh_run *run, PyObject *inputs)
{
    Py_ssize_t n = PyList_Size(inputs);
    if (n < 0)
        return -1;
    for (Py_ssize_t i = 0; i < n; i++)
        if (add(run, PyList_GetItem(inputs, i)) < 0)
            return -1;
    return 0;
}
