// SPDX-License-Identifier: MIT
// ATT&CK v19 as other schemas want it: tactics by name, sub-techniques below their techniques.
#pragma once

#include <string>
#include <string_view>

namespace sentra::output {

// "Credential Access"; the id itself where there is no such tactic.
[[nodiscard]] std::string tactic_name(std::string_view id);
// Of a technique without its sub-technique, as rules/attack.yaml has it; else the id itself.
[[nodiscard]] std::string technique_name(std::string_view id);
// "T1098" of "T1098.004" and of "T1098".
[[nodiscard]] std::string parent_of(std::string_view technique);
[[nodiscard]] bool is_sub_technique(std::string_view technique);
// Where attack.mitre.org has it.
[[nodiscard]] std::string tactic_page(std::string_view id);
[[nodiscard]] std::string technique_page(std::string_view id);

} // namespace sentra::output
