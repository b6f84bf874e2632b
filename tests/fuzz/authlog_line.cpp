// SPDX-License-Identifier: MIT
// Any plain log: every line is an event, nothing, or a bad line that is named.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "event/event.h"
#include "journal/import.h"

namespace {

class Check : public sentra::event::Sink {
public:
    bool put(sentra::event::Record record) override
    {
        if (!sentra::event::Event::decode(record))
            std::abort();
        return true;
    }
    void watermark(std::uint64_t time_ns) override
    {
        if (time_ns <= last_ns_)
            std::abort();
        last_ns_ = time_ns;
    }

private:
    std::uint64_t last_ns_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *input, std::size_t size)
{
    // A stamp in front: without it a fuzzer seldom gets as far as the message.
    const std::string text =
        "Dec 10 06:55:46 h " + std::string(reinterpret_cast<const char *>(input), size);
    for (const std::string_view bytes :
         {std::string_view(text), std::string_view(text).substr(18)}) {
        Check sink;
        sentra::event::Losses losses;
        (void)sentra::journal::import_bytes(bytes, {}, sink, losses);
    }
    return 0;
}
