/* SPDX-License-Identifier: MIT
 *
 * Four layers, any of which the kernel may refuse: resource limits; no new privileges;
 * Landlock, which takes away the file system and the network; and a seccomp filter, which takes
 * away system calls. The filter cannot tell one path from another: where a worker has files to
 * open, the filter lets it open any for reading, and Landlock says which.
 */
#include "backends/fork_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef THRESH_HAVE_SECCOMP
#include <seccomp.h>
#endif

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

/* -- Resource limits ------------------------------------------------------------------ */

static int limit(__rlimit_resource_t what, rlim_t most)
{
    struct rlimit now;
    if (getrlimit(what, &now) < 0)
        return -1;
    if (most > now.rlim_max)
        most = now.rlim_max;
    return setrlimit(what, &(struct rlimit){most, most});
}

/* Private writable memory of this process, as RLIMIT_DATA counts it: statm's sixth number. */
static uint64_t data_bytes(void)
{
    unsigned long long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    if (fscanf(file, "%*s %*s %*s %*s %*s %llu", &pages) != 1)
        pages = 0;
    fclose(file);
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

int fork_guard_memory(uint64_t bytes, struct thresh_error *error)
{
#ifdef SANITIZED
    bytes = 0; /* a sanitizer's shadow memory is larger than any limit */
#endif
    if (bytes && limit(RLIMIT_DATA, data_bytes() + bytes) < 0)
        return error_set(error, "a worker's memory cannot be limited: %m");
    return 0;
}

/* Things a worker never needs: core dumps (which would hold documents), files to write,
 * processes, and, where it has nothing to open, further descriptors. */
static bool limit_rest(const struct backend_guard *guard)
{
    return limit(RLIMIT_CORE, 0) == 0 && limit(RLIMIT_FSIZE, 0) == 0 &&
           limit(RLIMIT_NPROC, 0) == 0 && (guard->n_files || limit(RLIMIT_NOFILE, 0) == 0);
}

/* -- Landlock ------------------------------------------------------------------------- */

/* struct landlock_ruleset_attr of the newest kernel; the installed headers may lack its end. */
struct ruleset {
    uint64_t files;
    uint64_t network; /* from version 4 */
    uint64_t scope;   /* from version 6 */
};

static int allow_file(int ruleset, const char *path, bool lists)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE};
    if (lists)
        rule.allowed_access |= LANDLOCK_ACCESS_FS_READ_DIR;
    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return errno == ENOENT || errno == EACCES ? 0 : -1; /* then there is nothing to allow */
    long rc = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
    return (int)rc;
}

static bool close_files(const struct backend_guard *guard)
{
    long version =
        syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return false;
    struct ruleset rules = {.files = (UINT64_C(1) << 13) - 1};
    size_t size = sizeof rules.files;
    if (version >= 2)
        rules.files |= 1 << 13; /* moving between directories */
    if (version >= 3)
        rules.files |= 1 << 14; /* truncating */
    if (version >= 5)
        rules.files |= 1 << 15; /* device controls */
    if (version >= 4) {
        rules.network = 3; /* TCP: bind, connect */
        size = 2 * sizeof(uint64_t);
    }
    if (version >= 6) {
        rules.scope = 3; /* abstract sockets, signals to others */
        size = sizeof rules;
    }
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
    if (ruleset < 0)
        return false;
    bool done = true;
    for (size_t i = 0; done && i < guard->n_files; i++)
        done = allow_file(ruleset, guard->files[i], guard->lists) == 0;
    done = done && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return done;
}

/* -- Seccomp -------------------------------------------------------------------------- */

#if defined THRESH_HAVE_SECCOMP && !defined SANITIZED

/* SCMP_A0_64 with every field of the struct set, which -Wextra asks for. */
static struct scmp_arg_cmp first_is(scmp_datum_t value)
{
    return (struct scmp_arg_cmp){.arg = 0, .op = SCMP_CMP_EQ, .datum_a = value};
}

#define ALLOW(filter, call, ...)                                                               \
    (seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(call), __VA_ARGS__) == 0)

/* Memory, time and exit. Nothing may be mapped that is executable or becomes so. */
static bool allow_computing(scmp_filter_ctx filter)
{
    static const int calls[] = {
        SCMP_SYS(munmap),       SCMP_SYS(mremap),
        SCMP_SYS(madvise),      SCMP_SYS(brk),
        SCMP_SYS(futex),        SCMP_SYS(clock_gettime),
        SCMP_SYS(gettimeofday), SCMP_SYS(clock_nanosleep),
        SCMP_SYS(nanosleep),    SCMP_SYS(sched_yield),
        SCMP_SYS(getrandom),    SCMP_SYS(restart_syscall),
        SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(exit),         SCMP_SYS(exit_group),
        SCMP_SYS(getpid),       SCMP_SYS(gettid),
        SCMP_SYS(close),        SCMP_SYS(rseq),
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0)
            return false;
    return ALLOW(filter, mmap, 2, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                 SCMP_A4(SCMP_CMP_MASKED_EQ, UINT32_MAX, UINT32_MAX)) &&
           ALLOW(filter, mprotect, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) &&
           /* abort() */
           ALLOW(filter, tgkill, 1, first_is((scmp_datum_t)getpid()));
}

