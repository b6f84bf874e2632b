// SPDX-License-Identifier: MIT
// Any bytes as an audit bundle: what is not one is said not to be one, and nothing of it is shown
// that could move a cursor.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "report/bundle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char *>(data), size);
    const sentra::report::Checked checked = sentra::report::check_bundle(bytes);
    for (const auto &fault : checked.faults)
        for (const std::string &text : {fault.file, fault.what})
            for (const char c : text)
                if (static_cast<unsigned char>(c) < 0x20)
                    std::abort();
    return 0;
}
