// SPDX-License-Identifier: MIT
#include "pipeline/proof.h"

#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "base/text.h"
#include "pipeline/loop.h"
#include "pipeline/playback.h"

namespace sentra::pipeline {

namespace {

using Expected = engine::Proof::Expected;

std::string describe(const Expected &expected)
{
    std::string text;
    const auto add = [&](const std::string &part) { text += (text.empty() ? "" : ", ") + part; };
    if (expected.state)
        add(*expected.state);
    if (expected.risk)
        add(fmt::format("risk {:.2f}", *expected.risk));
    if (expected.intent)
        add("intent " + *expected.intent);
    if (expected.title)
        add("title \"" + *expected.title + "\"");
    if (expected.count)
        add("count " + std::to_string(*expected.count));
    return text.empty() ? "a signal" : text;
}

std::string describe(const signal::Signal &signal)
{
    std::string text =
        fmt::format("{}, risk {:.2f}, intent {}, title \"{}\", count {}", signal.state,
                    signal.score, signal.intent, signal.title, signal.count);
    for (const engine::RiskTerm &term : signal.terms)
        text += fmt::format("\n        {:+.2f} {}: {}", term.value, term.name, term.why);
    return text;
}

bool holds(const Expected &expected, const signal::Signal &signal)
{
    return (!expected.state || *expected.state == signal.state) &&
           (!expected.risk || std::fabs(*expected.risk - signal.score) < 0.005) &&
           (!expected.intent || *expected.intent == signal.intent) &&
           (!expected.title || *expected.title == signal.title) &&
           (!expected.count || *expected.count == signal.count);
}

} // namespace

std::vector<signal::Signal> signals_of(const std::shared_ptr<const engine::Rules> &rules,
                                       const std::string &rule, const engine::Stream &stream)
{
    event::Losses losses;
    Loop loop(rules, losses, Loop::Tell::behaviours);
    FinalForms forms;
    std::vector<signal::Signal> signals;
    for (const event::Record &record : stream.records) {
        loop.take(record, signals);
        forms.take(signals);
    }
    std::vector<signal::Signal> own;
    for (signal::Signal &signal : std::move(forms).in_order())
        if (signal.rule_id == rule)
            own.push_back(std::move(signal));
    return own;
}

std::vector<std::string> differences(const std::vector<Expected> &expected,
                                     const std::vector<signal::Signal> &got)
{
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < std::max(expected.size(), got.size()); ++at) {
        if (at < expected.size() && at < got.size() && holds(expected[at], got[at]))
            continue;
        lines.push_back("expected " + (at < expected.size() ? describe(expected[at]) : "silence"));
        lines.push_back("     got " + (at < got.size() ? describe(got[at]) : "silence"));
    }
    return lines;
}

Result<std::shared_ptr<const engine::Stream>> stream_of(const engine::Proof &proof,
                                                        const std::string &directory)
{
    if (proof.events)
        return proof.events;
    auto stream = engine::read_stream(directory + "/" + proof.stream + ".yaml");
    if (!stream)
        return tl::unexpected(std::move(stream.error()));
    return std::make_shared<const engine::Stream>(std::move(*stream));
}

ProofTally run_proofs(const std::shared_ptr<const engine::Rules> &rules,
                      const ProofOptions &options)
{
    ProofTally tally;
    for (const auto &rule : rules->all()) {
        if (!options.only_rule.empty() && rule->id != options.only_rule)
            continue;
        tally.rules += 1;
        if (options.reached)
            options.reached(tally.rules);
        for (const engine::Proof &proof : rule->proofs) {
            tally.proofs += 1;
            const auto stream = stream_of(proof, options.streams);
            auto lines = stream ? differences(proof.signals, signals_of(rules, rule->id, **stream))
                                : std::vector<std::string>{printable(stream.error().text, 1000)};
            if (!lines.empty())
                tally.failures.push_back({rule->file + ":" + std::to_string(proof.line), rule->id,
                                          proof.name, std::move(lines)});
        }
    }
    return tally;
}

std::string streams_beside(const std::string &rules_directory)
{
    std::error_code ignored;
    const auto absolute = std::filesystem::absolute(rules_directory, ignored).lexically_normal();
    auto folder = absolute.filename().empty() ? absolute.parent_path() : absolute;
    return (folder.parent_path() / "tests/fixtures/sessions").string();
}

} // namespace sentra::pipeline
