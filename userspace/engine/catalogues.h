// SPDX-License-Identifier: MIT
// What rules name and others tell: ATT&CK's techniques, frameworks of controls, playbooks. In: the
// files attack.yaml, controls.yaml and playbooks.yaml of the rules directories, read before any
// rule; a later directory adds, and may not change what an earlier one said. Out: looked up by id.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/read.h"
#include "engine/rule.h"

namespace sentra::engine {

// A framework and those of its controls for which signals support evidence.
struct Framework {
    std::string id;                                           // "iso27001"
    std::string name;                                         // "ISO/IEC 27001"
    std::string edition;                                      // "2022, Annex A"
    std::map<std::string, std::string, std::less<>> controls; // "8.15" -> what it is about
};

// What a person does about a signal, in order.
struct Playbook {
    std::string id; // "unknown-ssh-key"
    std::string title;
    std::string when; // one sentence
    std::vector<std::string> steps;
};

struct Catalogues {
    std::map<std::string, Technique, std::less<>> attack;     // by id of v19
    std::map<std::string, std::string, std::less<>> renamed;  // "T1562.001" -> "T1685"
    std::map<std::string, Framework, std::less<>> frameworks; // by id
    std::map<std::string, Playbook, std::less<>> playbooks;   // by id

    // By its id of v19, or by one that it had before; else nullptr.
    [[nodiscard]] const Technique *technique(std::string_view id) const;
    // The id of v19 for one of before; any other as it is.
    [[nodiscard]] std::string_view current(std::string_view id) const;
    // nullptr where there is none.
    [[nodiscard]] const Playbook *playbook(std::string_view id) const;
};

using Controls = std::map<std::string, std::vector<std::string>>; // "soc2" -> {"CC6.1"}

// Entries of a catalogue and where they are written, for those that nothing names in the end.
struct CatalogueEntry {
    enum class Kind { control, playbook, family };
    Kind kind;
    std::string id; // of a control with its framework: "soc2 CC6.1"
    Mark mark;
};

void read_attack(const Node &root, Catalogues &catalogues, Complaints &complaints);
void read_frameworks(const Node &root, Catalogues &catalogues, std::vector<CatalogueEntry> &written,
                     Complaints &complaints);
void read_playbooks(const Node &root, Catalogues &catalogues, std::vector<CatalogueEntry> &written,
                    Complaints &complaints);

// A "framework: [ids]" map; refuses what is in no catalogue.
[[nodiscard]] Controls read_controls(const Node &node, const Catalogues &catalogues,
                                     Complaints &complaints);

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
// Whether the node is a map; complains if it is something else, and of nothing only here: an empty
// file is no fault.
[[nodiscard]] bool expect_map(const Node &node, std::string_view what, Complaints &complaints);

} // namespace sentra::engine
