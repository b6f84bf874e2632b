// SPDX-License-Identifier: MIT
// The words that rules may use and do not define: the catalogues, behaviour families with their
// controls, lists behind $macros. Read from the rules directories' attack.yaml, controls.yaml,
// playbooks.yaml, families.yaml and lists.yaml; a later directory adds to lists and catalogues, and
// may not change what an earlier one said.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/catalogues.h"
#include "engine/read.h"

namespace sentra::engine {

struct Vocabulary {
    // Without the "$". Whole after settle_lists(): what stands behind a "$name" in a list is then
    // part of it.
    std::map<std::string, std::vector<std::string>, std::less<>> lists;
    Catalogues catalogues;
    std::map<std::string, Controls, std::less<>> families;
    std::vector<CatalogueEntry>
        written; // controls, playbooks and families, to be named by somebody

    void read_lists(const Node &root, Complaints &complaints);
    // Once the catalogues are read.
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

} // namespace sentra::engine
