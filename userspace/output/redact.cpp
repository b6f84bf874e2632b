// SPDX-License-Identifier: MIT
#include "output/redact.h"

#include <algorithm>
#include <array>
#include <memory>

#include <re2/re2.h>

#include "base/text.h"

namespace sentra::output {

namespace {

constexpr RedactionRule kRules[] = {
#define REDACTION(name, programs, pattern, before, after, stays)                                   \
    {name, programs, pattern, before, after, stays},
#include "output/redaction.def"
#undef REDACTION
};

constexpr int kGroupsMost = 8;

// What the table's words stand for. In a list the end of an argument is a line feed, which no
// argument holds: line feeds in them are escaped. Blanks in them wait as another character, so that
// there a blank is always the gap between two arguments.
constexpr char kBlankWithin = '\x1f';
struct Words {
    std::string_view gap, value, word;
};
constexpr Words kInText = {R"((?:\s+))", R"(("[^"]*"?|'[^']*'?|\S*[^\s"'.,;:)]))",
                           R"(("[^"]*"?|'[^']*'?|[^\s"'-]\S*[^\s"'.,;:)]|[^\s"'.,;:)-]))"};
constexpr Words kInList = {R"((?:\n))", R"(([^\n]+))", R"(([^\n-][^\n]*))"};

void replace_all(std::string &text, std::string_view what, std::string_view with)
{
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

std::string expression(const RedactionRule &rule, const Words &words)
{
    std::string text(rule.pattern);
    if (*rule.programs != '\0')
        text = std::string(R"((?:^|[\s/"'(;|&\\]))")
                   .append("(?:")
                   .append(rule.programs)
                   .append(R"()\s(?:[^|;&]*?\s)??)")
                   .append(text);
    replace_all(text, "{a}", "(?:{v}|{s}{w})");
    replace_all(text, "{s}", words.gap);
    replace_all(text, "{v}", words.value);
    replace_all(text, "{w}", words.word);
    return text;
}

// Whether there is anything but marks in it.
bool is_secret(std::string_view text)
{
    while (text.substr(0, kRedacted.size()) == kRedacted)
        text.remove_prefix(kRedacted.size());
    return !text.empty();
}

class Pattern {
public:
    Pattern(const RedactionRule &rule, const Words &words)
        : name_(rule.name), expression_(expression(rule, words), options())
    {}

    // Replaces what the groups hold; whether there was anything.
    bool apply(std::string &text, Removed &removed, std::vector<std::string> *secrets) const
    {
        const re2::StringPiece all(text);
        std::array<re2::StringPiece, kGroupsMost> found;
        const int groups = std::min(expression_.NumberOfCapturingGroups() + 1, kGroupsMost);
        std::string out;
        std::size_t copied = 0, from = 0;
        while (from <= text.size() &&
               expression_.Match(all, from, text.size(), RE2::UNANCHORED, found.data(), groups)) {
            for (int i = 1; i < groups; ++i) {
                const auto &group = found[static_cast<std::size_t>(i)];
                const std::string_view secret(group.data(), group.size());
                if (!is_secret(secret))
                    continue;
                const auto at = static_cast<std::size_t>(group.data() - text.data());
                out.append(text, copied, at - copied).append(kRedacted);
                copied = at + group.size();
                removed[name_] += 1;
                if (secrets != nullptr)
                    secrets->emplace_back(secret);
            }
            const auto end =
                static_cast<std::size_t>(found[0].data() - text.data()) + found[0].size();
            from = std::max(end, from + 1);
        }
        if (copied == 0)
            return false;
        text = out.append(text, copied);
        return true;
    }

private:
    // Bytes, not characters: what is not UTF-8 must not end a secret early.
    static RE2::Options options()
    {
        RE2::Options options;
        options.set_encoding(RE2::Options::EncodingLatin1);
        options.set_log_errors(false);
        return options;
    }

    std::string_view name_;
    RE2 expression_;
};

class Patterns {
public:
    // Rows that ask for no gap and no value read a list's arguments one by one as well as together.
    explicit Patterns(const Words &words, bool only_with_gaps = false)
    {
        for (const RedactionRule &rule : kRules)
            if (!only_with_gaps || expression(rule, kInText) != expression(rule, kInList))
                patterns_.push_back(std::make_unique<Pattern>(rule, words));
    }

    bool apply(std::string &text, Removed &removed, std::vector<std::string> *secrets) const
    {
        bool any = false;
        for (const auto &pattern : patterns_)
            any = pattern->apply(text, removed, secrets) || any;
        return any;
    }

    static const Patterns &in_text()
    {
        static const Patterns kPatterns(kInText);
        return kPatterns;
    }
    static const Patterns &in_list()
    {
        static const Patterns kPatterns(kInList, true);
        return kPatterns;
    }

private:
    std::vector<std::unique_ptr<Pattern>> patterns_;
};

std::string joined(std::vector<std::string> arguments)
{
    std::string line;
    for (std::string &argument : arguments) {
        replace_all(argument, "\n", "\\x0a");
        std::replace(argument.begin(), argument.end(), ' ', kBlankWithin);
        line.append(argument).append("\n");
    }
    line.pop_back();
    return line;
}

void free_blanks(std::string &text)
{
    std::replace(text.begin(), text.end(), kBlankWithin, ' ');
}

} // namespace

std::span<const RedactionRule> redaction_rules()
{
    return kRules;
}

std::uint64_t total(const Removed &removed)
{
    std::uint64_t sum = 0;
    for (const auto &[name, count] : removed)
        sum += count;
    return sum;
}

// Until nothing more is found, so that redacting again finds nothing. It ends: every round that
// changes something leaves fewer bytes that are no mark.
std::string redact(std::string_view text, Removed &removed)
{
    std::string out(text);
    while (Patterns::in_text().apply(out, removed, nullptr)) {
    }
    return out;
}

std::vector<std::string> redact(std::vector<std::string> arguments, Removed &removed,
                                std::vector<std::string> *secrets)
{
    for (bool again = !arguments.empty(); again;) {
        std::string line = joined(std::move(arguments));
        std::vector<std::string> found;
        again = Patterns::in_list().apply(line, removed, &found);
        free_blanks(line);
        std::for_each(found.begin(), found.end(), free_blanks);
        if (secrets != nullptr)
            secrets->insert(secrets->end(), found.begin(), found.end());
        arguments.clear();
        for (const std::string_view argument : split(line, '\n'))
            arguments.emplace_back(argument);
        for (std::string &argument : arguments)
            again = Patterns::in_text().apply(argument, removed, nullptr) || again;
    }
    return arguments;
}

} // namespace sentra::output
