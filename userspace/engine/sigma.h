// SPDX-License-Identifier: MIT
// Sigma's rules as they are written (SigmaHQ's YAML), and its correlations. In: documents. Out:
// rules of ours, matched like any other, and for every document whether it can be evaluated and,
// where not or not wholly, why. A match is evidence: a tag on the signals of the same actor. Only
// level high and critical make a signal of their own, one per actor and day, that never asks for
// action.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/compiled.h"
#include "engine/vocabulary.h"

namespace sentra::engine {

// How a document fared; for `sentra rules check`.
struct SigmaReport {
    enum class State : std::uint8_t { whole, partly, none };
    State state = State::none;
    std::string id, title, level,
        source;                       // source: "process_creation", "auditd", "correlation", ...
    std::string place;                // "dir/file.yml:1"
    std::vector<std::string> reasons; // what is missing, each once; none for whole
};

struct SigmaCorrelation {
    enum class Kind : std::uint8_t { event_count, value_count, temporal, temporal_ordered };
    struct Part { // one of the rules it joins
        std::string id;
        std::uint32_t rule = ~std::uint32_t{0}; // by number, once the rules have theirs
        std::vector<session::FieldRef> keys;    // one for each of group-by
        std::optional<session::FieldRef> value;
    };
    Kind kind = Kind::event_count;
    std::vector<Part> parts;
    std::uint64_t span_ns = 0;
    std::uint64_t at_least = 1;
};

// What makes a compiled rule one of Sigma's.
struct SigmaTraits {
    std::string level;
    std::string source;
    bool raises = false; // a signal of its own
    bool tells = true;   // a tag of its own; not where only a correlation asks for it
    std::optional<SigmaCorrelation> correlation;
    std::vector<std::uint32_t> counted_by; // correlations that ask for it
};

class SigmaReader {
public:
    explicit SigmaReader(const Vocabulary &vocabulary) : vocabulary_(vocabulary) {}

    // All documents of a file.
    void read(const std::string &path, const std::string &text);
    // When every file was read: rules in order of id, reports in the order of reading.
    [[nodiscard]] std::vector<CompiledRule> rules();
    [[nodiscard]] std::vector<SigmaReport> reports() { return std::move(reports_); }

    // Whether a document is Sigma's to read.
    [[nodiscard]] static bool is_sigma(const Node &root);

private:
    struct Made {
        CompiledRule rule;
        std::size_t report = 0;
        bool generates = false;         // of a correlation: its parts keep their own tags
        std::vector<std::string> parts; // of a correlation, as written
        std::vector<std::string> keys;  // group-by
        std::string value;
        std::map<std::string, std::map<std::string, std::string>> aliases;
        bool is_used = false;
    };
    void read_document(const Source &source);
    void read_rule(const Node &root, std::size_t report);
    void read_correlation(const Node &root, std::size_t report);
    bool read_condition(const Node &body, SigmaCorrelation &made, std::string &field,
                        std::string &why);
    void refuse(std::size_t report, const std::string &why);
    bool join(Made &made, std::set<std::string> &above);
    Made *find(const std::string &reference);

    const Vocabulary &vocabulary_;
    std::deque<Source> sources_;
    std::deque<Made> made_;
    std::map<std::string, Made *> by_reference_; // id and name
    std::map<std::string, std::string> why_not_; // of documents that made no rule, by id and name
    std::vector<SigmaReport> reports_;
};

// Gives correlations the numbers of their parts.
void link_sigma(RuleSet &set);

} // namespace sentra::engine
