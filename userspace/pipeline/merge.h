// SPDX-License-Identifier: MIT
// Where live sources meet: each runs on its own thread and puts into a bounded queue (an Inlet);
// one thread takes the records out in their order. This is the edge of the clock: whether a source
// has fallen silent can only be told by waiting. Everything behind it knows no clock.
//
// A full queue makes its source wait; nothing is dropped here. A source that says nothing for
// `stall` is left behind, so that it cannot stop the others; that is counted, said, and ends when
// it speaks.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/queue.h"
#include "event/source.h"
#include "pipeline/order.h"

namespace sentra::pipeline {

// Rings when there is something to take.
class Bell {
public:
    void ring();
    void wait(std::chrono::milliseconds patience); // until it rang, or that long

private:
    std::mutex mutex_;
    std::condition_variable rung_changed_;
    bool rung_ = false;
};

class Merge {
public:
    using Clock = std::chrono::steady_clock;

    // What one source is handed. Its finish() is called once, when the source has ended.
    class Inlet : public event::Sink {
    public:
        Inlet(std::string name, Order::Inlet place, std::size_t max_bytes, Bell &bell)
            : name_(std::move(name)),
              place_(place),
              max_held_bytes_(max_bytes / 2),
              queue_(max_bytes - max_bytes / 2),
              bell_(bell)
        {}
        [[nodiscard]] bool put(event::Record record) override;
        void watermark(std::uint64_t time_ns) override;
        void finish();

    private:
        friend class Merge;
        struct End {};
        using Item = std::variant<event::Record, std::uint64_t, End>;
        std::string name_;
        Order::Inlet place_;
        std::size_t max_held_bytes_; // half waits in the queue, half in the order
        Queue<Item> queue_;
        Bell &bell_;
        Clock::time_point heard_{}; // the merging thread's
        bool spoken_ = false;       // ever
        bool finished_ = false;
        std::uint64_t stalls_ = 0;
    };

    // say: how a source that fell silent, or came back, is told about.
    Merge(std::uint64_t begin_ns, event::Losses &losses,
          std::chrono::milliseconds stall = std::chrono::seconds(2),
          std::function<void(const std::string &)> say = {});

    // All inlets are opened before the first next(). The reference stays valid.
    [[nodiscard]] Inlet &open(std::string name, std::size_t max_bytes);
    void tell(event::Record fact) { order_.tell(std::move(fact)); }

    // The next record, after waiting up to `patience` for one; nullopt when there is none (yet).
    [[nodiscard]] std::optional<event::Record> next(std::chrono::milliseconds patience);
    [[nodiscard]] bool is_over() const { return order_.is_over(); }
    // Nobody listens any more: every put() from now on says so.
    void close();
    [[nodiscard]] bool is_closed() const { return closed_; }

    [[nodiscard]] std::uint64_t position_ns() const { return order_.position_ns(); }
    [[nodiscard]] std::uint64_t stalls() const;
    // How long the quietest source that has not ended has said nothing: a source that gets on says
    // at least how far it is.
    [[nodiscard]] Clock::duration longest_silence(Clock::time_point now) const;

private:
    [[nodiscard]] bool take_in();
    void forgive(Clock::time_point now);
    void look_for_stalls(Clock::time_point now);

    Order order_;
    Bell bell_;
    std::vector<std::unique_ptr<Inlet>> inlets_;
    std::chrono::milliseconds stall_;
    Clock::time_point looked_; // last
    bool closed_ = false;
    std::function<void(const std::string &)> say_;
};

} // namespace sentra::pipeline
