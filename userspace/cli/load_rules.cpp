// SPDX-License-Identifier: MIT
#include "cli/load_rules.h"

#include "pipeline/config.h"

namespace sentra::cli {

Result<std::vector<std::string>> rules_directories(std::vector<std::string> given)
{
    if (given.empty())
        given = pipeline::default_rules();
    if (given.empty())
        return failure("no rules are installed with this program; name them with --rules DIR");
    return given;
}

Result<std::shared_ptr<const engine::Rules>> load_rules(std::vector<std::string> given)
{
    const auto directories = rules_directories(std::move(given));
    if (!directories)
        return tl::unexpected(directories.error());
    return engine::Rules::load(*directories);
}

} // namespace sentra::cli
