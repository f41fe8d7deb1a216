/* SPDX-License-Identifier: MIT
 *
 * Opening archives ahead of the workers that read them, for workers that may open nothing.
 */
#include "source/index/indexer.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Opens the file if it still is what was listed; else the reader shall find out and say so. */
static bool hold(const struct listing *listing, struct listing_file *file)
{
    struct stat facts;
    int fd =
        open(listing_text(listing, file->path), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return false;
    if (fstat(fd, &facts) == 0 && (uint64_t)facts.st_size == file->size &&
        facts.st_ino == file->inode && facts.st_mtim.tv_sec == file->modified_s &&
        facts.st_mtim.tv_nsec == file->modified_ns)
        file->fd = fd;
    else
        close(fd);
    return file->fd >= 0;
}

bool source_preopen(struct source *source)
{
    struct listing *listing = &source->listing;
    struct rlimit most;
    for (size_t i = 0; i < listing->count; i++)
        if (listing->records[i].kind == ENTRY_DOCUMENT &&
            listing->records[i].storage == STORAGE_FILE)
            return false;
    if (getrlimit(RLIMIT_NOFILE, &most) < 0 || listing->n_files > most.rlim_cur / 2)
        return false;
    bool all = true;
    for (size_t i = 0; i < listing->n_files; i++) {
        struct listing_file *file = &listing->files[i];
        if (file->fd < 0 && !file->is_directory)
            all = hold(listing, file) && all;
    }
    return all;
}
