// SPDX-License-Identifier: MIT
// A file put through the same loop as a live run: a recording as it was recorded, or a saved
// journal or log through the importers and the order. Same file and rules in, same bytes out.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/engine.h"
#include "event/source.h"
#include "signal/signal.h"

namespace sentra::pipeline {

using TakeRecord = std::function<Result<void>(const event::Record &)>;
using Say = std::function<void(const std::string &)>;
using Reached = std::function<void(std::uint64_t)>; // how many bytes of the file were read

// Every record of the file, in order, a last tick at the end. `say` is told what a reader of the
// result must know: the format found, the year chosen, what was skipped.
[[nodiscard]] Result<void> play(const std::string &path, event::Losses &losses,
                                const TakeRecord &take, const Say &say,
                                const Reached &reached = {});

// Each signal once, in its final form, ordered by (time of its first event, id).
class FinalForms {
public:
    void take(std::vector<signal::Signal> &signals); // leaves it empty
    [[nodiscard]] std::vector<signal::Signal> in_order() &&;

private:
    std::map<std::string, signal::Signal> by_uid_;
};

[[nodiscard]] Result<std::vector<signal::Signal>>
replay_signals(const std::string &path, std::shared_ptr<const engine::Rules> rules, const Say &say,
               const Reached &reached = {});

// Hands on each event as a line of JSON, without its newline.
[[nodiscard]] Result<void> replay_events(const std::string &path,
                                         const std::function<void(std::string_view)> &line,
                                         const Say &say);

} // namespace sentra::pipeline
