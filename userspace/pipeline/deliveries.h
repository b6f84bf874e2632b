// SPDX-License-Identifier: MIT
// Every sink's courier: begun and ended together, called when something was committed, asked by the
// loop what became of what they brought. All but test() belongs to the loop's thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "event/event.h"
#include "pipeline/config.h"
#include "pipeline/control.h"
#include "pipeline/courier.h"
#include "store/store.h"

namespace sentra::pipeline {

class Deliveries {
public:
    // Tells the store whom to tell from now on. Nothing is opened yet.
    [[nodiscard]] static Result<std::unique_ptr<Deliveries>> make(const Config &config,
                                                                  store::Store &store);
    // Threads: after whatever else they are to inherit has been settled.
    void start();

    // Before a commit: what the couriers have to say goes with it. After one: it need not be kept.
    void collect(store::Batch &batch);
    void committed();
    // What a person has to know of the sinks themselves, to be told as events: of one sink, the
    // same at most once a day, so that a document about a sink that it does not take either asks
    // for no other.
    [[nodiscard]] std::vector<event::Record> new_troubles();
    void tell_news(); // something else was committed that is to be told
    void reopen();
    // By the clock: what waited too long is given up and said, what was delivered long ago goes.
    void tidy(std::uint64_t now_ns);

    // What a person asks or decides about sinks.
    [[nodiscard]] Result<std::vector<std::string>> answer(const Request &request,
                                                          std::uint64_t now_ns);
    // Brings a document that is marked as a test, past everything that waits. From any thread; as
    // slow as the sink.
    [[nodiscard]] Result<std::vector<std::string>> test(const Request &request) const;

    // A last short try, and the end of all threads; what became of it is committed.
    void stop();

private:
    Deliveries(const Config &config, store::Store &store) : config_(config), store_(store) {}

    const Config &config_;
    store::Store &store_;
    std::vector<std::unique_ptr<Courier>> couriers_;
    std::vector<store::Posted> collected_; // and not yet known to be committed
    void note(sentra_trouble_kind kind, const std::string &sink, const std::string &detail,
              std::uint64_t now_ns);

    std::vector<event::Record> troubles_;
    std::map<std::pair<sentra_trouble_kind, std::string>, std::uint64_t> troubled_ns_;
    std::uint64_t tidied_ns_ = 0;
};

// Without a daemon, too: one line of JSON that says what became of it.
[[nodiscard]] Result<std::vector<std::string>> test_sink(const Config &config,
                                                         const std::string &name);

} // namespace sentra::pipeline
