// SPDX-License-Identifier: MIT
// What a source of records is handed: where its records go, and where it counts what it loses.
// A source runs on its own thread; a Sink may be called from that thread only.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "event/record.h"

namespace sentra::event {

class Sink {
public:
    Sink() = default;
    Sink(const Sink &) = delete;
    Sink &operator=(const Sink &) = delete;
    virtual ~Sink() = default;

    // Takes a record; waits while there is no room. false: nobody listens any more, stop.
    [[nodiscard]] virtual bool put(Record record) = 0;
    // Every record of this source with an earlier time has been put.
    virtual void watermark(std::uint64_t time_ns) = 0;
};

// One row per way to lose data (losses.def). Counted from any thread, only ever upwards.
class Losses {
public:
    void count(sentra_loss kind, std::uint64_t many = 1)
    {
        rows_[kind].fetch_add(many, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t total(sentra_loss kind) const
    {
        return rows_[kind].load(std::memory_order_relaxed);
    }

private:
    std::array<std::atomic<std::uint64_t>, SENTRA_LOSS_COUNT> rows_{};
};

} // namespace sentra::event
