/* SPDX-License-Identifier: MIT
 *
 * The nine types of dates and times, and durations: literals, values, and their partial
 * orders.
 */
#include "xsd/datatype/primitive.h"

#define ATTO_PER_SECOND UINT64_C(1000000000000000000)

static const int64_t number_max = INT64_C(10000000000000000);

enum { SECONDS_PER_DAY = 86400 };

struct cursor {
    const char *at;
    const char *end;
};

static bool skip(struct cursor *cursor, char c)
{
    if (cursor->at == cursor->end || *cursor->at != c)
        return false;
    cursor->at++;
    return true;
}

static bool at_digit(const struct cursor *cursor)
{
    return cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9';
}

static bool read_two(struct cursor *cursor, int *number)
{
    const char *at = cursor->at;
    if (cursor->end - at < 2)
        return false;
    unsigned tens = (unsigned)(at[0] - '0'), ones = (unsigned)(at[1] - '0');
    if (tens > 9 || ones > 9)
        return false;
    *number = (int)(tens * 10 + ones);
    cursor->at += 2;
    return true;
}

/* Reads one digit or more. Numbers beyond number_max become number_max. */
static bool read_number(struct cursor *cursor, int64_t *number)
{
    if (!at_digit(cursor))
        return false;
    *number = 0;
    for (; at_digit(cursor); cursor->at++)
        if (*number < number_max)
            *number = *number * 10 + (*cursor->at - '0');
    if (*number > number_max)
        *number = number_max;
    return true;
}

/* The digits behind a decimal point. */
static bool read_fraction(struct cursor *cursor, uint64_t *atto)
{
    if (!at_digit(cursor))
        return false;
    uint64_t unit = ATTO_PER_SECOND / 10;
    *atto = 0;
    for (; at_digit(cursor); cursor->at++, unit /= 10)
        *atto += unit * (uint64_t)(*cursor->at - '0');
    return true;
}

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days from the first of January of the year 1 in the proleptic Gregorian calendar. Months and
 * days of the month count from 1. */
static int64_t day_number(int64_t year, int month, int day)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t past = year - 1;
    int64_t leaps = floor_div(past, 4) - floor_div(past, 100) + floor_div(past, 400);
    return past * 365 + leaps + before[month - 1] + (month > 2 && is_leap(year)) + day - 1;
}

