// SPDX-License-Identifier: MIT
// Sentences from the templates of rules. Their syntax and its check are the engine's
// (engine/template.h); here values get the length that suits a sentence, and lines become one.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace sentra::signal {

// The value of a name, not escaped; empty when there is none.
using Lookup = std::function<std::string(std::string_view name)>;

// Blanks at both ends are gone, runs of blanks and line ends are one blank; values are escaped and
// cut. A template that the compiler would have refused is shown as it is.
[[nodiscard]] std::string render(std::string_view text, const Lookup &value);

} // namespace sentra::signal
