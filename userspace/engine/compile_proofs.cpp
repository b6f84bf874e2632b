// SPDX-License-Identifier: MIT
// A rule's proofs: at least one stream in which it speaks and one in which it stays silent.
#include <algorithm>

#include "base/text.h"
#include "engine/compile.h"
#include "engine/number.h"
#include "engine/stream.h"

namespace sentra::engine {

namespace {

const std::vector<std::string_view> kStreamKeys = {"host",  "accounts", "processes",
                                                   "start", "end",      "events"};
const std::vector<std::string_view> kStates = {"Low", "Low (Reviewed)", "Action Recommended"};

Proof::Expected read_expected(const Node &node, Complaints &complaints)
{
    Proof::Expected expected;
    if (!node.is_map()) {
        complaints.add(node.mark, "an expected signal is a map: {state: Low, risk: 0.45}");
        return expected;
    }
    refuse_unknown_keys(node, "an expected signal", {"state", "risk", "intent", "title", "count"},
                        {}, complaints);
    const auto text = [&](std::string_view key) -> std::optional<std::string> {
        if (node.find(key) == nullptr)
            return std::nullopt;
        return text_of(node, key, true, node.mark, complaints);
    };
    expected.state = text("state");
    expected.intent = text("intent");
    expected.title = text("title");
    if (expected.state &&
        std::find(kStates.begin(), kStates.end(), *expected.state) == kStates.end())
        complaints.add_unknown(node.find("state")->mark, "state", *expected.state, kStates);
    if (const auto risk = text("risk")) {
        const auto hundredths = parse_hundredths(*risk);
        if (!hundredths || *hundredths < 0 || *hundredths > 100)
            complaints.add(node.find("risk")->mark, "a risk is from 0.00 to 1.00, two decimals");
        expected.risk = hundredths.value_or(0) / 100.0;
    }
    if (const auto count = text("count")) {
        expected.count = parse_number<std::uint64_t>(*count);
        if (!expected.count)
            complaints.add(node.find("count")->mark, "a count is a number");
    }
    return expected;
}

// The keys of an inline stream, taken out of the proof they stand in.
Node inline_stream(const Node &proof)
{
    Node stream;
    stream.kind = Node::Kind::map;
    stream.mark = proof.mark;
    for (const Entry &entry : proof.entries)
        if (std::find(kStreamKeys.begin(), kStreamKeys.end(), entry.key) != kStreamKeys.end())
            stream.entries.push_back(entry);
    return stream;
}

void read_proof(const Node &node, Draft &draft)
{
    if (!node.is_map()) {
        draft.complaints.add(node.mark, "a proof is a map with name, stream and signals");
        return;
    }
    std::vector<std::string_view> keys = {"name", "stream", "signals"};
    keys.insert(keys.end(), kStreamKeys.begin(), kStreamKeys.end());
    refuse_unknown_keys(node, "a proof", keys, {}, draft.complaints);
    Proof proof;
    proof.line = node.mark.line;
    proof.name = text_of(node, "name", true, node.mark, draft.complaints);
    proof.stream = text_of(node, "stream", false, node.mark, draft.complaints);
    const bool has_events = node.find("events") != nullptr;
    if (proof.stream.empty() == !has_events)
        draft.complaints.add(node.mark, "a proof has either a \"stream\" or \"events\"");
    if (proof.stream.find('/') != std::string::npos)
        draft.complaints.add(node.find("stream")->mark, "a stream is named, not given as a path");
    if (has_events) {
        if (auto stream = build_stream(inline_stream(node), proof.name, draft.complaints))
            proof.events = std::make_shared<const Stream>(std::move(*stream));
    }
    const Node *signals = node.find("signals");
    if (signals == nullptr || !signals->is_list())
        draft.complaints.add(node.mark,
                             "\"signals\" must be a list; [] where the rule stays silent");
    else
        for (const Node &item : signals->items)
            proof.signals.push_back(read_expected(item, draft.complaints));
    draft.made.rule->proofs.push_back(std::move(proof));
}

} // namespace

void compile_proofs(const Node &root, Draft &draft)
{
    const Node *proofs = root.find("proof");
    if (proofs == nullptr || !proofs->is_list()) {
        draft.complaints.add(proofs == nullptr ? draft.top : proofs->mark,
                             "\"proof\" is missing: a stream that makes the rule speak, and one in "
                             "which it stays silent");
        return;
    }
    bool speaks = false;
    bool silent = false;
    for (const Node &item : proofs->items) {
        read_proof(item, draft);
        if (draft.made.rule->proofs.empty())
            continue;
        const bool expects = !draft.made.rule->proofs.back().signals.empty();
        speaks = speaks || expects;
        silent = silent || !expects;
    }
    if (!speaks)
        draft.complaints.add(proofs->mark, "no proof makes the rule speak");
    if (!silent)
        draft.complaints.add(proofs->mark, "no proof shows the rule staying silent");
}

} // namespace sentra::engine
