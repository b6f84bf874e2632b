// SPDX-License-Identifier: MIT
// What Rules keeps: for rules.cpp, which makes it, and engine.cpp, which runs it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/catalogues.h"
#include "engine/compiled.h"
#include "engine/engine.h"
#include "engine/sigma.h"

namespace sentra::engine {

struct Rules::Compiled {
    RuleSetPtr set;
    std::vector<std::shared_ptr<const Rule>> all; // in order of id
    std::vector<std::shared_ptr<const Rule>> known;
    std::vector<Rules::ListChange> list_changes;
    Catalogues catalogues;
    std::vector<std::string> unnamed;
    std::string bundle;
    std::vector<SigmaReport> sigma;
};

} // namespace sentra::engine
