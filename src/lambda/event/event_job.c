/* SPDX-License-Identifier: MIT
 *
 * What an event says of the job; a member that would go unread is refused.
 */
#include "base/near_name.h"
#include "lambda/event/event_items.h"
#include "lambda/json_whole.h"
#include "options/option_row.h"
#include <string.h>

static bool is_among(const char *name, const char *const *names)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names;
}

static int unknown_member(const char *name, const char *what, const char *const *known,
                          struct thresh_error *error)
{
    struct near_name near = near_name_of(name, strlen(name));
    near_name_offer(&near, "job");
    for (; *known; known++)
        near_name_offer(&near, *known);
    for (const struct option_row *row = option_rows; row->name; row++)
        near_name_offer(&near, row->name);
    if (near.best)
        return error_set(error,
                         "%s has a member \"%.60s\", which is not known; did you mean \"%s\"?",
                         what, name, near.best);
    return error_set(error,
                     "%s has a member \"%.60s\", which is neither known nor an option of the "
                     "job",
                     what, name);
}

int event_take_job(struct event *event, const json_t *object, const char *what,
                   const char *const *known, const json_t **job, struct thresh_error *error)
{
    const json_t *said = json_object_get(object, "job");
    const char *name;
    json_t *value;
    if (said && !json_is_object(said))
        return error_set(error, "%s: the job is not a JSON object", what);
    json_t *whole = event_keep(event, *job ? json_whole_copy(*job) : json_object(), error);
    if (!whole)
        return -1;
    int rc = said ? json_object_update(whole, (json_t *)said) : 0;
    json_object_foreach((json_t *)object, name, value)
    {
        if (strcmp(name, "job") == 0 || is_among(name, known))
            continue;
        if (!option_row_find(option_rows, name))
            return unknown_member(name, what, known, error);
        if (json_object_get(said, name))
            return error_set(error, "%s says \"%s\" both in its job and beside it", what, name);
        rc |= json_object_set(whole, name, value);
    }
    if (rc < 0)
        return error_no_memory(error);
    if (json_object_size(whole))
        *job = whole;
    return 0;
}
