// SPDX-License-Identifier: MIT
// What sentrad says to somebody who starts it at a terminal: what is watched, where signals go, how
// to look at them.
#pragma once

#include <string>
#include <vector>

#include "pipeline/daemon.h"

namespace sentra::cli {

// Three lines. `sentra`: how the other program is called here. `print`: how signals come on stdout.
[[nodiscard]] std::vector<std::string> first_words(const pipeline::Config &config,
                                                   const std::string &sentra,
                                                   const pipeline::Print &print);
// "sentra", or its whole path where it lies beside this program and not in the usual place.
[[nodiscard]] std::string sentra_beside();

} // namespace sentra::cli
