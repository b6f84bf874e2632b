// SPDX-License-Identifier: MIT
// A written stream from anywhere: refused in words, or records that decode.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/stream.h"
#include "event/event.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size_bytes)
{
    using namespace sentra;
    constexpr std::size_t longest = 64 * 1024; // "repeat" makes small texts large enough
    if (size_bytes > longest)
        return 0;
    const auto stream = engine::parse_stream(
        "stream", std::string(reinterpret_cast<const char *>(bytes), size_bytes));
    if (!stream) {
        if (stream.error().text.empty())
            __builtin_trap();
        return 0;
    }
    for (const event::Record &record : stream->records)
        if (!event::Event::decode(record))
            __builtin_trap();
    return 0;
}
