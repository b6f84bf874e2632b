// SPDX-License-Identifier: MIT
#include "cli/completion/completion.h"

namespace sentra::cli {

namespace {

constexpr const char *kHead =
    R"sh(# fish completion of sentra and sentrad; made by: sentra completion fish

# The words typed so far begin with these.
function __sentra_in
    set -l typed (commandline -opc)
    set -e typed[1]
    set -l many (count $argv)
    test $many -eq 0; or test "$typed[1..$many]" = "$argv"
end

# They are these and no more.
function __sentra_at
    test (count (commandline -opc)) -eq (math (count $argv) + 1); and __sentra_in $argv
end

complete -c sentra -f
complete -c sentrad -f
)sh";

std::string quoted(std::string_view text)
{
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + "'";
}

// What follows an option that takes a value, or stands by itself.
std::string action_of(const OptionRow &row)
{
    const Candidates what = candidates_of(row);
    switch (what.kind) {
    case Candidates::Kind::files:
        return " -F";
    case Candidates::Kind::folders:
        return " -a '(__fish_complete_directories)'";
    case Candidates::Kind::words:
        return " -a " + quoted(what.of);
    case Candidates::Kind::asked:
        return " -a '(sentra completion " + what.of + " 2>/dev/null)'";
    case Candidates::Kind::nothing:
        break;
    }
    return "";
}

std::string option_of(const OptionRow &row)
{
    const std::string_view name = row.name;
    const bool is_long = name.substr(0, 2) == "--";
    return std::string(is_long ? " -l " : " -s ") + std::string(name.substr(is_long ? 2 : 1)) +
           (takes_value(row) ? " -r" + action_of(row) : "") + " -d " + quoted(row.says);
}

std::string verb_of(const ProgramRow &program, const VerbRow &verb)
{
    std::string begin = std::string("complete -c ") + program.name;
    if (verb.name[0] != '\0')
        begin += std::string(" -n '__sentra_in ") + verb.name + "'";
    std::string text = begin + " -l help -d 'what there is'\n";
    for (const OptionRow &row : verb.options) {
        if (!is_positional(row))
            text += begin + option_of(row) + "\n";
        else if (const std::string action = action_of(row); !action.empty())
            text += begin + action + "\n";
    }
    return text;
}

std::string words_of(const std::string &condition, const std::vector<WordRow> &rows)
{
    std::string text;
    for (const WordRow &row : rows)
        text += "complete -c sentra -n '" + condition + "' -a " + quoted(row.word) + " -d " +
                quoted(row.says) + "\n";
    return text;
}

} // namespace

std::string fish_completion()
{
    const ProgramRow &program = sentra_program();
    const auto firsts = first_words(program);
    std::string text = kHead + words_of("__sentra_at", firsts);
    for (const WordRow &row : firsts)
        text += words_of("__sentra_at " + row.word, second_words(program, row.word));
    for (const VerbRow &verb : program.verbs)
        text += verb_of(program, verb);
    return text + verb_of(sentrad_program(), sentrad_program().verbs.front());
}

} // namespace sentra::cli
