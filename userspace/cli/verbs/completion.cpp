// SPDX-License-Identifier: MIT
#include "cli/completion/completion.h"

#include <iostream>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/fetch.h"
#include "cli/load_rules.h"
#include "cli/verbs/verbs.h"

namespace sentra::cli {

namespace {

using Json = nlohmann::ordered_json;
using Verb = pipeline::Request::Verb;

// As many as a person looks through.
constexpr std::size_t kMost = 200;

// A member of each line: what the host has now. Where nobody can be asked there is nothing,
// quietly: a shell that completes has no place for a complaint.
int print_member(const Arguments &arguments, Verb verb, const char *member)
{
    const auto fetched = fetch(arguments, {.verb = verb, .query = {.most = kMost}});
    if (!fetched)
        return fetched.error().status;
    for (const std::string &line : fetched->lines) {
        const Json row = Json::parse(line, nullptr, false);
        if (row.is_object() && row.contains(member) && row[member].is_string())
            std::cout << printable(row[member].get<std::string>(), 100) << "\n";
    }
    return kOk;
}

int print_rules()
{
    const auto rules = load_rules({});
    if (!rules)
        return kFinding;
    for (const auto &rule : (*rules)->known())
        std::cout << rule->id << "\n";
    return kOk;
}

int print_script(std::string (*script)())
{
    std::cout << script();
    return kOk;
}

} // namespace

int verb_completion(const Arguments &arguments)
{
    const std::string word = arguments.text("shell");
    if (word == "bash")
        return print_script(bash_completion);
    if (word == "zsh")
        return print_script(zsh_completion);
    if (word == "fish")
        return print_script(fish_completion);
    if (word == "signals")
        return print_member(arguments, Verb::signals, "id");
    if (word == "sinks")
        return print_member(arguments, Verb::sink_list, "name");
    if (word == "overrides")
        return print_member(arguments, Verb::override_list, "id");
    if (word == "rules")
        return print_rules();
    return complain(kUsage, "there is no completion for \"" + printable(word, 60) +
                                "\"; there is one for bash, zsh and fish");
}

} // namespace sentra::cli
