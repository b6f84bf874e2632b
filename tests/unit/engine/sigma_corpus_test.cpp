// SPDX-License-Identifier: MIT
// SigmaHQ's Linux rules, where they are present (SENTRA_CORPORA, or beside the tree): for each one
// an event is made of its own conditions, and the index must find the rule for it.
#include <cstdlib>
#include <filesystem>
#include <map>

#include "engine/answers.h"
#include "engine/rule_files.h"
#include "engine/sigma.h"
#include "lab.h"

namespace sentra::engine {
namespace {

std::string corpus()
{
    const char *given = std::getenv("SENTRA_CORPORA");
    const char *source = std::getenv("SENTRA_SOURCE");
    const std::string place = given != nullptr    ? given
                              : source != nullptr ? std::string(source) + "/../shared/corpora"
                                                  : "../shared/corpora";
    return place + "/sigma-linux";
}

// A text that fits: what must stand first, between and last.
struct Witness {
    std::string first, between, last, whole;
    bool is_item = false;

    void take(const Pattern &pattern)
    {
        std::vector<std::string> pieces = pattern.pieces();
        const auto plain = pattern.plain();
        if (plain)
            pieces = {std::string(*plain)};
        std::string joined;
        for (const std::string &piece : pieces)
            joined += (joined.empty() ? "" : "7") + piece;
        switch (pattern.compare()) {
        case Compare::equals:
            whole = joined;
            break;
        case Compare::starts:
            first = joined;
            break;
        case Compare::ends:
            last = joined;
            break;
        default:
            between += " " + joined + " ";
        }
    }
    [[nodiscard]] std::string text() const
    {
        return whole.empty() ? first + between + last : whole;
    }
};

// Fields with the values that make a clause's tests hold; false: an expression, not made up here.
bool fill(const Clause &clause, std::map<std::string, Witness> &fields)
{
    for (const Test &test : clause.tests) {
        if (test.kind != Test::Kind::patterns)
            return false;
        const std::string name = test.place.item < 0 ? test.place.field.name
                                                     : test.place.field.name + "[" +
                                                           std::to_string(test.place.item) + "]";
        const std::size_t most = test.all ? test.patterns.size() : 1;
        for (std::size_t i = 0; i < most; ++i) {
            if (test.patterns[i].compare() > Compare::ends)
                return false;
            fields[name].take(test.patterns[i]);
        }
    }
    return true;
}

std::string quoted(const std::string &text)
{
    std::string made = "'";
    for (const char c : text)
        made.append(c == '\'' ? 2 : 1, c);
    return made + "'";
}

// The event as a stream; command lines and single arguments become lists of arguments.
std::string stream_of(const std::string &type, const std::map<std::string, Witness> &fields)
{
    std::vector<std::string> args(10, "z");
    std::string parent;
    std::string body;
    bool has_args = false;
    for (const auto &[name, witness] : fields) {
        if (name == "process.command_line" || name == "process.args[0]") {
            args[0] = witness.text();
            has_args = true;
        } else if (name.rfind("process.args[", 0) == 0) {
            args[static_cast<std::size_t>(name[13] - '0')] = witness.text();
            has_args = true;
        } else if (name == "process.parent.executable") {
            parent += ", process.executable: " + quoted(witness.text());
        } else if (name == "process.parent.command_line") {
            parent += ", process.args: [" + quoted(witness.text()) + "]";
        } else if (name != "event.name" && name != "user.name") {
            body += ", " + name + ": " + quoted(witness.text());
        }
    }
    if (fields.count("process.command_line") != 0)
        args.resize(1);
    std::string list;
    for (const std::string &arg : args)
        list += (list.empty() ? "" : ", ") + quoted(arg);
    if (has_args)
        body += ", process.args: [" + list + "]";
    return "accounts: [{name: root, id: 0}]\nprocesses:\n  p: {user.id: 0" + parent +
           "}\n  c: {user.id: 0, from: p}\nevents:\n  - {event: " + type + ", process: c" + body +
           "}\n";
}

bool finds(const RuleSet &set, std::size_t number, const Clause &clause, const event::Type &type)
{
    std::map<std::string, Witness> fields;
    if (!fill(clause, fields))
        return false;
    const auto stream = parse_stream("stream.yaml", stream_of(std::string(type.name), fields));
    if (!stream)
        return false;
    event::Losses losses;
    session::Session session(losses);
    Buffers buffers;
    std::vector<Waiting> found;
    for (const event::Record &record : stream->records) {
        const auto event = event::Event::decode(record);
        const session::Context context = session.apply(*event);
        if (!event->is(type.id))
            continue;
        Answers answers(set.questions, set.index.found_words());
        answers.begin(*event, context, session);
        const Asked asked{*event, context, session, {}, ~std::uint32_t{0}, buffers, &answers};
        set.index.find(asked, found);
        for (const Waiting &one : found)
            if (one.rule == number)
                return true;
    }
    return false;
}

TEST(SigmaCorpus, EveryRuleIsToldAndEventsMadeOfItsConditionsFindIt)
{
    if (!std::filesystem::is_directory(corpus()))
        GTEST_SKIP() << "no " << corpus();
    const auto rules = Rules::load({corpus()});
    ASSERT_TRUE(rules) << rules.error().text;
    for (const SigmaReport &report : (*rules)->sigma())
        EXPECT_EQ(report.state == SigmaReport::State::whole, report.reasons.empty())
            << report.place;
    const RuleSet &set = *(*rules)->compiled().set;
    std::size_t all = 0;
    std::string silent;
    for (std::size_t i = 0; i < set.rules.size(); ++i) {
        if (set.rules[i].sigma->source != "process_creation")
            continue;
        ++all;
        bool fired = false;
        const Step &step = set.rules[i].steps.front();
        for (const Clause &clause : step.where.any)
            for (const event::Type *type : step.types)
                fired = fired || finds(set, i, clause, *type);
        if (!fired)
            silent += set.rules[i].rule->file + "\n";
    }
    const auto quiet = static_cast<std::size_t>(std::count(silent.begin(), silent.end(), '\n'));
    RecordProperty("process_creation", static_cast<int>(all));
    RecordProperty("found", static_cast<int>(all - quiet));
    EXPECT_LE(quiet * 10, all) << "not found:\n" << silent; // expressions are not made up
}

} // namespace
} // namespace sentra::engine
