// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <map>

#include "report/parts.h"

namespace sentra::report {

namespace {

constexpr std::array<std::string_view, 1> kNoise = {"ssh-guessing"};

// The tests hold these against the rules.
constexpr std::array<std::string_view, 13> kAccessRules = {"account-files-edited",
                                                           "account-opened",
                                                           "account-prepared",
                                                           "accounts-closed",
                                                           "new-user",
                                                           "new-user-used",
                                                           "panel-manages-accounts",
                                                           "password-of-another",
                                                           "privileged-group",
                                                           "sign-in-rules-changed",
                                                           "ssh-key-added",
                                                           "sudoers-changed",
                                                           "uid0-user"};

struct Consequence {
    std::string_view intent, says;
};
constexpr std::array<Consequence, 17> kConsequences = {{
    {"Routine maintenance", "A change that nobody ordered would stay in place."},
    {"Identity management", "An account or right that nobody ordered would stay in use."},
    {"Configuration change", "A setting that nobody ordered would stay in force."},
    {"Access", "If it was not the account's owner, the account would stay open to somebody else."},
    {"Credential access", "If it was not meant, passwords or keys may be used elsewhere later."},
    {"Initial access (web shell)",
     "If it was not meant, the website could be used to run commands on this server."},
    {"Execution", "If it was not meant, what was started may go on and change more."},
    {"Persistence", "If it was not meant, whoever set it up has a way back in."},
    {"Privilege escalation", "If it was not meant, somebody may keep rights that are not theirs."},
    {"Stealth", "If it was not meant, later steps would be harder to see."},
    {"Defense impairment", "If it was not meant, later events may leave no record."},
    {"Discovery", "If it was not meant, somebody is learning what can be reached from here."},
    {"Lateral movement", "If it was not meant, other servers may be reached from this one."},
    {"Collection and exfiltration", "If it was not meant, data may be with somebody else."},
    {"Command and control", "If it was not meant, this server may be steered from outside."},
    {"Resource hijacking", "If it was not meant, others use this server at your cost."},
    {"Impact", "If it was not meant, data or services may be lost for good."},
}};

const std::map<std::string, std::string, std::less<>> &frameworks()
{
    static const std::map<std::string, std::string, std::less<>> kNames = {
        {"soc2", "SOC 2"},
        {"iso27001", "ISO 27001"},
        {"pci", "PCI DSS"},
        {"nis2", "NIS2"},
        {"hipaa", "HIPAA"}};
    return kNames;
}

} // namespace

bool is_noise(std::string_view rule_id)
{
    return std::find(kNoise.begin(), kNoise.end(), rule_id) != kNoise.end();
}

bool changes_access(std::string_view rule_id)
{
    return std::find(kAccessRules.begin(), kAccessRules.end(), rule_id) != kAccessRules.end();
}

std::string consequence(std::string_view intent)
{
    const auto *at = std::find_if(kConsequences.begin(), kConsequences.end(),
                                  [&](const Consequence &row) { return row.intent == intent; });
    return std::string(at == kConsequences.end() ? "What happened would stay unexplained."
                                                 : at->says);
}

std::string verdict_in_words(State state, std::size_t open)
{
    switch (state) {
    case State::action:
        return "Action recommended (" + std::to_string(open) + ")";
    case State::reviewed:
        return "No action needed (reviewed)";
    case State::calm:
        break;
    }
    return "No action needed";
}

std::string decision_in_words(const signal::Signal &signal)
{
    if (!signal.decision)
        return {};
    const signal::Decision &decision = *signal.decision;
    if (!decision.standing.empty())
        return "covered by " + decision.standing + " of " + decision.by + ": " + decision.note;
    const signal::Verdict *verdict = signal::find_verdict(decision.verdict);
    return "reviewed by " + decision.by + ": " +
           std::string(verdict == nullptr ? decision.verdict : verdict->words) +
           (decision.note.empty() ? "" : ", \"" + decision.note + "\"");
}

std::vector<std::string> controls_in_words(const signal::Signal &signal)
{
    std::vector<std::string> labels;
    for (const auto &[framework, ids] : signal.controls) {
        const auto name = frameworks().find(framework);
        std::string label = name == frameworks().end() ? framework : name->second;
        for (const std::string &id : ids)
            label += (&id == &ids.front() ? " " : ", ") + id;
        labels.push_back(std::move(label));
    }
    return labels;
}

} // namespace sentra::report
