/* SPDX-License-Identifier: MIT */
#include "lambda/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define PREFIX "thresh-lambda-"

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    remove(path);
    return 0;
}

static void remove_tree(const char *path)
{
    nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Those of processes that have ended, and of one that had this process's number before. */
static void remove_leftovers(const char *temp_dir)
{
    DIR *directory = opendir(temp_dir);
    char path[512];
    if (!directory)
        return;
    for (const struct dirent *entry; (entry = readdir(directory));) {
        if (strncmp(entry->d_name, PREFIX, sizeof PREFIX - 1) != 0)
            continue;
        pid_t pid = (pid_t)strtol(entry->d_name + sizeof PREFIX - 1, NULL, 10);
        if (pid <= 0 || (pid != getpid() && (kill(pid, 0) == 0 || errno != ESRCH)))
            continue;
        if (snprintf(path, sizeof path, "%s/%s", temp_dir, entry->d_name) < (int)sizeof path)
            remove_tree(path);
    }
    closedir(directory);
}

int scratch_open(struct scratch *scratch, const char *temp_dir, struct thresh_error *error)
{
    remove_leftovers(temp_dir);
    int len = snprintf(scratch->root, sizeof scratch->root, "%s/" PREFIX "%ld", temp_dir,
                       (long)getpid());
    if (len > 128)
        return error_set(error, "%s: the name of the temporary directory is too long",
                         temp_dir);
    if (mkdir(scratch->root, 0700) < 0)
        return error_set(error, "%s: cannot be made: %m; TMPDIR names a directory to write in",
                         scratch->root);
    return 0;
}

void scratch_close(struct scratch *scratch)
{
    if (*scratch->root)
        remove_tree(scratch->root);
    *scratch->root = '\0';
}

/* The last part of the key, cut to the length that a file name may have. */
static const char *file_name(const char *key)
{
    const char *slash = strrchr(key, '/');
    const char *name = slash ? slash + 1 : key;
    size_t len = strlen(name);
    if (len > 200)
        name += len - 200;
    while (((unsigned char)*name & 0xc0) == 0x80) /* not in the middle of a character */
        name++;
    if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return "archive";
    return name;
}

int scratch_part(const struct scratch *whole, struct scratch *part, struct thresh_error *error)
{
    struct scratch made;
    part->root[0] = '\0';
    snprintf(made.root, sizeof made.root, "%.128s/XXXXXX", whole->root);
    if (!mkdtemp(made.root))
        return error_set(error, "%s: cannot be made: %m", made.root);
    *part = made;
    return 0;
}

int scratch_file(const struct scratch *scratch, const char *key, char *path, size_t room,
                 struct thresh_error *error)
{
    snprintf(path, room, "%s/XXXXXX", scratch->root);
    if (!mkdtemp(path))
        return error_set(error, "%s: cannot be made: %m", path);
    size_t len = strlen(path);
    if (snprintf(path + len, room - len, "/%s", file_name(key)) >= (int)(room - len))
        return error_set(error, "%s: the name is too long", key);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return fd < 0 ? error_set(error, "%s: cannot be made: %m", path) : fd;
}

int scratch_schema(const struct scratch *scratch, const char *name, char *path, size_t room,
                   struct thresh_error *error)
{
    int len = snprintf(path, room, "%s/schemas/%s", scratch->root, name);
    char *from = path + strlen(scratch->root) + 1;
    if (len >= (int)room || strstr(path, "/../") || strstr(path, "//"))
        return error_set(error, "%s: cannot be the name of a file; rename the object", name);
    for (char *slash; (slash = strchr(from, '/')); from = slash + 1) {
        *slash = '\0';
        int rc = mkdir(path, 0700);
        if (rc < 0 && errno != EEXIST)
            return error_set(error, "%s: cannot be made: %m", path);
        *slash = '/';
    }
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    return fd < 0 ? error_set(error, "%s: cannot be made: %m", path) : fd;
}

uint64_t scratch_room(int fd, bool is_whole)
{
    struct statvfs room;
    struct stat archive;
    if (fstatvfs(fd, &room) < 0 || fstat(fd, &archive) < 0)
        return 0;
    uint64_t free_bytes = (uint64_t)room.f_bavail * room.f_frsize;
    uint64_t present = (uint64_t)archive.st_blocks * 512, size = (uint64_t)archive.st_size;
    uint64_t taken = (is_whole && size > present ? size - present : 0) + (1u << 20);
    return free_bytes > taken ? free_bytes - taken : 1;
}
