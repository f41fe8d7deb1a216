/* SPDX-License-Identifier: MIT
 *
 * What became of a worker, in the words of the public header.
 */
#ifndef THRESH_LIBRARY_LOSS_H
#define THRESH_LIBRARY_LOSS_H

#include "thresh.h"

/* By waitpid's status, or a backend's code in its place. */
struct thresh_loss thresh_loss_of(int wait_status);

#endif
