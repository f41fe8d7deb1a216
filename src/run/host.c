/* SPDX-License-Identifier: MIT */
#include "run/host.h"

void host_begin(const struct host *host, bool forks)
{
    if (host->enter)
        host->enter(host->turns, forks);
}

void host_end(const struct host *host)
{
    if (host->leave)
        host->leave(host->turns);
}
