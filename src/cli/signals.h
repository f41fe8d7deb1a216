/* SPDX-License-Identifier: MIT
 *
 * Being asked to stop, by SIGINT, SIGTERM or SIGHUP. The first signal lets the entries at hand
 * be finished; a second one, or five seconds without an end, stops the program at once, and so
 * does the first where nothing would notice it: reading standard input, compiling a schema.
 */
#ifndef THRESH_CLI_SIGNALS_H
#define THRESH_CLI_SIGNALS_H

/* What is ignored, as by nohup and by a shell's &, stays so. Writing to a closed pipe, or past
 * the limit of a file's size, becomes an error of the write. */
void signals_catch(void);

/* From here on somebody asks: the signal that came, or 0. May be called by any thread. */
int signals_caught(void);

/* Files to remove when the program is stopped at once: no more than two at a time. Their names
 * must stay as they are. */
void signals_add_unfinished(const char *file);
void signals_remove_unfinished(const char *file);

#endif
