// SPDX-License-Identifier: MIT
#include <filesystem>
#include <fstream>

#include "lab.h"

#include <unistd.h>

namespace sentra::engine {
namespace {

namespace fs = std::filesystem;

// A directory of rules that is gone afterwards.
class Directory {
public:
    Directory()
    {
        std::string name = (fs::temp_directory_path() / "sentra-rules-XXXXXX").string();
        path = ::mkdtemp(name.data());
    }
    Directory(const Directory &) = delete;
    Directory &operator=(const Directory &) = delete;
    ~Directory() { fs::remove_all(path); }
    void write(const std::string &name, const std::string &text) const
    {
        fs::create_directories((path / name).parent_path());
        std::ofstream(path / name) << text;
    }
    fs::path path;
};

std::string simple(const std::string &id, const std::string &path)
{
    return lab::rule(id, "steps:\n  - a: {event: file.write, where: {file.path: " + path + "}}\n");
}

TEST(RulesOfADirectory, AreReadInOrderAndKnowTheirPack)
{
    const Directory shipped;
    const Directory site;
    for (const auto &[name, text] : lab::kVocabulary)
        shipped.write(std::string(name), std::string(text));
    shipped.write("persistence/b.yaml", simple("second", "/b"));
    shipped.write("persistence/a.yaml",
                  lab::rule("first", "attack: [T1098.004]\nsteps:\n"
                                     "  - a: {event: file.write, where: {file.path: $editors}}\n"));
    shipped.write("README.md", "not a rule");
    site.write("lists.yaml", "editors: [/usr/bin/emacs]\n");
    const auto rules = Rules::load({shipped.path.string(), site.path.string()});
    ASSERT_TRUE(rules) << rules.error().text;
    ASSERT_EQ((*rules)->all().size(), 2U);
    const Rule &first = *(*rules)->all()[0];
    EXPECT_EQ(first.id, "first");
    EXPECT_EQ(first.pack, "persistence");
    EXPECT_EQ(first.techniques.at(0).name, "SSH Authorized Keys");
    EXPECT_EQ(first.controls.at("soc2"), std::vector<std::string>{"CC6.1"});
    EXPECT_EQ(first.events, std::vector<std::string>{"file.write"});
    EXPECT_EQ(first.fields, std::vector<std::string>{"file.path"});
    EXPECT_EQ(first.proofs.size(), 2U);
    EXPECT_EQ(first.proofs[0].signals[0].state, "Low");
    EXPECT_EQ((*rules)->needs().size(), 4U); // three editors and /b
}

TEST(RulesOfADirectory, MayHaveListsOfLists)
{
    auto files = lab::files({simple("r", "$all")});
    files.push_back({"a/lists.yaml", "lists.yaml", "all: [/usr/bin/ed, $mine, \"$quoted\"]\n"});
    files.push_back({"b/lists.yaml", "lists.yaml", "mine: $editors\neditors: [/usr/bin/emacs]\n"});
    const auto rules = Rules::compile(std::move(files));
    ASSERT_TRUE(rules) << rules.error().text;
    std::vector<std::string> values;
    for (const Need &need : (*rules)->needs())
        values.push_back(need.value);
    const std::vector<std::string> all = {"$quoted", "/usr/bin/ed", "/usr/bin/emacs",
                                          "/usr/bin/nano", "/usr/bin/vim"};
    EXPECT_EQ(values, all);
}

TEST(RulesOfADirectory, HaveOneDigestWhereverTheyLie)
{
    const Directory one;
    const Directory two;
    for (const Directory *directory : {&one, &two}) {
        for (const auto &[name, text] : lab::kVocabulary)
            directory->write(std::string(name), std::string(text));
        directory->write("p/a.yaml", simple("a", "/a"));
    }
    const auto first = Rules::load({one.path.string()});
    const auto second = Rules::load({two.path.string()});
    ASSERT_TRUE(first && second);
    EXPECT_EQ((*first)->bundle(), (*second)->bundle());
    EXPECT_EQ((*first)->bundle().size(), 64U);
    two.write("p/a.yaml", simple("a", "/b"));
    const auto changed = Rules::load({two.path.string()});
    ASSERT_TRUE(changed);
    EXPECT_NE((*first)->bundle(), (*changed)->bundle());
}

TEST(RulesOfADirectory, ThatIsNotThere)
{
    const auto rules = Rules::load({"/nowhere/rules"});
    ASSERT_FALSE(rules);
    EXPECT_EQ(rules.error().text, "open rules: /nowhere/rules: No such file or directory");
}

TEST(Needs, AreWhatSomeRuleCanUse)
{
    const auto rules = lab::compiled(
        {lab::rule(
             "a",
             "steps:\n  - a:\n      event: file.read\n      where:\n"
             "        - {file.path: /etc/shadow, user.id: 0}\n"
             "        - {file.path|endswith: [/.ssh/id_rsa]}\n"
             "unless:\n  - {event: file.read, where: {file.path|startswith: /etc/sudoers.d/}}\n"),
         lab::rule("b", "steps:\n  - a: {event: net.connect, where: {destination.port: 22}}\n")});
    EXPECT_EQ(rules->watched_reads(),
              (std::vector<std::string>{"*/.ssh/id_rsa", "/etc/shadow", "/etc/sudoers.d/*"}));
    const auto needs = rules->needs();
    ASSERT_EQ(needs.size(), 4U);
    EXPECT_EQ(needs[3], (Need{"net.connect", "", Need::How::any, ""}));
}

TEST(Proofs, MayHoldTheirEvents)
{
    const auto rules = lab::compiled({lab::rule(
        "r", "steps:\n  - a: {event: file.write, where: {file.path: /a}}\n"
             "proof:\n  - name: speaks\n    processes: {sh: {process.executable: /bin/sh}}\n"
             "    events: [{event: file.write, process: sh, file.path: /a}]\n"
             "    signals: [{state: Low, risk: 0.40, intent: Persistence, count: 1}]\n"
             "  - {name: silent, events: [], signals: []}\n")});
    const Proof &speaks = rules->all()[0]->proofs[0];
    ASSERT_NE(speaks.events, nullptr);
    EXPECT_EQ(speaks.signals[0].risk, 0.40);
    EXPECT_EQ(speaks.signals[0].count, 1U);
    EXPECT_EQ(lab::in_words(lab::Host(rules).run(*speaks.events)),
              std::vector<std::string>{"r count 1 risk 40 (base) steps a"});
    EXPECT_TRUE(lab::Host(rules).run(*rules->all()[0]->proofs[1].events).empty());
}

TEST(Engine, AVetoedEventProvesNothing)
{
    const auto rules = lab::compiled({simple("r", "/a")});
    lab::Host host(rules);
    const Stream stream = lab::stream(
        lab::kProcesses + "events:\n  - {event: file.write, process: shell, file.path: /a}\n");
    std::vector<Match> found;
    for (const event::Record &record : stream.records) {
        const auto event = event::Event::decode(record);
        session::Context context = host.session.apply(*event);
        context.vetoed = true;
        host.engine.step(*event, context, host.session, found);
    }
    EXPECT_TRUE(found.empty());
}

TEST(Engine, AMatchOutlivesItsEngine)
{
    Match kept;
    event::Losses session_losses;
    session::Session session(session_losses);
    {
        event::Losses losses;
        Engine engine(lab::compiled({simple("r", "/a")}), losses);
        const Stream stream = lab::stream(
            lab::kProcesses + "events:\n  - {event: file.write, process: shell, file.path: /a}\n");
        std::vector<Match> found;
        for (const event::Record &record : stream.records) {
            const auto event = event::Event::decode(record);
            engine.step(*event, session.apply(*event), session, found);
        }
        ASSERT_EQ(found.size(), 1U);
        kept = std::move(found[0]);
    }
    EXPECT_EQ(kept.text("file.path"), "/a");
    EXPECT_EQ(kept.text("user.name"), "maria");
    EXPECT_EQ(event::to_text(kept.bound[0].event->get("file.path")), "/a");
    EXPECT_EQ(kept.actor->kind, session::ActorKind::session);
}

} // namespace
} // namespace sentra::engine
