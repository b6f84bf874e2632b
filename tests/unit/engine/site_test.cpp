// SPDX-License-Identifier: MIT
// What a site changes, and rules that are replaced while they run.
#include "lab.h"

namespace sentra::engine {
namespace {

using Lines = std::vector<std::string>;

const std::string kRule = lab::rule(
    "keys", "within: 10m\nsteps:\n"
            "  - a: {event: file.write, where: {file.path: /a}}\n"
            "  - c: {event: file.write, where: {file.path: $editors}}\n"
            "risk:\n  base: [0.40, x]\n"
            "  terms:\n    - {name: big, when: {c.file.size|gt: 5}, add: 0.20, why: big}\n"
            "    - {when: {actor.kind: session}, add: 0.05, why: a session}\n");
const std::string kOther =
    lab::rule("other", "steps: [{a: {event: file.write, where: {file.path: /o}}}]\n");

struct SiteFile {
    std::string name, text;
};

Result<std::shared_ptr<const Rules>> with(const std::vector<std::string> &rules,
                                          const std::vector<SiteFile> &site)
{
    auto files = lab::files(rules);
    for (const SiteFile &file : site)
        files.push_back({"rules.d/" + file.name, file.name, file.text, 1});
    return Rules::compile(std::move(files));
}

std::shared_ptr<const Rules> changed(const std::string &text)
{
    auto made = with({kRule, kOther}, {{"mine.yaml", text}});
    EXPECT_TRUE(made) << made.error().text;
    return made ? *made : nullptr;
}

std::string refused(const std::string &text)
{
    auto made = with({kRule, kOther}, {{"mine.yaml", text}});
    return made ? std::string() : made.error().text.substr(0, made.error().text.find('\n'));
}

const std::string kDeed = lab::kProcesses +
                          "end: 1s\nevents:\n"
                          "  - {event: file.write, process: shell, file.path: /a}\n"
                          "  - {event: file.write, process: shell, file.path: /usr/bin/vim, "
                          "file.size: 6}\n";

Lines seen(std::shared_ptr<const Rules> rules, const std::string &events = kDeed)
{
    return lab::in_words(lab::Host(std::move(rules)).run(lab::stream(events)));
}

TEST(Site, ChangesRiskByName)
{
    EXPECT_EQ(seen(lab::compiled({kRule})),
              Lines({"keys count 1 risk 65 (base big actor_kind) steps a c"}));
    const auto rules = changed("change: keys\nreason: ours\nrisk:\n  base: 0.30\n  terms:\n"
                               "    - {name: big, add: 0.10}\n"
                               "    - {name: actor_kind, add: -0.05, why: usual here}\n"
                               "    - {name: night, when: {c.file.size: 6}, add: 0.07, why: n}\n");
    EXPECT_EQ(seen(rules), Lines({"keys count 1 risk 42 (base big actor_kind night) steps a c"}));
    const Rule &rule = *rules->all().at(0);
    ASSERT_EQ(rule.changes.size(), 1U);
    EXPECT_EQ(rule.changes[0].reason, "ours");
    EXPECT_EQ(rule.changes[0].place, "rules.d/mine.yaml:1:9");
    EXPECT_EQ(
        rule.changes[0].says,
        Lines({"risk base 0.40 -> 0.30", "risk term big: add 0.20 -> 0.10",
               "risk term actor_kind: add 0.05 -> -0.05",
               "risk term actor_kind: why a session -> usual here", "new risk term night: 0.07"}));
    EXPECT_NE(rule.effective.find("base: [0.30, x]"), std::string::npos) << rule.effective;
}

TEST(Site, DisablesAndTheOthersGoOn)
{
    const std::string yields =
        lab::rule("yields", "yields_to: [keys]\nsteps: [{a: {event: file.write, where: "
                            "{file.path: /usr/bin/vim}}}]\n");
    EXPECT_EQ(seen(lab::compiled({kRule, yields})).size(), 1U);
    const auto rules = with({kRule, yields},
                            {{"off.yaml", "- {change: keys, reason: not here, disable: true}\n"}});
    ASSERT_TRUE(rules) << rules.error().text;
    EXPECT_EQ(seen(*rules), Lines({"yields count 1 risk 40 (base) steps a"}));
    ASSERT_EQ((*rules)->all().size(), 1U);
    ASSERT_EQ((*rules)->known().size(), 2U);
    EXPECT_TRUE((*rules)->known()[0]->is_disabled);
    EXPECT_EQ((*rules)->known()[0]->changes.at(0).says, Lines({"disabled"}));
}

TEST(Site, AddsExceptionsAndValuesOfLists)
{
    EXPECT_EQ(seen(changed("change: keys\nreason: ours\n"
                           "except: [{when: {actor.kind: session, c.file.size: 6}, why: w}]\n")),
              Lines());
    EXPECT_EQ(seen(changed("change: keys\nreason: ours\n"
                           "except: [{when: {actor.kind: unit}, why: w}]\n"))
                  .size(),
              1U);
    const auto rules =
        with({kRule}, {{"lists.yaml", "$editors: [/usr/bin/emacs]\nours: [/opt/x]\n"}});
    ASSERT_TRUE(rules) << rules.error().text;
    std::string emacs = kDeed;
    emacs.replace(emacs.find("/usr/bin/vim"), 12, "/usr/bin/emacs");
    EXPECT_EQ(seen(*rules, emacs).size(), 1U);
    EXPECT_EQ(seen(lab::compiled({kRule}), emacs), Lines());
    const auto &lists = (*rules)->list_changes();
    ASSERT_EQ(lists.size(), 2U);
    EXPECT_EQ(lists[0].name, "editors");
    EXPECT_EQ(lists[0].values, Lines({"/usr/bin/emacs"}));
    EXPECT_FALSE(lists[0].is_new);
    EXPECT_TRUE(lists[1].is_new);
    EXPECT_EQ(lists[1].place, "rules.d/lists.yaml:2:1");
}

TEST(Site, IsRefusedWithPlaceAndNearestWord)
{
    const std::string head = "change: keys\nreason: r\n";
    EXPECT_EQ(refused("change: kyes\nreason: r\ndisable: true\n"),
              "rules.d/mine.yaml:1:9: unknown rule \"kyes\"; did you mean \"keys\"?");
    EXPECT_EQ(refused("change: keys\ndisable: true\n"),
              "rules.d/mine.yaml:1:1: \"reason\" is missing");
    EXPECT_EQ(refused(head), "rules.d/mine.yaml:1:1: nothing is changed; a change has "
                             "\"disable\", \"risk\" or \"except\"");
    EXPECT_EQ(refused(head + "disabled: true\n"), "rules.d/mine.yaml:3:1: unknown key of a change "
                                                  "\"disabled\"; did you mean \"disable\"?");
    EXPECT_EQ(refused(head + "disable: yes\n"),
              "rules.d/mine.yaml:3:10: \"disable\" is true or false");
    EXPECT_EQ(refused(head + "risk: {terms: [{name: bug, add: 0.1}]}\n"),
              "rules.d/mine.yaml:3:23: unknown risk term \"bug\"; did you mean \"big\"?");
    EXPECT_EQ(refused(head + "risk: {base: 1.4}\n"),
              "rules.d/mine.yaml:3:14: a risk is from 0.00 to 1.00, two decimals");
    EXPECT_EQ(refused(head + "risk: {base: [0.4, x]}\n"),
              "rules.d/mine.yaml:3:14: a changed base is a number; its reason stays");
    EXPECT_EQ(refused(head + "except: [{when: {actor.unti: x}, why: w}]\n"),
              "rules.d/mine.yaml:3:18: unknown field \"actor.unti\"; did you mean \"actor.unit\"?");
    EXPECT_EQ(refused(head + "except: [{when: {actor.unit: x}}]\n"),
              "rules.d/mine.yaml:3:10: \"why\" is missing");
    EXPECT_EQ(refused(head + "except: [{why: w}]\n"),
              "rules.d/mine.yaml:3:10: \"when\" is missing: an exception to everything is "
              "\"disable: true\"");
    // A site's rule cannot take a shipped rule's name.
    const auto twice = with({kOther}, {{"other.yaml", kOther}});
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().text.substr(0, twice.error().text.find('\n')),
              "rules.d/other.yaml:1:5: rule \"other\" is already in rules/pack/a.yaml:1:5");
}

// ---- replaced while they run ------------------------------------------------------------------

std::string start(const std::string &time)
{
    return lab::kProcesses + "start: 2026-03-02T" + time + "Z\nend: 1s\nevents:\n";
}

const std::string kFirst =
    start("10:00:00") + "  - {event: file.write, process: shell, file.path: /a}\n";
const std::string kSecond =
    start("10:01:00") + "  - {event: file.write, process: shell, file.path: /usr/bin/vim}\n";

// The first half under one set, the second under another. The stream's own last tick ends nothing.
Lines replaced(std::shared_ptr<const Rules> one, std::shared_ptr<const Rules> other)
{
    lab::Host host(std::move(one));
    auto all = host.run(lab::stream(kFirst));
    host.engine.replace(std::move(other), host.session, all);
    for (Match &match : host.run(lab::stream(kSecond)))
        all.push_back(std::move(match));
    return lab::in_words(all);
}

TEST(Replace, KeepsPartialMatchesOfRulesThatDidNotChange)
{
    const std::string before =
        lab::rule("before", "steps: [{a: {event: file.write, where: {file.path: /nothing}}}]\n");
    const Lines whole = {"keys count 1 risk 45 (base actor_kind) steps a c"};
    EXPECT_EQ(replaced(lab::compiled({kRule}), lab::compiled({kRule})), whole);
    // Under another number, with other comments and another layout.
    EXPECT_EQ(replaced(lab::compiled({kRule}), lab::compiled({before, "# new\n" + kRule, kOther})),
              whole);
    EXPECT_EQ(replaced(lab::compiled({before, kRule}), lab::compiled({kRule})), whole);
    // A changed rule begins anew; so does one that was away.
    EXPECT_EQ(replaced(lab::compiled({kRule}), changed("change: keys\nreason: r\n"
                                                       "risk: {base: 0.41}\n")),
              Lines());
    EXPECT_EQ(replaced(lab::compiled({kOther}), lab::compiled({kRule})), Lines());
    EXPECT_EQ(replaced(lab::compiled({kRule}), lab::compiled({kOther})), Lines());
}

TEST(Replace, KeepsWindowsAndTellsThoseOfOthers)
{
    const std::string body = "steps: [{a: {event: file.write, where: {file.path: /w}}}]\n";
    const std::string two = start("10:00:00") +
                            "  - {event: file.write, process: shell, file.path: /w, "
                            "repeat: {times: 2, every: 1s}}\n";
    // Without the last tick, which would close every window.
    const auto run = [&](lab::Host &host, const std::string &text) {
        auto stream = lab::stream(text);
        stream.records.pop_back();
        return lab::in_words(host.run(stream));
    };
    const auto rules = lab::compiled({lab::rule("w", body)});
    lab::Host same(rules);
    EXPECT_EQ(run(same, two), Lines({"w count 1 risk 40 (base) steps a"}));
    std::vector<Match> told;
    same.engine.replace(lab::compiled({kOther, lab::rule("w", body)}), same.session, told);
    EXPECT_TRUE(told.empty());
    EXPECT_EQ(same.engine.sizes().windows, 1U);
    const auto rest = lab::in_words(same.run(lab::stream(
        start("10:01:00") + "  - {event: file.write, process: shell, file.path: /w}\n")));
    EXPECT_EQ(rest, Lines({"w again count 3 risk 40 (base) steps a"}));

    lab::Host gone(rules);
    EXPECT_EQ(run(gone, two).size(), 1U);
    gone.engine.replace(lab::compiled({kOther}), gone.session, told);
    EXPECT_EQ(lab::in_words(told), Lines({"w again count 2 risk 40 (base) steps a"}));
    EXPECT_EQ(gone.engine.sizes().windows, 0U);
}

TEST(Replace, KeepsWhatWasSeenBeforeAndWhatIsWaitedFor)
{
    const std::string absent =
        lab::rule("r", "steps: [{a: {event: file.write, where: {file.path: /a}}}]\n"
                       "then_absent: {event: file.delete, within: 30s}\n");
    EXPECT_EQ(replaced(lab::compiled({absent}), lab::compiled({kOther, absent})),
              Lines({"r count 1 risk 40 (base) steps a"}));

    const std::string fresh =
        lab::rule("f", "by: host\nsteps: [{a: {event: file.write, where: {file.path: $editors, "
                       "process.executable|new: 30d}}}]\n");
    lab::Host host(lab::compiled({fresh}));
    EXPECT_EQ(host.run(lab::stream(kSecond)).size(), 1U);
    std::vector<Match> told;
    host.engine.replace(lab::compiled({fresh, kOther}), host.session, told);
    EXPECT_TRUE(host.run(lab::stream(start("10:02:00") + "  - {event: file.write, process: shell, "
                                                         "file.path: /usr/bin/vim}\n"))
                    .empty());
}

} // namespace
} // namespace sentra::engine
