// SPDX-License-Identifier: MIT
// The engine's short cuts against the long way: whatever is remembered, looked up in a hash or
// found in a walk must come out as if every condition were asked of every event anew.
#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.h"
#include "engine/answers.h"
#include "engine/needles.h"
#include "engine/rule_files.h"
#include "lab.h"

namespace sentra::engine {
namespace {

using Places = std::vector<std::pair<std::uint32_t, std::uint32_t>>; // rule, part

// As Index::find() promises it: what a clause asks of earlier steps is left open.
bool may_hold(const Clause &clause, const Asked &asked)
{
    if (clause.steps.empty())
        return holds(clause, asked);
    std::string buffer;
    session::Scratch scratch;
    for (const Test &test : clause.tests)
        if (test.question != Test::kUnnumbered &&
            !holds_of(
                test,
                session::read(test.place.field, asked.event, asked.context, asked.session, scratch),
                buffer))
            return false;
    return std::none_of(clause.nots.begin(), clause.nots.end(), [&](const Where &nots) {
        return !nots.asks_steps() && holds(nots, asked);
    });
}

bool may_hold(const Where &where, const Asked &asked)
{
    return where.any.empty() ||
           std::any_of(where.any.begin(), where.any.end(),
                       [&](const Clause &clause) { return may_hold(clause, asked); });
}

class LongWay {
public:
    explicit LongWay(const RuleSet &set)
    {
        for (std::uint32_t i = 0; i < set.rules.size(); ++i) {
            const CompiledRule &rule = set.rules[i];
            std::uint32_t part = 0;
            const auto add = [&](const auto &place) {
                for (const event::Type *type : place.types)
                    by_type_[type].push_back({{i, part}, &place.where});
                ++part;
            };
            std::for_each(rule.steps.begin(), rule.steps.end(), add);
            std::for_each(rule.unless.begin(), rule.unless.end(), add);
            std::for_each(rule.until.begin(), rule.until.end(), add);
            if (rule.then_absent)
                add(*rule.then_absent);
        }
    }
    Places find(const Asked &asked)
    {
        Places found;
        for (const auto &[place, where] : by_type_[&asked.event.type()])
            if (may_hold(*where, asked))
                found.push_back(place);
        return found;
    }

private:
    std::map<const event::Type *, std::vector<std::pair<Places::value_type, const Where *>>>
        by_type_;
};

TEST(Answers, TheShortWayFindsWhatTheLongWayFinds)
{
    const std::filesystem::path tests = SENTRA_TESTS_DIR;
    const auto rules = Rules::load({(tests.parent_path() / "rules").string()});
    ASSERT_TRUE(rules) << rules.error().text;
    const RuleSet &set = *(*rules)->compiled().set;
    LongWay long_way(set);
    Answers answers(set.questions, set.index.found_words());
    Buffers buffers;
    std::vector<Waiting> found;
    std::size_t events = 0;
    std::size_t finds = 0;
    for (const auto &file : std::filesystem::directory_iterator(tests / "fixtures/sessions")) {
        const auto stream = read_stream(file.path().string());
        ASSERT_TRUE(stream) << stream.error().text;
        event::Losses losses;
        session::Session session(losses);
        for (const event::Record &record : stream->records) {
            const auto event = event::Event::decode(record);
            ASSERT_TRUE(event);
            const session::Context context = session.apply(*event);
            // Each has its neighbours, so that what is remembered of a process is used.
            if (++events % 8 > 2)
                continue;
            answers.begin(*event, context, session);
            set.index.find({*event, context, session, {}, kNotAsked, buffers, &answers}, found);
            Places got;
            for (const Waiting &one : found)
                got.emplace_back(one.rule, one.part);
            ASSERT_EQ(got, long_way.find({*event, context, session, {}, kNotAsked, buffers}))
                << file.path() << ": " << event->type().name << " at " << event->time_ns();
            finds += got.size();
        }
    }
    EXPECT_GT(finds, 500U);
}

std::set<std::uint32_t> seen_in(const Needles &needles, std::string_view text)
{
    std::set<std::uint32_t> seen;
    needles.find(text, [&](std::uint32_t value) { seen.insert(value); });
    return seen;
}

TEST(Needles, FindsWhatStandsInTheText)
{
    // Short and long, alike in their beginnings and ends, one inside the other, one twice.
    const std::vector<std::string> texts = {
        "a",        " -c",       "-i",       "/tmp/",           "/usr/bin/", "/usr/bin/python",
        "usr",      "bin/",      "/tmp/abc", "authorized_keys", "keys",      "Keys",
        "\xff\xfe", "base64 -d", "x"};
    Needles needles;
    for (std::uint32_t i = 0; i < texts.size(); ++i)
        needles.add(texts[i], i);
    needles.build();
    const std::vector<std::string> values = {"",
                                             "a",
                                             "b",
                                             "/tmp/abc",
                                             "/usr/bin/python3.11",
                                             "/tmp",
                                             "keys",
                                             "-i",
                                             "sh -c x-i",
                                             "/usr/bin/p",
                                             "\xff\xfe\xff",
                                             "ke",
                                             "/home/q/.ssh/authorized_keys",
                                             "echo|base64 -d|sh",
                                             "usr/tmp/tmp/abcabc"};
    for (const std::string &value : values) {
        std::set<std::uint32_t> expected;
        for (std::uint32_t i = 0; i < texts.size(); ++i) {
            // Of a longer text only the beginning is looked for.
            const std::string part = lower_ascii(texts[i].substr(0, Needles::kBytesMost));
            if (value.find(part) != std::string::npos)
                expected.insert(i);
        }
        EXPECT_EQ(seen_in(needles, value), expected) << value;
    }
}

TEST(Needles, OfAnExpressionAreInWhateverItMatches)
{
    const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
        {"(^|/)b?s?d?tar$", {"/bin/tar", "bsdtar"}},
        {"^(https?|ftps?|sftp|scp)://", {"http://x", "scp://y"}},
        {"( (-T|--upload-file)[ =]| --post-data=)", {"curl -T x", "wget --post-data=1"}},
        {"^/(home|root|tmp|var/tmp)/", {"/home/a", "/var/tmp/x"}},
        {"(?i)PassWord", {"my PASSWORD"}},
        {"a|.", {"z"}},
        {"[0-9]+", {"17"}}};
    std::string buffer;
    for (const auto &[expression, values] : cases) {
        const auto pattern = Pattern::make(Compare::regex, expression, false);
        ASSERT_TRUE(pattern) << expression;
        const std::vector<std::string> needles = pattern->needles();
        for (const std::string &value : values) {
            ASSERT_TRUE(pattern->matches_text(value, buffer)) << expression << " of " << value;
            const std::string lowered = lower_ascii(value);
            EXPECT_TRUE(needles.empty() || std::any_of(needles.begin(), needles.end(),
                                                       [&](const std::string &needle) {
                                                           return lowered.find(needle) !=
                                                                  std::string::npos;
                                                       }))
                << expression << " of " << value;
        }
    }
    EXPECT_FALSE(Pattern::make(Compare::regex, "(^|/)b?s?d?tar$", false)->needles().empty());
    EXPECT_TRUE(Pattern::make(Compare::regex, "[0-9]+", false)->needles().empty());
    EXPECT_TRUE(Pattern::make(Compare::regex, "tar|.", false)->needles().empty());
}

TEST(Needles, OfAnExpressionAreFewAndLong)
{
    using Texts = std::vector<std::string>;
    const auto of = [](std::string_view expression) {
        return Pattern::make(Compare::regex, expression, false)->needles();
    };
    EXPECT_EQ(of("(^|/)auditctl (.* )?-e ?0( |$)"), Texts{"auditctl "});
    EXPECT_EQ(of("ab.*secret.*(cd|ef)"), Texts{"secret"});
    EXPECT_EQ(of("(ab|secret).*(cd|ef|gh)"), (Texts{"ab", "secret"}));
}

TEST(Words, AreFoundByTheirWholeText)
{
    Words words;
    std::vector<std::string> texts;
    for (int i = 0; i < 1000; ++i)
        texts.push_back("/usr/bin/program-" + std::to_string(i));
    for (std::uint32_t i = 0; i < texts.size(); ++i)
        EXPECT_EQ(words.add(texts[i]), i);
    EXPECT_EQ(words.add(texts[17]), 17U);
    EXPECT_EQ(words.size(), 1000U);
    for (std::uint32_t i = 0; i < texts.size(); ++i)
        EXPECT_EQ(words.find(texts[i], Words::hash(texts[i])), i);
    for (const std::string other : {"", "/usr/bin/program-", "/usr/bin/program-1000", "x"})
        EXPECT_EQ(words.find(other, Words::hash(other)), Words::kNone);
    EXPECT_EQ(Words().find("x", Words::hash("x")), Words::kNone);
}

} // namespace
} // namespace sentra::engine
