// SPDX-License-Identifier: MIT
#include "sensor/arguments.h"

#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "base/time.h"

namespace sentra::sensor {

std::uint64_t start_ticks(std::string_view stat_line)
{
    // The command name, in parentheses, may hold blanks and parentheses: fields are counted from
    // its end.
    constexpr std::size_t after_name =
        20; // starttime is field 22, the state after the name is field 3
    const auto name_end = stat_line.rfind(')');
    if (name_end == std::string_view::npos)
        return 0;
    const auto fields = split(trim(stat_line.substr(name_end + 1)), ' ');
    return fields.size() < after_name
               ? 0
               : parse_number<std::uint64_t>(fields[after_name - 1]).value_or(0);
}

std::string read_arguments(const sentra_actor &actor)
{
    const std::string folder = "/proc/" + std::to_string(actor.pid);
    auto arguments = read_file(folder + "/cmdline");
    const auto stat_line = read_file(folder + "/stat");
    if (!arguments || !stat_line)
        return {};
    const long ticks = sysconf(_SC_CLK_TCK);
    const std::uint64_t expected = actor.start_ns / (kSecondNs / static_cast<std::uint64_t>(ticks));
    return start_ticks(*stat_line) == expected ? *arguments : std::string();
}

} // namespace sentra::sensor
