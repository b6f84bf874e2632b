// SPDX-License-Identifier: MIT
// Any plain log: every line is an event, nothing, or a bad line that is named.
#include <string>

#include "fuzz/import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *input, std::size_t size)
{
    // A stamp in front: without it a fuzzer seldom gets as far as the message.
    const std::string text =
        "Dec 10 06:55:46 h " + std::string(reinterpret_cast<const char *>(input), size);
    sentra::fuzz::import(text);
    sentra::fuzz::import(std::string_view(text).substr(18));
    return 0;
}
