// SPDX-License-Identifier: MIT
// The half of sshd's wordings that is about connections, not about sign-ins.
#pragma once

#include "journal/line.h"

namespace sentra::journal {

// text: the line without its level ("error: ") and without " [preauth]".
[[nodiscard]] Verdict parse_sshd_connection(Line &line, std::string_view text, bool before_login);

} // namespace sentra::journal
