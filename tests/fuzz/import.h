// SPDX-License-Identifier: MIT
// What the fuzz targets of saved journals and logs share: bytes go through the importer, and every
// record it makes must decode, in time order of its watermarks.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "event/event.h"
#include "journal/import.h"

namespace sentra::fuzz {

class Check : public event::Sink {
public:
    bool put(event::Record record) override
    {
        if (!event::Event::decode(record))
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

inline void import(std::string_view bytes)
{
    Check sink;
    event::Losses losses;
    (void)journal::import_bytes(bytes, {}, sink, losses);
}

} // namespace sentra::fuzz
