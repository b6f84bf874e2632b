// SPDX-License-Identifier: MIT
// The tables of an audit bundle. Only for this room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/bundle.h"
#include "report/parts.h"

namespace sentra::report {

[[nodiscard]] std::vector<Member> tables_of(const BundleInput &input, const Picture &picture);
// What a member holds, for the reader of its name; empty: one of many of its kind.
[[nodiscard]] std::string says_of(std::string_view member);

} // namespace sentra::report
