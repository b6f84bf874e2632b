// SPDX-License-Identifier: MIT
#include "cli/completion/completion.h"

namespace sentra::cli {

namespace {

constexpr const char *kHead = R"sh(#compdef sentra sentrad
# zsh completion of sentra and sentrad; made by: sentra completion zsh

__sentra_asked() {
    local -a found
    found=(${(f)"$(sentra completion $1 2>/dev/null)"})
    compadd -a found
}
)sh";

// Inside single quotes, and where _arguments and _describe read on.
std::string quoted(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '\'')
            out += "'\\'";
        if (c == '[' || c == ']' || c == ':' || c == '\\')
            out += '\\';
        out += c;
    }
    return out;
}

std::string action_of(const OptionRow &row)
{
    const Candidates what = candidates_of(row);
    switch (what.kind) {
    case Candidates::Kind::files:
        return "_files";
    case Candidates::Kind::folders:
        return "_files -/";
    case Candidates::Kind::words:
        return "(" + what.of + ")";
    case Candidates::Kind::asked:
        return "__sentra_asked " + what.of;
    case Candidates::Kind::nothing:
        break;
    }
    return " ";
}

// One argument of _arguments.
std::string argument_of(const OptionRow &row)
{
    if (is_positional(row))
        return "'" + std::string(row.required ? ":" : "::") + row.value + ":" + action_of(row) +
               "'";
    std::string text =
        std::string("'") + (row.repeated ? "*" : "") + row.name + "[" + quoted(row.says) + "]";
    if (takes_value(row))
        text += std::string(":") + row.value + ":" + action_of(row);
    return text + "'";
}

std::string arguments_of(const VerbRow &verb)
{
    std::string text = "_arguments '--help[what there is]'";
    for (const OptionRow &row : verb.options)
        text += " \\\n            " + argument_of(row);
    return text;
}

std::string described(const std::vector<WordRow> &rows)
{
    std::string text = "(";
    for (const WordRow &row : rows)
        text += "\n            '" + quoted(row.word) + ":" + quoted(row.says) + "'";
    return text + "\n        )";
}

// One group of verbs is a command with verbs of its own.
std::string group_function(const ProgramRow &program, const std::string &group)
{
    const auto seconds = second_words(program, group);
    std::string text = "__sentra_" + group +
                       "() {\n    local curcontext=$curcontext state line\n"
                       "    local -a verbs\n    _arguments -C '1:verb:->verb' '*::rest:->rest'\n"
                       "    case $state in\n    verb)\n        verbs=" +
                       described(seconds) +
                       "\n        _describe verb verbs\n        ;;\n"
                       "    rest)\n        case $words[1] in\n";
    for (const VerbRow &verb : program.verbs)
        if (std::string(verb.name).rfind(group + " ", 0) == 0)
            text += "        " + std::string(verb.name).substr(group.size() + 1) + ")\n        " +
                    arguments_of(verb) + "\n            ;;\n";
    return text + "        esac\n        ;;\n    esac\n}\n\n";
}

} // namespace

std::string zsh_completion()
{
    const ProgramRow &program = sentra_program();
    std::string text = std::string(kHead) + "\n", cases;
    const auto firsts = first_words(program);
    for (const WordRow &row : firsts)
        if (!second_words(program, row.word).empty()) {
            text += group_function(program, row.word);
            cases += "        " + row.word + ") __sentra_" + row.word + " ;;\n";
        }
    for (const VerbRow &verb : program.verbs)
        if (std::string_view(verb.name).find(' ') == std::string_view::npos)
            cases += "        " + std::string(verb.name) + ")\n        " + arguments_of(verb) +
                     "\n            ;;\n";
    text += "_sentra() {\n    local curcontext=$curcontext state line\n    local -a verbs\n"
            "    if [[ $service == sentrad ]]; then\n        " +
            arguments_of(sentrad_program().verbs.front()) +
            "\n        return\n    fi\n"
            "    _arguments -C '--help[what there is]' '--version[the version]' \\\n"
            "        '1:verb:->verb' '*::rest:->rest'\n    case $state in\n    verb)\n"
            "        verbs=" +
            described(firsts) +
            "\n        _describe verb verbs\n        ;;\n    rest)\n"
            "        case $words[1] in\n" +
            cases + "        esac\n        ;;\n    esac\n}\n\n_sentra \"$@\"\n";
    return text;
}

} // namespace sentra::cli
