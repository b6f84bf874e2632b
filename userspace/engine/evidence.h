// SPDX-License-Identifier: MIT
// The events that prove a window's signal: in order, each once, the first and the last of many.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/holds.h"

namespace sentra::engine {

// "rec:<source>:<sequence>"
[[nodiscard]] std::string ref_of(const sentra_head &head);

class EvidenceList {
public:
    void add(const TakenPtr &taken);
    void leave_out(std::uint64_t many);

    [[nodiscard]] std::vector<Evidence> all() const;
    [[nodiscard]] std::uint64_t left_out() const { return left_out_; }
    // Of every event ever added, also of those no longer kept.
    [[nodiscard]] const std::set<std::string> &sources() const { return sources_; }
    [[nodiscard]] const std::set<std::string> &users() const { return users_; }
    [[nodiscard]] bool has_all_names() const { return has_all_names_; }
    [[nodiscard]] std::uint64_t first_ns() const { return first_ns_; }
    [[nodiscard]] std::uint64_t last_ns() const { return last_ns_; }

private:
    using Id = std::tuple<std::uint64_t, std::uint8_t, std::uint64_t>; // time, source, sequence
    std::vector<std::pair<Id, TakenPtr>> kept_;                        // in order of id
    std::set<Id> known_;
    void note(std::set<std::string> &names, std::string name);

    std::set<std::string> sources_, users_;
    bool has_all_names_ = true;
    std::uint64_t left_out_ = 0;
    std::uint64_t first_ns_ = ~std::uint64_t{0}, last_ns_ = 0;
};

} // namespace sentra::engine
