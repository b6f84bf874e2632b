// SPDX-License-Identifier: MIT
// What the fuzz targets of rules share: whatever was compiled is run over a written stream.
#pragma once

#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/stream.h"

namespace sentra::fuzz {

// stream: YAML, as in proofs.
inline std::vector<engine::Match> run(const std::shared_ptr<const engine::Rules> &rules,
                                      const std::string &stream)
{
    static const auto parsed = engine::parse_stream("stream", stream);
    if (!parsed)
        __builtin_trap();
    event::Losses losses;
    session::Session session(losses);
    engine::Engine engine(rules, losses);
    std::vector<engine::Match> found;
    for (const event::Record &record : parsed->records) {
        const auto event = event::Event::decode(record);
        engine.step(*event, session.apply(*event), session, found);
    }
    return found;
}

} // namespace sentra::fuzz
