// SPDX-License-Identifier: MIT
// The charts, drawn as SVG within the page: bars that begin at zero, cells for hours. Each has a
// title and says in words what it shows; the numbers stand in a table beside it.
#pragma once

#include <string>

#include "report/document.h"

namespace sentra::report {

[[nodiscard]] std::string svg(const Columns &chart);
[[nodiscard]] std::string svg(const Bars &chart);
[[nodiscard]] std::string svg(const Strip &chart);

// The same as numbers.
[[nodiscard]] Table numbers_of(const Bars &chart);
[[nodiscard]] Table numbers_of(const Strip &chart);

} // namespace sentra::report
