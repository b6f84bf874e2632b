// SPDX-License-Identifier: MIT
// A sink that keeps everything and checks the promise of a watermark.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "event/event.h"
#include "event/source.h"

namespace sentra::journal::test {

class Collect : public event::Sink {
public:
    bool put(event::Record record) override
    {
        const std::lock_guard lock(mutex_);
        if (record.head().type != SENTRA_META_GAP && record.head().time_ns < watermark_ns_)
            ++late_;
        records_.push_back(std::move(record));
        return records_.size() < limit_;
    }
    void watermark(std::uint64_t time_ns) override
    {
        const std::lock_guard lock(mutex_);
        EXPECT_GT(time_ns, watermark_ns_);
        watermark_ns_ = time_ns;
    }
    void stop_after(std::size_t limit) { limit_ = limit; }

    [[nodiscard]] std::size_t size() const
    {
        const std::lock_guard lock(mutex_);
        return records_.size();
    }
    [[nodiscard]] std::uint64_t watermark_ns() const
    {
        const std::lock_guard lock(mutex_);
        return watermark_ns_;
    }
    [[nodiscard]] std::size_t late() const
    {
        const std::lock_guard lock(mutex_);
        return late_;
    }
    // Types by how often they came.
    [[nodiscard]] std::map<std::string, int> types() const
    {
        std::map<std::string, int> types;
        each([&](const event::Event &event) { ++types[std::string(event.type().name)]; });
        return types;
    }
    // How many records of a type have a field of this value.
    [[nodiscard]] int count(std::string_view type, std::string_view field,
                            std::string_view value) const
    {
        int many = 0;
        each([&](const event::Event &event) {
            if (event.type().name == type && event::to_text(event.get(field)) == value)
                ++many;
        });
        return many;
    }
    template <typename Visit> void each(Visit visit) const
    {
        const std::lock_guard lock(mutex_);
        for (const event::Record &record : records_) {
            const auto event = event::Event::decode(record);
            ASSERT_TRUE(event);
            visit(*event);
        }
    }

private:
    mutable std::mutex mutex_;
    std::vector<event::Record> records_;
    std::uint64_t watermark_ns_ = 0;
    std::size_t late_ = 0;
    std::size_t limit_ = ~std::size_t{0};
};

} // namespace sentra::journal::test
