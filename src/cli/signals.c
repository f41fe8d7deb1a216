/* SPDX-License-Identifier: MIT */
#include "cli/signals.h"

#include "base/io.h"
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_S = 5 };

/* Globals, for a handler is given nothing; atomic, for it may run on any thread. */
static atomic_int caught;
static atomic_bool is_asked; /* somebody looks at `caught` */
static const char *_Atomic unfinished[2];

/* Workers end with their parent, and the spool has no name: only outputs are left behind. */
static _Noreturn void stop_at_once(int number)
{
    const char *const words[] = {"thresh: stopped by ", sigdescr_np(number),
                                 is_asked ? " at once, with entries half done\n"
                                          : " before any of the entries was done\n"};
    for (int i = 0; i < 2; i++) {
        const char *file = unfinished[i];
        if (file)
            unlink(file);
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        io_write_all(STDERR_FILENO, words[i], strlen(words[i]));
    _exit(128 + number);
}

static void on_signal(int number)
{
    if (!is_asked)
        stop_at_once(number);
    int first = 0;
    if (!atomic_compare_exchange_strong(&caught, &first, number))
        stop_at_once(first);
    sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_signal}, NULL);
    alarm(PATIENCE_S);
}

void signals_catch(void)
{
    static const int stops[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action;
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
        if (sigaction(stops[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
            sigaction(stops[i], &(struct sigaction){.sa_handler = on_signal}, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

int signals_caught(void)
{
    is_asked = true;
    return caught;
}

static void replace_unfinished(const char *file, const char *by)
{
    for (int i = 0; i < 2; i++)
        if (unfinished[i] == file) {
            unfinished[i] = by;
            return;
        }
}

void signals_add_unfinished(const char *file)
{
    replace_unfinished(NULL, file);
}

void signals_remove_unfinished(const char *file)
{
    replace_unfinished(file, NULL);
}
