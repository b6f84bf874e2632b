// SPDX-License-Identifier: MIT
#include "event/catalogue.h"

#include <algorithm>
#include <cstring>

#include <sys/socket.h>

namespace sentra::event {

namespace {

template <typename Number> Number load(const std::byte *at)
{
    Number number{};
    std::memcpy(&number, at, sizeof number);
    return number;
}

std::uint64_t load_unsigned(const std::byte *at, std::uint16_t width)
{
    switch (width) {
    case 1:
        return load<std::uint8_t>(at);
    case 2:
        return load<std::uint16_t>(at);
    case 4:
        return load<std::uint32_t>(at);
    default:
        return load<std::uint64_t>(at);
    }
}

std::string_view load_text(const std::byte *record, const std::byte *at)
{
    const auto slice = load<sentra_text>(at);
    // decode() has checked that the slice lies inside the record.
    return {reinterpret_cast<const char *>(record) + slice.off, slice.len};
}

Value known_text(std::string_view text)
{
    return text.empty() ? Value{} : Value{text};
}

// Walks a description, nested groups included, and adds what it names.
void collect(Type &type, std::span<const Field> fields, std::uint16_t base,
             std::vector<std::string_view> &names)
{
    for (const Field &field : fields) {
        const auto offset = static_cast<std::uint16_t>(base + field.offset);
        if (field.kind == Kind::group) {
            collect(type, {field.nested, field.nested_count}, offset, names);
            continue;
        }
        if (field.kind == Kind::text || field.kind == Kind::path || field.kind == Kind::list)
            type.texts.push_back(offset);
        if (field.kind == Kind::path)
            type.paths.push_back(offset);
        if (field.name == nullptr)
            continue;
        const std::string_view name = field.name;
        auto at = std::find(names.begin(), names.end(), name);
        if (at == names.end())
            at = names.insert(names.end(), name);
        type.slots.push_back({static_cast<FieldId>(at - names.begin()),
                              name,
                              field.kind,
                              offset,
                              field.width,
                              field.mask,
                              {field.choices, field.choice_count}});
    }
}

template <typename Struct>
Type make_type(sentra_type id, std::string_view symbol, std::string_view name,
               std::string_view says, std::vector<std::string_view> &names)
{
    Type type{id, name, says, symbol, sizeof(Struct), {}, {}, {}, {}};
    collect(type, Describe<Struct>::fields, 0, names);
    return type;
}

} // namespace

Value Slot::read(const std::byte *record) const
{
    const std::byte *at = record + offset;
    switch (kind) {
    case Kind::number:
    case Kind::mask:
        return load_unsigned(at, width);
    case Kind::id: {
        const std::uint64_t number = load_unsigned(at, width);
        const std::uint64_t unset =
            width == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8U * width)) - 1;
        return number == unset ? Value{} : Value{number};
    }
    case Kind::integer:
        return width == 4 ? std::int64_t{load<std::int32_t>(at)} : load<std::int64_t>(at);
    case Kind::flag:
        return (load_unsigned(at, width) & mask) != 0;
    case Kind::choice: {
        const std::uint64_t number = load_unsigned(at, width);
        return number < choices.size() ? Value{std::string_view(choices[number])} : Value{};
    }
    case Kind::text:
    case Kind::path:
        return known_text(load_text(record, at));
    case Kind::list: {
        const std::string_view joined = load_text(record, at);
        return joined.empty() ? Value{} : Value{List{joined}};
    }
    case Kind::ip: {
        const auto address = load<sentra_address>(at);
        if (address.family != AF_INET && address.family != AF_INET6)
            return {};
        Ip ip;
        std::memcpy(ip.bytes.data(), address.ip, ip.bytes.size());
        return ip;
    }
    case Kind::characters: {
        const auto *text = reinterpret_cast<const char *>(at);
        return known_text({text, strnlen(text, width)});
    }
    case Kind::hidden:
    case Kind::group:
        break;
    }
    return {};
}

Catalogue::Catalogue()
{
#define SENTRA_EVENT(symbol, id, structure, name, says)                                            \
    types_.push_back(make_type<structure>(SENTRA_##symbol, #symbol, name, says, names_));
#include <sentra/events.def>
#undef SENTRA_EVENT
    for (Type &type : types_) {
        type.by_field.assign(names_.size(), -1);
        for (std::size_t i = 0; i < type.slots.size(); ++i)
            type.by_field[type.slots[i].id] = static_cast<std::int16_t>(i);
        if (by_id_.size() <= type.id)
            by_id_.resize(std::size_t{type.id} + 1, -1);
        by_id_[type.id] = static_cast<std::int16_t>(&type - types_.data());
    }
}

const Catalogue &Catalogue::get()
{
    static const Catalogue kCatalogue;
    return kCatalogue;
}

const Type *Catalogue::find_type(std::uint16_t id) const
{
    const std::int16_t at = id < by_id_.size() ? by_id_[id] : std::int16_t{-1};
    return at < 0 ? nullptr : &types_[static_cast<std::size_t>(at)];
}

const Type *Catalogue::find_type(std::string_view name) const
{
    const auto at = std::find_if(types_.begin(), types_.end(),
                                 [name](const Type &type) { return type.name == name; });
    return at == types_.end() ? nullptr : &*at;
}

std::optional<FieldId> Catalogue::find_field(std::string_view name) const
{
    const auto at = std::find(names_.begin(), names_.end(), name);
    if (at == names_.end())
        return std::nullopt;
    return static_cast<FieldId>(at - names_.begin());
}

} // namespace sentra::event
