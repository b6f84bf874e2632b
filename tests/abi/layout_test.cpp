// SPDX-License-Identifier: MIT
// A changed layout is a changed recording format: it must be meant. SENTRA_UPDATE_GOLDEN=1 in the
// environment writes the new layout, and FORMAT.md says when the version must be raised.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "event/catalogue.h"

TEST(Abi, LayoutIsTheRecordedOne)
{
    std::ostringstream now;
    for (const auto &type : sentra::event::Catalogue::get().types()) {
        now << type.id << ' ' << type.name << ' ' << type.body_bytes << '\n';
        for (const auto &slot : type.slots)
            now << "  " << slot.offset << ' ' << slot.width << ' ' << static_cast<int>(slot.kind)
                << ' ' << slot.name << (slot.mask != 0 ? " bit " + std::to_string(slot.mask) : "")
                << '\n';
    }
    const std::string path = std::string(SENTRA_TESTS_DIR) + "/abi/layout.txt";
    if (std::getenv("SENTRA_UPDATE_GOLDEN") != nullptr)
        std::ofstream(path) << now.str();
    std::ifstream file(path);
    std::ostringstream golden;
    golden << file.rdbuf();
    EXPECT_EQ(now.str(), golden.str());
}
