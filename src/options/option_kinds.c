/* SPDX-License-Identifier: MIT
 *
 * How each kind of option reads its value.
 */
#include "base/near_name.h"
#include "options/option_row.h"
#include "options/options.h"
#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- Words ---------------------------------------------------------------------------- */

const struct option_word option_switch_words[] = {{"false", false}, {"true", true}, {NULL, 0}};

static int refuse_word(const struct option_row *row, const char *value,
                       struct thresh_error *error)
{
    char list[128] = "";
    size_t len = 0;
    struct near_name near = near_name_of(value, strlen(value));
    if (row->words == option_switch_words)
        return error_set(error, "--%s: '%s' is neither true nor false", row->name, value);
    for (const struct option_word *word = row->words; word->word; word++) {
        near_name_offer(&near, word->word);
        if (len < sizeof list)
            len += (size_t)snprintf(list + len, sizeof list - len, "%s%s",
                                    !len           ? ""
                                    : word[1].word ? ", "
                                                   : " and ",
                                    word->word);
    }
    return error_set(error, "--%s: '%s' is none of %s%s%s%s", row->name, value, list,
                     near.best ? "; did you mean " : "", near.best ? near.best : "",
                     near.best ? "?" : "");
}

static int set_word(const struct option_row *row, void *at, const char *value,
                    struct thresh_error *error)
{
    const struct option_word *word = row->words;
    while (word->word && strcmp(word->word, value) != 0)
        word++;
    if (!word->word)
        return refuse_word(row, value, error);
    if (row->size == sizeof(bool))
        *(bool *)at = word->value;
    else
        *(unsigned *)at = (unsigned)word->value;
    return 0;
}

static void print_word(const struct option_row *row, const void *at, struct buf *out)
{
    bool is_switch = row->size == sizeof(bool);
    buf_append_format(out, "%u", is_switch ? *(const bool *)at : *(const unsigned *)at);
}

const struct option_kind option_kind_word = {.set = set_word, .print = print_word};

/* -- Numbers -------------------------------------------------------------------------- */

/* Where the digits that `value` begins with end; NULL where there are none, or too many. */
static const char *read_digits(const char *value, uint64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoull(value, &end, 10);
    return *value < '0' || *value > '9' || errno ? NULL : end;
}

static int set_number(const struct option_row *row, void *at, const char *value,
                      struct thresh_error *error)
{
    uint64_t number;
    const char *end = read_digits(value, &number);
    if (!end || *end || number > row->most)
        return error_set(error, "--%s: '%s' is not a whole number from 0 to %llu", row->name,
                         value, (unsigned long long)row->most);
    if (row->size == sizeof(unsigned))
        *(unsigned *)at = (unsigned)number;
    else
        *(uint64_t *)at = number;
    return 0;
}

static int set_size(const struct option_row *row, void *at, const char *value,
                    struct thresh_error *error)
{
    static const char units[] = {'K', 'M', 'G', 'T'};
    uint64_t number;
    const char *end = read_digits(value, &number);
    const char *unit = end ? memchr(units, toupper((unsigned char)*end), sizeof units) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    if (!end || (*end && (!unit || end[1])) || number > row->most >> shift)
        return error_set(error, "--%s: '%s' is not a size such as 1500000, 512K, 64M, 2G",
                         row->name, value);
    *(uint64_t *)at = number << shift;
    return 0;
}

/* As a C program writes it, but in no other base than ten, and whatever the locale of a program
 * that embeds the library makes of a point. NAN where it is none. */
static double read_decimal(const char *value)
{
    double number = NAN;
    char *end;
    locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (plain && *value && *value != '+' && *value != '-' &&
        !value[strspn(value, "0123456789.eE+-")]) {
        number = strtod_l(value, &end, plain);
        if (*end || !isfinite(number))
            number = NAN;
    }
    if (plain)
        freelocale(plain);
    return number;
}

static int set_seconds(const struct option_row *row, void *at, const char *value,
                       struct thresh_error *error)
{
    double seconds = read_decimal(value);
    if (!(seconds * 1000 <= (double)row->most))
        return error_set(error, "--%s: '%s' is not a number of seconds, such as 2.5", row->name,
                         value);
    uint64_t ms = (uint64_t)(seconds * 1000);
    *(uint64_t *)at = !ms && seconds > 0 ? 1 : ms;
    return 0;
}

