// SPDX-License-Identifier: MIT
// A rule from anywhere: the compiler refuses it in words or makes a rule that runs; nothing else.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/engine.h"
#include "fuzz/engine.h"

namespace {

using namespace sentra;

const std::string kStream = R"(
processes: {sh: {process.executable: /bin/sh, user.id: 1001, audit.session.id: 7}}
events:
  - {event: auth.login, event.outcome: success, user.name: maria, source.ip: 203.0.113.7}
  - {event: process.exec, process: sh, process.executable: /usr/bin/tee, process.args: [tee, -a, x]}
  - {event: file.write, process: sh, file.path: /root/.ssh/authorized_keys, file.size: 5}
  - {event: file.write, process: sh, file.path: /a}
)";

void run(const std::shared_ptr<const engine::Rules> &rules)
{
    for (const engine::Match &match : fuzz::run(rules, kStream))
        if (match.text("count").empty())
            __builtin_trap();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size_bytes)
{
    const std::string text(reinterpret_cast<const char *>(bytes), size_bytes);
    const auto rules = sentra::engine::Rules::compile(
        {{"rules/attack.yaml", "attack.yaml", "T1098.004: {name: x, tactics: [TA0003]}"},
         {"rules/controls.yaml", "controls.yaml",
          "soc2: {name: SOC 2, edition: x, controls: {CC6.1: y}}"},
         {"rules/families.yaml", "families.yaml", "B23: {soc2: [CC6.1]}"},
         {"rules/playbooks.yaml", "playbooks.yaml",
          "unknown-ssh-key: {title: x, when: y, steps: [a, b, c]}"},
         {"rules/lists.yaml", "lists.yaml", "$words: [a, b]"},
         {"rules/p/r.yaml", "p/r.yaml", text}});
    if (rules)
        run(*rules);
    else if (rules.error().text.empty())
        __builtin_trap();
    return 0;
}
