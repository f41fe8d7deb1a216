/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a job file: each option is taken or refused with a line that says why.
 */
#include "fuzz.h"

#include "options/job_file.h"
#include "options/options.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct thresh_error error = {{0}};
    struct thresh_options *options = thresh_options_new();
    json_t *job = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    fuzz_check(options);
    if (json_is_object(job) && job_file_apply(job, "directory", options, &error) < 0)
        fuzz_check(error.text[0] && !strchr(error.text, '\n'));
    json_decref(job);
    thresh_options_free(options);
    return 0;
}
