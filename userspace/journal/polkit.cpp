// SPDX-License-Identifier: MIT
// polkitd's decisions after a question, and pkexec's runs.
#include "journal/line.h"

namespace sentra::journal {

namespace {

struct Decision {
    std::string_view user, target, action, command;
    sentra_outcome outcome = SENTRA_OUTCOME_UNKNOWN;
};

// "... for action A for unix-process:P:T [COMMAND] (owned by unix-user:V)". The command is text of
// the asker's: the owner is read at the right end.
bool read_subject(Decision &decision, Scan scan)
{
    const auto action = scan.until(" for ");
    if (!action)
        return false;
    decision.action = *action;
    std::string_view rest = scan.rest();
    const auto owner = rest.rfind(" (owned by unix-user:");
    if (owner != std::string_view::npos && rest.ends_with(')')) {
        decision.user = rest.substr(owner + 21, rest.size() - owner - 22);
        rest = rest.substr(0, owner);
    }
    const auto open = rest.find(" [");
    if (open != std::string_view::npos && rest.ends_with(']'))
        decision.command = rest.substr(open + 2, rest.size() - open - 3);
    return true;
}

Verdict read_operator(Line &line, Scan scan)
{
    Decision decision;
    if (!scan.until(" ")) // the session
        return unknown();
    if (scan.take("successfully authenticated as unix-user:")) {
        const auto target = scan.until(" to gain ");
        if (!target || !scan.until(" authorization for action "))
            return unknown();
        decision.target = *target;
        decision.outcome = SENTRA_OUTCOME_SUCCESS;
    } else if (scan.take("FAILED to authenticate to gain authorization for action ")) {
        decision.outcome = SENTRA_OUTCOME_FAILURE;
    } else {
        return unknown();
    }
    if (!read_subject(decision, scan))
        return unknown();
    auto asked = line.begin<sentra_polkit>(SENTRA_AUTH_POLKIT);
    asked.text(asked->user, decision.user)
        .text(asked->target, decision.target)
        .text(asked->action, decision.action)
        .text(asked->command, decision.command);
    asked->outcome = static_cast<std::uint32_t>(decision.outcome);
    return line.emit(asked, decision.outcome == SENTRA_OUTCOME_SUCCESS ? "polkit.granted"
                                                                       : "polkit.failed");
}

// "[NAME=value]" anywhere in what follows the sentence; values may hold anything but the first
// bracket that ends them counts, save for COMMAND, which is last and goes to the end.
std::string_view bracketed(std::string_view text, std::string_view name)
{
    const std::string key = "[" + std::string(name) + "=";
    const auto at = text.find(key);
    if (at == std::string_view::npos)
        return {};
    std::string_view value = text.substr(at + key.size());
    const auto end = name == "COMMAND" ? value.rfind(']') : value.find(']');
    return value.substr(0, end);
}

Verdict emit_pkexec(Line &line, std::string_view user, std::string_view sentence,
                    std::string_view fields)
{
    const bool granted = sentence == "Executing command";
    auto asked = line.begin<sentra_elevation>(SENTRA_AUTH_ELEVATION);
    asked.text(asked->user, user)
        .text(asked->target, bracketed(fields, "USER"))
        .text(asked->service, "pkexec")
        .text(asked->command, bracketed(fields, "COMMAND"))
        .text(asked->working_directory, bracketed(fields, "CWD"))
        .text(asked->tty, bracketed(fields, "TTY"));
    if (!granted)
        asked.text(asked->reason, sentence);
    asked->outcome = granted ? SENTRA_OUTCOME_SUCCESS : SENTRA_OUTCOME_FAILURE;
    return line.emit(asked, granted ? "pkexec.executing" : "pkexec.refused");
}

constexpr Prefix kKnown[] = {
    {"Registered Authentication Agent for ", "polkit.agent"},
    {"Unregistered Authentication Agent for ", "polkit.agent"},
    {"Loading rules from ", "polkit.daemon"},
    {"Finished loading, compiling and executing ", "polkit.daemon"},
    {"Acquired the name ", "polkit.daemon"},
    {"Lost the name ", "polkit.daemon"},
    {"Started polkitd", "polkit.daemon"},
    {"started daemon version ", "polkit.daemon"},
    {"Reloading rules", "polkit.daemon"},
    {"Collecting garbage", "polkit.daemon"},
    {"Error ", "polkit.error"},
    {"Exiting ", "polkit.daemon"},
    {"Handling SIG", "polkit.daemon"},
    {"<no filename>", "polkit.rule"},
    {"/etc/polkit-1/", "polkit.rule"},
    {"/usr/share/polkit-1/", "polkit.rule"},
    {"Config file ", "polkit.rule"},
    {"Operator of unix-process:", "polkit.operator"},
    {"pam_", "polkit.helper"},
    {"polkit-agent-helper-1: ", "polkit.helper"},
};

} // namespace

Verdict parse_polkit(Line &line)
{
    if (const Verdict pam = parse_pam(line); pam.kind != Kind::not_ours)
        return pam;
    Scan scan(line.text);
    if (scan.take("Operator of unix-session:"))
        return read_operator(line, scan);
    return known_prefix(line.text, kKnown);
}

Verdict parse_pkexec(Line &line)
{
    if (const Verdict pam = parse_pam(line); pam.kind != Kind::not_ours)
        return pam;
    Scan scan(line.text);
    const auto user = scan.until(": ");
    if (!user || user->find(' ') != std::string_view::npos)
        return unknown();
    const auto fields = scan.rest().find(" [USER=");
    if (fields == std::string_view::npos)
        return unknown();
    return emit_pkexec(line, *user, scan.rest().substr(0, fields), scan.rest().substr(fields));
}

} // namespace sentra::journal
