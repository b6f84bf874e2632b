// SPDX-License-Identifier: MIT
// Any bytes given as `journalctl -o export`: lengths that lie are refused, nothing is read past.
#include <string>

#include "fuzz/import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *input, std::size_t size)
{
    sentra::fuzz::import("__REALTIME_TIMESTAMP=1773000000000000\n" +
                         std::string(reinterpret_cast<const char *>(input), size));
    return 0;
}
