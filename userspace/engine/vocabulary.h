// SPDX-License-Identifier: MIT
// The words that rules may use and do not define: intents, ATT&CK techniques, behaviour families
// with their controls, lists behind $macros. Read from the rules directories' lists.yaml,
// attack.yaml and families.yaml; a later directory adds to lists, and may not change what an
// earlier one said.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/read.h"
#include "engine/rule.h"

namespace sentra::engine {

// In the order of the mission's own list.
inline constexpr std::array<std::string_view, 17> kIntents = {"Routine maintenance",
                                                              "Identity management",
                                                              "Configuration change",
                                                              "Access",
                                                              "Credential access",
                                                              "Initial access (web shell)",
                                                              "Execution",
                                                              "Persistence",
                                                              "Privilege escalation",
                                                              "Stealth",
                                                              "Defense impairment",
                                                              "Discovery",
                                                              "Lateral movement",
                                                              "Collection and exfiltration",
                                                              "Command and control",
                                                              "Resource hijacking",
                                                              "Impact"};

using Controls = std::map<std::string, std::vector<std::string>>; // "soc2" -> {"CC6.1"}

struct Vocabulary {
    // Without the "$". Whole after settle_lists(): what stands behind a "$name" in a list is then
    // part of it.
    std::map<std::string, std::vector<std::string>, std::less<>> lists;
    std::map<std::string, Technique, std::less<>> attack;
    std::map<std::string, Controls, std::less<>> families;

    void read_lists(const Node &root, Complaints &complaints);
    void read_attack(const Node &root, Complaints &complaints);
    void read_families(const Node &root, Complaints &complaints);
    // Once, when all files are read: a site's list may name a shipped one, and the reverse.
    void settle_lists(Complaints &complaints);

private:
    struct Inclusion {
        std::string list; // without the "$"
        Mark mark;
    };
    Node without_inclusions(const Entry &entry);
    void settle(const std::string &name, std::vector<std::string> &way, Complaints &complaints);

    std::map<std::string, std::vector<Inclusion>, std::less<>> inclusions_; // not yet settled
};

// A "framework: [ids]" map; refuses frameworks and ids that do not have their framework's form.
[[nodiscard]] Controls read_controls(const Node &node, Complaints &complaints);

template <typename Map> [[nodiscard]] std::vector<std::string_view> keys_of(const Map &map)
{
    std::vector<std::string_view> keys;
    keys.reserve(map.size());
    for (const auto &[key, value] : map)
        keys.emplace_back(key);
    return keys;
}

// The texts of a list of scalars, or of one scalar; complains about anything else. what: "attack".
[[nodiscard]] std::vector<std::string> read_texts(const Node &node, std::string_view what,
                                                  Complaints &complaints);

} // namespace sentra::engine
