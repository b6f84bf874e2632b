// SPDX-License-Identifier: MIT
// Small words that sentences are made of. Everything returned is escaped for showing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "event/event.h"
#include "session/actor.h"
#include "session/session.h"

namespace sentra::signal {

// Arguments in a sentence: enough to recognise a command, not enough to bury the sentence.
inline constexpr std::size_t kArgumentBytes = 200;
// Paths may be longer before they stop being readable.
inline constexpr std::size_t kPathBytes = 512;

// "maria"; "root" for uid 0, "uid 1001" where the host has no name; empty when nothing is known.
[[nodiscard]] std::string in_words(const session::Person &person);
// "with a password", "with an SSH key"; empty when the log did not say.
[[nodiscard]] std::string method_in_words(std::string_view method);
// "from 203.0.113.7", "at the console"; empty when neither is known.
[[nodiscard]] std::string origin_in_words(const session::Login &login, std::string_view tty);
// "sudo" for every spelling of sudo; other brokers by their own name.
[[nodiscard]] std::string broker_in_words(std::string_view broker);
// The program, then its arguments without the name it was called by.
[[nodiscard]] std::string command_in_words(std::string_view executable, std::string_view args);

// "at 14:05 UTC" on the day of `from_ns`, else "on 3 March at 14:05 UTC".
[[nodiscard]] std::string later_in_words(std::uint64_t from_ns, std::uint64_t time_ns);

} // namespace sentra::signal
