// SPDX-License-Identifier: MIT
// What a site changes about rules it did not write: files of their own, applied to the tree of the
// rule before it is compiled, so that everything a rule is checked for holds for the changed one.
//
//   change: ssh-key-added                      # a rule's id; a list of such maps is fine too
//   reason: Ansible hands out keys (OPS-123)   # always
//   disable: true
//   risk: {base: 0.30, terms: [{name: new_source, add: 0.10}]}
//   except: [{when: {actor.unit: ansible.service}, why: "the nightly run"}]
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/read.h"
#include "engine/rule.h"

namespace sentra::engine {

struct SiteChange {
    std::string rule;
    Mark mark; // of the rule's id
    const Node *node = nullptr;
    Change told; // for people
};

// Whether the file is one of changes, not a rule.
[[nodiscard]] bool is_site_change(const Node &root);
// The root must outlive what is made of it.
[[nodiscard]] std::vector<SiteChange> read_site_changes(const Node &root, Complaints &complaints);
// Changes the rule's tree and says in change.told what it did.
void apply(SiteChange &change, Node &rule, Complaints &complaints);

// The name of a risk term as the compiler gives it where the author gave none.
[[nodiscard]] std::string name_of_term(const Node &term, std::size_t number);

} // namespace sentra::engine
