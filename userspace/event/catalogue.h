// SPDX-License-Identifier: MIT
// The register of events made usable: every type with its fields, every field name with where each
// type keeps it. Built once from events.def and the descriptions; constant afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <sentra/event/all.h>

#include "event/value.h"

namespace sentra::event {

// A field name's number, the same for all types; indexes Catalogue::field_names().
using FieldId = std::uint16_t;

// Where one type keeps one field.
struct Slot {
    FieldId id = 0;
    std::string_view name;
    Kind kind = Kind::hidden;
    std::uint16_t offset = 0; // bytes from the start of the record
    std::uint16_t width = 0;
    std::uint64_t mask = 0;
    std::span<const char *const> choices;

    // The record must be one that decode() has accepted as the slot's type.
    [[nodiscard]] Value read(const std::byte *record) const;
};

struct Type {
    sentra_type id;
    std::string_view name; // "process.exec"
    std::string_view says;
    std::string_view symbol;
    std::uint32_t body_bytes;
    std::vector<Slot> slots;          // named fields, in the order of the struct
    std::vector<std::uint16_t> texts; // offsets of all sentra_text members, named or not
    std::vector<std::uint16_t> paths; // those of them that are Kind::path

    [[nodiscard]] const Slot *slot(FieldId field) const
    {
        const std::int16_t at = field < by_field.size() ? by_field[field] : std::int16_t{-1};
        return at < 0 ? nullptr : &slots[static_cast<std::size_t>(at)];
    }
    std::vector<std::int16_t> by_field;
};

class Catalogue {
public:
    [[nodiscard]] static const Catalogue &get();

    [[nodiscard]] std::span<const Type> types() const { return types_; }
    [[nodiscard]] const Type *find_type(std::uint16_t id) const;
    [[nodiscard]] const Type *find_type(std::string_view name) const;
    [[nodiscard]] std::optional<FieldId> find_field(std::string_view name) const;
    [[nodiscard]] std::span<const std::string_view> field_names() const { return names_; }

private:
    Catalogue();
    std::vector<Type> types_;
    std::vector<std::string_view> names_;
    std::vector<std::int16_t> by_id_; // index into types_
};

} // namespace sentra::event
