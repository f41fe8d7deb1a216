/* SPDX-License-Identifier: MIT */
#include "lambda/runtime/rescue.h"

#include "base/buf.h"
#include "lambda/runtime/runtime_call.h"
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { EXIT_RESCUED = 1 };

/* Makes only calls that are safe in a signal handler (signal-safety(7)): the thread that it
 * interrupts may hold any lock. */
static void on_time_up(int number, siginfo_t *info, void *context)
{
    static const char line[] = "thresh: the time was up inside a document; the process ends\n";
    const struct rescue *rescue = info->si_value.sival_ptr;
    const struct timeval patience = {.tv_usec = 100 * 1000};
    char answer[64];
    (void)number;
    (void)context;
    int current = atomic_load(&rescue->current);
    int fd = socket(rescue->address.ss_family, SOCK_STREAM, 0);
    if (current < 0 || fd < 0)
        return;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (const struct sockaddr *)&rescue->address, rescue->address_len) == 0 &&
        write(fd, rescue->text[current], rescue->len[current]) > 0 &&
        read(fd, answer, sizeof answer) > 0) {
        ssize_t written = write(STDERR_FILENO, line, sizeof line - 1);
        (void)written; /* there is nobody left to tell */
    }
    _exit(EXIT_RESCUED);
}

static void find_address(struct rescue *rescue, const char *api)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    const char *colon = strrchr(api, ':');
    snprintf(rescue->host, sizeof rescue->host, "%.*s", colon ? (int)(colon - api) : 0, api);
    if (!colon || getaddrinfo(rescue->host, colon + 1, &hints, &found) != 0)
        return;
    memcpy(&rescue->address, found->ai_addr, found->ai_addrlen);
    rescue->address_len = found->ai_addrlen;
    freeaddrinfo(found);
}

void rescue_open(struct rescue *rescue, const char *api)
{
    struct sigaction action = {.sa_sigaction = on_time_up, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1};
    *rescue = (struct rescue){.current = -1};
    find_address(rescue, api);
    event.sigev_value.sival_ptr = rescue;
    if (rescue->address_len && sigaction(SIGRTMIN + 1, &action, NULL) == 0)
        rescue->has_timer = timer_create(CLOCK_REALTIME, &event, &rescue->timer) == 0;
}

void rescue_close(struct rescue *rescue)
{
    if (rescue->has_timer)
        timer_delete(rescue->timer);
    rescue->has_timer = false;
}

void rescue_arm(struct rescue *rescue, const char *id, int64_t at_ms)
{
    struct itimerspec when = {
        .it_value = {.tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000}};
    if (!rescue->has_timer)
        return;
    snprintf(rescue->id, sizeof rescue->id, "%s", id);
    rescue->armed = true;
    rescue_note(rescue, NULL, 0, 0);
    timer_settime(rescue->timer, TIMER_ABSTIME, &when, NULL);
}

void rescue_disarm(struct rescue *rescue)
{
    const struct itimerspec never = {0};
    if (!rescue->armed)
        return;
    timer_settime(rescue->timer, 0, &never, NULL);
    atomic_store(&rescue->current, -1);
    rescue->armed = false;
}

void rescue_note(struct rescue *rescue, const char *archive, uint64_t done, uint64_t entries)
{
    char message[900];
    struct buf body = {0};
    if (!rescue->armed)
        return;
    int next = atomic_load(&rescue->current) == 0;
    if (archive)
        snprintf(
            message, sizeof message,
            "the time of the invocation was up inside one document of %.500s: %llu of %llu "
            "entries were done, those from index %llu on were not; raise the function's "
            "timeout",
            archive, (unsigned long long)done, (unsigned long long)entries,
            (unsigned long long)done);
    else
        snprintf(message, sizeof message,
                 "the time of the invocation was up before anything was done; raise the "
                 "function's timeout");
    if (runtime_call_error("Thresh.Deadline", message, &body) == 0 && buf_string(&body)) {
        int len = snprintf(rescue->text[next], sizeof rescue->text[next],
                           "POST /2018-06-01/runtime/invocation/%s/error HTTP/1.1\r\n"
                           "Host: %s\r\nContent-Type: application/json\r\n"
                           "Lambda-Runtime-Function-Error-Type: Thresh.Deadline\r\n"
                           "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                           rescue->id, rescue->host, body.len, body.data);
        rescue->len[next] = (size_t)len;
        if (len < (int)sizeof rescue->text[next])
            atomic_store(&rescue->current, next);
    }
    buf_free(&body);
}
