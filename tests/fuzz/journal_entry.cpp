// SPDX-License-Identifier: MIT
// Any text given as `journalctl -o json`: each line is an entry or is refused with a reason.
#include <string>

#include "fuzz/import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *input, std::size_t size)
{
    // With the beginning that tells the format, whatever follows.
    sentra::fuzz::import("{\"__REALTIME_TIMESTAMP\":\"1773000000000000\"}\n" +
                         std::string(reinterpret_cast<const char *>(input), size));
    return 0;
}
