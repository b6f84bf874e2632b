// SPDX-License-Identifier: MIT
// A bounded table that forgets what was used longest ago. Lookups by hash; every walk goes in order
// of use, so nothing depends on how the hash happens to lie.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace sentra::engine {

template <typename Value> class Recent {
public:
    explicit Recent(std::size_t most) : most_(most) {}

    [[nodiscard]] Value *find(std::string_view key)
    {
        const auto at = by_key_.find(key);
        return at == by_key_.end() ? nullptr : &at->second->value;
    }

    // The value, made if need be, now the one used last. time_ns: of the use. evicted: how many
    // others had to go.
    Value &use(std::string_view key, std::uint64_t time_ns, std::uint64_t &evicted)
    {
        const auto at = by_key_.find(key);
        if (at != by_key_.end()) {
            at->second->used_ns = std::max(at->second->used_ns, time_ns);
            rows_.splice(rows_.end(), rows_, at->second);
            return at->second->value;
        }
        if (rows_.size() >= most_ && !rows_.empty()) {
            by_key_.erase(rows_.front().key);
            rows_.pop_front();
            ++evicted;
        }
        rows_.push_back({std::string(key), Value{}, time_ns});
        by_key_.emplace(rows_.back().key, std::prev(rows_.end()));
        return rows_.back().value;
    }

    // Drops what was last used before the time. Stops at the first that was not.
    void forget_before(std::uint64_t time_ns)
    {
        while (!rows_.empty() && rows_.front().used_ns < time_ns) {
            by_key_.erase(rows_.front().key);
            rows_.pop_front();
        }
    }

    // Drops those whose key is one of these.
    template <typename IsOne> void drop(const IsOne &is_one)
    {
        for (auto row = rows_.begin(); row != rows_.end();) {
            const auto next = std::next(row);
            if (is_one(std::string_view(row->key))) {
                by_key_.erase(row->key);
                rows_.erase(row);
            }
            row = next;
        }
    }

    [[nodiscard]] std::size_t size() const { return rows_.size(); }

private:
    struct Row {
        std::string key;
        Value value;
        std::uint64_t used_ns = 0;
    };
    std::size_t most_;
    std::list<Row> rows_; // the one used longest ago first
    std::unordered_map<std::string_view, typename std::list<Row>::iterator> by_key_;
};

} // namespace sentra::engine
