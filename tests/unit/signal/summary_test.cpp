// SPDX-License-Identifier: MIT
#include "signal/summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/time.h"
#include "unit/signal/made.h"

namespace sentra::signal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

session::Context by(const session::Actor &actor)
{
    return {nullptr, std::make_shared<session::Actor>(actor), false};
}

event::Owned ran(const std::string &program, const std::string &time = "2026-03-02T10:12:00Z")
{
    return made::event("process.exec", time, {{"process.executable", {program}}},
                       SENTRA_SOURCE_KERNEL);
}

event::Owned closed(const std::string &service, const std::string &time = "2026-03-02T10:42:00Z")
{
    return made::event(
        "auth.session", time,
        {{"user.name", {"maria"}}, {"auth.service", {service}}, {"event.action", {"closed"}}},
        SENTRA_SOURCE_JOURNAL);
}

constexpr std::uint64_t kLater = ~std::uint64_t{0} / 2;

TEST(Summary, TellsWhatBecameOfALogin)
{
    Summaries summaries;
    session::Actor plain = made::maria();
    plain.effective = plain.user;
    plain.broker.clear();
    summaries.note(*made::login_event(), by(plain));
    summaries.note(*ran("/usr/bin/id"), by(plain));
    summaries.note(*ran("/usr/bin/id"), by(made::maria()));
    summaries.note(*closed("sudo"), by(made::maria())); // no end of the login
    summaries.note(*ran("/usr/bin/tee"), by(made::maria()));
    summaries.note(*closed("sshd"), by(plain));
    summaries.note(compose(made::key_match(), made::host(), made::kBundle, Coverage{}));

    const auto changed = summaries.take_changed(kLater, false, made::host());
    ASSERT_THAT(changed, SizeIs(1));
    const SessionSummary &summary = changed.front();
    EXPECT_EQ(summary.id, "session:b00t:42");
    EXPECT_THAT(summary.became, ElementsAre("root with sudo"));
    EXPECT_THAT(summary.ran, ElementsAre("/usr/bin/id", "/usr/bin/tee"));
    EXPECT_EQ(sentence(summary),
              "maria signed in from 203.0.113.7 with a password on 2 March at 10:11 UTC, became "
              "root with sudo, ran 3 programs and left at 10:42 UTC. 1 signal speaks of it, with "
              "an action to take.");
    EXPECT_THAT(summaries.take_changed(kLater, true, made::host()), SizeIs(0)); // told
}

TEST(Summary, SurvivesTheStore)
{
    Summaries before;
    before.note(*made::login_event(), by(made::maria()));
    before.note(*ran("/usr/bin/\x01worm"), by(made::maria()));
    const auto told = before.take_changed(kLater, true, made::host());
    ASSERT_THAT(told, SizeIs(1));
    const std::string line = to_json(told.front());
    EXPECT_THAT(line, HasSubstr(R"("/usr/bin/\\x01worm")"));
    auto read = summary_from_json(line);
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(to_json(*read), line);

    Summaries after;
    after.remember(std::move(*read));
    session::Actor anew = made::maria();
    anew.key = "login:b00t:901:5"; // met by its line this time
    // The journal and what the kernel kept are read again: nothing counts twice.
    after.note(*made::login_event(), by(anew));
    after.note(*ran("/usr/bin/\x01worm"), by(anew));
    after.note(*ran("/usr/bin/id", "2026-03-02T10:13:00Z"), by(anew));
    const auto grown = after.take_changed(kLater, true, made::host());
    ASSERT_THAT(grown, SizeIs(1));
    EXPECT_EQ(grown.front().programs, 2U);
    EXPECT_EQ(grown.front().id, "session:b00t:42");
}

