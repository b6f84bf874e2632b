// SPDX-License-Identifier: MIT
#include "cli/completion/completion.h"

#include <algorithm>

namespace sentra::cli {

Candidates candidates_of(const OptionRow &row)
{
    using Kind = Candidates::Kind;
    const std::string_view among = row.among, value = row.value;
    if (!among.empty() && among.front() == '@')
        return {Kind::asked, std::string(among.substr(1))};
    if (!among.empty())
        return {Kind::words, std::string(among)};
    if (value == "DIR")
        return {Kind::folders, ""};
    if (value == "FILE" || value == "PATH")
        return {Kind::files, ""};
    return {};
}

bool is_positional(const OptionRow &row)
{
    return row.name[0] != '-';
}

bool takes_value(const OptionRow &row)
{
    return !is_positional(row) && row.value[0] != '\0';
}

std::vector<WordRow> first_words(const ProgramRow &program)
{
    std::vector<WordRow> rows;
    for (const VerbRow &verb : program.verbs) {
        const std::string_view name = verb.name;
        const auto blank = name.find(' ');
        const std::string word(name.substr(0, blank));
        if (word.empty())
            continue;
        if (blank == std::string_view::npos)
            rows.push_back({word, verb.says});
        else if (std::none_of(rows.begin(), rows.end(),
                              [&](const WordRow &row) { return row.word == word; }))
            rows.push_back({word, joined_words(second_words(program, word))});
    }
    return rows;
}

std::vector<WordRow> second_words(const ProgramRow &program, std::string_view word)
{
    std::vector<WordRow> rows;
    const std::string begin = std::string(word) + " ";
    for (const VerbRow &verb : program.verbs)
        if (std::string_view(verb.name).substr(0, begin.size()) == begin)
            rows.push_back({std::string(verb.name).substr(begin.size()), verb.says});
    return rows;
}

std::string joined_words(const std::vector<WordRow> &rows)
{
    std::string words;
    for (const WordRow &row : rows)
        words.append(words.empty() ? "" : " ").append(row.word);
    return words;
}

} // namespace sentra::cli
