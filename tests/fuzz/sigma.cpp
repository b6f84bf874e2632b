// SPDX-License-Identifier: MIT
// A Sigma file from anywhere: it never refuses the set, every document of it is a rule that runs or
// is told with a reason; nothing else.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/engine.h"
#include "engine/sigma.h"
#include "fuzz/engine.h"

namespace {

using namespace sentra;

const std::string kStream = R"(
processes: {sh: {process.executable: /bin/sh, user.id: 1001, audit.session.id: 7}}
events:
  - {event: auth.login, event.outcome: failure, log.syslog.appname: sshd, message: Failed password, user.name: maria, source.ip: 203.0.113.7, repeat: {times: 4, every: 2s}}
  - {event: process.exec, process: sh, process.executable: /usr/bin/tee, process.args: [tee, -a, x]}
  - {event: file.write, process: sh, file.path: /root/.ssh/authorized_keys, file.created: true}
  - {event: net.connect, process: sh, destination.ip: 203.0.113.7, destination.port: 4444}
  - {event: unit.change, event.action: stopped, unit.name: ufw.service}
)";

void run(const std::shared_ptr<const engine::Rules> &rules)
{
    for (const engine::Match &match : fuzz::run(rules, kStream))
        if (match.rule->pack != "sigma" || match.terms.empty())
            __builtin_trap();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size_bytes)
{
    const std::string text(reinterpret_cast<const char *>(bytes), size_bytes);
    const auto rules = sentra::engine::Rules::compile(
        {{"rules/attack.yaml", "attack.yaml", "T1098.004: {name: x, tactics: [TA0003]}"},
         {"rules/sigma/r.yml", "sigma/r.yml", text}});
    if (!rules)
        __builtin_trap();
    for (const auto &report : (*rules)->sigma())
        if (report.state != sentra::engine::SigmaReport::State::whole && report.reasons.empty())
            __builtin_trap();
    run(*rules);
    return 0;
}
