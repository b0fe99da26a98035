#include "CEmptyICUData.h"

#include <stdint.h>

#if defined(__ELF__)

/* ICU's format of common data ("ToCP"): a header, then a table of contents. ICU's own tools link such an empty one, too. */
struct empty_data {
    uint16_t header_size;
    uint8_t magic[2];
    uint16_t info_size;
    uint16_t reserved;
    uint8_t is_big_endian, charset_family, size_of_uchar, reserved_byte;
    uint8_t data_format[4], format_version[4], data_version[4];
    uint8_t padding[8];
    uint32_t count, count_padding;
    int64_t no_entry[2];
};

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define IS_BIG_ENDIAN 1
#else
#define IS_BIG_ENDIAN 0
#endif

/* The symbol carries the version of ICU; a toolchain has one of these. */
#define EMPTY_DATA(version)                                                                                          \
    extern const struct empty_data icudt##version##_dat;                                                             \
    _Alignas(16) const struct empty_data icudt##version##_dat = {                                                    \
        .header_size = 32, .magic = {0xda, 0x27}, .info_size = 20, .is_big_endian = IS_BIG_ENDIAN,                   \
        .size_of_uchar = 2, .data_format = {'T', 'o', 'C', 'P'}, .format_version = {1}};

EMPTY_DATA(72)
EMPTY_DATA(73)
EMPTY_DATA(74)
EMPTY_DATA(75)
EMPTY_DATA(76)
EMPTY_DATA(77)
EMPTY_DATA(78)
EMPTY_DATA(79)
EMPTY_DATA(80)

#endif
