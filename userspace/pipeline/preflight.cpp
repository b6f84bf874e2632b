// SPDX-License-Identifier: MIT
#include "pipeline/preflight.h"

#include "pipeline/metrics_port.h"

namespace sentra::pipeline {

Result<std::shared_ptr<const engine::Rules>> load_rules(const Config &config)
{
    const auto directories = config.rules.empty() ? default_rules() : config.rules;
    if (directories.empty())
        return failure("no rules are installed with this program; name them with --rules DIR");
    return engine::Rules::load(directories);
}

Result<std::string> check(const Config &config)
{
    const auto rules = load_rules(config);
    if (!rules)
        return tl::unexpected(rules.error());
    if (!config.metrics_listen.empty())
        if (auto address = MetricsPort::parse(config.metrics_listen); !address)
            return tl::unexpected(std::move(address.error()).within("metrics.listen"));
    return "the configuration can be used: " + std::to_string((*rules)->all().size()) +
           " rules, bundle " + (*rules)->bundle().substr(0, 12) + ", " +
           std::to_string(config.sinks.size()) + (config.sinks.size() == 1 ? " sink" : " sinks");
}

} // namespace sentra::pipeline
