// SPDX-License-Identifier: MIT
// A tree of nodes back to YAML: the one form in which two rules that say the same are the same
// text, whatever their authors' layout, comments and order of files.
#pragma once

#include <string>

#include "engine/read.h"

namespace sentra::engine {

// A map's keys in the order they stand in. without: a key of the outermost map that is left out.
[[nodiscard]] std::string render(const Node &root, std::string_view without = {});

} // namespace sentra::engine
