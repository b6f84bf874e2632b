// SPDX-License-Identifier: MIT
// Bodies of reviews and overrides, as an import or a changed ledger may hold them: refused, or what
// is written of them is read again as the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "signal/decision.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size)
{
    using namespace sentra::signal;
    const std::string_view text(reinterpret_cast<const char *>(bytes), size);
    if (const auto review = review_from_json(text)) {
        const auto again = review_from_json(to_json(*review));
        if (!again || to_json(*again) != to_json(*review))
            std::abort();
    }
    if (const auto standing = override_from_json(text)) {
        const auto again = override_from_json(to_json(*standing));
        if (!again || to_json(*again) != to_json(*standing))
            std::abort();
        const auto is_sound = check(*standing);
        if (is_sound && (standing->reason.empty() || standing->expires_ns < standing->starts_ns))
            std::abort();
    }
    return 0;
}