static int set_percent(const struct option_row *row, void *at, const char *value,
                       struct thresh_error *error)
{
    double percent = read_decimal(value), thousandths = round(percent * 1000);
    if (!(percent <= (double)row->most && fabs(percent * 1000 - thousandths) < 1e-6))
        return error_set(error,
                         "--%s: '%s' is not a percentage from 0 to %llu, such as 0.5, of "
                         "three decimals at most",
                         row->name, value, (unsigned long long)row->most);
    *(uint64_t *)at = (uint64_t)thousandths;
    return 0;
}

static int set_decimal(const struct option_row *row, void *at, const char *value,
                       struct thresh_error *error)
{
    double number = read_decimal(value);
    if (!(number > 0 && number <= (double)row->most))
        return error_set(error, "--%s: '%s' is not a number above 0, at most %llu, such as 1.5",
                         row->name, value, (unsigned long long)row->most);
    *(double *)at = number;
    return 0;
}

static void print_number(const struct option_row *row, const void *at, struct buf *out)
{
    uint64_t number =
        row->size == sizeof(unsigned) ? *(const unsigned *)at : *(const uint64_t *)at;
    buf_append_format(out, "%llu", (unsigned long long)number);
}

static void print_decimal(const struct option_row *row, const void *at, struct buf *out)
{
    (void)row;
    buf_append_format(out, "%a", *(const double *)at);
}

const struct option_kind option_kind_number = {.set = set_number, .print = print_number};
const struct option_kind option_kind_size = {.set = set_size, .print = print_number};
const struct option_kind option_kind_seconds = {.set = set_seconds, .print = print_number};
const struct option_kind option_kind_percent = {.set = set_percent, .print = print_number};
const struct option_kind option_kind_decimal = {.set = set_decimal, .print = print_decimal};

/* -- Strings -------------------------------------------------------------------------- */

static int set_text(const struct option_row *row, void *at, const char *value,
                    struct thresh_error *error)
{
    char **text = at, *copy = strdup(value);
    (void)row;
    if (!copy)
        return error_no_memory(error);
    free(*text);
    *text = copy;
    return 0;
}

/* Where something is to be kept, or whether. */
static int set_place(const struct option_row *row, void *at, const char *value,
                     struct thresh_error *error)
{
    char **place = at;
    if (!*value)
        return error_set(error, "--%s: no directory is named", row->name);
    if (strcmp(value, "false") != 0)
        return set_text(row, at, strcmp(value, "true") == 0 ? "" : value, error);
    free(*place);
    *place = NULL;
    return 0;
}

static void print_text(const struct option_row *row, const void *at, struct buf *out)
{
    const char *text = *(char *const *)at;
    (void)row;
    if (text)
        buf_append_string(out, text);
}

static void clear_text(void *at)
{
    free(*(char **)at);
}

static int add_string(const struct option_row *row, void *at, const char *value,
                      struct thresh_error *error)
{
    struct string_list *strings = at;
    char **items = realloc(strings->items, (strings->n + 1) * sizeof *items);
    (void)row;
    if (!items)
        return error_no_memory(error);
    strings->items = items;
    if (!(items[strings->n] = strdup(value)))
        return error_no_memory(error);
    strings->n++;
    return 0;
}

static int add_pair(const struct option_row *row, void *at, const char *value,
                    struct thresh_error *error)
{
    const char *equals = strchr(value, '=');
    if (!equals || equals == value || !equals[1])
        return error_set(error, "--%s: '%s' is not of the form %s", row->name, value,
                         row->argument);
    return add_string(row, at, value, error);
}

static int add_schema(const struct option_row *row, void *at, const char *value,
                      struct thresh_error *error)
{
    if (!*value || value[strlen(value) - 1] == '=')
        return error_set(error, "--%s: '%s' names no file; it is %s", row->name, value,
                         row->argument);
    return add_string(row, at, value, error);
}

/* Each behind its length, for it may hold anything. */
static void print_strings(const struct option_row *row, const void *at, struct buf *out)
{
    const struct string_list *strings = at;
    (void)row;
    for (size_t i = 0; i < strings->n; i++)
        buf_append_format(out, "%zu:%s", strlen(strings->items[i]), strings->items[i]);
}

static void clear_strings(void *at)
{
    struct string_list *strings = at;
    for (size_t i = 0; i < strings->n; i++)
        free(strings->items[i]);
    free(strings->items);
}

const struct option_kind option_kind_text = {
    .set = set_text, .print = print_text, .clear = clear_text};
const struct option_kind option_kind_file = {
    .set = set_text, .print = print_text, .clear = clear_text, .is_file = true};
