// SPDX-License-Identifier: MIT
// Between the loop and the store: gathers what one turn brought and commits it whole, so that a
// kill at any moment loses no signal and tells none twice. In: signals, and how far the loop has
// come. Out: the signals that are news.
//
// After a restart the journal is read again from before the last commit, so that behaviours that
// were half seen are whole again. What was told then is not told again, nor written over by a
// picture that lacks the kernel's part of it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "pipeline/loop.h"
#include "store/store.h"

namespace sentra::pipeline {

class Committer {
public:
    struct Rebuild {
        std::uint64_t until_ns = 0; // up to here, the journal is read for the second time
        bool all_is_known = false;  // the first start: the past is for learning, not for telling
        std::map<std::string, std::uint64_t> known{}; // what has been told: uid, count
        std::vector<signal::Signal> told{};           // in order of time, for the loop
    };

    // Called with every signal before it is stored.
    using Decide = std::function<void(signal::Signal &)>;
    void decide_by(Decide decide) { decide_ = std::move(decide); }

    // Called with every batch before it is committed.
    using Complete = std::function<void(store::Batch &)>;
    void complete_by(Complete complete) { complete_ = std::move(complete); }

    Committer(store::Store &store, store::Position last, Rebuild rebuild);

    // After each record: what it brought (`signals` is left empty), and where the loop is now.
    void take(std::vector<signal::Signal> &signals, const sentra_head &by, const Loop &loop);
    void add(store::Gap gap) { batch_.gaps.push_back(std::move(gap)); }
    [[nodiscard]] bool has_signals() const { return !batch_.signals.empty(); }
    // What was there before the start has been taken: a clock that is set back makes nothing of
    // what comes now a part of it.
    void end_rebuild() { rebuild_.until_ns = cursor_passed_ ? 0 : rebuild_.until_ns; }
    // Nothing waits for the cursor: what settle() has committed is all that was taken.
    [[nodiscard]] bool is_past_cursor() const { return cursor_passed_; }

    // Commits what has been gathered, with the loop's position once that is past the last one's.
    // After an error everything is kept, to be committed by the next call.
    [[nodiscard]] Result<std::vector<signal::Signal>> settle(Loop &loop, bool clean_stop = false);

    [[nodiscard]] std::uint64_t committed() const { return committed_; } // signals that were news
    [[nodiscard]] const store::Position &position() const { return last_; }

private:
    struct Held {
        std::uint64_t sequence = 0; // of the journal's record that brought it
        signal::Signal signal;
    };
    void take_before_cursor(std::vector<signal::Signal> &signals, const sentra_head &by,
                            const Loop &loop);
    void release(std::uint64_t after_sequence);
    [[nodiscard]] bool is_known(const signal::Signal &signal) const;

    store::Store &store_;
    Decide decide_;
    Complete complete_;
    store::Position last_;
    Rebuild rebuild_;
    bool cursor_passed_; // what follows was never taken before
    std::vector<Held> held_;
    store::Batch batch_;
    std::uint64_t committed_ = 0;
};

// What a store that has been used before says about a restart: what was told in the time to be read
// again.
[[nodiscard]] Result<Committer::Rebuild>
rebuild_after(const store::Store &store, const store::Position &last, std::uint64_t from_ns);

} // namespace sentra::pipeline
