/* SPDX-License-Identifier: MIT
 *
 * For a program that has glibc and nothing else around it. There, pthread_exit looks for
 * libgcc_s.so.1, to unwind the thread's stack, and ends the process where it finds none; and
 * libgomp ends its threads by pthread_exit. Linked with --wrap for both, threads return from
 * where they began instead. Nothing of ours and nothing in libgomp has cleanup handlers to be
 * run.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdlib.h>

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*routine)(void *), void *context);
void __real_pthread_exit(void *result);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*routine)(void *), void *context);
_Noreturn void __wrap_pthread_exit(void *result);

struct beginning {
    jmp_buf place;
    void *(*routine)(void *);
    void *context;
    void *result;
};

/* pthread_exit is handed nothing to find the beginning of its thread by. */
static _Thread_local struct beginning *beginning;

static void *begin(void *context)
{
    struct beginning here = *(struct beginning *)context;
    free(context);
    beginning = &here;
    if (setjmp(here.place) == 0)
        here.result = here.routine(here.context);
    return beginning->result;
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*routine)(void *), void *context)
{
    struct beginning *given = calloc(1, sizeof *given);
    if (!given)
        return ENOMEM;
    given->routine = routine;
    given->context = context;
    int rc = __real_pthread_create(thread, attributes, begin, given);
    if (rc != 0)
        free(given);
    return rc;
}

void __wrap_pthread_exit(void *result)
{
    if (beginning) {
        beginning->result = result;
        longjmp(beginning->place, 1);
    }
    __real_pthread_exit(result); /* the first thread */
    abort();
}
