// SPDX-License-Identifier: MIT
// Between the outbox and a transport: which of the rows that wait go now, and what a signal looks
// like on its way. Pure functions; the times are handed in.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "output/redact.h"
#include "output/transport.h"
#include "store/outbox.h"

namespace sentra::pipeline {

inline constexpr std::size_t kBatchBytesMost = 1024 * 1024;

// A row and its signal, as the store holds it.
struct Letter {
    store::Due row;
    signal::Signal signal;
};

// Which of the letters that wait for a sink go now, by their place: everything, in its order, as
// much as fits. What people are told is chosen in pipeline/notices.h.
[[nodiscard]] std::vector<std::size_t> select(const output::SinkType &type,
                                              std::span<const Letter> waiting, std::size_t at_once);

// As it leaves the host: its secrets removed; shortened, where the sink takes no more.
[[nodiscard]] output::Parcel parcel_of(const Letter &letter, bool is_shortened,
                                       output::Removed &removed);
// Behind each signal its evidence, as events of their own. Returns for each parcel the place of its
// signal among those that were given.
std::vector<std::size_t> add_evidence(std::vector<output::Parcel> &parcels);
// What became of the signals: of each what became of it, unless some of its evidence is to be tried
// again. Evidence that is refused for good stays with its signal.
void fold(output::Handover &handover, std::span<const std::size_t> places, std::size_t signals);

// Without most of its evidence, and with a sentence that says so.
[[nodiscard]] signal::Signal shortened(signal::Signal signal);

} // namespace sentra::pipeline
