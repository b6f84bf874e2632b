// SPDX-License-Identifier: MIT
// What a condition asks of a file, as a need of its path: never less than the rule would match.
#include "lab.h"

namespace sentra::engine {
namespace {

using How = Need::How;

std::vector<std::string> needs_of(const std::string &event, const std::string &where,
                                  const std::string &more = {})
{
    const auto rules = lab::compiled({lab::rule("r", "steps:\n  - a:\n      event: " + event +
                                                         "\n      where: " + where + "\n" + more)});
    static constexpr const char *hows[] = {"any", "is", "begins", "ends", "contains"};
    std::vector<std::string> words;
    for (const Need &need : rules->needs())
        words.push_back(need.event + " " + need.field + " " +
                        hows[static_cast<std::size_t>(need.how)] + " " + need.value +
                        (need.each ? " each" : ""));
    return words;
}

std::vector<std::string> of_write(const std::string &where)
{
    std::vector<std::string> words = needs_of("file.write", where);
    const std::string head = "file.write ";
    for (std::string &word : words)
        word.erase(0, head.size());
    return words;
}

using Words = std::vector<std::string>;

TEST(NeedsOf, PathsAreWhatTheySay)
{
    EXPECT_EQ(of_write("{file.path: /etc/Crontab}"), Words{"file.path is /etc/crontab"});
    EXPECT_EQ(of_write("{file.path|startswith: /etc/}"), Words{"file.path begins /etc/"});
    EXPECT_EQ(of_write("{file.path|endswith: /.ssh/x}"), Words{"file.path ends /.ssh/x"});
    EXPECT_EQ(of_write("{file.path|contains: .wants/}"), Words{"file.path contains .wants/"});
}

TEST(NeedsOf, WildcardsAreTheirMostTellingPiece)
{
    EXPECT_EQ(of_write("{file.path: \"/var/log/*\"}"), Words{"file.path begins /var/log/"});
    EXPECT_EQ(of_write("{file.path: \"*/.ssh/authorized_keys\"}"),
              Words{"file.path ends /.ssh/authorized_keys"});
    EXPECT_EQ(of_write("{file.path: \"*/.config/systemd/user/*\"}"),
              Words{"file.path contains /.config/systemd/user/"});
    EXPECT_EQ(of_write("{file.path: \"/a/*/b/c.conf\"}"), Words{"file.path ends /b/c.conf"});
    EXPECT_EQ(of_write("{file.path: \"/etc/?ron\"}"), Words{"file.path begins /etc/"});
    EXPECT_EQ(of_write("{file.path: \"/tmp/*\", file.name|endswith: .log}"),
              Words{"file.path ends .log"});
    EXPECT_EQ(of_write("{file.path: \"*\"}"), Words{" any "});
}

TEST(NeedsOf, PartsOfAPathAreWhatTheyMeanForIt)
{
    EXPECT_EQ(of_write("{file.name: sudoers}"), Words{"file.path ends /sudoers"});
    EXPECT_EQ(of_write("{file.name|startswith: tmp}"), Words{"file.path contains /tmp"});
    EXPECT_EQ(of_write("{file.name|endswith: \"~\"}"), Words{"file.path ends ~"});
    EXPECT_EQ(of_write("{file.name: \"*.php\"}"), Words{"file.path ends .php"});
    EXPECT_EQ(of_write("{file.extension: Service}"), Words{"file.path ends .service"});
    EXPECT_EQ(of_write("{file.directory: /etc/cron.d}"), Words{"file.path begins /etc/cron.d/"});
    EXPECT_EQ(of_write("{file.directory: /}"), Words{"file.path begins /"});
    EXPECT_EQ(of_write("{file.directory|startswith: /etc/cron}"),
              Words{"file.path begins /etc/cron"});
    EXPECT_EQ(of_write("{file.directory|endswith: .service.d}"),
              Words{"file.path contains .service.d/"});
}

TEST(NeedsOf, AnAlternativeGoesByItsMostTellingTest)
{
    EXPECT_EQ(of_write("{file.extension: [service, timer], file.path|startswith: "
                       "/etc/systemd/system/, file.path|contains: system}"),
              Words{"file.path begins /etc/systemd/system/"});
    EXPECT_EQ(of_write("{file.path|contains|all: [/a/, b]}").size(), 2U);
}

TEST(NeedsOf, WhatNoPathNarrowsIsEverything)
{
    EXPECT_EQ(of_write("{user.id: 0}"), Words{" any "});
    EXPECT_EQ(of_write("{file.name|re: \"^[0-9]+$\"}"), Words{" any "});
    EXPECT_EQ(of_write("[{file.path: /a}, {user.id: 0}]"), (Words{" any ", "file.path is /a"}));
    // One alternative of a test that cannot be compared makes the test useless, not the other.
    EXPECT_EQ(of_write("{file.path: [/a, \"*\"]}"), Words{" any "});
    EXPECT_EQ(of_write("{file.path: [/a, \"*\"], file.directory: /b}"),
              Words{"file.path begins /b/"});
    // What must not hold narrows nothing.
    EXPECT_EQ(of_write("{not: {file.path: /a}}"), Words{" any "});
}

TEST(NeedsOf, AnAlternativeConcernsTheTypesItNames)
{
    const std::string where = "\n        - {event.name: file.delete, file.path: /gone}\n"
                              "        - {event.name: file.rename, file.origin.path: /old}\n"
                              "        - {file.path: /any}\n";
    EXPECT_EQ(needs_of("[file.write, file.rename, file.delete]", where),
              (Words{"file.delete file.path is /any", "file.delete file.path is /gone",
                     "file.rename file.origin.path is /old", "file.rename file.path is /any",
                     "file.write file.path is /any"}));
}

TEST(NeedsOf, CountingAndHurryAskForEach)
{
    EXPECT_EQ(needs_of("net.connect", "{destination.port: 22}\n      count: {gte: 5, within: 5m}"),
              Words{"net.connect  any  each"});
    EXPECT_EQ(needs_of("net.connect",
                       "{user.id: 0}\n      count: {gte: 5, distinct: destination.port, within: "
                       "5m}"),
              Words{"net.connect  any "});
    EXPECT_EQ(needs_of("net.connect",
                       "{user.id: 0}\n      count: {gte: 5, distinct: destination.port, within: "
                       "20s}"),
              Words{"net.connect  any  each"});
}

TEST(NeedsOf, WhatEndsOrAnswersIsToldEachTime)
{
    EXPECT_EQ(needs_of("file.write", "{file.path: /a}",
                       "then_absent: {event: file.delete, where: {file.path: /a}, within: 8h}\n"
                       "until: [{event: file.rename, where: {file.path: /b}}]\n"),
              (Words{"file.delete file.path is /a each", "file.rename file.path is /b each",
                     "file.write file.path is /a"}));
}

TEST(NeedsOf, AlternativesOfAStepConcernTheirOwnEvents)
{
    const auto rules = lab::compiled({lab::rule(
        "r", "steps:\n  - a:\n      any:\n"
             "        - {event: file.write, where: {file.path: /w}}\n"
             "        - {event: [file.rename, file.delete], where: {file.path: /x}}\n")});
    std::vector<std::string> words;
    for (const Need &need : rules->needs())
        words.push_back(need.event + " " + need.value);
    EXPECT_EQ(words, (Words{"file.delete /x", "file.rename /x", "file.write /w"}));
}

} // namespace
} // namespace sentra::engine
