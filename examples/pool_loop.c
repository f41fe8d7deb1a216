/* A pool in a program with an event loop of its own: pool_loop reads lines from standard input
 * and answers each with the number of its letters, by workers that are processes. The loop
 * never waits for a worker: lines are taken while they work, answers given as they come. */
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <thresh/thresh.h>
#include <unistd.h>

struct server {
    struct thresh_pool *pool;
    char line[4096];
    size_t len;
    bool is_read; /* standard input has ended */
    int waiting;  /* lines without their answer */
};

/* In a worker. */
static int count(void *state, const struct thresh_bytes *arguments, size_t n,
                 struct thresh_result *result, struct thresh_error *error)
{
    char text[32];
    size_t letters = 0;
    (void)state, (void)n, (void)error;
    for (size_t i = 0; i < arguments[0].len; i++) {
        char c = ((const char *)arguments[0].bytes)[i];
        letters += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
    return thresh_result_append(result, text,
                                (size_t)snprintf(text, sizeof text, "%zu", letters));
}

/* In the loop. */
static void answer(void *context, struct thresh_ticket *ticket)
{
    struct server *server = context;
    const struct thresh_bytes *result = thresh_ticket_result(ticket, 0);
    if (result)
        printf("%.*s letters\n", (int)result->len, (const char *)result->bytes);
    else
        printf("no answer: %s\n", thresh_ticket_loss(ticket, 0)->text);
    server->waiting--;
    thresh_ticket_free(ticket);
}

static int ask(struct server *server, const char *line, size_t len, struct thresh_error *error)
{
    struct thresh_bytes argument = {line, len};
    struct thresh_ticket *ticket =
        thresh_pool_apply_async(server->pool, count, &argument, 1, error);
    if (!ticket)
        return -1;
    server->waiting++;
    thresh_ticket_on_done(ticket, answer, server);
    return 0;
}

static int read_lines(struct server *server, struct thresh_error *error)
{
    ssize_t got =
        read(STDIN_FILENO, server->line + server->len, sizeof server->line - server->len);
    server->is_read = got <= 0;
    server->len += got > 0 ? (size_t)got : 0;
    /* What fills the buffer, or has no line feed at the end, is a line as well. */
    while (server->len) {
        char *end = memchr(server->line, '\n', server->len);
        if (!end && server->len < sizeof server->line && !server->is_read)
            break;
        size_t len = end ? (size_t)(end - server->line) : server->len;
        if (ask(server, server->line, len, error) < 0)
            return -1;
        server->len -= end ? len + 1 : len;
        memmove(server->line, server->line + (end ? len + 1 : len), server->len);
    }
    return 0;
}

static int serve(struct server *server, struct thresh_error *error)
{
    int rc = 0, loop = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event input = {.events = EPOLLIN, .data = {.fd = STDIN_FILENO}};
    struct epoll_event pool = {.events = EPOLLIN, .data = {.fd = thresh_pool_fd(server->pool)}};
    /* A plain file cannot be waited for: it can always be read. */
    bool is_file = epoll_ctl(loop, EPOLL_CTL_ADD, STDIN_FILENO, &input) < 0;
    epoll_ctl(loop, EPOLL_CTL_ADD, pool.data.fd, &pool);
    while (rc == 0 && (!server->is_read || server->waiting)) {
        struct epoll_event event;
        bool reads_file = is_file && !server->is_read;
        int n = epoll_wait(loop, &event, 1, reads_file ? 0 : -1);
        if (reads_file || (n == 1 && event.data.fd == STDIN_FILENO))
            rc = read_lines(server, error);
        if (rc == 0 && n == 1 && event.data.fd != STDIN_FILENO)
            rc = thresh_pool_turn(server->pool, 0, error);
        if (server->is_read)
            epoll_ctl(loop, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
    }
    close(loop);
    return rc;
}

int main(void)
{
    struct thresh_error error;
    struct thresh_pool_work work = {.size = sizeof work};
    struct server server = {.pool = thresh_pool_open(&work, 2, &error)};
    int rc = server.pool ? serve(&server, &error) : -1;
    if (rc < 0)
        fprintf(stderr, "pool_loop: %s\n", error.text);
    thresh_pool_free(server.pool);
    return rc < 0 ? 2 : 0;
}
