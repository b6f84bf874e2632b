// SPDX-License-Identifier: MIT
// `sentra record`: the live sources into a file, without rules and without a store.
#pragma once

#include <cstdint>
#include <string>

#include "pipeline/config.h"
#include "pipeline/playback.h"

namespace sentra::pipeline {

struct RecordOptions {
    std::string path;
    std::uint64_t for_ns = 0; // 0: until SIGINT or SIGTERM
    // A directory in a BPF file system: what happens while the recorder is not there (killed, or
    // sent SIGUSR1) is in the next recording with the same one. Empty: nothing outlives it.
    std::string pins;
};

struct Recorded {
    std::uint64_t records = 0;
    std::uint64_t lost = 0;
};

[[nodiscard]] Result<Recorded> record_live(const Config &config, const RecordOptions &options,
                                           const Say &say);

} // namespace sentra::pipeline
