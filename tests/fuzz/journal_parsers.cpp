// SPDX-License-Identifier: MIT
// Any message under any of our identifiers, from the entitled program, from a stranger and in a
// plain log: records are whole, and a stranger never makes one.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "event/event.h"
#include "journal/translate.h"
#include "journal/trust.h"

namespace {

using sentra::journal::Entry;
using sentra::journal::Program;

void translate(sentra::journal::Translator &translator, const Entry &entry, bool may_speak)
{
    std::vector<sentra::event::Record> records;
    translator.translate(entry, entry.plain_log ? SENTRA_SOURCE_LOG : SENTRA_SOURCE_JOURNAL,
                         records);
    for (const auto &record : records)
        if (!may_speak || !sentra::event::Event::decode(record))
            std::abort();
}

} // namespace

// The first byte chooses the program, the rest is the message.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *input, std::size_t size)
{
    if (size == 0)
        return 0;
    const auto programs = sentra::journal::programs();
    const Program &program = programs[input[0] % programs.size()];
    const std::string_view message(reinterpret_cast<const char *>(input) + 1, size - 1);
    sentra::event::Losses losses;
    sentra::journal::Translator translator(losses);

    Entry entry;
    entry.set("MESSAGE", message);
    entry.identifier = program.identifiers.front();
    entry.transport = program.name == "journald" ? "driver" : "syslog";
    entry.realtime_ns = 1'773'000'000'000'000'000;
    entry.pid = program.name == "systemd" ? 1 : 7;
    entry.uid = program.root_only ? 0 : 1000;
    entry.comm = program.names.front();
    if (!program.paths.empty())
        entry.exe = program.paths.front();
    // Twice: the second line may be the twin of the first.
    translate(translator, entry, true);
    translate(translator, entry, true);

    Entry plain = entry;
    plain.plain_log = true;
    translate(translator, plain, true);

    entry.exe = "/usr/bin/logger";
    entry.comm = "logger";
    entry.uid = 1000;
    // What is held back of the real one must not come out under the stranger's name.
    std::vector<sentra::event::Record> held;
    translator.flush(~std::uint64_t{0}, held);
    translate(translator, entry, false);
    return 0;
}
