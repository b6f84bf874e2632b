// SPDX-License-Identifier: MIT
// What another program of this host says on its standard output: started by its path, without a
// shell, with an environment of nothing, for a while at most.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace sentra::cli {

// words: the program's whole path and its arguments. At most so many bytes are read. What it says
// on stderr is lost.
[[nodiscard]] Result<std::string> output_of(const std::vector<std::string> &words,
                                            std::size_t bytes_most, int patience_ms);

} // namespace sentra::cli
