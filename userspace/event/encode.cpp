// SPDX-License-Identifier: MIT
#include "event/encode.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "event/build.h"

namespace sentra::event {

namespace {

using Bytes = std::vector<std::byte>;
using Texts = std::vector<std::pair<std::size_t, std::string>>;

void store_unsigned(Bytes &body, const Slot &slot, std::uint64_t number)
{
    // The treaty is little-endian, as every machine Sentra runs on.
    std::memcpy(body.data() + slot.offset, &number, slot.width);
}

tl::unexpected<Error> refuse(const Slot &slot, std::string_view value, std::string_view wanted)
{
    return failure("field \"" + std::string(slot.name) + "\" cannot be \"" + std::string(value) +
                   "\": it takes " + std::string(wanted));
}

Result<void> store_number(Bytes &body, const Slot &slot, std::string_view value)
{
    const bool hexadecimal = value.starts_with("0x");
    const auto number = hexadecimal ? parse_number<std::uint64_t>(value.substr(2), 16)
                                    : parse_number<std::uint64_t>(value);
    const std::uint64_t most = slot.width == 8 ? std::numeric_limits<std::uint64_t>::max()
                                               : (std::uint64_t{1} << (8U * slot.width)) - 1;
    if (!number || *number > most)
        return refuse(slot, value, "a number of " + std::to_string(slot.width) + " bytes");
    store_unsigned(body, slot, *number);
    return {};
}

Result<void> store_integer(Bytes &body, const Slot &slot, std::string_view value)
{
    const auto number = parse_number<std::int64_t>(value);
    if (!number)
        return refuse(slot, value, "a whole number");
    store_unsigned(body, slot, static_cast<std::uint64_t>(*number));
    return {};
}

Result<void> store_flag(Bytes &body, const Slot &slot, std::string_view value)
{
    if (value != "true" && value != "false")
        return refuse(slot, value, "true or false");
    std::uint64_t bits = 0;
    std::memcpy(&bits, body.data() + slot.offset, slot.width);
    store_unsigned(body, slot, value == "true" ? bits | slot.mask : bits & ~slot.mask);
    return {};
}

Result<void> store_choice(Bytes &body, const Slot &slot, std::string_view value)
{
    for (std::size_t i = 0; i < slot.choices.size(); ++i) {
        if (value == slot.choices[i]) {
            store_unsigned(body, slot, i);
            return {};
        }
    }
    std::string wanted = "one of";
    for (const char *choice : slot.choices)
        wanted.append(" ").append(choice);
    return refuse(slot, value, wanted);
}

Result<void> store_ip(Bytes &body, const Slot &slot, std::string_view value)
{
    const auto ip = Ip::parse(value);
    if (!ip)
        return refuse(slot, value, "an IP address");
    sentra_address address{};
    std::memcpy(&address, body.data() + slot.offset, sizeof address);
    const std::uint16_t port = address.port;
    address = to_address(*ip, port);
    std::memcpy(body.data() + slot.offset, &address, sizeof address);
    return {};
}

Result<void> store(Bytes &body, Texts &texts, const Slot &slot,
                   const std::vector<std::string> &values)
{
    if (slot.kind == Kind::list) {
        std::string joined;
        for (const std::string &value : values)
            joined.append(value).push_back('\0');
        texts.emplace_back(slot.offset, std::move(joined));
        return {};
    }
    if (values.size() != 1)
        return failure("field \"" + std::string(slot.name) + "\" takes one value");
    const std::string &value = values.front();
    switch (slot.kind) {
    case Kind::text:
    case Kind::path:
        texts.emplace_back(slot.offset, value);
        return {};
    case Kind::characters:
        std::memcpy(body.data() + slot.offset, value.data(),
                    std::min<std::size_t>(value.size(), slot.width));
        return {};
    case Kind::flag:
        return store_flag(body, slot, value);
    case Kind::choice:
        return store_choice(body, slot, value);
    case Kind::ip:
        return store_ip(body, slot, value);
    case Kind::integer:
        return store_integer(body, slot, value);
    default:
        return store_number(body, slot, value);
    }
}

} // namespace

Result<Record> encode(const Type &type, sentra_source source, std::uint64_t time_ns,
                      std::uint64_t sequence, std::span<const Assignment> assignments)
{
    Bytes body(type.body_bytes);
    for (const Slot &slot : type.slots)
        if (slot.kind == Kind::id)
            store_unsigned(body, slot, ~std::uint64_t{0});
    sentra_head head{};
    head.time_ns = time_ns;
    head.sequence = sequence;
    head.type = static_cast<std::uint16_t>(type.id);
    head.source = static_cast<std::uint8_t>(source);
    std::memcpy(body.data(), &head, sizeof head);
    Texts texts;
    for (const Assignment &assignment : assignments) {
        const auto field = Catalogue::get().find_field(assignment.field);
        const Slot *slot = field ? type.slot(*field) : nullptr;
        if (slot == nullptr)
            return failure("event " + std::string(type.name) + " has no field \"" +
                           assignment.field + "\"");
        if (auto stored = store(body, texts, *slot, assignment.values); !stored)
            return tl::unexpected(std::move(stored.error()));
    }
    return lay_out(body, texts);
}

} // namespace sentra::event
