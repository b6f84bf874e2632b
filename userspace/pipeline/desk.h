// SPDX-License-Identifier: MIT
// Where people's decisions are taken: reviews and overrides go into the ledger, with who, when and
// why, and from there into every signal that is told. Used by the daemon's loop and, while no
// daemon runs, by sentra itself; always over the store's one writer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/control.h"
#include "signal/decision.h"
#include "store/store.h"

namespace sentra::pipeline {

class Desk {
public:
    // Reads the ledger.
    [[nodiscard]] static Result<Desk> open(store::Store &store);
    // What is wrong with the ledger; empty: nothing. Its decisions hold as far as they can be read.
    [[nodiscard]] const std::string &wrong() const { return wrong_; }

    // Before anybody is told of the signal.
    void apply(signal::Signal &signal) { decisions_.apply(signal); }
    // Lines of JSON. A signal whose decision changed is stored and appended to `told`.
    [[nodiscard]] Result<std::vector<std::string>>
    answer(const Request &request, std::uint64_t now_ns, std::vector<signal::Signal> &told);
    // The rules in force from now on; nothing where the ledger has them as the last ones.
    [[nodiscard]] Result<void> note_rules(const std::string &bundle, std::size_t rules,
                                          std::uint64_t now_ns);

private:
    using Lines = Result<std::vector<std::string>>;
    explicit Desk(store::Store &store) : store_(&store) {}

    [[nodiscard]] Result<void> take(const store::Entry &entry);
    [[nodiscard]] Result<signal::Signal> find(const std::string &id) const;
    [[nodiscard]] Lines review(const Request &request, std::uint64_t now_ns,
                               std::vector<signal::Signal> &told);
    [[nodiscard]] Lines add_override(const Request &request, std::uint64_t now_ns);
    [[nodiscard]] Lines end_override(const Request &request, std::uint64_t now_ns);
    [[nodiscard]] Lines keep(const signal::Override &standing, const std::string &author,
                             std::uint64_t now_ns);
    [[nodiscard]] Lines list_overrides(std::uint64_t now_ns) const;
    [[nodiscard]] Lines check_overrides(const Request &request) const;
    [[nodiscard]] Lines reviews() const;
    [[nodiscard]] Lines ledger() const;
    [[nodiscard]] Result<void> write(store::Entry entry, std::vector<signal::Signal> decided,
                                     std::vector<signal::Signal> &told);

    store::Store *store_;
    signal::Decisions decisions_;
    std::string bundle_; // the last one of the ledger
    std::string wrong_;
};

} // namespace sentra::pipeline
