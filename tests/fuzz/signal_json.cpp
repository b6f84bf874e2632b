// SPDX-License-Identifier: MIT
// A stored line may be damaged, and must then be refused; what is accepted is written the same way
// from then on.
#include <cstdint>
#include <cstdlib>

#include "signal/signal.h"
#include "signal/summary.h"

namespace {

void read_session(std::string_view line)
{
    const auto summary = sentra::signal::summary_from_json(line);
    if (!summary)
        return;
    const std::string once = sentra::signal::to_json(*summary);
    const auto again = sentra::signal::summary_from_json(once);
    if (!again || sentra::signal::to_json(*again) != once)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size_bytes)
{
    const std::string_view line(reinterpret_cast<const char *>(bytes), size_bytes);
    read_session(line);
    const auto signal = sentra::signal::from_json(line);
    if (!signal)
        return 0;
    const std::string once = sentra::signal::to_json(*signal);
    const auto again = sentra::signal::from_json(once);
    if (!again || sentra::signal::to_json(*again) != once)
        std::abort();
    if (sentra::signal::explain(*again).empty())
        std::abort();
    return 0;
}
