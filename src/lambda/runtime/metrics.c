/* SPDX-License-Identifier: MIT */
#include "lambda/runtime/metrics.h"

#include <stdio.h>

static void add_metric(json_t *list, json_t *record, const char *name, const char *unit,
                       json_t *value)
{
    json_array_append_new(list, json_pack("{s:s, s:s}", "Name", name, "Unit", unit));
    json_object_set_new(record, name, value);
}

static void add_verdicts(json_t *list, json_t *record, const struct thresh_stats *stats)
{
    for (int i = 0; thresh_verdict_name(i); i++) {
        char name[48];
        snprintf(name, sizeof name, "%s", thresh_verdict_name(i));
        name[0] = (char)(name[0] & ~0x20);
        add_metric(list, record, name, "Count", json_integer((json_int_t)stats->verdicts[i]));
    }
}

json_t *metrics_record(const struct metrics *metrics, const char *function,
                       const struct log *log, int64_t now_ms)
{
    const struct thresh_stats *stats = &metrics->stats;
    json_t *list = json_array();
    json_t *record = json_object();
    json_object_set_new(record, "_aws",
                        json_pack("{s:I, s:[{s:s, s:[[s]], s:O}]}", "Timestamp",
                                  (json_int_t)now_ms, "CloudWatchMetrics", "Namespace",
                                  "thresh", "Dimensions", "FunctionName", "Metrics", list));
    json_object_set_new(record, "FunctionName", json_string(function ? function : "local"));
    json_object_set_new(record, "requestId", json_string(log->request_id));
    json_object_set_new(record, "level", json_string(log_level_name(log, LOG_INFO)));
    add_metric(list, record, "Documents", "Count", json_integer((json_int_t)stats->documents));
    add_verdicts(list, record, stats);
    add_metric(list, record, "Unread", "Count", json_integer((json_int_t)stats->unread));
    add_metric(list, record, "BytesIn", "Bytes", json_integer((json_int_t)stats->bytes_in));
    add_metric(list, record, "BytesInflated", "Bytes",
               json_integer((json_int_t)stats->bytes_inflated));
    add_metric(list, record, "Archives", "Count", json_integer(metrics->archives));
    add_metric(list, record, "ArchivesFailed", "Count", json_integer(metrics->failed));
    add_metric(list, record, "ArchivesIncomplete", "Count", json_integer(metrics->incomplete));
    add_metric(list, record, "WallMs", "Milliseconds",
               json_integer((json_int_t)(metrics->wall_ms + 0.5)));
    add_metric(list, record, "DownloadMs", "Milliseconds",
               json_integer((json_int_t)(metrics->download_ms + 0.5)));
    add_metric(list, record, "SchemaCacheHit", "Count", json_integer(metrics->schema_cached));
    add_metric(list, record, "Workers", "Count", json_integer(stats->workers));
    json_object_set_new(record, "Backend",
                        json_string(stats->backend ? stats->backend : "none"));
    json_decref(list);
    return record;
}
