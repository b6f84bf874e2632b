// SPDX-License-Identifier: MIT
#include "pipeline/errands.h"

#include <chrono>
#include <memory>

namespace sentra::pipeline {

Errands::Lines Errands::run(Errand errand)
{
    constexpr std::chrono::seconds kPatient(25); // the one who asks waits for 30
    auto mine = std::make_shared<Waiting>();
    mine->errand = std::move(errand);
    std::unique_lock lock(mutex_);
    if (!is_closed_)
        waiting_.push_back(mine);
    if (!done_.wait_for(lock, kPatient, [&] { return is_closed_ || mine->is_done; }))
        return failure("sentrad is busy and does it as soon as it can; sentra status says when");
    if (!mine->is_done)
        return failure("sentrad is stopping");
    return std::move(mine->answer);
}

void Errands::run_pending()
{
    for (;;) {
        std::shared_ptr<Waiting> next;
        {
            const std::lock_guard lock(mutex_);
            if (waiting_.empty() || is_closed_)
                return;
            next = std::move(waiting_.front());
            waiting_.pop_front();
        }
        Lines answer = next->errand();
        const std::lock_guard lock(mutex_);
        next->answer = std::move(answer);
        next->is_done = true;
        done_.notify_all();
    }
}

void Errands::close()
{
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    waiting_.clear();
    done_.notify_all();
}

} // namespace sentra::pipeline
