/* SPDX-License-Identifier: MIT
 *
 * Any bytes as what a Lambda function is handed: items that can be named, or a line that says
 * why not.
 */
#include "fuzz.h"

#include "lambda/event/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct thresh_error error = {{0}};
    struct event event;
    struct buf name = {0};
    if (event_parse(&event, (const char *)data, size, &error) < 0) {
        fuzz_check(error.text[0]);
    } else {
        fuzz_check(event_kind_name(event.kind));
        for (size_t i = 0; i < event.n_items; i++)
            fuzz_check(event_item_name(&event.items[i], &name) == 0);
    }
    event_free(&event);
    buf_free(&name);
    return 0;
}
