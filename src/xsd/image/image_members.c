/* SPDX-License-Identifier: MIT
 *
 * Whether the lists of image_members.h have all members, in their order, so that a struct that
 * changes is not forgotten there; and a number for what structs look like on this machine. A
 * member that is missing in a list leaves an initialiser short, which is an error here also
 * where the member would fit into padding.
 */
#include "xsd/image/image_members.h"

#include "xsd/image/image_file.h"

#pragma GCC diagnostic error "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wmissing-braces"

#define BLANK_VALUE(...) 0
#define BLANK_VALUES(...)                                                                      \
    {                                                                                          \
        0                                                                                      \
    }
#define BLANK_FLAG(...)           0
#define BLANK_WORD(...)           0
#define BLANK_BITS(...)           0
#define BLANK_ONE(...)            0
#define BLANK_MAYBE(...)          0
#define BLANK_ARRAY(...)          0
#define BLANK_MAYBE_ARRAY(...)    0
#define BLANK_POINTERS(...)       0
#define BLANK_MAYBE_POINTERS(...) 0
#define BLANK_NUMBERS(...)        0
#define BLANK_MAYBE_NUMBERS(...)  0
#define BLANK_TEXT(...)           0
#define BLANK_MAYBE_TEXT(...)     0
#define BLANK_TEXTS(...)          0
#define BLANK_BYTES(...)          0
#define BLANK_NESTED(...)                                                                      \
    {                                                                                          \
        0                                                                                      \
    }
#define BLANK_INSIDE(...)   0
#define BLANK_ANEW(...)     0
#define BLANK_LEFT_OUT(...) 0
#define BLANK_LEFT_EMPTY(...)                                                                  \
    {                                                                                          \
        0                                                                                      \
    }

static uint64_t mix(uint64_t layout, uint64_t number)
{
    layout = (layout ^ number) * UINT64_C(0x9e3779b97f4a7c15);
    return layout ^ layout >> 29;
}

#define MIRROR(what, member, ...) __typeof__(s->member) member;
#define BLANK(what, ...)          BLANK_##what(__VA_ARGS__),
#define SAME_PLACE(what, member, ...)                                                          \
    _Static_assert(offsetof(__typeof__(*s), member) == offsetof(__typeof__(mirror), member),   \
                   #member " is listed out of its order, or one in front of it is missing");
#define MIX(what, member, ...) layout = mix(layout, offsetof(__typeof__(*s), member));

#define DESCRIBE(kind)                                                                         \
    static uint64_t describe_##kind(uint64_t layout)                                           \
    {                                                                                          \
        const struct kind blank = {MEMBERS_##kind(BLANK)}, *s = &blank;                        \
        struct {                                                                               \
            MEMBERS_##kind(MIRROR)                                                             \
        } mirror;                                                                              \
        _Static_assert(sizeof mirror == sizeof *s, "a member of " #kind " is not listed");     \
        MEMBERS_##kind(SAME_PLACE) MEMBERS_##kind(MIX)(void) s;                                \
        return mix(layout, sizeof mirror);                                                     \
    }

IMAGE_SINGLES(DESCRIBE)
IMAGE_ITEMS(DESCRIBE)
IMAGE_NESTED(DESCRIBE)

uint64_t image_layout(void)
{
    uint64_t layout = IMAGE_FORMAT;
#define ADD(kind) layout = describe_##kind(layout);
    IMAGE_SINGLES(ADD)
    IMAGE_ITEMS(ADD)
    IMAGE_NESTED(ADD)
    return layout;
}
