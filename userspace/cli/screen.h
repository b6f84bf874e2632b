// SPDX-License-Identifier: MIT
// What is known of the screen, and text that fits on it. In: text that is already inert
// (base/text.h). Out: lines of at most so many columns; a wide character counts twice, a combining
// one not at all, none is ever cut in two, and colour is put around text, never into it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"

namespace sentra::cli {

struct Screen {
    std::size_t columns = 80;
    bool is_terminal = false;
    bool has_colour = false;
};
// Of stdout, now: a terminal may become another size. Colour only on a terminal, not with
// --no-color, not where NO_COLOR is set and not empty.
[[nodiscard]] Screen screen_of(const Arguments &arguments);
// How wide the terminal behind that descriptor is; without one, what COLUMNS says, or 80.
[[nodiscard]] std::size_t columns_of_terminal(int fd);

enum class Tone { plain, faint, good, attention, strong };
[[nodiscard]] std::string toned(const Screen &screen, Tone tone, std::string_view text);
// As a signal's state is shown everywhere.
[[nodiscard]] Tone tone_of_state(std::string_view state);

[[nodiscard]] std::size_t columns_of(std::string_view text);
// At most so many columns; what is missing is an ellipsis.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t columns);
// Filled with blanks to so many columns, or clipped.
[[nodiscard]] std::string padded(std::string_view text, std::size_t columns);
// In lines, between words where that can be; lines after the first begin with `indent` blanks,
// which count.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t columns,
                                               std::size_t indent = 0);

} // namespace sentra::cli