const struct option_kind option_kind_place = {
    .set = set_place, .print = print_text, .clear = clear_text};
const struct option_kind option_kind_list = {
    .set = add_string, .print = print_strings, .clear = clear_strings, .repeats = true};
const struct option_kind option_kind_pairs = {
    .set = add_pair, .print = print_strings, .clear = clear_strings, .repeats = true};
const struct option_kind option_kind_schemas = {.set = add_schema,
                                                .print = print_strings,
                                                .clear = clear_strings,
                                                .repeats = true,
                                                .is_file = true};

/* -- Parts of the record -------------------------------------------------------------- */

const char *const part_names[PARTS] = {
    "path",     "index",      "verdict", "bytes",      "sha256", "root",   "namespaces",
    "elements", "attributes", "depth",   "text_bytes", "schema", "fields", "errors",
};

static int refuse_part(const struct option_row *row, const char *word, size_t len,
                       struct thresh_error *error)
{
    char list[256] = "";
    size_t at = 0;
    struct near_name near = near_name_of(word, len);
    for (int part = 0; part < PARTS; part++) {
        near_name_offer(&near, part_names[part]);
        if (at < sizeof list)
            at += (size_t)snprintf(list + at, sizeof list - at, "%s%s", part ? ", " : "",
                                   part_names[part]);
    }
    if (near.best)
        return error_set(error, "--%s: a record has no part '%.*s'; did you mean %s?",
                         row->name, (int)len, word, near.best);
    return error_set(error, "--%s: a record has no part '%.*s'; it has %s", row->name, (int)len,
                     word, list);
}

static int set_parts(const struct option_row *row, void *at, const char *value,
                     struct thresh_error *error)
{
    unsigned *parts = at, every = ((1u << PARTS) - 1) & ~(1u << PART_SHA256), named = 0;
    bool all_but = *value == '-';
    if (strcmp(value, row->otherwise) == 0) {
        *parts = every;
        return 0;
    }
    for (const char *word = value + all_but; *word;) {
        size_t len = strcspn(word, ",");
        int part = 0;
        while (part < PARTS &&
               (strlen(part_names[part]) != len || memcmp(part_names[part], word, len) != 0))
            part++;
        if (part == PARTS)
            return refuse_part(row, word, len, error);
        named |= 1u << part;
        word += len + (word[len] == ',');
    }
    if (all_but)
        named = every & ~named;
    if (!named)
        return error_set(error, "--%s: '%s' leaves nothing of the record", row->name, value);
    *parts = named;
    return 0;
}

const struct option_kind option_kind_parts = {.set = set_parts, .print = print_number};

/* -- Shards --------------------------------------------------------------------------- */

/* More than any scheduler counts to. */
enum { MOST_SHARDS = 1000000 };

static int set_shard(const struct option_row *row, void *at, const char *value,
                     struct thresh_error *error)
{
    static const char environment[] = "auto";
    uint64_t k = 0, n = 0;
    bool is_auto = strncmp(value, environment, sizeof environment - 1) == 0;
    const char *end = is_auto ? value + sizeof environment - 1 : read_digits(value, &k);
    bool has_n = end && *end == '/';
    if (has_n)
        end = read_digits(end + 1, &n);
    if (!end || *end || (has_n ? n < 1 || n > MOST_SHARDS : !is_auto) ||
        (!is_auto && (k < 1 || k > n)))
        return error_set(error,
                         "--%s: '%s' is none of N slices, 1/N to N/N, nor auto or auto/N; N "
                         "is at most %d",
                         row->name, value, MOST_SHARDS);
    *(struct shard *)at = (struct shard){(uint32_t)k, (uint32_t)n, is_auto};
    return 0;
}

static void print_shard(const struct option_row *row, const void *at, struct buf *out)
{
    const struct shard *shard = at;
    (void)row;
    buf_append_format(out, "%u/%u", shard->k, shard->n);
}

const struct option_kind option_kind_shard = {.set = set_shard, .print = print_shard};

/* -- Jobs ----------------------------------------------------------------------------- */

static int refuse_job(const struct option_row *row, void *at, const char *value,
                      struct thresh_error *error)
{
    (void)at, (void)value;
    return error_set(error, "%s: a job cannot name another", row->name);
}

static void print_nothing(const struct option_row *row, const void *at, struct buf *out)
{
    (void)row, (void)at, (void)out;
}

const struct option_kind option_kind_job = {.set = refuse_job, .print = print_nothing};
