// SPDX-License-Identifier: MIT
// Bytes as a configuration, alone and over another: whatever is taken can be shown, and no
// complaint quotes the value of a key.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "pipeline/config.h"
#include "pipeline/config_show.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char *>(data), size);
    const auto loaded = sentra::pipeline::parse_files(
        {{"a.yaml", "sinks: {out: {type: stdout}}\nrules: /a\n"}, {"b.yaml", text}});
    if (!loaded) {
        if (loaded.error().text.empty())
            std::abort();
        return 0;
    }
    for (const auto &row : sentra::pipeline::show_config(*loaded, true)) {
        if (row.origin.empty() || sentra::pipeline::to_json(row).empty())
            std::abort();
        for (const char c : row.value + row.origin)
            if (c == '\x1b' || c == '\n')
                std::abort();
    }
    return 0;
}
