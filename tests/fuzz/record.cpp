// SPDX-License-Identifier: MIT
// Any bytes at the waist: decode refuses them or every field of them can be read and written.
#include <cstdint>
#include <cstring>
#include <vector>

#include "event/event.h"
#include "event/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *input, std::size_t size)
{
    // A copy on the heap is aligned as a record is and ends where it ends.
    std::vector<std::byte> bytes(size);
    if (size != 0)
        std::memcpy(bytes.data(), input, size);
    if (size >= sizeof(sentra_head)) {
        // Without help a fuzzer hardly ever guesses the size.
        const auto whole = static_cast<std::uint32_t>(size);
        std::memcpy(bytes.data() + offsetof(sentra_head, size), &whole, sizeof whole);
    }
    if (const auto event = sentra::event::Event::decode(bytes))
        (void)sentra::event::to_json_line(*event);
    return 0;
}
