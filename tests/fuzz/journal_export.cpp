// SPDX-License-Identifier: MIT
// Any bytes given as `journalctl -o export`: lengths that lie are refused, nothing is read past.
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
    const std::string bytes = "__REALTIME_TIMESTAMP=1773000000000000\n" +
                              std::string(reinterpret_cast<const char *>(input), size);
    Check sink;
    sentra::event::Losses losses;
    (void)sentra::journal::import_bytes(bytes, {}, sink, losses);
    return 0;
}
