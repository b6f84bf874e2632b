// SPDX-License-Identifier: MIT
#include "pipeline/letters.h"

#include <algorithm>

namespace sentra::pipeline {

namespace {

constexpr std::size_t kKept = 3; // of each list

template <typename Item> void cut(std::vector<Item> &items)
{
    if (items.size() > kKept)
        items.resize(kKept);
}

} // namespace

std::vector<std::size_t> select(const output::SinkType &type, std::span<const Letter> waiting,
                                std::size_t at_once)
{
    std::vector<std::size_t> now;
    std::size_t bytes = 0;
    for (std::size_t at = 0; at < waiting.size(); ++at) {
        bytes += waiting[at].row.json.size();
        const bool fits = bytes <= kBatchBytesMost || now.empty();
        if (!fits || now.size() == std::min(at_once, type.most_at_once))
            break;
        now.push_back(at);
    }
    return now;
}

std::vector<std::size_t> add_evidence(std::vector<output::Parcel> &parcels)
{
    std::vector<output::Parcel> all;
    std::vector<std::size_t> places;
    for (std::size_t at = 0; at < parcels.size(); ++at) {
        for (std::size_t piece = 0; piece <= parcels[at].signal.evidence.size(); ++piece) {
            all.push_back(parcels[at]);
            all.back().evidence = piece;
            places.push_back(at);
        }
    }
    parcels = std::move(all);
    return places;
}

void fold(output::Handover &handover, std::span<const std::size_t> places, std::size_t signals)
{
    std::vector<output::Outcome> outcomes(signals);
    std::vector<bool> is_taken(signals);
    for (std::size_t at = 0; at < places.size() && at < handover.outcomes.size(); ++at) {
        const output::Outcome &found = handover.outcomes[at];
        output::Outcome &outcome = outcomes[places[at]];
        const bool is_signal = !is_taken[places[at]];
        const bool comes_again =
            found.fate == output::Fate::retry || found.fate == output::Fate::too_big;
        if (is_signal || (comes_again && outcome.fate == output::Fate::delivered))
            outcome = found;
        is_taken[places[at]] = true;
    }
    handover.outcomes = std::move(outcomes);
}

signal::Signal shortened(signal::Signal signal)
{
    if (signal.evidence.size() > kKept) {
        signal.evidence_left_out += signal.evidence.size() - kKept;
        cut(signal.evidence);
    }
    for (std::vector<std::string> *list :
         {&signal.process_args, &signal.files, &signal.ips, &signal.users})
        cut(*list);
    cut(signal.tags);
    for (signal::Chapter &chapter : signal.story)
        chapter.text.clear();
    signal.narrative += " This document was shortened, because its receiver takes none of its full "
                        "size; the host has all of it.";
    return signal;
}

output::Parcel parcel_of(const Letter &letter, bool is_shortened, output::Removed &removed)
{
    output::Parcel parcel;
    parcel.signal = output::redact(letter.signal, removed);
    if (is_shortened)
        parcel.signal = shortened(std::move(parcel.signal));
    parcel.delivery = {letter.row.sequence, letter.row.revision > 1, letter.row.ledger_head};
    parcel.revision = letter.row.revision;
    return parcel;
}

} // namespace sentra::pipeline
