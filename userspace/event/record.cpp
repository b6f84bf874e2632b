// SPDX-License-Identifier: MIT
#include "event/record.h"

#include <tuple>

namespace sentra::event {

Result<Record> Record::copy(std::span<const std::byte> bytes)
{
    sentra_head head{};
    if (bytes.size() < sizeof head)
        return failure("record of " + std::to_string(bytes.size()) +
                       " bytes is shorter than a head");
    std::memcpy(&head, bytes.data(), sizeof head);
    if (head.size != bytes.size() || head.size > SENTRA_RECORD_MAX)
        return failure("record says it has " + std::to_string(head.size) + " bytes and has " +
                       std::to_string(bytes.size()));
    auto copy = std::make_unique_for_overwrite<std::byte[]>(bytes.size());
    std::memcpy(copy.get(), bytes.data(), bytes.size());
    return Record(std::move(copy), bytes.size());
}

Record Record::clone() const
{
    auto copy = std::make_unique_for_overwrite<std::byte[]>(size_);
    std::memcpy(copy.get(), bytes_.get(), size_);
    return {std::move(copy), size_};
}

bool earlier(const sentra_head &a, const sentra_head &b)
{
    return std::tie(a.time_ns, a.source, a.sequence) < std::tie(b.time_ns, b.source, b.sequence);
}

} // namespace sentra::event
