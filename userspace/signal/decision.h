// SPDX-License-Identifier: MIT
// What people decided: a review of one signal, or a standing override (a maintenance window, an
// accepted risk, an expected change). Decisions change a signal's state and say whose they are;
// they never change its risk, delete anything, or speak of what the sensor says of itself.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/result.h"
#include "signal/signal.h"

namespace sentra::signal {

// OCSF's verdicts. Those that settle nothing leave the signal's state as it is.
struct Verdict {
    std::string_view name, words; // "false-positive", "a false positive"
    unsigned ocsf_id;
    bool settles;
};
inline constexpr std::array<Verdict, 10> kVerdicts = {{
    {"false-positive", "a false positive", 1, true},
    {"true-positive", "a true positive", 2, true},
    {"disregard", "to be disregarded", 3, true},
    {"suspicious", "suspicious", 4, false},
    {"benign", "benign", 5, true},
    {"test", "a test", 6, true},
    {"insufficient-data", "not clear for want of data", 7, false},
    {"security-risk", "a known security risk", 8, true},
    {"managed-externally", "managed elsewhere", 9, true},
    {"duplicate", "a duplicate", 10, true},
}};
[[nodiscard]] const Verdict *find_verdict(std::string_view name);

struct Review {
    std::string uid;    // of the signal
    std::string status; // "REVIEWED", or "RESOLVED": what had to be done is done
    std::string verdict, note, author;
    std::uint64_t time_ns = 0;
    // The behaviours it was about, by uid: what comes later and asks for action is not covered.
    std::set<std::string> chapters;
};

struct Override {
    std::string id;   // "ov-3"
    std::string kind; // one of kOverrideKinds
    // What a signal must have; an empty one is not asked for. At least one is there.
    std::string rule, user, executable, unit;
    std::optional<Network> source;
    std::string reason, ticket, author;
    std::uint64_t created_ns = 0, starts_ns = 0, expires_ns = 0;
    std::uint64_t ended_ns = 0; // 0: not ended before its time
    std::uint64_t max_hits = 0; // signals; 0: any number
};
inline constexpr std::array<std::string_view, 3> kOverrideKinds = {
    "maintenance-window", "accepted-risk", "expected-change"};
inline constexpr std::uint64_t kOverrideLongestNs = 90ULL * 24 * 3600 * 1'000'000'000;

// As bodies of the ledger's entries. A body that was not written by these is refused.
[[nodiscard]] std::string to_json(const Review &review);
[[nodiscard]] std::string to_json(const Override &standing);
[[nodiscard]] Result<Review> review_from_json(std::string_view text);
[[nodiscard]] Result<Override> override_from_json(std::string_view text);
// What is wrong with it: nothing named to match, too long a time, no reason.
[[nodiscard]] Result<void> check(const Override &standing);

class Decisions {
public:
    void take(Review review);     // the latest of a signal counts
    void take(Override standing); // one with the same id takes the place of the earlier
    // Before anybody is told of the signal. What an earlier decision had put there goes first.
    void apply(Signal &signal);
    // Why the override would or would not cover the signal; empty: it would.
    [[nodiscard]] static std::string why_not(const Override &standing, const Signal &signal);

    [[nodiscard]] const std::map<std::string, Review> &reviews() const { return reviews_; }
    [[nodiscard]] const std::map<std::string, Override> &overrides() const { return overrides_; }
    // Signals each override has covered.
    [[nodiscard]] std::size_t hits(const std::string &override_id) const;
    // A stored signal that an override covered; for the count.
    void count(const Signal &stored);

private:
    std::map<std::string, Review> reviews_; // by the signal's uid
    std::map<std::string, Override> overrides_;
    std::map<std::string, std::set<std::string>> hits_; // uids by override
};

// As if nobody had decided anything.
void take_back(Signal &signal);

} // namespace sentra::signal