static int days_in_month(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

static bool read_year(struct cursor *cursor, int64_t *year)
{
    bool negative = skip(cursor, '-');
    const char *start = cursor->at;
    if (!read_number(cursor, year))
        return false;
    ptrdiff_t digits = cursor->at - start;
    if (digits < 4 || (digits > 4 && *start == '0') || *year == 0)
        return false;
    if (negative)
        *year = -*year;
    return true;
}

static bool read_date(enum primitive primitive, struct cursor *cursor, int64_t *day_out)
{
    bool with_year = primitive == PRIMITIVE_DATE_TIME || primitive == PRIMITIVE_DATE ||
                     primitive == PRIMITIVE_G_YEAR_MONTH || primitive == PRIMITIVE_G_YEAR;
    bool with_day = primitive == PRIMITIVE_DATE_TIME || primitive == PRIMITIVE_DATE ||
                    primitive == PRIMITIVE_G_MONTH_DAY || primitive == PRIMITIVE_G_DAY;
    bool with_month = primitive != PRIMITIVE_G_YEAR && primitive != PRIMITIVE_G_DAY;
    int64_t year = 2000; /* a leap year, for the types without one */
    int month = 1, day = 1;
    /* A part that is left out leaves its hyphen. */
    if (with_year ? !read_year(cursor, &year) : !skip(cursor, '-'))
        return false;
    if ((with_month || with_day) && !skip(cursor, '-'))
        return false;
    if (with_month && (!read_two(cursor, &month) || month < 1 || month > 12))
        return false;
    if (with_day && (!skip(cursor, '-') || !read_two(cursor, &day)))
        return false;
    if (day < 1 || day > days_in_month(year, month))
        return false;
    *day_out = day_number(year, month, day);
    return true;
}

static bool read_time(struct cursor *cursor, struct moment *moment, bool *next_day)
{
    int hour, minute, second;
    if (!read_two(cursor, &hour) || !skip(cursor, ':') || !read_two(cursor, &minute) ||
        !skip(cursor, ':') || !read_two(cursor, &second))
        return false;
    if (skip(cursor, '.') && !read_fraction(cursor, &moment->atto))
        return false;
    if (hour > 24 || minute > 59 || second > 59)
        return false;
    if (hour == 24 && (minute || second || moment->atto))
        return false;
    *next_day = hour == 24;
    moment->second = hour % 24 * 3600 + minute * 60 + second;
    return true;
}

static void shift(struct moment *moment, int seconds)
{
    moment->second += seconds;
    if (moment->second < 0) {
        moment->second += SECONDS_PER_DAY;
        moment->day--;
    } else if (moment->second >= SECONDS_PER_DAY) {
        moment->second -= SECONDS_PER_DAY;
        moment->day++;
    }
}

static bool read_zone(struct cursor *cursor, struct moment *moment)
{
    if (cursor->at == cursor->end)
        return true;
    moment->zoned = true;
    if (skip(cursor, 'Z'))
        return true;
    int sign = skip(cursor, '-') ? 1 : skip(cursor, '+') ? -1 : 0;
    int hours, minutes;
    if (!sign || !read_two(cursor, &hours) || !skip(cursor, ':') || !read_two(cursor, &minutes))
        return false;
    if (minutes > 59 || hours * 60 + minutes > 14 * 60)
        return false;
    shift(moment, sign * (hours * 3600 + minutes * 60));
    return true;
}

bool moment_parse(enum primitive primitive, const char *text, size_t len, struct moment *moment)
{
    struct cursor cursor = {text, text + len};
    bool next_day = false;
    *moment = (struct moment){0};
    if (primitive != PRIMITIVE_TIME && !read_date(primitive, &cursor, &moment->day))
        return false;
    if (primitive == PRIMITIVE_DATE_TIME && !skip(&cursor, 'T'))
        return false;
    if ((primitive == PRIMITIVE_DATE_TIME || primitive == PRIMITIVE_TIME) &&
        !read_time(&cursor, moment, &next_day))
        return false;
    if (next_day && primitive == PRIMITIVE_DATE_TIME)
        moment->day++;
    return read_zone(&cursor, moment) && cursor.at == cursor.end;
}

static enum value_order order_of(bool less, bool greater)
{
    return less ? ORDER_LESS : greater ? ORDER_GREATER : ORDER_EQUAL;
}

static enum value_order compare_points(const struct moment *a, const struct moment *b)
{
    if (a->day != b->day)
        return order_of(a->day < b->day, true);
    if (a->second != b->second)
        return order_of(a->second < b->second, true);
    return order_of(a->atto<b->atto, a->atto> b->atto);
}

/* Part 2, 3.2.7.4: a moment without a time zone may lie up to 14 hours before or after UTC. */
enum value_order moment_compare(const struct moment *a, const struct moment *b)
{
    if (a->zoned == b->zoned)
        return compare_points(a, b);
    struct moment early = a->zoned ? *b : *a, late = early;
    const struct moment *zoned = a->zoned ? a : b;
    shift(&early, -14 * 3600);
    shift(&late, 14 * 3600);
    if (compare_points(&late, zoned) == ORDER_LESS)
        return a->zoned ? ORDER_GREATER : ORDER_LESS;
    if (compare_points(&early, zoned) == ORDER_GREATER)
        return a->zoned ? ORDER_LESS : ORDER_GREATER;
    return ORDER_NONE;
}

/* Reads numbers, each with its designator behind it. The designators come in the given order;
 * each may be left out. */
static bool read_parts(struct cursor *cursor, const char *designators, int64_t *numbers,
                       uint64_t *atto)
{
    size_t next = 0;
    while (at_digit(cursor)) {
        int64_t number;
        read_number(cursor, &number);
        bool point = skip(cursor, '.');
        if (point && !read_fraction(cursor, atto))
            return false;
        while (designators[next] && !skip(cursor, designators[next]))
            next++;
        if (!designators[next] || (point && designators[next] != 'S'))
            return false;
        numbers[next++] = number;
    }
    return true;
}

static void negate(struct duration *duration)
{
    duration->months = -duration->months;
    duration->days = -duration->days;
    if (!duration->second && !duration->atto)
        return;
    duration->days--;
    duration->second = SECONDS_PER_DAY - duration->second;
    if (duration->atto) {
        duration->second--;
        duration->atto = ATTO_PER_SECOND - duration->atto;
    }
}

bool duration_parse(const char *text, size_t len, struct duration *duration)
{
    struct cursor cursor = {text, text + len};
    int64_t date[3] = {0}, time[3] = {0};
    *duration = (struct duration){0};
    bool negative = skip(&cursor, '-');
    if (!skip(&cursor, 'P'))
        return false;
    if (!read_parts(&cursor, "YMD", date, &duration->atto))
        return false;
    bool with_time = skip(&cursor, 'T');
    if (with_time && !read_parts(&cursor, "HMS", time, &duration->atto))
        return false;
    /* There must be a number behind the P, and behind the T if there is one. */
    if (cursor.at != cursor.end || cursor.at[-1] == 'P' || cursor.at[-1] == 'T')
        return false;
    duration->months = date[0] * 12 + date[1];
    int64_t second = time[0] % 24 * 3600 + time[1] % 1440 * 60 + time[2] % SECONDS_PER_DAY;
    duration->days = date[2] + time[0] / 24 + time[1] / 1440 + time[2] / SECONDS_PER_DAY +
                     second / SECONDS_PER_DAY;
    duration->second = (int32_t)(second % SECONDS_PER_DAY);
    if (negative)
        negate(duration);
    return true;
}

static struct moment add_duration(int year, int month, const struct duration *duration)
{
    int64_t months = year * 12 + month - 1 + duration->months;
    int64_t years = floor_div(months, 12);
    return (struct moment){
        .day = day_number(years, (int)(months - years * 12) + 1, 1) + duration->days,
        .second = duration->second,
        .atto = duration->atto,
    };
}

/* Part 2, 3.2.6.2: durations compare as four dates do with the durations added to them, if all
 * four agree. */
enum value_order duration_compare(const struct duration *a, const struct duration *b)
{
    static const int from[][2] = {{1696, 9}, {1697, 2}, {1903, 3}, {1903, 7}};
    enum value_order all = ORDER_NONE;
    for (size_t i = 0; i < sizeof from / sizeof *from; i++) {
        struct moment left = add_duration(from[i][0], from[i][1], a);
        struct moment right = add_duration(from[i][0], from[i][1], b);
        enum value_order order = compare_points(&left, &right);
        if (i > 0 && order != all)
            return ORDER_NONE;
        all = order;
    }
    return all;
}
