// SPDX-License-Identifier: MIT
// Any bytes as a sentence and, cut at line feeds, as a list of arguments: redacting twice is
// redacting once, and a text grows by no more than a mark for every byte that was removed.
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "output/redact.h"

namespace {

namespace output = sentra::output;

void check_text(std::string_view text)
{
    output::Removed removed, again;
    const std::string once = output::redact(text, removed);
    if (output::redact(once, again) != once || !again.empty())
        std::abort();
    if (once.size() > text.size() + output::kRedacted.size() * output::total(removed) ||
        output::total(removed) > text.size())
        std::abort();
    if (removed.empty() != (once == text))
        std::abort();
}

void check_list(std::string_view text)
{
    std::vector<std::string> arguments;
    for (const std::string_view argument : sentra::split(text, '\n'))
        arguments.emplace_back(argument);
    output::Removed removed, again;
    const auto once = output::redact(arguments, removed);
    if (output::redact(once, again) != once || !again.empty() || once.size() > arguments.size())
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size_bytes)
{
    // A text of a signal is cut at 4096 bytes.
    const std::string_view text(reinterpret_cast<const char *>(bytes),
                                size_bytes < 4096 ? size_bytes : 4096);
    check_text(text);
    check_list(text);
    return 0;
}
