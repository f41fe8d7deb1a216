/* SPDX-License-Identifier: MIT
 *
 * Who else is in this process: what forks must know.
 */
#include "backends/backend.h"

#include <dirent.h>
#include <time.h>

static int count_now(void)
{
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    if (!tasks)
        return 0;
    for (const struct dirent *task; (task = readdir(tasks));)
        count += task->d_name[0] != '.';
    closedir(tasks);
    return count;
}

int backend_count_threads(void)
{
    int count = count_now();
    /* A thread that was joined may still be listed for a moment. */
    for (int tries = 0; count > 1 && tries < 50; tries++) {
        nanosleep(&(struct timespec){.tv_nsec = 1000 * 1000}, NULL);
        count = count_now();
    }
    return count;
}