TEST(Summary, GoesOnWithAnEarlierRunsWhenTheAuditIdComesLate)
{
    Summaries before;
    before.note(*made::login_event(), by(made::maria()));
    before.note(*ran("/usr/bin/id"), by(made::maria()));
    auto told = before.take_changed(kLater, true, made::host());
    ASSERT_THAT(told, SizeIs(1));

    Summaries after;
    after.remember(std::move(told.front()));
    session::Actor early = made::maria();
    early.key = early.canonical = "login:b00t:901:5"; // its line, read again
    early.audit_session.reset();
    after.note(*made::login_event(), by(early));
    session::Actor late = made::maria();
    late.key = early.key;
    after.note(*ran("/usr/bin/id"), by(late)); // counted by the run before
    after.note(*ran("/usr/bin/ls", "2026-03-02T10:13:00Z"), by(late));
    const auto grown = after.take_changed(kLater, true, made::host());
    ASSERT_THAT(grown, SizeIs(1));
    EXPECT_EQ(grown.front().id, "session:b00t:42");
    EXPECT_EQ(grown.front().programs, 2U);
    EXPECT_THAT(grown.front().ran, ElementsAre("/usr/bin/id", "/usr/bin/ls"));
    EXPECT_EQ(after.size(), 1U);
}

TEST(Summary, TakesItsNameAlongWhenTheAuditIdComesLate)
{
    Summaries summaries;
    session::Actor early = made::maria();
    early.key = early.canonical = "login:b00t:901:5";
    early.audit_session.reset();
    summaries.note(*made::login_event(), by(early));
    EXPECT_THAT(summaries.take_changed(made::at("2026-03-02T10:11:04Z"), false, made::host()),
                SizeIs(0));
    ASSERT_THAT(summaries.take_changed(made::at("2026-03-02T10:12:00Z"), false, made::host()),
                SizeIs(1));
    session::Actor late = made::maria();
    late.key = early.key;
    summaries.note(*ran("/usr/bin/id"), by(late));
    const auto told = summaries.take_changed(kLater, false, made::host());
    ASSERT_THAT(told, SizeIs(1));
    EXPECT_EQ(told.front().id, "session:b00t:42");
    EXPECT_EQ(told.front().former, "login:b00t:901:5");
}

TEST(Summary, IsNotHandedOnAtEveryEvent)
{
    Summaries summaries;
    const std::uint64_t begin = made::at("2026-03-02T10:12:00Z");
    summaries.note(*ran("/usr/bin/id"), by(made::maria()));
    EXPECT_THAT(summaries.take_changed(begin, false, made::host()), SizeIs(1));
    summaries.note(*ran("/usr/bin/id"), by(made::maria()));
    EXPECT_THAT(summaries.take_changed(begin + kSecondNs, false, made::host()), SizeIs(0));
    EXPECT_THAT(summaries.take_changed(begin + 10 * kSecondNs, false, made::host()), SizeIs(1));
}

TEST(Summary, IsBoundedAndOfLoginsOnly)
{
    Summaries summaries;
    session::Actor web;
    web.kind = session::ActorKind::unit;
    web.key = web.canonical = "unit:nginx.service";
    summaries.note(*ran("/usr/bin/id"), by(web));
    EXPECT_EQ(summaries.size(), 0U);
    for (int i = 0; i < 10'000; ++i) {
        session::Actor one = made::maria();
        one.key = one.canonical = "session:b00t:" + std::to_string(i);
        summaries.note(*ran("/usr/bin/id"), by(one));
    }
    EXPECT_LE(summaries.size(), 4096U);
    for (int i = 0; i < 1000; ++i)
        summaries.note(*ran("/usr/bin/" + std::to_string(i)), by(made::maria()));
    for (const SessionSummary &summary : summaries.take_changed(kLater, true, made::host()))
        EXPECT_LE(summary.ran.size(), 32U);
}

TEST(Summary, RefusesWhatIsNone)
{
    for (const char *line :
         {"", "[]", "{}", R"({"schema":"sentra.session/1"})",
          R"({"schema":"sentra.session/1","id":5})", R"({"schema":"sentra.session/2","id":"x"})"})
        EXPECT_FALSE(summary_from_json(line)) << line;
}

} // namespace
} // namespace sentra::signal
