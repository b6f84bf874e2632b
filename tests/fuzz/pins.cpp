// SPDX-License-Identifier: MIT
// What an earlier sensor left in the BPF file system, as any root may have rewritten it: taken or
// refused, and what is taken is written back as it was read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sensor/pins.h"
#include "sensor/survival.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    using sentra::sensor::Manifest;
    if (const auto read = Manifest::parse(text)) {
        const auto again = Manifest::parse(read->to_text());
        if (!again || again->to_text() != read->to_text())
            std::abort();
    }
    const auto counts = sentra::sensor::parse_losses(text);
    if (const auto written = to_text(counts);
        to_text(sentra::sensor::parse_losses(written)) != written)
        std::abort();
    return 0;
}
