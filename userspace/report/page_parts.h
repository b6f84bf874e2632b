// SPDX-License-Identifier: MIT
// Sections of the weekly page that are pages of their own. Only for this room.
#pragma once

#include <vector>

#include "report/weekly.h"

namespace sentra::report {

void put_watching(std::vector<Block> &page, const Weekly &report);
void put_trend(std::vector<Block> &page, const Weekly &report);
void put_appendix(std::vector<Block> &page, const Weekly &report);

} // namespace sentra::report
