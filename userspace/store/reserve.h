// SPDX-License-Identifier: MIT
// Room that is kept for signals: a file beside the store that holds nothing, and is given up when
// the disk is full, so that the last thing to stop is what the sensor is for.
#pragma once

#include <cstdint>
#include <string>

namespace sentra::store {

class Reserve {
public:
    // "<store>.reserve", made where there is room for it; a disk that is too full is no error.
    explicit Reserve(const std::string &store_path);

    // Gives the room up. false: there was none.
    [[nodiscard]] bool release();
    // Whether the disk has as much free room besides what is kept, which is kept again if so.
    [[nodiscard]] bool has_room();

private:
    [[nodiscard]] bool keep();

    std::string path_, folder_;
    bool is_kept_ = false;
};

} // namespace sentra::store
