// SPDX-License-Identifier: MIT
// The one loop's body: a record goes in, signals come out. Live, replayed and proven runs all go
// through here and nowhere else. No stage reads a clock: time is whatever the records say it is.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "event/source.h"
#include "pipeline/coverage.h"
#include "session/session.h"
#include "signal/join.h"
#include "signal/signal.h"
#include "signal/summary.h"

namespace sentra::pipeline {

class Loop {
public:
    // What signals tell: the behaviours of one actor as one story, or each by itself.
    enum class Tell : std::uint8_t { stories, behaviours };
    Loop(std::shared_ptr<const engine::Rules> rules, event::Losses &losses,
         Tell tell = Tell::stories);

    // Goes on with the stories that an earlier run told; in order of time.
    void remember(std::vector<signal::Signal> told);
    // What was done before is for learning what is usual: nobody is told, and no story begins with
    // it.
    void learn_until(std::uint64_t time_ns) { learn_until_ns_ = time_ns; }
    // What became of each login.
    [[nodiscard]] signal::Summaries &sessions() { return summaries_; }

    // One record through everything. What it completed is appended. A record that cannot be read is
    // counted, never fatal, never silent.
    void take(const event::Record &record, std::vector<signal::Signal> &signals);

    // Goes on with other rules; what windows of the rules before still had to tell is appended.
    void replace(std::shared_ptr<const engine::Rules> rules, std::vector<signal::Signal> &signals);

    [[nodiscard]] engine::Engine &engine() { return engine_; }
    [[nodiscard]] const engine::Engine &engine() const { return engine_; }
    [[nodiscard]] const session::Session &session() const { return session_; }
    [[nodiscard]] const engine::Rules &rules() const { return *rules_; }

    [[nodiscard]] std::uint64_t records() const { return records_; }
    // Everything earlier has been taken: the time of the last tick.
    [[nodiscard]] std::uint64_t watermark_ns() const { return watermark_ns_; }
    // Of the last journal entry taken; empty before the first.
    [[nodiscard]] const std::string &cursor() const { return cursor_; }
    // The totals the sources reported of themselves, by name of loss.
    [[nodiscard]] const std::map<std::string, std::uint64_t> &reported_losses() const
    {
        return reported_losses_;
    }

private:
    void note(const event::Event &event);
    void compose(std::vector<signal::Signal> &signals);

    std::shared_ptr<const engine::Rules> rules_;
    event::Losses &losses_;
    session::Session session_;
    engine::Engine engine_;
    Coverage coverage_;
    Tell tell_;
    signal::Stories stories_;
    signal::Summaries summaries_;
    std::vector<engine::Match> matches_; // kept for its memory
    std::uint64_t records_ = 0;
    std::uint64_t watermark_ns_ = 0;
    std::string cursor_;
    std::map<std::string, std::uint64_t> reported_losses_;
    std::uint64_t learn_until_ns_ = 0;
};

} // namespace sentra::pipeline
