/* SPDX-License-Identifier: MIT */
#include "extension.h"

/* Adds a value, which is taken, also where it could not be made. */
static int add(PyObject *dict, const char *name, PyObject *value)
{
    int rc = value ? PyDict_SetItemString(dict, name, value) : -1;
    Py_XDECREF(value);
    return rc;
}

static PyObject *verdicts(const struct thresh_stats *stats)
{
    PyObject *counts = PyDict_New();
    for (int i = 0; counts && thresh_verdict_name(i); i++)
        if (add(counts, thresh_verdict_name(i),
                PyLong_FromUnsignedLongLong(stats->verdicts[i])) < 0)
            Py_CLEAR(counts);
    return counts;
}

static PyObject *reasons(const struct thresh_stats *stats)
{
    PyObject *counts = PyDict_New();
    for (size_t i = 0; counts && i < stats->n_reasons; i++)
        if (add(counts, stats->reasons[i].name,
                PyLong_FromUnsignedLongLong(stats->reasons[i].count)) < 0)
            Py_CLEAR(counts);
    return counts;
}

static PyObject *isolation(const struct thresh_stats *stats)
{
    PyObject *layers = PyList_New(0);
    for (size_t i = 0; layers && stats->isolation[i]; i++) {
        PyObject *layer = PyUnicode_FromString(stats->isolation[i]);
        if (!layer || PyList_Append(layers, layer) < 0)
            Py_CLEAR(layers);
        Py_XDECREF(layer);
    }
    return layers;
}

/* A list of the lines of a text. */
static PyObject *lines(const char *text)
{
    PyObject *string = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
    PyObject *list = string ? PyUnicode_Splitlines(string, 0) : NULL;
    Py_XDECREF(string);
    return list;
}

PyObject *stats_dict(const struct thresh_run *run)
{
    const struct thresh_stats *s = thresh_run_stats(run);
    const struct {
        const char *name;
        uint64_t count;
    } counts[] = {
        {"entries", s->entries},
        {"documents", s->documents},
        {"answered", s->answered},
        {"first_missing", s->first_missing},
        {"bytes_in", s->bytes_in},
        {"bytes_inflated", s->bytes_inflated},
        {"unread", s->unread},
        {"retried", s->retried},
        {"bad", s->bad},
        {"unopened", s->unopened},
        {"known", s->known},
        {"judged", s->judged},
        {"judged_bytes", s->judged_bytes},
        {"judged_closely", s->judged_closely},
        {"closely_bytes", s->closely_bytes},
    };
    const struct {
        const char *name;
        double number;
    } numbers[] = {
        {"vcpus", s->vcpus},
        {"schema_ms", s->schema_ms},
        {"listing_ms", s->listing_ms},
        {"wall_ms", s->wall_ms},
    };
    PyObject *dict = PyDict_New();
    int rc = dict ? 0 : -1;
    for (size_t i = 0; rc == 0 && i < sizeof counts / sizeof *counts; i++)
        rc = add(dict, counts[i].name, PyLong_FromUnsignedLongLong(counts[i].count));
    for (size_t i = 0; rc == 0 && i < sizeof numbers / sizeof *numbers; i++)
        rc = add(dict, numbers[i].name, PyFloat_FromDouble(numbers[i].number));
    if (rc < 0 || add(dict, "verdicts", verdicts(s)) < 0 ||
        add(dict, "skipped", reasons(s)) < 0 ||
        add(dict, "fields_empty", lines(thresh_run_warnings(run))) < 0 ||
        add(dict, "isolation", isolation(s)) < 0 ||
        add(dict, "backend", Py_BuildValue("z", s->backend)) < 0 ||
        add(dict, "workers", PyLong_FromLong(s->workers)) < 0 ||
        add(dict, "vcpus_source", Py_BuildValue("z", s->vcpus_source)) < 0 ||
        add(dict, "reason", PyUnicode_FromString(s->reason)) < 0 ||
        add(dict, "stopped_by", Py_BuildValue("z", s->stopped_by)) < 0 ||
        add(dict, "good", PyBool_FromLong(thresh_stats_good(s))) < 0)
        Py_CLEAR(dict);
    return dict;
}
