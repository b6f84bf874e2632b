// SPDX-License-Identifier: MIT
// What a process said in an earlier line, where one fact is told in two lines: the second must not
// count again. Bounded in entries and in time, so that a reused pid is a stranger.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "base/time.h"

namespace sentra::journal {

class Recent {
public:
    void remember(std::string_view what, std::uint32_t pid, std::uint64_t time_ns,
                  std::string_view text)
    {
        if (notes_.size() == kMost)
            notes_.pop_front();
        notes_.push_back({std::string(what), std::string(text), time_ns, pid});
    }
    // Whether it was said within the last minute. It is then forgotten: one twin for one line.
    [[nodiscard]] bool recall(std::string_view what, std::uint32_t pid, std::uint64_t time_ns,
                              std::string_view text)
    {
        for (auto note = notes_.begin(); note != notes_.end(); ++note) {
            if (note->pid != pid || note->what != what || note->text != text)
                continue;
            const bool is_fresh = time_ns < note->time_ns + kMinuteNs;
            notes_.erase(note);
            return is_fresh;
        }
        return false;
    }

private:
    struct Note {
        std::string what, text;
        std::uint64_t time_ns;
        std::uint32_t pid;
    };
    static constexpr std::size_t kMost = 256;
    std::deque<Note> notes_;
};

} // namespace sentra::journal
