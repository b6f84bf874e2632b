// SPDX-License-Identifier: MIT
// Any text given as `journalctl -o json`: each line is an entry or is refused with a reason.
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
    // With the beginning that tells the format, whatever follows.
    const std::string text = "{\"__REALTIME_TIMESTAMP\":\"1773000000000000\"}\n" +
                             std::string(reinterpret_cast<const char *>(input), size);
    Check sink;
    sentra::event::Losses losses;
    (void)sentra::journal::import_bytes(text, {}, sink, losses);
    return 0;
}
