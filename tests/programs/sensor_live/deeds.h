// SPDX-License-Identifier: MIT
// What is done on every kernel and rung, in this order and in one folder: see deeds_test.cpp.
#pragma once

#include <functional>
#include <vector>

namespace sentra::live {

// Where scripts/vm lays a module for the taking.
inline constexpr const char *kModule = "/modules/dummy.ko";

// One child's work, and the status it ends with.
struct Deed {
    const char *name;
    std::function<int()> act;
    int status = 0;
};

[[nodiscard]] std::vector<Deed> process_deeds();
[[nodiscard]] std::vector<Deed> file_deeds();
[[nodiscard]] std::vector<Deed> net_deeds();

} // namespace sentra::live
