/* SPDX-License-Identifier: MIT
 *
 * A run whose records come one by one, while it goes on. A thread of its own calls thresh_run
 * and puts copies of the records into a window; next() takes them out. The thread touches no
 * object, so the GIL is free for others as long as there is nothing to take.
 */
#include "extension.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    WINDOW = 256,  /* records that wait to be taken */
    PATIENCE = 50, /* ms between two looks at whether a signal came */
};

struct iteration {
    PyObject_HEAD PyObject *opened;
    PyObject *inputs; /* what the run reads, as long as it does */
    struct thresh_run *run;
    pid_t process; /* that has the thread: a child has not */
    pthread_t thread;
    bool has_thread, is_ending; /* with the GIL */
    pthread_mutex_t lock;       /* of all that follows */
    pthread_cond_t changed;
    struct thresh_record *window[WINDOW];
    size_t first, n;
    bool left; /* nobody takes records any more */
    bool done;
    int rc;
    struct thresh_error error;
};

/* -- The thread ----------------------------------------------------------------------- */

static int put(void *context, const struct thresh_record *record, struct thresh_error *error)
{
    struct iteration *self = context;
    struct thresh_record *copy = thresh_record_copy(record);
    if (!copy) {
        snprintf(error->text, sizeof error->text, "out of memory");
        return -1;
    }
    pthread_mutex_lock(&self->lock);
    while (self->n == WINDOW && !self->left)
        pthread_cond_wait(&self->changed, &self->lock);
    bool is_wanted = !self->left;
    if (is_wanted) {
        self->window[(self->first + self->n) % WINDOW] = copy;
        if (self->n++ == 0)
            pthread_cond_broadcast(&self->changed);
    }
    pthread_mutex_unlock(&self->lock);
    if (!is_wanted)
        thresh_record_free(copy);
    return 0;
}

static void *work(void *context)
{
    struct iteration *self = context;
    struct thresh_error error = {{0}};
    int rc = thresh_run(self->run, &error);
    pthread_mutex_lock(&self->lock);
    self->rc = rc;
    self->error = error;
    self->done = true;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
    return NULL;
}

/* Signals are for Python's own threads. Workers inherit what this one blocks. */
static int begin_thread(struct iteration *self)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = pthread_create(&self->thread, NULL, work, self);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    self->has_thread = rc == 0;
    return rc;
}

/* -- Waiting -------------------------------------------------------------------------- */

/* Takes the next record, or waits a moment for one. Without the GIL. */
static struct thresh_record *take(struct iteration *self, bool *done)
{
    struct thresh_record *record = NULL;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += PATIENCE * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    pthread_mutex_lock(&self->lock);
    if (!self->n && !self->done)
        pthread_cond_timedwait(&self->changed, &self->lock, &until);
    if (self->n) {
        record = self->window[self->first];
        self->first = (self->first + 1) % WINDOW;
        if (self->n-- == WINDOW)
            pthread_cond_broadcast(&self->changed);
    }
    *done = self->done && !record;
    pthread_mutex_unlock(&self->lock);
    return record;
}

/* Ends the thread: the run is cancelled, and what waits in the window is dropped. With the GIL,
 * which is given up meanwhile; whoever comes second waits for the first. */
static void end_thread(struct iteration *self)
{
    while (self->is_ending && self->has_thread) {
        Py_BEGIN_ALLOW_THREADS
        usleep(1000);
        Py_END_ALLOW_THREADS
    }
    if (!self->has_thread)
        return;
    self->is_ending = true;
    Py_BEGIN_ALLOW_THREADS
    thresh_cancel(self->run);
    pthread_mutex_lock(&self->lock);
    self->left = true;
    pthread_cond_broadcast(&self->changed);
    pthread_mutex_unlock(&self->lock);
    pthread_join(self->thread, NULL);
    pthread_mutex_lock(&self->lock);
    for (; self->n; self->n--) {
        thresh_record_free(self->window[self->first]);
        self->first = (self->first + 1) % WINDOW;
    }
    pthread_mutex_unlock(&self->lock);
    Py_END_ALLOW_THREADS
    self->has_thread = false;
}

/* A process that was forked off while the run went on has neither its thread nor its locks. */
static bool is_a_copy(const struct iteration *self)
{
    return self->process != getpid();
}

