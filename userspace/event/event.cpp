// SPDX-License-Identifier: MIT
#include "event/event.h"

namespace sentra::event {

tl::expected<Event, sentra_loss> Event::decode(std::span<const std::byte> bytes)
{
    if (bytes.size() < sizeof(sentra_head))
        return tl::unexpected(SENTRA_LOSS_SHORT_RECORD);
    sentra_head head{};
    std::memcpy(&head, bytes.data(), sizeof head);
    const Type *type = Catalogue::get().find_type(head.type);
    if (type == nullptr)
        return tl::unexpected(SENTRA_LOSS_UNKNOWN_TYPE);
    if (head.size != bytes.size() || head.body > head.size)
        return tl::unexpected(SENTRA_LOSS_BAD_RECORD);
    if (head.body != type->body_bytes)
        return tl::unexpected(SENTRA_LOSS_SHORT_RECORD);
    for (const std::uint16_t offset : type->texts) {
        sentra_text slice{};
        std::memcpy(&slice, bytes.data() + offset, sizeof slice);
        const std::uint64_t end = std::uint64_t{slice.off} + slice.len;
        if (slice.len != 0 && (slice.off < head.body || end > head.size))
            return tl::unexpected(SENTRA_LOSS_BAD_RECORD);
        if (slice.len == 0 && slice.off > head.size)
            return tl::unexpected(SENTRA_LOSS_BAD_RECORD);
    }
    return Event(bytes.data(), type);
}

const sentra_actor *Event::actor() const
{
    constexpr std::uint16_t first_family = 0x0100;
    constexpr std::uint16_t first_without = 0x0600;
    if (type_->id < first_family || type_->id >= first_without)
        return nullptr;
    static_assert(offsetof(sentra_exec, actor) == sizeof(sentra_head));
    return reinterpret_cast<const sentra_actor *>(record_ + sizeof(sentra_head));
}

const sentra_origin *Event::origin() const
{
    constexpr std::uint16_t first_family = 0x0600;
    constexpr std::uint16_t first_without = 0x0900;
    if (type_->id < first_family || type_->id >= first_without)
        return nullptr;
    static_assert(offsetof(sentra_login, origin) == sizeof(sentra_head));
    return reinterpret_cast<const sentra_origin *>(record_ + sizeof(sentra_head));
}

Value Event::get(std::string_view field) const
{
    const auto id = Catalogue::get().find_field(field);
    return id ? get(*id) : Value{};
}

Owned::Owned(const Event &event)
{
    auto record = Record::copy(event.bytes());
    // The event was decoded from bytes with the same head, so the copy cannot be refused.
    record_ = std::make_shared<const Record>(std::move(*record));
    event_ = std::make_shared<const Event>(*Event::decode(*record_));
}

} // namespace sentra::event
