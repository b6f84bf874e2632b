// SPDX-License-Identifier: MIT
// A record understood: its type is in the register, its body is whole and every slice lies inside.
// An Event does not own its bytes; keep the Record (or an Owned) as long as the Event is used.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "event/catalogue.h"
#include "event/record.h"

namespace sentra::event {

class Event {
public:
    // The loss names what is wrong; nothing of the record may then be used.
    [[nodiscard]] static tl::expected<Event, sentra_loss> decode(std::span<const std::byte> bytes);
    [[nodiscard]] static tl::expected<Event, sentra_loss> decode(const Record &record)
    {
        return decode(record.bytes());
    }

    [[nodiscard]] const Type &type() const { return *type_; }
    [[nodiscard]] bool is(sentra_type id) const { return type_->id == id; }
    [[nodiscard]] const sentra_head &head() const { return as<sentra_head>(); }
    [[nodiscard]] std::uint64_t time_ns() const { return head().time_ns; }
    [[nodiscard]] std::span<const std::byte> bytes() const { return {record_, head().size}; }

    // The body; the caller has looked at type().
    template <typename Struct> [[nodiscard]] const Struct &as() const
    {
        return *reinterpret_cast<const Struct *>(record_);
    }
    // Who acts, for the kernel's events; nullptr for all others.
    [[nodiscard]] const sentra_actor *actor() const;
    // Who wrote the line, for the journal's events; nullptr for all others.
    [[nodiscard]] const sentra_origin *origin() const;

    [[nodiscard]] std::string_view text(const sentra_text &slice) const
    {
        return {reinterpret_cast<const char *>(record_) + slice.off, slice.len};
    }
    [[nodiscard]] Value get(FieldId field) const
    {
        const Slot *slot = type_->slot(field);
        return slot == nullptr ? Value{} : slot->read(record_);
    }
    [[nodiscard]] Value get(std::string_view field) const; // by name: for output, not for matching

private:
    Event(const std::byte *record, const Type *type) : record_(record), type_(type) {}
    const std::byte *record_;
    const Type *type_;
};

// An event that keeps its bytes: what the engine holds on to for evidence.
class Owned {
public:
    explicit Owned(const Event &event);
    [[nodiscard]] const Event &operator*() const { return *event_; }
    [[nodiscard]] const Event *operator->() const { return event_.get(); }

private:
    std::shared_ptr<const Record> record_;
    std::shared_ptr<const Event> event_;
};

[[nodiscard]] inline Ip to_ip(const sentra_address &address)
{
    Ip ip;
    std::memcpy(ip.bytes.data(), address.ip, ip.bytes.size());
    return ip;
}

} // namespace sentra::event
