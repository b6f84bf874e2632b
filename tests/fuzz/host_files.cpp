// SPDX-License-Identifier: MIT
// The host's own files, with any bytes in them: passwd, group and sudoers, parted by lines of
// "---". Whoever is named as an administrator is named once, with a reason.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "report/host_facts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size)
{
    using namespace sentra::report;
    std::string_view text(reinterpret_cast<const char *>(bytes), size);
    const auto part = [&text] {
        constexpr std::string_view kBetween = "\n---\n";
        const auto at = text.find(kBetween);
        const std::string_view one = text.substr(0, at);
        text.remove_prefix(at == text.npos ? text.size() : at + kBetween.size());
        return std::string(one);
    };
    HostFiles files;
    files.passwd = part();
    files.group = part();
    files.sudoers = {{"/etc/sudoers", part()}, {"/etc/sudoers.d/x", part()}};
    const HostFacts facts = host_facts(files, 1);
    std::set<std::string> names;
    for (const Admin &admin : facts.admins)
        if (admin.ways.empty() || !names.insert(admin.name).second)
            std::abort();
    return 0;
}
