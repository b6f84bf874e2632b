// SPDX-License-Identifier: MIT
// Pieces of a package database from anywhere, separated by form feeds: the diversions, then lists.
// Every absolute path of a list that nothing diverts has an owner, and no path crashes.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/text.h"
#include "sensor/package_index.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size_bytes)
{
    using namespace sentra;
    const std::string_view input(reinterpret_cast<const char *>(bytes), size_bytes);
    const auto pieces = split(input, '\f');
    const std::string_view diversions = pieces.empty() ? std::string_view{} : pieces.front();
    sensor::PackageIndex index({.paths = 4096, .packages = 64, .file_bytes = 1 << 20});
    index.alias("/bin", "/usr/bin");
    index.alias("/usr/bin", "/bin"); // no host can have both: it must end nevertheless
    index.alias("/lib64", "/usr/lib64");
    index.divert(diversions);
    for (std::size_t i = 1; i < pieces.size(); ++i)
        index.add(i % 2 != 0 ? "one" : "other", pieces[i]);
    index.seal();
    for (std::size_t i = 1; i < pieces.size() && index.is_complete(); ++i)
        for (const std::string_view line : split(pieces[i], '\n')) {
            const bool is_plain = line.starts_with('/') && line != "/." &&
                                  !line.starts_with("/bin/") && !line.starts_with("/usr/bin/") &&
                                  !line.starts_with("/lib64/") && diversions.empty();
            if (is_plain && index.owner(line).empty())
                __builtin_trap();
        }
    if (!sensor::package_of_list(diversions).empty() && !diversions.ends_with(".list"))
        __builtin_trap();
    return 0;
}