static bool allow_pipes(scmp_filter_ctx filter, int tickets, int frames)
{
    return ALLOW(filter, read, 1, first_is((scmp_datum_t)tickets)) &&
           ALLOW(filter, write, 1, first_is((scmp_datum_t)frames)) && ALLOW(filter, pread64, 0);
}

static bool allow_opening(scmp_filter_ctx filter)
{
    enum { WRITES = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | O_TMPFILE };
    return ALLOW(filter, openat, 1,
                 SCMP_A2(SCMP_CMP_MASKED_EQ, WRITES & ~O_DIRECTORY, O_RDONLY)) &&
           ALLOW(filter, fstat, 0) && ALLOW(filter, newfstatat, 0);
}

/* For a trial: any file, and the libraries that glibc loads for an encoding. */
static bool allow_every_file(scmp_filter_ctx filter)
{
    static const int calls[] = {
        SCMP_SYS(read),       SCMP_SYS(lseek),      SCMP_SYS(access),   SCMP_SYS(faccessat),
        SCMP_SYS(readlink),   SCMP_SYS(readlinkat), SCMP_SYS(getcwd),   SCMP_SYS(sysinfo),
        SCMP_SYS(faccessat2), SCMP_SYS(mmap),       SCMP_SYS(mprotect), SCMP_SYS(getdents64),
        SCMP_SYS(fcntl),
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0)
            return false;
    return true;
}

/* System calls that no parser makes: they kill the worker. Any other that is not allowed fails
 * with EPERM, since a library may try one and do without it. */
static bool forbid(scmp_filter_ctx filter)
{
    static const int calls[] = {
        SCMP_SYS(execve),
        SCMP_SYS(execveat),
        SCMP_SYS(fork),
        SCMP_SYS(vfork),
        SCMP_SYS(clone),
        SCMP_SYS(clone3),
        SCMP_SYS(ptrace),
        SCMP_SYS(process_vm_readv),
        SCMP_SYS(process_vm_writev),
        SCMP_SYS(socket),
        SCMP_SYS(socketpair),
        SCMP_SYS(connect),
        SCMP_SYS(bind),
        SCMP_SYS(listen),
        SCMP_SYS(accept),
        SCMP_SYS(accept4),
        SCMP_SYS(sendto),
        SCMP_SYS(sendmsg),
        SCMP_SYS(io_uring_setup),
        SCMP_SYS(bpf),
        SCMP_SYS(userfaultfd),
        SCMP_SYS(perf_event_open),
        SCMP_SYS(mount),
        SCMP_SYS(setns),
        SCMP_SYS(unshare),
        SCMP_SYS(keyctl),
        SCMP_SYS(pidfd_getfd),
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, calls[i], 0) != 0)
            return false;
    return true;
}

static bool close_calls(const struct backend_guard *guard, int tickets, int frames)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool done = filter && allow_computing(filter) && allow_pipes(filter, tickets, frames) &&
                (!guard->n_files || allow_opening(filter)) &&
                (tickets >= 0 || allow_every_file(filter)) && forbid(filter) &&
                seccomp_load(filter) == 0;
    if (filter)
        seccomp_release(filter);
    return done;
}

#else

static bool close_calls(const struct backend_guard *guard, int tickets, int frames)
{
    (void)guard, (void)tickets, (void)frames;
    return false;
}

#endif

/* -- All of it ------------------------------------------------------------------------ */

int fork_guard_close(const struct backend_guard *guard, int tickets, int frames,
                     unsigned *layers, struct thresh_error *error)
{
    unsigned on = guard->n_files ? GUARD_OPENS : 0;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        on |= GUARD_NO_NEW_PRIVS;
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (close_files(guard))
        on |= GUARD_LANDLOCK;
    if (limit_rest(guard))
        on |= GUARD_LIMITS;
    if (close_calls(guard, tickets, frames))
        on |= GUARD_SECCOMP;
    *layers = on;
    if (!guard->required || (on & GUARD_LAYERS) == GUARD_LAYERS)
        return 0;
    return error_set(error,
                     "workers cannot be isolated in full: this %s lacks %s; use --isolate "
                     "without =require to go on with less",
                     on & GUARD_SECCOMP ? "kernel" : "kernel or this build",
                     !(on & GUARD_SECCOMP)    ? "seccomp"
                     : !(on & GUARD_LANDLOCK) ? "Landlock"
                     : !(on & GUARD_LIMITS)   ? "resource limits"
                                              : "no-new-privileges");
}
