// SPDX-License-Identifier: MIT
// A bounded queue between a source's thread and the engine's: bounded in bytes, because records
// differ a hundredfold in size. A full queue makes the producer wait (the kernel ring is the
// larger buffer and counts its own losses) or refuses, as the producer asks.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace sentra {

template <typename Item> class Queue {
public:
    explicit Queue(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    // Waits while the queue is full. false: closed, the item was not taken.
    bool push(Item item, std::size_t bytes)
    {
        std::unique_lock lock(mutex_);
        not_full_.wait(lock,
                       [&] { return closed_ || bytes_ == 0 || bytes_ + bytes <= max_bytes_; });
        if (closed_)
            return false;
        items_.emplace_back(std::move(item), bytes);
        bytes_ += bytes;
        lock.unlock();
        not_empty_.notify_one();
        return true;
    }

    // Everything there is, after waiting up to `patience` for a first item.
    [[nodiscard]] std::vector<Item> take_all(std::chrono::milliseconds patience)
    {
        std::unique_lock lock(mutex_);
        // Waiting for no time at all is a system call all the same.
        if (patience.count() > 0)
            not_empty_.wait_for(lock, patience, [&] { return closed_ || !items_.empty(); });
        if (items_.empty())
            return {};
        std::vector<Item> taken;
        taken.reserve(items_.size());
        for (auto &[item, bytes] : items_)
            taken.push_back(std::move(item));
        items_.clear();
        bytes_ = 0;
        lock.unlock();
        not_full_.notify_all();
        return taken;
    }

    void close()
    {
        {
            const std::lock_guard lock(mutex_);
            closed_ = true;
        }
        not_full_.notify_all();
        not_empty_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable not_full_, not_empty_;
    std::deque<std::pair<Item, std::size_t>> items_;
    std::size_t bytes_ = 0;
    std::size_t max_bytes_;
    bool closed_ = false;
};

} // namespace sentra
