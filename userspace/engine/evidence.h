// SPDX-License-Identifier: MIT
// The events that prove a window's signal: in order, each once, the first and the last of many.
#pragma once

#include <cstdint>
#include <set>
#include <tuple>
#include <vector>

#include "engine/holds.h"

namespace sentra::engine {

class EvidenceList {
public:
    void add(const TakenPtr &taken);
    void leave_out(std::uint64_t many) { left_out_ += many; }

    [[nodiscard]] std::vector<Evidence> all() const;
    [[nodiscard]] std::uint64_t left_out() const { return left_out_; }
    [[nodiscard]] std::uint64_t first_ns() const { return first_ns_; }
    [[nodiscard]] std::uint64_t last_ns() const { return last_ns_; }

private:
    using Id = std::tuple<std::uint64_t, std::uint8_t, std::uint64_t>; // time, source, sequence
    std::vector<std::pair<Id, TakenPtr>> kept_;                        // in order of id
    std::set<Id> known_;
    std::uint64_t left_out_ = 0;
    std::uint64_t first_ns_ = ~std::uint64_t{0}, last_ns_ = 0;
};

} // namespace sentra::engine
