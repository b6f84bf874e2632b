// SPDX-License-Identifier: MIT
// What came back through the socket, as anybody may have written it who sits there in the daemon's
// place: lines or a reason, never more lines than came, and nothing in a reason that a terminal
// obeys.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "pipeline/control.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(bytes), size);
    const auto lines = sentra::pipeline::parse_answer(text);
    if (!lines) {
        for (const char c : lines.error().text)
            if ((static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f)
                std::abort();
        return 0;
    }
    std::size_t taken = 0;
    for (const std::string &line : *lines)
        taken += line.size() + 1;
    if (taken > size)
        std::abort();
    return 0;
}
