// SPDX-License-Identifier: MIT
#include "output/attack.h"

#include "output/techniques.h"

namespace sentra::output {

namespace {

struct TacticName {
    std::string_view id, name;
};

constexpr TacticName kTacticNames[] = {
    {"TA0001", "Initial Access"},
    {"TA0002", "Execution"},
    {"TA0003", "Persistence"},
    {"TA0004", "Privilege Escalation"},
    {"TA0005", "Stealth"},
    {"TA0006", "Credential Access"},
    {"TA0007", "Discovery"},
    {"TA0008", "Lateral Movement"},
    {"TA0009", "Collection"},
    {"TA0010", "Exfiltration"},
    {"TA0011", "Command and Control"},
    {"TA0040", "Impact"},
    {"TA0042", "Resource Development"},
    {"TA0043", "Reconnaissance"},
    {"TA0112", "Defense Impairment"},
};

template <typename Table> std::string named(const Table &table, std::string_view id)
{
    for (const auto &row : table)
        if (id == row.id)
            return std::string(row.name);
    return std::string(id);
}

} // namespace

std::string tactic_name(std::string_view id)
{
    return named(kTacticNames, id);
}

std::string technique_name(std::string_view id)
{
    return named(kTechniqueNames, id);
}

std::string parent_of(std::string_view technique)
{
    return std::string(technique.substr(0, technique.find('.')));
}

bool is_sub_technique(std::string_view technique)
{
    return technique.find('.') != std::string_view::npos;
}

std::string tactic_page(std::string_view id)
{
    return "https://attack.mitre.org/tactics/" + std::string(id) + "/";
}

std::string technique_page(std::string_view id)
{
    std::string page = "https://attack.mitre.org/techniques/" + parent_of(id) + "/";
    if (is_sub_technique(id))
        page.append(id.substr(id.find('.') + 1)).append("/");
    return page;
}

} // namespace sentra::output
