// SPDX-License-Identifier: MIT
// Brings what waits for one sink to it, on a thread of its own: a sink that is slow or dead delays
// nobody else, and never the loop. Reads the outbox through a connection of its own; what became of
// each row is collected by the loop and committed with its next batch. Until then the row waits in
// the store, and after a kill it is brought again.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "output/transport.h"
#include "pipeline/letters.h"
#include "pipeline/notices.h"
#include "pipeline/pace.h"
#include "store/store.h"

namespace sentra::pipeline {

// Who pauses a sink that refuses, and lets it go on when it takes something again.
inline constexpr const char *kOwnName = "sentrad";

class Courier {
public:
    using Open =
        std::function<Result<std::unique_ptr<output::Transport>>(const output::SinkSettings &)>;
    // Of a type that there is. `open` is for tests.
    Courier(output::SinkSettings settings, std::string store_path, Open open = output::open_sink);
    ~Courier();
    Courier(const Courier &) = delete;
    Courier &operator=(const Courier &) = delete;

    // ---- for the loop's thread; none of them waits for the sink
    [[nodiscard]] const std::string &name() const { return settings_.name; }
    void start();
    void tell_news(); // something was committed
    void tell_act();  // a person did something about the sink: it is tried at once
    void reopen();    // files may have been rotated
    // What happened since the last call, to be committed.
    void collect(store::Batch &batch);
    // What collect() gave has been committed.
    void committed(const std::vector<store::Posted> &posted);
    // Nothing new is begun, but what waits for a sink that works is brought for a moment.
    void ask_to_stop();
    void join();

private:
    using Clock = std::chrono::steady_clock;

    void run();
    [[nodiscard]] bool wait(); // false: asked to stop
    void step();
    [[nodiscard]] bool may_go(const store::Pause &pause);
    [[nodiscard]] std::vector<Letter> gather();
    void bring(const std::vector<Letter> &letters);
    // To people: what they are told, when, and what not.
    void bring_notices(const std::vector<Letter> &letters);
    [[nodiscard]] std::optional<ToldBefore> told_before(const std::string &uid);
    void withhold(const std::vector<Letter> &letters, std::vector<Notices::Withheld> withheld,
                  std::uint64_t now_ns);
    void bring_now(const std::vector<Letter> &sent, const std::vector<Letter> &carried);
    void remember(const std::vector<Letter> &sent, const Pace::Next &next, bool is_one);
    [[nodiscard]] output::Handover hand_over(const std::vector<output::Parcel> &parcels);
    void note(const std::vector<Letter> &sent, const Pace::Next &next);
    void say(const std::string &paused_before, unsigned failures_before, const Pace::Next &next);
    void look_again(std::chrono::nanoseconds after, bool is_for_news);

    const output::SinkSettings settings_;
    const output::SinkType &type_;
    const std::string store_path_;
    const Open open_;

    // The thread's own.
    std::unique_ptr<store::Store> reader_;
    std::unique_ptr<output::Transport> transport_;
    Pace pace_;
    std::mt19937_64 chance_{std::random_device{}()};
    output::Removed removed_;
    std::uint64_t shorten_ = 0; // the sequence that goes alone and shortened; 0: none
    Clock::time_point not_before_{}, look_{};
    bool own_pause_is_stored_ = false;
    // Of a sink that tells people.
    const bool with_evidence_;
    const output::NoticePolicy policy_;
    std::map<std::string, ToldBefore> told_; // by uid: in this run, where the store may be behind
    std::deque<std::uint64_t> messages_ns_;  // of the last minutes

    std::mutex mutex_; // guards what is below
    std::condition_variable wake_;
    bool is_stopping_ = false, has_news_ = true, is_acted_on_ = false, is_to_reopen_ = false;
    std::vector<store::Posted> posted_;
    std::vector<store::Pause> pauses_;
    std::set<std::uint64_t> settled_; // delivered or dead, and not committed yet
    std::thread thread_;
};

} // namespace sentra::pipeline
