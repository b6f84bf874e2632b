// SPDX-License-Identifier: MIT
// Verbs and options, from the table of the command line.
#include <algorithm>
#include <map>
#include <tuple>

#include "cli/manual/pages.h"
#include "cli/options.h"

namespace sentra::cli {

namespace {

// An option that so many verbs have, in the same words, is described once.
constexpr int kMany = 6;

using Key = std::tuple<std::string, std::string, std::string>;

Key key_of(const OptionRow &row)
{
    return {row.name, row.value, row.says};
}

bool is_flag(const OptionRow &row)
{
    return row.name[0] == '-' && row.value[0] == '\0';
}

std::string bold(std::string_view text)
{
    return "\\fB" + roff_code(text) + "\\fR";
}

std::string italic(std::string_view text)
{
    return "\\fI" + roff_code(text) + "\\fR";
}

// "--since TIME", or of a positional "FILE".
std::string written(const OptionRow &row)
{
    if (row.name[0] != '-')
        return italic(row.value);
    return bold(row.name) + (is_flag(row) ? "" : " " + italic(row.value));
}

std::string synopsis(const ProgramRow &program, const VerbRow &verb)
{
    std::string line = bold(program.name) + (verb.name[0] == '\0' ? "" : " " + bold(verb.name));
    for (const OptionRow &row : verb.options)
        line += row.required ? " " + written(row)
                             : " [" + written(row) + "]" + (row.repeated ? "..." : "");
    return line;
}

std::map<Key, int> how_often(const ProgramRow &program)
{
    std::map<Key, int> times;
    for (const VerbRow &verb : program.verbs)
        for (const OptionRow &row : verb.options)
            ++times[key_of(row)];
    return times;
}

void add_verb(Roff &page, const ProgramRow &program, const VerbRow &verb,
              const std::map<Key, int> &times)
{
    page.item(synopsis(program, verb), marked_up(verb.says));
    const bool has_own =
        std::any_of(verb.options.begin(), verb.options.end(),
                    [&](const auto &row) { return times.at(key_of(row)) < kMany; });
    if (!has_own && verb.more[0] == '\0')
        return;
    page.indent();
    page.tight();
    for (const OptionRow &row : verb.options)
        if (times.at(key_of(row)) < kMany)
            page.item(written(row), marked_up(row.says));
    page.loose();
    if (verb.more[0] != '\0')
        page.paragraph(marked_up(verb.more));
    page.outdent();
}

} // namespace

void fill_verbs(Roff &page)
{
    const ProgramRow &program = sentra_program();
    const auto times = how_often(program);
    for (const VerbRow &verb : program.verbs)
        add_verb(page, program, verb, times);
}

void fill_common_options(Roff &page)
{
    auto times = how_often(sentra_program());
    for (const VerbRow &verb : sentra_program().verbs)
        for (const OptionRow &row : verb.options)
            if (times[key_of(row)] >= kMany) {
                page.item(written(row), marked_up(row.says));
                times[key_of(row)] = 0; // said
            }
    page.item(bold("-h") + ", " + bold("--help"), roff_text("what there is, of the program or of "
                                                            "a verb"));
    page.item(bold("--version"), roff_text("the version"));
}

void fill_daemon_options(Roff &page)
{
    const ProgramRow &program = sentrad_program();
    for (const VerbRow &verb : program.verbs) {
        page.paragraph(synopsis(program, verb));
        for (const OptionRow &row : verb.options)
            page.item(written(row), marked_up(row.says));
        page.paragraph(marked_up(verb.more));
    }
}

void fill_exit_statuses(Roff &page)
{
    for (const ExitRow &row : exit_statuses())
        page.item(bold(std::to_string(row.status)), marked_up(row.says));
}

} // namespace sentra::cli