static PyObject *iteration_next(PyObject *object)
{
    struct iteration *self = (struct iteration *)object;
    struct thresh_record *record = NULL;
    bool done = false;
    if (is_a_copy(self)) {
        PyErr_SetString(extension_error, "the run belongs to the process that began it, and "
                                         "this one was forked off it; begin one here");
        return NULL;
    }
    while (self->has_thread && !record && !done) {
        Py_BEGIN_ALLOW_THREADS
        record = take(self, &done);
        Py_END_ALLOW_THREADS
        if (PyErr_CheckSignals() < 0) {
            thresh_record_free(record);
            end_thread(self);
            return NULL;
        }
    }
    if (record)
        return record_new(self->opened, record);
    if (self->has_thread) {
        end_thread(self);
        if (self->rc < 0)
            return extension_fail(&self->error);
    }
    return NULL;
}

/* -- The object ----------------------------------------------------------------------- */

static void make_lock(struct iteration *self)
{
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&self->changed, &clock);
    pthread_condattr_destroy(&clock);
    pthread_mutex_init(&self->lock, NULL);
}

static PyObject *iteration_type;

PyObject *iteration_begin(PyObject *opened, PyObject *inputs)
{
    struct iteration *self =
        (struct iteration *)PyType_GenericNew((PyTypeObject *)iteration_type, NULL, NULL);
    if (!self)
        return NULL;
    Py_INCREF(opened);
    Py_INCREF(inputs);
    self->opened = opened;
    self->inputs = inputs;
    self->process = getpid();
    make_lock(self);
    self->run = thresh_run_new(opened_thresh(opened));
    thresh_run_on_record(self->run, put, self);
    if (inputs_add_to(self->run, inputs) < 0) {
        Py_DECREF(self);
        return NULL;
    }
    int rc = begin_thread(self);
    if (rc == 0)
        return (PyObject *)self;
    PyErr_Format(extension_error,
                 "no thread can be started (error %d); raise the limit of "
                 "processes and threads",
                 rc);
    Py_DECREF(self);
    return NULL;
}

static void iteration_dealloc(PyObject *object)
{
    struct iteration *self = (struct iteration *)object;
    PyTypeObject *type = Py_TYPE(object);
    if (!is_a_copy(self)) {
        end_thread(self);
        thresh_run_free(self->run);
        pthread_cond_destroy(&self->changed);
        pthread_mutex_destroy(&self->lock);
    }
    Py_XDECREF(self->inputs);
    Py_XDECREF(self->opened);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
    Py_DECREF(type);
}

static PyObject *iteration_cancel(PyObject *object, PyObject *none)
{
    (void)none;
    thresh_cancel(((struct iteration *)object)->run);
    Py_RETURN_NONE;
}

static PyObject *iteration_close(PyObject *object, PyObject *none)
{
    struct iteration *self = (struct iteration *)object;
    (void)none;
    if (!is_a_copy(self)) {
        end_thread(self);
    }
    Py_RETURN_NONE;
}

static PyObject *iteration_stats(PyObject *object, void *none)
{
    struct iteration *self = (struct iteration *)object;
    (void)none;
    if (self->has_thread) /* it writes them */
        Py_RETURN_NONE;
    return stats_dict(self->run);
}

static PyObject *iteration_self(PyObject *object)
{
    Py_INCREF(object);
    return object;
}

static PyObject *iteration_refuse(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)type, (void)arguments, (void)keywords;
    PyErr_SetString(PyExc_TypeError, "runs come from Checker.run");
    return NULL;
}

static PyMethodDef methods[] = {
    {"cancel", iteration_cancel, METH_NOARGS,
     "cancel()\n--\n\nStops the run at the next document of each worker. What is done by then\n"
     "still comes. Any thread."},
    {"close", iteration_close, METH_NOARGS,
     "close()\n--\n\nStops the run, drops what is left of it, and returns when its workers "
     "have\n"
     "ended."},
    {NULL, NULL, 0, NULL},
};
static PyGetSetDef getters[] = {
    {"stats", iteration_stats, NULL, "dict of what it came to; None while it goes on", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyType_Slot slots[] = {
    {Py_tp_new, iteration_refuse},
    {Py_tp_dealloc, iteration_dealloc},
    {Py_tp_iter, iteration_self},
    {Py_tp_iternext, iteration_next},
    {Py_tp_methods, methods},
    {Py_tp_getset, getters},
    {Py_tp_doc, "A run: an iterator over its records, in the order of the inputs."},
    {0, NULL},
};
static PyType_Spec spec = {
    .name = "thresh._thresh.Run",
    .basicsize = sizeof(struct iteration),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = slots,
};

int iteration_add(PyObject *module)
{
    return extension_add_type(module, &spec, "Run", &iteration_type);
}
