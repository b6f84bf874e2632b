// SPDX-License-Identifier: MIT
#include "cli/completion/completion.h"

namespace sentra::cli {

namespace {

// Nothing of the package bash-completion is needed. $verb is the verb that was typed, $nth counts
// the words that are neither options nor their values.
constexpr const char *kHead =
    R"sh(# bash completion of sentra and sentrad; made by: sentra completion bash
# shellcheck shell=bash

__sentra_words() {
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}
__sentra_files() {
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
}
__sentra_folders() {
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -d -- "$cur")
}
__sentra_asked() {
    mapfile -t COMPREPLY < <(compgen -W "$(sentra completion "$1" 2>/dev/null)" -- "$cur")
}
)sh";

constexpr const char *kBegin =
    R"sh(    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local verb="" depth=0 nth=0 at word
    COMPREPLY=()
)sh";

// Whether the word before takes a value, then options, then the words by their number.
constexpr const char *kCount = R"sh(    for ((at = depth + 1; at < COMP_CWORD; at++)); do
        word=${COMP_WORDS[at]}
        if [[ $word == -* ]]; then
            [[ " $valued " == *" $word "* ]] && ((at++))
        else
            ((nth++))
        fi
    done
)sh";

std::string action_of(const OptionRow &row)
{
    const Candidates what = candidates_of(row);
    switch (what.kind) {
    case Candidates::Kind::files:
        return "__sentra_files";
    case Candidates::Kind::folders:
        return "__sentra_folders";
    case Candidates::Kind::words:
        return "__sentra_words \"" + what.of + "\"";
    case Candidates::Kind::asked:
        return "__sentra_asked " + what.of;
    case Candidates::Kind::nothing:
        break;
    }
    return ":";
}

// One verb: its options, which of them take a value, what those values and its words are.
void add_verb(const VerbRow &verb, std::string &options, std::string &values, std::string &words)
{
    std::string all = "--help", valued;
    int nth = 0;
    const std::string name = verb.name;
    for (const OptionRow &row : verb.options) {
        if (is_positional(row)) {
            words +=
                "    \"" + name + " " + std::to_string(nth++) + "\") " + action_of(row) + " ;;\n";
            continue;
        }
        all.append(" ").append(row.name);
        if (!takes_value(row))
            continue;
        valued.append(valued.empty() ? "" : " ").append(row.name);
        values += "    \"" + name + " " + row.name + "\") " + action_of(row) + "; return ;;\n";
    }
    options += "    \"" + name + "\") options=\"" + all + "\" valued=\"" + valued + "\" ;;\n";
}

std::string find_verb(const ProgramRow &program)
{
    const auto firsts = first_words(program);
    if (firsts.empty())
        return {};
    std::string text = "    if ((COMP_CWORD == 1)); then\n        __sentra_words \"" +
                       joined_words(firsts) +
                       " --help --version\"\n        return\n    fi\n"
                       "    verb=${COMP_WORDS[1]} depth=1\n    case $verb in\n";
    for (const WordRow &row : firsts) {
        const auto seconds = second_words(program, row.word);
        if (seconds.empty())
            continue;
        text += "    " + row.word + ")\n        if ((COMP_CWORD == 2)); then\n            " +
                "__sentra_words \"" + joined_words(seconds) +
                " --help\"\n            return\n        fi\n"
                "        verb+=\" ${COMP_WORDS[2]}\" depth=2\n        ;;\n";
    }
    return text + "    esac\n";
}

std::string function_of(const ProgramRow &program)
{
    std::string options, values, words;
    for (const VerbRow &verb : program.verbs)
        add_verb(verb, options, values, words);
    const std::string name = std::string("_") + program.name;
    std::string text = name + "() {\n" + kBegin + find_verb(program);
    text += "    local options=\"--help --version\" valued=\"\"\n    case $verb in\n" + options +
            "    esac\n    case \"$verb $prev\" in\n" + values + "    esac\n";
    text += "    if [[ $cur == -* ]]; then\n        __sentra_words \"$options\"\n        return\n"
            "    fi\n";
    text += kCount;
    text += "    case \"$verb $nth\" in\n" + words +
            "    *) __sentra_words \"$options\" ;;\n"
            "    esac\n}\n";
    return text + "complete -F " + name + " " + program.name + "\n";
}

} // namespace

std::string bash_completion()
{
    return kHead + ("\n" + function_of(sentra_program())) + "\n" + function_of(sentrad_program());
}

} // namespace sentra::cli
