// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstring>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/options.h"

namespace sentra::cli {

namespace {

// Where CLI11 puts what was given for one verb.
struct Gathered {
    const VerbRow *verb = nullptr;
    CLI::App *app = nullptr;
    std::map<std::string, std::vector<std::string>> texts;
    std::map<std::string, bool> flags;
};

void add_options(Gathered &into)
{
    for (const OptionRow &row : into.verb->options) {
        if (row.value[0] == '\0' && row.name[0] == '-') {
            into.app->add_flag(row.name, into.flags[row.name], row.says);
            continue;
        }
        CLI::Option *option = into.app->add_option(row.name, into.texts[row.name], row.says);
        option->type_name(row.value)->required(row.required);
        if (!row.repeated)
            option->expected(1);
        option->allow_extra_args(false); // one value each time it is given
    }
    if (into.verb->more[0] != '\0')
        into.app->footer(std::string("\n") + into.verb->more);
}

// "rules check" is the verb check of the group rules.
CLI::App *place_of(CLI::App &top, const std::string &name,
                   std::map<std::string, CLI::App *> &groups)
{
    const auto blank = name.find(' ');
    if (blank == std::string::npos)
        return top.add_subcommand(name);
    const std::string group = name.substr(0, blank);
    if (!groups.contains(group)) {
        groups[group] = top.add_subcommand(group);
        groups[group]->require_subcommand(1);
    }
    return groups[group]->add_subcommand(name.substr(blank + 1));
}

Arguments arguments_of(const Gathered &gathered)
{
    std::map<std::string, std::vector<std::string>> given;
    for (const auto &[name, values] : gathered.texts)
        if (!values.empty())
            given[name] = values;
    for (const auto &[name, is_given] : gathered.flags)
        if (is_given)
            given[name] = {};
    return Arguments(std::move(given));
}

bool is_one_of(const std::vector<std::string> &words, const std::string &word)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

// Whether what comes behind this word belongs to it.
bool is_value(const VerbRow &verb, std::string_view before)
{
    return std::any_of(verb.options.begin(), verb.options.end(), [&](const OptionRow &option) {
        return option.name == before && option.name[0] == '-' && option.value[0] != '\0';
    });
}

std::string unknown(const std::string &kind, const std::string &word,
                    const std::vector<std::string> &known)
{
    const auto near = nearest(word, {known.begin(), known.end()});
    return "there is no " + kind + " \"" + printable(word, 60) + "\"" +
           (near ? "; did you mean " + std::string(*near) + "?" : "");
}

// The first word of each verb, or of those of a group the second.
std::vector<std::string> words_behind(const ProgramRow &program, const std::string &group)
{
    std::vector<std::string> words;
    for (const VerbRow &row : program.verbs) {
        const std::string name = row.name;
        const auto blank = name.find(' ');
        if (group.empty())
            words.push_back(name.substr(0, blank));
        else if (blank != std::string::npos && name.substr(0, blank) == group)
            words.push_back(name.substr(blank + 1));
    }
    return words;
}

// Of a verb's words: the first option that it does not have. What follows an option with a value
// may begin with dashes, too.
std::string unknown_option(const VerbRow &verb, int count, const char *const *words)
{
    std::vector<std::string> options{"--help", "--version"};
    for (const OptionRow &option : verb.options)
        options.emplace_back(option.name);
    for (int at = 1; at < count; ++at) {
        const std::string word(words[at], std::strcspn(words[at], "="));
        if (word.size() > 2 && word.rfind("--", 0) == 0 && !is_one_of(options, word) &&
            !is_value(verb, words[at - 1]))
            return unknown("option", word, options);
    }
    return "";
}

// Words that no verb begins with, and options that the verb does not have: said with the nearest
// one that there is, which CLI11 does not do. Empty: nothing of that kind.
std::string misspelt(const ProgramRow &program, int count, const char *const *words)
{
    std::string verb;
    const bool has_verbs = program.verbs.size() > 1;
    for (int at = 1; has_verbs && at < count && words[at][0] != '-'; ++at) {
        const auto known = words_behind(program, verb);
        if (known.empty())
            break;
        if (!is_one_of(known, words[at]))
            return unknown(verb.empty() ? "verb" : "verb of " + verb, words[at], known);
        verb.append(verb.empty() ? "" : " ").append(words[at]);
    }
    for (const VerbRow &row : program.verbs)
        if (row.name == verb)
            return unknown_option(row, count, words);
    return "";
}

} // namespace

std::string Arguments::text(const std::string &name, const std::string &otherwise) const
{
    const auto at = given_.find(name);
    return at == given_.end() || at->second.empty() ? otherwise : at->second.back();
}

std::vector<std::string> Arguments::all(const std::string &name) const
{
    const auto at = given_.find(name);
    return at == given_.end() ? std::vector<std::string>() : at->second;
}

std::variant<Parsed, int> parse(const ProgramRow &program, int count, const char *const *words)
{
    CLI::App top(program.says, program.name);
    top.set_version_flag("--version", std::string(program.name) + " " + SENTRA_VERSION);
    std::map<std::string, CLI::App *> groups;
    std::vector<std::unique_ptr<Gathered>> gathered;
    for (const VerbRow &verb : program.verbs) {
        auto one = std::make_unique<Gathered>();
        one->verb = &verb;
        one->app = verb.name[0] == '\0' ? &top : place_of(top, verb.name, groups);
        if (verb.name[0] != '\0')
            one->app->description(verb.says);
        add_options(*one);
        gathered.push_back(std::move(one));
    }
    for (const GroupRow &row : program.groups)
        groups.at(row.name)->description(row.says);
    const bool has_verbs = program.verbs.size() > 1;
    if (has_verbs)
        top.require_subcommand(1);
    try {
        top.parse(count, words);
    } catch (const CLI::ParseError &error) {
        // Help and version come this way too, with status 0.
        const bool wrong = error.get_exit_code() != 0;
        if (const std::string what = wrong ? misspelt(program, count, words) : ""; !what.empty()) {
            std::cerr << program.name << ": " << what << " (" << program.name
                      << " --help says what there is)\n";
            return kUsage;
        }
        (void)top.exit(error, std::cout, std::cerr);
        return wrong ? kUsage : kOk;
    }
    for (const auto &one : gathered)
        if (one->app == &top || one->app->parsed())
            return Parsed{one->verb, arguments_of(*one)};
    return kUsage;
}

int run_program(const ProgramRow &program, int count, const char *const *words)
{
    const auto asked = parse(program, count, words);
    if (const int *status = std::get_if<int>(&asked))
        return *status;
    const auto &parsed = std::get<Parsed>(asked);
    return parsed.verb->run(parsed.arguments);
}

} // namespace sentra::cli
