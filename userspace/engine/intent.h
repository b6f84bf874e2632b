// SPDX-License-Identifier: MIT
// What a behaviour is for: the seventeen intents, each with its sentence and its precedence. The
// one place of both: rules name these words, stories choose among them.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace sentra::engine {

struct Intent {
    std::string_view name;
    // 1 goes before all others where one story has several intents. What harms now goes first, then
    // what reaches out of this server, what stays on it, what hides it, how it came in; last what
    // an ordinary day is made of.
    int precedence;
    std::string_view says; // what it is done for: "to sign in"
};

// In the order in which they are listed everywhere.
inline constexpr std::array<Intent, 17> kIntents = {{
    {"Routine maintenance", 17, "to keep the server as it is meant to be"},
    {"Identity management", 13, "to decide who exists here and what they may do"},
    {"Configuration change", 14, "to change how the server or one of its services works"},
    {"Access", 15, "to sign in"},
    {"Credential access", 11, "to get hold of passwords, keys or tokens"},
    {"Initial access (web shell)", 10, "to get in through a service the network can reach"},
    {"Execution", 12, "to run something that did not come the usual way"},
    {"Persistence", 6, "to be able to come back, or to start again by itself"},
    {"Privilege escalation", 7, "to get more rights than the account was given"},
    {"Stealth", 9, "to go unnoticed, or to take traces away"},
    {"Defense impairment", 8, "to switch off or weaken what protects and records"},
    {"Discovery", 16, "to find out what there is, here or nearby"},
    {"Lateral movement", 5, "to go on from here to other servers"},
    {"Collection and exfiltration", 3, "to gather data and take it away"},
    {"Command and control", 4, "to steer this server from outside"},
    {"Resource hijacking", 2, "to make this server work for somebody else"},
    {"Impact", 1, "to delete, encrypt or stop what the server is there for"},
}};

[[nodiscard]] constexpr const Intent *find_intent(std::string_view name)
{
    for (const Intent &intent : kIntents)
        if (intent.name == name)
            return &intent;
    return nullptr;
}

// A word that is no intent goes after all of them.
[[nodiscard]] constexpr int precedence_of(std::string_view name)
{
    const Intent *intent = find_intent(name);
    return intent == nullptr ? static_cast<int>(kIntents.size()) + 1 : intent->precedence;
}

[[nodiscard]] inline std::vector<std::string_view> intent_names()
{
    std::vector<std::string_view> names;
    names.reserve(kIntents.size());
    for (const Intent &intent : kIntents)
        names.push_back(intent.name);
    return names;
}

// Every place from 1 on is taken once.
[[nodiscard]] constexpr bool has_each_precedence_once()
{
    std::array<bool, kIntents.size()> taken{};
    for (const Intent &intent : kIntents) {
        if (intent.precedence < 1 || intent.precedence > static_cast<int>(kIntents.size()))
            return false;
        bool &place = taken[static_cast<std::size_t>(intent.precedence - 1)];
        if (place)
            return false;
        place = true;
    }
    return true;
}
static_assert(has_each_precedence_once());

} // namespace sentra::engine
