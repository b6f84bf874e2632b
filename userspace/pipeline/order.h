// SPDX-License-Identifier: MIT
// The one order of everything: records of several sources in, one sequence by (time, source,
// sequence) out, with ticks that say how far time has come. No threads and no clock in here, so the
// same calls give the same sequence: live sources come in through an Intake, a log file is put
// straight in.
//
// A record is held until every live inlet has said that nothing earlier will follow (its
// watermark). What comes later than that all the same is flagged SENTRA_RECORD_LATE, counted, and
// handed on.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "event/source.h"

namespace sentra::pipeline {

class Order {
public:
    using Inlet = std::size_t;

    // begin_ns: where time begins (a tick there comes first); 0: at the first record.
    Order(std::uint64_t begin_ns, event::Losses &losses);

    [[nodiscard]] Inlet add();
    void offer(Inlet inlet, event::Record record);
    void advance(Inlet inlet, std::uint64_t watermark_ns);
    void finish(Inlet inlet);       // nothing follows; never to be used again
    void leave_behind(Inlet inlet); // do not wait for it until it is heard of again

    // A fact of the pipeline's own: handed on behind the next tick, with its time.
    void tell(event::Record fact);

    // The next record whose place is certain. After the last inlet has finished: all that is left,
    // then a tick with last set, then nothing more.
    [[nodiscard]] std::optional<event::Record> pop();
    [[nodiscard]] bool is_over() const { return over_ && decided_.empty(); }

    [[nodiscard]] std::size_t held_bytes(Inlet inlet) const { return inlets_[inlet].held_bytes; }
    [[nodiscard]] bool is_left_behind(Inlet inlet) const { return inlets_[inlet].left_behind; }
    // Whether it is this inlet's watermark that keeps the others' records.
    [[nodiscard]] bool is_waited_for(Inlet inlet) const
    {
        return inlets_[inlet].watermark_ns <= bound_ns();
    }
    [[nodiscard]] std::uint64_t position_ns() const { return position_ns_; }

private:
    struct State {
        std::uint64_t watermark_ns = 0;
        std::size_t held_bytes = 0;
        bool finished = false, left_behind = false;
    };
    struct Held {
        event::Record record;
        Inlet inlet;
    };

    [[nodiscard]] static bool later(const Held &a, const Held &b);
    [[nodiscard]] std::uint64_t bound_ns() const;
    [[nodiscard]] bool all_finished() const;
    void hear(Inlet inlet) { inlets_[inlet].left_behind = false; }
    void begin_axis(std::uint64_t time_ns);
    [[nodiscard]] bool belongs_to_old_axis(std::uint64_t time_ns) const;
    [[nodiscard]] Held take_first();
    void emit(event::Record record);
    void emit_tick(std::uint64_t time_ns, bool last);

    event::Losses &losses_;
    std::vector<State> inlets_;
    std::vector<Held> heap_;            // first in the order on top
    std::deque<event::Record> facts_;   // wait for a tick
    std::deque<event::Record> decided_; // go out before anything else
    std::uint64_t begin_ns_;
    std::uint64_t position_ns_ = 0;        // of what has been handed on
    std::optional<std::uint64_t> tick_ns_; // of the last tick on this axis
    std::uint64_t meta_sequence_ = 0;
    std::uint64_t old_axis_end_ns_ = 0; // the latest time before the clock was set back; 0: never
    std::uint64_t axis_begin_ns_ = 0;
    bool over_ = false;
};

} // namespace sentra::pipeline
