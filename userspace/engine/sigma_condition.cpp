// SPDX-License-Identifier: MIT
#include "engine/sigma_condition.h"

#include <algorithm>

#include "base/text.h"
#include "engine/pattern.h"

namespace sentra::engine {

namespace {

constexpr int kDeepest = 32;

std::vector<std::string> words_of(std::string_view text)
{
    std::vector<std::string> words;
    std::string word;
    const auto end_word = [&] {
        if (!word.empty())
            words.push_back(std::exchange(word, {}));
    };
    for (const char c : text) {
        if (c == '(' || c == ')' || c == '|') {
            end_word();
            words.emplace_back(1, c);
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            end_word();
        } else {
            word += c;
        }
    }
    end_word();
    return words;
}

class Parser {
public:
    Parser(std::string_view text, const std::vector<std::string> &names)
        : words_(words_of(text)), names_(names)
    {}

    Result<SigmaCondition> parse()
    {
        auto whole = alternatives();
        if (!whole)
            return whole;
        if (is("|"))
            return failure("\"|\" in a condition: Sigma has correlation rules for that now");
        if (at_ < words_.size())
            return failure("the condition does not end where it should: \"" +
                           printable(words_[at_], 80) + "\"");
        return whole;
    }

private:
    [[nodiscard]] bool is(std::string_view word) const
    {
        return at_ < words_.size() && equals_ignoring_case(words_[at_], word);
    }
    bool take(std::string_view word)
    {
        const bool here = is(word);
        at_ += here ? 1 : 0;
        return here;
    }

    using Kind = SigmaCondition::Kind;
    template <typename Next>
    Result<SigmaCondition> chain(Kind kind, std::string_view word, Next next)
    {
        SigmaCondition whole{kind, {}, {}};
        do {
            auto part = next();
            if (!part)
                return part;
            whole.parts.push_back(std::move(*part));
        } while (take(word));
        if (whole.parts.size() > 1)
            return whole;
        SigmaCondition only = std::move(whole.parts.front());
        return only;
    }
    Result<SigmaCondition> alternatives()
    {
        return chain(Kind::any_of, "or",
                     [this] { return chain(Kind::all_of, "and", [this] { return negation(); }); });
    }
    Result<SigmaCondition> negation()
    {
        if (++depth_ > kDeepest)
            return failure("the condition is nested too deeply");
        auto inner = take("not") ? negated() : simple();
        --depth_;
        return inner;
    }
    Result<SigmaCondition> negated()
    {
        auto inner = negation();
        if (!inner)
            return inner;
        SigmaCondition made{Kind::negated, {}, {}};
        made.parts.push_back(std::move(*inner));
        return made;
    }
    Result<SigmaCondition> simple()
    {
        if (take("(")) {
            auto inner = alternatives();
            if (inner && !take(")"))
                return failure("a parenthesis is not closed");
            return inner;
        }
        if (at_ == words_.size())
            return failure("the condition breaks off");
        if (at_ + 1 < words_.size() && equals_ignoring_case(words_[at_ + 1], "of"))
            return several();
        const std::string &name = words_[at_++];
        if (std::find(names_.begin(), names_.end(), name) == names_.end())
            return failure("the condition names \"" + printable(name, 80) +
                           "\", and there is no such selection");
        return SigmaCondition{Kind::name, name, {}};
    }
    // "1 of them", "all of selection_*"
    Result<SigmaCondition> several()
    {
        const std::string how = words_[at_];
        at_ += 2;
        const bool all = equals_ignoring_case(how, "all");
        if (!all && how != "1" && !equals_ignoring_case(how, "any"))
            return failure("\"" + printable(how, 80) + " of\": only 1, any and all are known");
        if (at_ == words_.size())
            return failure("the condition breaks off");
        const std::string which = words_[at_++];
        SigmaCondition made{all ? Kind::all_of : Kind::any_of, {}, {}};
        const auto pattern = Pattern::make(Compare::equals, which, true);
        std::string buffer;
        for (const std::string &name : names_) {
            const bool meant = which == "them" ? name.front() != '_'
                                               : pattern && pattern->matches_text(name, buffer);
            if (meant)
                made.parts.push_back({Kind::name, name, {}});
        }
        if (made.parts.empty())
            return failure("no selection is called \"" + printable(which, 80) + "\"");
        return made;
    }

    std::vector<std::string> words_;
    const std::vector<std::string> &names_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

} // namespace

Result<SigmaCondition> SigmaCondition::parse(std::string_view text,
                                             const std::vector<std::string> &names)
{
    return Parser(text, names).parse();
}

} // namespace sentra::engine
