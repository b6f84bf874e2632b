// SPDX-License-Identifier: MIT
// What people ask about sinks and decide about them: over the store's one writer, by the daemon's
// loop or, while no daemon runs, by sentra itself. Each decision is in the ledger.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/control.h"
#include "store/store.h"

namespace sentra::pipeline {

// Answers sink_list, sink_pause, sink_resume, sink_requeue and sink_dead.
[[nodiscard]] Result<std::vector<std::string>>
answer_about_sinks(store::Store &store, const Request &request, std::uint64_t now_ns);

// One object of JSON; `now_ns` is for how long the oldest has waited.
[[nodiscard]] std::string to_json(const store::SinkAccount &account, std::uint64_t now_ns);
// What is wrong with a sink, as a clause; empty: nothing.
[[nodiscard]] std::string trouble_of(const store::SinkAccount &account, std::uint64_t now_ns);

} // namespace sentra::pipeline
