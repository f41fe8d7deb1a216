/* SPDX-License-Identifier: MIT
 *
 * thresh._thresh: what the package in ../thresh stands on. A client of thresh.h like any other,
 * written for the limited API of Python 3.9, so that one file serves all versions since.
 *
 * The GIL is held wherever an object is touched, and given up wherever the library works or is
 * waited for. No thread of the library touches an object without it.
 */
#ifndef THRESH_PYTHON_EXTENSION_H
#define THRESH_PYTHON_EXTENSION_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x03090000
#include <Python.h>

#include "thresh.h"

/* thresh.Error */
extern PyObject *extension_error;

/* Sets thresh.Error; returns NULL. */
PyObject *extension_fail(const struct thresh_error *error);
/* Makes a type of the specification and, unless `name` is NULL, adds it to the module. Its
 * address stays. 0 or -1. */
int extension_add_type(PyObject *module, PyType_Spec *spec, const char *name, PyObject **type);

/* -- opened.c: Opened, options and compiled schemas ----------------------------------- */

int opened_add(PyObject *module);
/* What is open stays so as long as the object is there. */
const struct thresh *opened_thresh(PyObject *opened);

/* -- inputs.c: what a run reads ------------------------------------------------------- */

/* Gives a run its inputs: a list of (kind, value, name). What they point to belongs to the
 * list, which must stay as long as the run. 0, or -1 with an exception. */
int inputs_add_to(struct thresh_run *run, PyObject *inputs);

/* -- iteration.c: Run, whose records come one by one ---------------------------------- */

int iteration_add(PyObject *module);
/* Begins a run. NULL with an exception. */
PyObject *iteration_begin(PyObject *opened, PyObject *inputs);

/* -- record.c: Record ----------------------------------------------------------------- */

int record_add(PyObject *module);
/* Takes the record, which is a copy, whatever comes. NULL with an exception. */
PyObject *record_new(PyObject *opened, struct thresh_record *record);

/* -- stats.c: what a run came to, as a dict ------------------------------------------- */

PyObject *stats_dict(const struct thresh_run *run);

#endif
