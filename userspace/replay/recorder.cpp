// SPDX-License-Identifier: MIT
#include "replay/recorder.h"

namespace sentra::replay {

Result<Recorder> Recorder::create(const std::string &path)
{
    auto writer = event::RecordingWriter::create(path);
    if (!writer)
        return tl::unexpected(std::move(writer.error()));
    return Recorder(std::move(*writer));
}

Result<void> Recorder::take(const event::Record &record)
{
    if (auto written = writer_.write(record); !written)
        return written;
    records_ += 1;
    return record.head().type == SENTRA_META_TICK ? writer_.flush() : Result<void>{};
}

Result<void> Recorder::finish()
{
    return writer_.finish();
}

} // namespace sentra::replay
