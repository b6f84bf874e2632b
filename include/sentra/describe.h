/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * How a struct on the wire describes its fields, for the user half only.
 * Every byte of a struct is described once, or the build fails (described<T>()
 * against sizeof). A row with a name is a field that rules and outputs can use;
 * a row without one is padding or plumbing.
 */
#ifndef SENTRA_DESCRIBE_H
#define SENTRA_DESCRIBE_H

#include <linux/types.h>

#include <cstddef>
#include <cstdint>

namespace sentra {

enum class Kind : std::uint8_t {
    hidden,     // plumbing: no name, never shown
    number,     // unsigned, 1 to 8 bytes
    integer,    // signed, 4 or 8 bytes
    id,         // unsigned where all ones means "not set"
    mask,       // unsigned, shown in hexadecimal (capabilities)
    flag,       // one bit of a member: true or false (a view: takes no bytes)
    choice,     // an enum with names
    text,       // sentra_text
    path,       // sentra_text holding a path; leaf first inside the kernel ring
    list,       // sentra_text holding texts separated by NUL
    ip,         // 16 bytes, family beside it
    characters, // a fixed array of char, NUL-padded
    group,      // a nested described struct
};

struct Field {
    const char *name;              // nullptr: hidden
    Kind kind;
    std::uint16_t offset;          // bytes from the start of the struct
    std::uint16_t size;            // bytes this row accounts for; 0 for a view
    std::uint16_t width;           // bytes to read
    std::uint64_t mask;            // Kind::flag: the bit
    const char *const *choices;    // Kind::choice: names by value
    std::uint16_t choice_count;
    const Field *nested;           // Kind::group
    std::uint16_t nested_count;
};

template <typename T> struct Describe;

template <typename T> constexpr std::size_t described()
{
    std::size_t bytes = 0;
    for (const Field &field : Describe<T>::fields)
        bytes += field.size;
    return bytes;
}

} // namespace sentra

#define SENTRA_OFFSET(T, m) static_cast<std::uint16_t>(offsetof(T, m))
#define SENTRA_SIZE(T, m) static_cast<std::uint16_t>(sizeof(T::m))
#define SENTRA_PLAIN(kind, T, m, name)                                                             \
    {name, sentra::Kind::kind, SENTRA_OFFSET(T, m), SENTRA_SIZE(T, m), SENTRA_SIZE(T, m), 0,       \
     nullptr, 0, nullptr, 0}

#define FIELD_HIDDEN(T, m) SENTRA_PLAIN(hidden, T, m, nullptr)
#define FIELD_NUMBER(T, m, name) SENTRA_PLAIN(number, T, m, name)
#define FIELD_INTEGER(T, m, name) SENTRA_PLAIN(integer, T, m, name)
#define FIELD_ID(T, m, name) SENTRA_PLAIN(id, T, m, name)
#define FIELD_MASK(T, m, name) SENTRA_PLAIN(mask, T, m, name)
#define FIELD_TEXT(T, m, name) SENTRA_PLAIN(text, T, m, name)
#define FIELD_PATH(T, m, name) SENTRA_PLAIN(path, T, m, name)
#define FIELD_LIST(T, m, name) SENTRA_PLAIN(list, T, m, name)
#define FIELD_CHARACTERS(T, m, name) SENTRA_PLAIN(characters, T, m, name)
/* One bit of a member whose bytes another row (FIELD_HIDDEN) accounts for. */
#define FIELD_FLAG(T, m, bit, name)                                                                \
    {name, sentra::Kind::flag, SENTRA_OFFSET(T, m), 0, SENTRA_SIZE(T, m), bit, nullptr, 0,         \
     nullptr, 0}
#define FIELD_CHOICE(T, m, table, name)                                                            \
    {name, sentra::Kind::choice, SENTRA_OFFSET(T, m), SENTRA_SIZE(T, m), SENTRA_SIZE(T, m), 0,     \
     table, static_cast<std::uint16_t>(sizeof(table) / sizeof(table[0])), nullptr, 0}
/* A sentra_address as two fields; the rows account for all its bytes. */
#define FIELD_ADDRESS(T, m, prefix)                                                                \
    {prefix ".ip", sentra::Kind::ip, SENTRA_OFFSET(T, m), SENTRA_SIZE(T, m), SENTRA_SIZE(T, m), 0, \
     nullptr, 0, nullptr, 0},                                                                      \
    {prefix ".port", sentra::Kind::number,                                                         \
     static_cast<std::uint16_t>(offsetof(T, m) + offsetof(sentra_address, port)), 0, 2, 0,         \
     nullptr, 0, nullptr, 0}
#define FIELD_GROUP(T, m, Nested)                                                                  \
    {nullptr, sentra::Kind::group, SENTRA_OFFSET(T, m), SENTRA_SIZE(T, m), 0, 0, nullptr, 0,       \
     sentra::Describe<Nested>::fields,                                                             \
     static_cast<std::uint16_t>(sizeof(sentra::Describe<Nested>::fields) / sizeof(sentra::Field))}

#endif
