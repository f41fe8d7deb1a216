/* SPDX-License-Identifier: MIT
 *
 * What a function that failed has to say.
 */
#ifndef THRESH_THRESH_ERROR_H
#define THRESH_THRESH_ERROR_H

struct error {
    char text[1024]; /* one line, no line feed, empty while all is well */
};

#endif
