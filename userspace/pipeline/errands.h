// SPDX-License-Identifier: MIT
// What the door asks of the loop: an errand is run between two records, on the loop's own thread,
// and whoever brought it waits for the answer. So the loop, the rules and the store's one writer
// are never touched by two threads.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"

namespace sentra::pipeline {

class Errands {
public:
    using Lines = Result<std::vector<std::string>>;
    using Errand = std::function<Lines()>;

    // From any thread but the loop's: returns when the errand has been run. An error where the loop
    // does not come to it in time (it is run all the same) or is closing (it is not).
    [[nodiscard]] Lines run(Errand errand);

    // The loop's side.
    void run_pending();
    void close(); // whoever waits is told so, and whoever comes

private:
    struct Waiting {
        Errand errand;
        Lines answer = std::vector<std::string>{};
        bool is_done = false;
    };
    std::mutex mutex_; // guards what is below
    std::condition_variable done_;
    std::deque<std::shared_ptr<Waiting>> waiting_;
    bool is_closed_ = false;
};

} // namespace sentra::pipeline
