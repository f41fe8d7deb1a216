/* SPDX-License-Identifier: MIT */
#include "lambda/runtime/rescue.h"

#include "lambda/runtime/runtime_call.h"
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { EXIT_RESCUED = 1 };

#ifndef sigev_notify_thread_id /* glibc before 2.38 */
#define sigev_notify_thread_id _sigev_un._tid
#endif

/* Makes only calls that are safe in a signal handler (signal-safety(7)): the thread that it
 * interrupts may hold any lock. */
static void on_time_up(int number, siginfo_t *info, void *context)
{
    struct rescue *rescue = info->si_value.sival_ptr;
    int errno_before = errno;
    const struct timeval patience = {.tv_usec = 100 * 1000};
    char answer[64];
    ssize_t said = 0;
    (void)number;
    (void)context;
    int current = atomic_load(&rescue->current);
    if (current < 0)
        return;
    atomic_store(&rescue->has_struck, true); /* the text is not written to any more */
    const struct rescue_text *text = &rescue->texts[current];
    int fd = socket(rescue->address.ss_family, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (const struct sockaddr *)&rescue->address, rescue->address_len) == 0) {
        said += write(fd, text->request, text->request_len);
        said += read(fd, answer, sizeof answer);
    }
    said += write(rescue->log->fd, text->lines, text->lines_len);
    (void)said; /* there is nobody left to tell */
    if (rescue->ends_process)
        _exit(EXIT_RESCUED);
    close(fd);
    errno = errno_before;
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

void rescue_open(struct rescue *rescue, const char *api, const struct log *log,
                 bool ends_process)
{
    struct sigaction action = {.sa_sigaction = on_time_up, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN + 1};
    *rescue = (struct rescue){.current = -1, .log = log, .ends_process = ends_process};
    find_address(rescue, api);
    event.sigev_notify_thread_id = gettid();
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
    rescue->at_ms = at_ms;
    rescue->armed = true;
    atomic_store(&rescue->has_struck, false);
    rescue->metrics[0] = '\0';
    rescue_note(rescue, NULL, 0, 0, 0);
    timer_settime(rescue->timer, TIMER_ABSTIME, &when, NULL);
}

bool rescue_disarm(struct rescue *rescue)
{
    const struct itimerspec never = {0};
    if (!rescue->armed)
        return false;
    timer_settime(rescue->timer, 0, &never, NULL);
    atomic_store(&rescue->current, -1);
    rescue->armed = false;
    return rescue->has_struck;
}

void rescue_set_metrics(struct rescue *rescue, json_t *record)
{
    char *text = record ? json_dumps(record, JSON_COMPACT) : NULL;
    rescue->metrics[0] = '\0';
    if (text && strlen(text) + 2 <= sizeof rescue->metrics)
        snprintf(rescue->metrics, sizeof rescue->metrics, "%s\n", text);
    free(text);
    json_decref(record);
}

static void put_message(struct buf *out, const char *archive, uint64_t done, uint64_t entries,
                        unsigned behind)
{
    buf_append_string(out, "the time of the invocation was up ");
    if (!archive)
        buf_append_string(out, "before anything was done; raise the function's timeout");
    else if (!entries)
        buf_append_format(out,
                          "before an entry of %.500s was done: it was being fetched or listed, "
                          "its schemas compiled, or its first documents read; raise the "
                          "function's timeout",
                          archive);
    else if (done < entries)
        buf_append_format(out,
                          "inside one document of %.500s: at least %llu of %llu entries were "
                          "done, whose records are not in this answer; raise the function's "
                          "timeout, or set isolate, which ends such a document alone",
                          archive, (unsigned long long)done, (unsigned long long)entries);
    else
        buf_append_format(out,
                          "while the records of %llu entries of %.500s were being stored or "
                          "handed on; raise the function's timeout",
                          (unsigned long long)done, archive);
    if (behind)
        buf_append_format(out, "; %u of the event's archives were not begun", behind);
}

static bool put_request(const struct rescue *rescue, const char *message,
                        struct rescue_text *text)
{
    struct buf body = {0};
    int len = -1;
    if (runtime_call_error("Thresh.Deadline", message, &body) == 0 && buf_string(&body))
        len = snprintf(text->request, sizeof text->request,
                       "POST /2018-06-01/runtime/invocation/%s/error HTTP/1.1\r\n"
                       "Host: %s\r\nContent-Type: application/json\r\n"
                       "Lambda-Runtime-Function-Error-Type: Thresh.Deadline\r\n"
                       "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
                       rescue->id, rescue->host, body.len, body.data);
    buf_free(&body);
    text->request_len = len < 0 ? 0 : (size_t)len;
    return len >= 0 && text->request_len < sizeof text->request;
}

static void put_lines(const struct rescue *rescue, const char *message,
                      struct rescue_text *text)
{
    struct buf line = {0};
    json_t *members = json_pack("{s:s}", "errorType", "Thresh.Deadline");
    text->lines[0] = '\0';
    if (log_put(rescue->log, rescue->at_ms, LOG_ERROR, message, members, &line) == 0 &&
        buf_string(&line) && line.len + strlen(rescue->metrics) < sizeof text->lines)
        snprintf(text->lines, sizeof text->lines, "%s", line.data);
    buf_free(&line);
    text->lines_len = strlen(text->lines);
    snprintf(text->lines + text->lines_len, sizeof text->lines - text->lines_len, "%s",
             rescue->metrics);
    text->lines_len = strlen(text->lines);
}

void rescue_note(struct rescue *rescue, const char *archive, uint64_t done, uint64_t entries,
                 unsigned behind)
{
    struct buf message = {0};
    if (!rescue->armed || rescue->has_struck)
        return;
    int next = atomic_load(&rescue->current) == 0;
    put_message(&message, archive, done, entries, behind);
    if (buf_string(&message) && put_request(rescue, message.data, &rescue->texts[next])) {
        put_lines(rescue, message.data, &rescue->texts[next]);
        atomic_store(&rescue->current, next);
    }
    buf_free(&message);
}
