/* SPDX-License-Identifier: MIT
 *
 * What each service puts into an event, for event.c, which tells the services apart. Each
 * function adds the archives that `root` names to the event, as items of message number
 * `message`, and gives 0, or -1 with the error filled in; items that were added before an error
 * stay.
 */
#ifndef THRESH_LAMBDA_EVENT_EVENT_SERVICES_H
#define THRESH_LAMBDA_EVENT_EVENT_SERVICES_H

#include "lambda/event/event.h"

/* event_s3.c: what S3 itself has to tell. */

/* A notification ("Event message structure" in the Amazon S3 User Guide). */
int event_take_s3(struct event *event, const json_t *root, size_t message,
                  struct thresh_error *error);
/* The same by EventBridge ("EventBridge event message structure"): `root` has detail.object. */
int event_take_eventbridge(struct event *event, const json_t *root, size_t message,
                           struct thresh_error *error);
/* S3 Batch Operations ("Invoke AWS Lambda function"), schemas 1.0 and 2.0: each task is a
 * message of its own, and one that cannot be understood fails by itself. */
int event_take_s3_batch(struct event *event, const json_t *root, struct thresh_error *error);

/* event_direct.c: what people write, into a call or into a state machine. */

/* Whether any member is there that names an archive, in whatever form. */
bool event_names_archive(const json_t *root);
/* {"uri"}, {"bucket", "key"} or {"archive_base64"}. */
int event_take_direct(struct event *event, const json_t *root, size_t message,
                      struct thresh_error *error);
/* A batch of a Distributed Map ("ItemBatcher" in the AWS Step Functions Developer Guide). */
int event_take_map(struct event *event, const json_t *root, struct thresh_error *error);

/* event_other.c: what another service sends that names no archive, in words; NULL: it is none
 * of those that are known. */
const char *event_other_service(const json_t *root);

/* event_http.c: a function URL or an HTTP API (payload format 2.0); a REST API, an HTTP API
 * with payload format 1.0, or a load balancer. */
int event_take_http(struct event *event, const json_t *root, struct thresh_error *error);

#endif
