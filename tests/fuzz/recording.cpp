// SPDX-License-Identifier: MIT
// Any file given as a recording: read to its end, to a cut or to an error that says where.
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

#include "event/recording.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *input, std::size_t size)
{
    const sentra::Fd file(::memfd_create("recording", MFD_CLOEXEC));
    const std::string_view bytes(reinterpret_cast<const char *>(input), size);
    if (!file.is_open() || !sentra::write_all(file, bytes))
        return 0;
    auto reader =
        sentra::event::RecordingReader::open("/proc/self/fd/" + std::to_string(file.get()));
    while (reader) {
        const auto record = reader->next();
        if (!record || !*record)
            break;
    }
    return 0;
}
