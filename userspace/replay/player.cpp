// SPDX-License-Identifier: MIT
#include "replay/player.h"

#include <algorithm>

#include <sentra/event/meta.h>

#include "event/build.h"

namespace sentra::replay {

Result<Player> Player::open(const std::string &path)
{
    auto reader = event::RecordingReader::open(path);
    if (!reader)
        return tl::unexpected(std::move(reader.error()));
    return Player(std::move(*reader));
}

void Player::note(const event::Record &record)
{
    const sentra_head &head = record.head();
    records_ += 1;
    latest_ns_ = std::max<std::uint64_t>(latest_ns_, head.time_ns);
    if (head.source == SENTRA_SOURCE_META)
        meta_sequence_ = head.sequence;
    // Not decoded here: a tick too short to say so is refused, and counted, further up.
    if (head.type == SENTRA_META_TICK && record.size() >= sizeof(sentra_tick))
        ended_ = reinterpret_cast<const sentra_tick *>(record.bytes().data())->last == 1;
    else
        ended_ = false;
}

Result<std::optional<event::Record>> Player::next()
{
    auto record = reader_.next();
    if (!record)
        return record;
    if (*record) {
        note(**record);
        return record;
    }
    if (ended_ || records_ == 0)
        return std::optional<event::Record>();
    ended_ = true;
    // One past the last record: a tick at a time stands before the records of that time.
    event::Build<sentra_tick> tick(SENTRA_META_TICK, SENTRA_SOURCE_META, latest_ns_ + 1,
                                   meta_sequence_ + 1);
    tick->last = 1;
    return std::optional<event::Record>(tick.finish());
}

} // namespace sentra::replay
