// SPDX-License-Identifier: MIT
// What became of one line.
#pragma once

#include <cstdint>

namespace sentra::journal {

enum class Kind : std::uint8_t {
    emitted,  // it is a record now
    known,    // understood, and nothing a record should be made of
    unknown,  // a program we read, a wording we do not know: SENTRA_LOSS_JOURNAL_UNKNOWN
    forged,   // known wording, and its sender is not that program: SENTRA_LOSS_JOURNAL_FORGED
    not_ours, // some other program, or not worth reading
};

struct Verdict {
    Kind kind = Kind::not_ours;
    const char *wording = ""; // the template's name, as in "sshd.failed"
};

} // namespace sentra::journal
