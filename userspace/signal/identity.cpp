// SPDX-License-Identifier: MIT
#include "signal/identity.h"

#include "base/hash.h"
#include "engine/rule.h"
#include "signal/signal.h"

namespace sentra::signal {

std::string canonical_text(const engine::Match &match, const session::Host &host)
{
    std::string text;
    const auto add = [&text](std::string_view part) {
        text.append(std::to_string(part.size())).append(":").append(part).append(",");
    };
    add(kSchema);
    add(host.tenant);
    add(host.id.empty() ? host.name : host.id);
    add(match.rule->id);
    add(std::to_string(match.merge_values.size()));
    for (const std::string &value : match.merge_values)
        add(value);
    add(std::to_string(match.window_start_ns));
    return text;
}

std::string stable_uid(const engine::Match &match, const session::Host &host)
{
    return sha256_hex(canonical_text(match, host));
}

} // namespace sentra::signal
