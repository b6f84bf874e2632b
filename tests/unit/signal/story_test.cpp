// SPDX-License-Identifier: MIT
#include "signal/story.h"

#include <gtest/gtest.h>

#include "unit/signal/made.h"

namespace sentra::signal {
namespace {

using session::Actor;
using session::ActorKind;

const std::uint64_t kDeed = made::at("2026-03-02T10:15:42Z");

Actor of_kind(ActorKind kind, session::Person user, session::Person effective = {})
{
    Actor actor;
    actor.kind = kind;
    actor.user = std::move(user);
    actor.effective = effective.id ? effective : actor.user;
    return actor;
}

TEST(Story, TellsTheLoginTheMethodAndTheBroker)
{
    EXPECT_EQ(
        story(made::maria(), kDeed, true),
        "On 2 March at 10:11 UTC, maria signed in from 203.0.113.7 with a password, became root "
        "with sudo and");
}

TEST(Story, NamesTheKeyAndEveryOtherMethod)
{
    const std::pair<const char *, const char *> methods[] = {
        {"publickey", "with an SSH key"},
        {"keyboard-interactive/pam", "by answering a prompt"},
        {"gssapi-with-mic", "with a Kerberos ticket"},
        {"none", "without a password"},
        {"quantum", "with the method quantum"}};
    for (const auto &[method, words] : methods) {
        Actor actor = made::maria();
        actor.login->method = method;
        actor.broker = "su";
        EXPECT_EQ(story(actor, kDeed, true), std::string("On 2 March at 10:11 UTC, maria signed in "
                                                         "from 203.0.113.7 ") +
                                                 words + ", became root with su and");
    }
}

TEST(Story, GivesADeedLongAfterTheLoginItsOwnTime)
{
    EXPECT_EQ(
        story(made::maria(), made::at("2026-03-02T14:05:00Z"), true),
        "On 2 March at 10:11 UTC, maria signed in from 203.0.113.7 with a password, became root "
        "with sudo and, at 14:05 UTC,");
    EXPECT_EQ(
        story(made::maria(), made::at("2026-03-03T09:12:00Z"), true),
        "On 2 March at 10:11 UTC, maria signed in from 203.0.113.7 with a password, became root "
        "with sudo and, on 3 March at 09:12 UTC,");
    // Midnight lies between them: the day is said even within the hour.
    Actor actor = made::maria();
    actor.login->time_ns = made::at("2026-03-02T23:50:00Z");
    EXPECT_EQ(
        story(actor, made::at("2026-03-03T00:05:00Z"), true),
        "On 2 March at 23:50 UTC, maria signed in from 203.0.113.7 with a password, became root "
        "with sudo and, on 3 March at 00:05 UTC,");
}

TEST(Story, LeavesOutWhatDidNotHappen)
{
    Actor actor = made::maria();
    actor.broker = "";
    actor.effective = actor.user;
    EXPECT_EQ(story(actor, kDeed, true),
              "On 2 March at 10:11 UTC, maria signed in from 203.0.113.7 with a password and");

    Actor root = made::maria();
    root.user = root.effective = root.login->user = {"root", 0};
    root.login->method = "publickey";
    root.broker = "";
    EXPECT_EQ(story(root, kDeed, true),
              "On 2 March at 10:11 UTC, root signed in from 203.0.113.7 with an SSH key and");
}

TEST(Story, SaysAsWhomWithoutClaimingAWay)
{
    Actor actor = made::maria();
    actor.broker = "";
    EXPECT_EQ(story(actor, kDeed, true),
              "On 2 March at 10:11 UTC, maria signed in from 203.0.113.7 "
              "with a password and, acting as root,");
    EXPECT_EQ(
        story(actor, made::at("2026-03-02T14:05:00Z"), true),
        "On 2 March at 10:11 UTC, maria signed in from 203.0.113.7 with a password and, at 14:05 "
        "UTC, acting as root,");
}

TEST(Story, KnowsTheConsoleAndHostNames)
{
    Actor actor = made::maria();
    actor.login->source.reset();
    actor.login->service = "login";
    actor.tty = "tty1";
    EXPECT_EQ(story(actor, kDeed, true), "On 2 March at 10:11 UTC, maria signed in at the console "
                                         "with a password, became root with sudo and");
    actor.login->service = "sshd";
    actor.login->source_name = "office.example.org";
    EXPECT_EQ(story(actor, kDeed, true),
              "On 2 March at 10:11 UTC, maria signed in from "
              "office.example.org with a password, became root with sudo and");
}

TEST(Story, NeverDatesALoginWhoseTimeIsNotKnown)
{
    Actor actor = made::maria();
    actor.login->time_ns = 0;
    EXPECT_EQ(story(actor, kDeed, true),
              "On 2 March at 10:15 UTC, maria, signed in from 203.0.113.7 "
              "with a password, became root with sudo and");
    actor.broker = "";
    EXPECT_EQ(story(actor, kDeed, true),
              "On 2 March at 10:15 UTC, maria, signed in from 203.0.113.7 "
              "with a password, acting as root,");
}

TEST(Story, SaysSoWhenTheSignInWasNotSeen)
{
    Actor actor = made::maria();
    actor.login.reset();
    EXPECT_EQ(story(actor, kDeed, true),
              "On 2 March at 10:15 UTC, a session of maria whose sign-in "
              "was not seen became root with sudo and");
    actor.effective = actor.user;
    EXPECT_EQ(story(actor, kDeed, true),
              "On 2 March at 10:15 UTC, a session of maria whose sign-in was not seen");
    actor.user = {"", 1001};
    actor.effective = actor.user;
    EXPECT_EQ(story(actor, kDeed, true),
              "On 2 March at 10:15 UTC, a session of uid 1001 whose sign-in was not seen");
}

TEST(Story, TellsUnitsJobsContainersAndProcesses)
{
    Actor unit = of_kind(ActorKind::unit, {"www-data", 33});
    unit.unit = "nginx.service";
    EXPECT_EQ(story(unit, kDeed, true),
              "On 2 March at 10:15 UTC, the service nginx.service (as www-data)");
    unit.effective = {"root", 0};
    EXPECT_EQ(story(unit, kDeed, true),
              "On 2 March at 10:15 UTC, the service nginx.service (as www-data), acting as root,");

    Actor job = of_kind(ActorKind::job, {"root", 0});
    job.job = "cron";
    EXPECT_EQ(story(job, kDeed, true), "On 2 March at 10:15 UTC, a scheduled job of root");
    job.job = "apt-daily.timer";
    EXPECT_EQ(story(job, kDeed, true),
              "On 2 March at 10:15 UTC, the scheduled job apt-daily.timer (as root)");

    Actor container = of_kind(ActorKind::container, {"", 0});
    container.container = std::string(64, 'c');
    EXPECT_EQ(story(container, kDeed, true),
              "On 2 March at 10:15 UTC, a process in the container cccccccccccc (as root)");

    EXPECT_EQ(story(of_kind(ActorKind::process, {"", 1000}), kDeed, true),
              "On 2 March at 10:15 UTC, a process of uid 1000 outside any login or service");
    EXPECT_EQ(story(of_kind(ActorKind::kernel, {"root", 0}), kDeed, true),
              "On 2 March at 10:15 UTC, the kernel");
}

TEST(Story, AdmitsWhatIsNotKnown)
{
    EXPECT_EQ(story(of_kind(ActorKind::unknown, {"", 1000}), kDeed, true),
              "On 2 March at 10:15 UTC, a process of uid 1000 whose login is not known");
    EXPECT_EQ(story(of_kind(ActorKind::unknown, {}), kDeed, true),
              "On 2 March at 10:15 UTC, a process whose login is not known");
    EXPECT_EQ(story(of_kind(ActorKind::unknown, {"maria", {}}), kDeed, false),
              "On 2 March at 10:15 UTC, maria, whose login is not known,");
    Actor written = of_kind(ActorKind::unknown, {"maria", {}}, {"root", 0});
    EXPECT_EQ(story(written, kDeed, false),
              "On 2 March at 10:15 UTC, maria, whose login is not known,")
        << "root is the writer of the line, for all that is known";
    written.broker = "sudo";
    EXPECT_EQ(story(written, kDeed, false), "On 2 March at 10:15 UTC, maria, whose login is not "
                                            "known, became root with sudo and");
    EXPECT_EQ(story(of_kind(ActorKind::unknown, {}), kDeed, false),
              "On 2 March at 10:15 UTC, someone whose login is not known");
}

TEST(Story, EscapesNamesFromOutside)
{
    Actor actor = made::maria();
    actor.user.name = "root\x1b[2Jfrom\xe2\x80\xae";
    const std::string text = story(actor, kDeed, true);
    EXPECT_NE(text.find("root\\x1b[2Jfrom\\u{202e} signed in from 203.0.113.7"), std::string::npos)
        << text;
}

} // namespace
} // namespace sentra::signal
