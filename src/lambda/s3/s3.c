/* SPDX-License-Identifier: MIT */
#include "lambda/s3/s3.h"

#include "lambda/s3/s3_request.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *find_ca_file(void)
{
    static const char *const files[] = {
        "/etc/pki/tls/certs/ca-bundle.crt",                  /* Amazon Linux, Fedora */
        "/etc/ssl/certs/ca-certificates.crt",                /* Debian */
        "/etc/ssl/cert.pem",                                 /* Alpine */
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* what the first links to */
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (access(files[i], R_OK) == 0)
            return files[i];
    return NULL;
}

struct s3 *s3_open(struct thresh_error *error)
{
    struct s3 *s3 = calloc(1, sizeof *s3);
    if (s3 && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
        s3->multi = curl_multi_init();
    if (!s3 || !s3->multi) {
        s3_close(s3);
        error_no_memory(error);
        return NULL;
    }
    s3->ca_file = find_ca_file();
    return s3;
}

void s3_close(struct s3 *s3)
{
    if (!s3)
        return;
    curl_multi_cleanup(s3->multi);
    free(s3);
}

void s3_settle(struct s3 *s3, const struct s3_settings *settings)
{
    s3->settings = *settings;
}

const char *s3_region_of(const struct s3 *s3, const char *bucket)
{
    if (*s3->region && strcmp(s3->region_of, bucket) == 0)
        return s3->region;
    return s3->settings.region ? s3->settings.region : "us-east-1";
}

bool s3_is_directory_bucket(const char *bucket)
{
    static const char end[] = "--x-s3";
    size_t len = strlen(bucket);
    return len >= sizeof end && strcmp(bucket + len - (sizeof end - 1), end) == 0;
}
