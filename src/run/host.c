/* SPDX-License-Identifier: MIT */
#include "run/host.h"

static void enter(const struct host *host, bool alone)
{
    if (host->enter)
        host->enter(host->turns, alone);
}

void host_begin(const struct host *host)
{
    enter(host, false);
}

void host_end(const struct host *host)
{
    if (host->leave)
        host->leave(host->turns);
}

void host_begin_alone(const struct host *host)
{
    host_end(host);
    enter(host, true);
}

void host_end_alone(const struct host *host)
{
    host_end(host);
    enter(host, false);
}
