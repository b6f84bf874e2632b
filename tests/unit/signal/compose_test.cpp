// SPDX-License-Identifier: MIT
#include <clocale>
#include <cstdlib>
#include <ctime>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "signal/identity.h"
#include "signal/proof.h"
#include "signal/template.h"
#include "unit/signal/made.h"

namespace sentra::signal {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

Signal composed(const engine::Match &match, const Coverage &coverage = {})
{
    return compose(match, made::host(), made::kBundle, coverage);
}

TEST(Compose, TellsTheWholeStory)
{
    const Signal signal = composed(made::key_match());
    EXPECT_EQ(signal.title, "A new SSH key for deploy");
    EXPECT_EQ(
        signal.narrative,
        "On 2 March at 10:11 UTC, maria signed in from 203.0.113.7 with a password, became root "
        "with sudo and added an SSH key to /home/deploy/.ssh/authorized_keys.");
    EXPECT_EQ(signal.state, "Action Recommended");
    EXPECT_TRUE(signal.action_needed);
    EXPECT_EQ(signal.action_text,
              "Ask the owner of deploy whether the key is theirs; remove it if not.");
    EXPECT_DOUBLE_EQ(signal.score, 0.70);
    EXPECT_EQ(signal.confidence, "high");
    EXPECT_EQ(signal.techniques.at(0).name, "SSH Authorized Keys");
    EXPECT_THAT(signal.files, ElementsAre("/home/deploy/.ssh/authorized_keys"));
    EXPECT_THAT(signal.ips, ElementsAre("203.0.113.7"));
    EXPECT_THAT(signal.users, ElementsAre("deploy", "maria"));
    ASSERT_EQ(signal.evidence.size(), 2U);
    EXPECT_EQ(signal.evidence[0].text, "maria signed in from 203.0.113.7 (password)");
    EXPECT_EQ(signal.evidence[1].text, "opened /home/deploy/.ssh/authorized_keys for writing");
    EXPECT_EQ(signal.process_executable, "/usr/bin/tee");
    EXPECT_THAT(signal.process_args, ElementsAre("tee", "-a", "/home/deploy/.ssh/authorized_keys"));
}

TEST(Compose, AsksForActionFromOneHalfOn)
{
    struct Case {
        std::vector<double> terms;
        double score;
        bool needed;
    };
    const Case cases[] = {
        {{0.45, 0.25}, 0.70, true},    {{0.5}, 0.50, true},      {{0.45, 0.04}, 0.49, false},
        {{0.1, 0.2, 0.2}, 0.50, true}, // a double's sum is 0.5 only by luck
        {{0.3, -0.9}, 0.00, false},    {{0.9, 0.9}, 1.00, true}, {{}, 0.00, false},
    };
    for (const Case &one : cases) {
        engine::Match match = made::key_match();
        match.terms.clear();
        for (const double value : one.terms)
            match.terms.push_back({"term", value, "a reason"});
        const Signal signal = composed(match);
        EXPECT_DOUBLE_EQ(signal.score, one.score);
        EXPECT_EQ(signal.action_needed, one.needed) << one.score;
        EXPECT_EQ(signal.state, one.needed ? "Action Recommended" : "Low");
        if (!one.needed) {
            EXPECT_EQ(signal.action_text, "No action is needed.");
        }
    }
}

TEST(Compose, AlwaysGivesANextStepWhenActionIsNeeded)
{
    engine::Match match = made::key_match();
    auto rule = made::key_rule();
    rule->action = " ";
    match.rule = rule;
    EXPECT_EQ(composed(match).action_text,
              "Ask whoever is responsible for this host whether it was intended.");
}

TEST(Compose, TrustsWhatVouchesForTheDecidingEvent)
{
    session::Actor nobody;
    const auto with = [&](const char *trust, const char *outcome, const session::Actor &actor) {
        engine::Match match = made::key_match(actor);
        match.bound.clear();
        match.evidence.clear();
        made::add(match, "login", made::login_event("maria", "203.0.113.7", trust, outcome),
                  {nullptr, match.actor, false});
        return composed(match);
    };
    EXPECT_EQ(with("journal", "success", made::maria()).confidence, "high");
    EXPECT_EQ(with("journal", "failure", nobody).confidence, "high"); // the peer is all there is
    EXPECT_EQ(with("pending", "success", made::maria()).confidence, "medium");
    const Signal plain = with("text", "success", made::maria());
    EXPECT_EQ(plain.confidence, "low");
    EXPECT_THAT(plain.narrative,
                EndsWith(". This comes from a plain log whose writers cannot be verified."));

    engine::Match match = made::key_match(nobody);
    match.bound.clear();
    made::add(match, "made",
              made::event("iam.user", "2026-03-02T10:15:42Z",
                          {{"user.target.name", {"x"}}, {"event.trust", {"journal"}}}),
              {nullptr, match.actor, false});
    EXPECT_EQ(composed(match).confidence, "medium");
    EXPECT_THAT(composed(match).narrative, Not(HasSubstr("plain log")));
}

TEST(Compose, TellsASignInThatNoSessionIsKnownFor)
{
    session::Actor nobody;
    engine::Match match = made::key_match(nobody);
    match.bound.clear();
    auto rule = made::key_rule();
    rule->narrative = "{story} had not been seen to come from that network.";
    match.rule = rule;
    made::add(match, "login", made::login_event("root from 8.8.8.8", "203.0.113.7", "text"),
              {nullptr, match.actor, false});
    EXPECT_THAT(composed(match).narrative,
                StartsWith("On 2 March at 10:11 UTC, root from 8.8.8.8 signed in from 203.0.113.7 "
                           "with a password and had not been seen"));
    match.bound.clear();
    made::add(match, "login", made::login_event("maria", "203.0.113.7", "text", "failure"),
              {nullptr, match.actor, false});
    EXPECT_THAT(composed(match).narrative,
                StartsWith("On 2 March at 10:11 UTC, someone whose login is not known had not"));
}

TEST(Compose, SaysWhenAPathIsOnlyTheProgramsWord)
{
    const auto written = made::write_event("/root/.ssh/authorized_keys", true);
    EXPECT_THAT(composed(made::key_match(made::maria(), written)).narrative,
                EndsWith("authorized_keys. The path is as the program gave it."));
}

TEST(Compose, SaysWhenCoverageWasNotComplete)
{
    Coverage coverage;
    coverage.complete = false;
    coverage.lost = 12;
    EXPECT_THAT(composed(made::key_match(), coverage).narrative,
                EndsWith(" Some events around that time were lost (12), so steps may be missing."));
    coverage.why = "12 events were lost between 10:11 and 10:12 UTC";
    const Signal signal = composed(made::key_match(), coverage);
    EXPECT_THAT(
        signal.narrative,
        EndsWith(" 12 events were lost between 10:11 and 10:12 UTC, so steps may be missing."));
    EXPECT_FALSE(signal.coverage_complete);
    EXPECT_EQ(signal.coverage_lost, 12U);
    coverage = {false, 0, ""};
    EXPECT_THAT(composed(made::key_match(), coverage).narrative,
                EndsWith(" Part of that time was not watched, so steps may be missing."));
}

TEST(Compose, BoundsEvidenceAndSaysWhatItLeftOut)
{
    engine::Match match = made::key_match();
    match.evidence_left_out = 5;
    const engine::Evidence one = match.evidence.front();
    for (int i = 0; i < 100; ++i)
        match.evidence.insert(match.evidence.begin(), one);
    const Signal signal = composed(match);
    EXPECT_EQ(signal.evidence.size(), kEvidenceMost);
    EXPECT_EQ(signal.evidence_left_out, 5 + 102 - kEvidenceMost);
    EXPECT_EQ(signal.evidence.back().event, "file.write");
}

TEST(Compose, CountsSourcesAndUsersOverTheEvidence)
{
    engine::Match match = made::key_match();
    auto rule = made::key_rule();
    rule->narrative = "{count} attempts came from {sources} for {users}.";
    match.rule = rule;
    match.count = 37;
    EXPECT_EQ(composed(match).narrative, "37 attempts came from 203.0.113.7 for maria.");
    for (int i = 1; i <= 3; ++i) {
        const auto login =
            made::login_event("u" + std::to_string(i), "198.51.100." + std::to_string(i));
        made::add(match, "login", login, {nullptr, match.actor, false});
    }
    EXPECT_EQ(composed(match).narrative, "37 attempts came from 4 addresses for 4 user names.");
    match.evidence_left_out = 9;
    EXPECT_THAT(composed(match).narrative,
                HasSubstr("from at least 4 addresses for at least 4 user names"));
}

TEST(Compose, EscapesEverythingFromOutside)
{
    engine::Match match = made::key_match(
        made::maria(), made::write_event("/home/deploy/\n\xff\xe2\x80\xae/authorized_keys"));
    const Signal signal = composed(match);
    EXPECT_THAT(signal.narrative, HasSubstr("/home/deploy/\\x0a\\xff\\u{202e}/authorized_keys"));
    EXPECT_THAT(signal.evidence[1].text, HasSubstr("\\x0a\\xff\\u{202e}"));
    EXPECT_THAT(signal.files, ElementsAre("/home/deploy/\\x0a\\xff\\u{202e}/authorized_keys"));
}

TEST(Compose, ShowsLongArgumentListsInPart)
{
    session::Context context = made::context_of(made::maria());
    auto process = std::make_shared<session::Process>(*context.process);
    process->args.clear();
    for (int i = 0; i < 1000; ++i)
        process->args.append("argument").push_back('\0');
    engine::Match match = made::key_match();
    match.bound.back().context.process = process;
    const Signal signal = composed(match);
    ASSERT_EQ(signal.process_args.size(), kArgumentsMost + 1);
    EXPECT_EQ(signal.process_args.back(), "\u2026 and 936 more");
}

TEST(Identity, IsTheHashOfItsDocumentedText)
{
    const engine::Match match = made::key_match();
    EXPECT_EQ(canonical_text(match, made::host()),
              "15:sentra.signal/1,4:acme,64:" + std::string(64, 'a') +
                  ",13:ssh-key-added,1:2,15:session:b00t:42,33:/home/deploy/.ssh/authorized_keys,"
                  "19:1772446542113000000,");
    const Signal signal = composed(match);
    EXPECT_EQ(signal.uid, sha256_hex(canonical_text(match, made::host())));
    EXPECT_EQ(signal.id, signal.uid.substr(0, 12));
}

TEST(Identity, ChangesWithEveryPartAndWithNothingElse)
{
    const engine::Match match = made::key_match();
    const std::string uid = stable_uid(match, made::host());
    engine::Match grown = match;
    grown.count = 5;
    grown.last_ns += kHourNs;
    grown.terms.clear();
    EXPECT_EQ(stable_uid(grown, made::host()), uid);
    session::Host renamed = made::host();
    renamed.name = "web-02"; // the id stays the host's
    EXPECT_EQ(stable_uid(match, renamed), uid);

    session::Host other = made::host();
    other.tenant = "other";
    EXPECT_NE(stable_uid(match, other), uid);
    engine::Match window = match;
    window.window_start_ns += 1;
    EXPECT_NE(stable_uid(window, made::host()), uid);
    // Where one value ends and the next begins is part of the text.
    engine::Match shifted = match;
    shifted.merge_values = {"session:b00t:42/home", "/deploy/.ssh/authorized_keys"};
    EXPECT_NE(stable_uid(shifted, made::host()), uid);
}

TEST(Compose, IsTheSameBytesInEveryZoneAndLocale)
{
    const std::string line = to_json(composed(made::key_match()));
    const char *kept = std::getenv("TZ");
    const std::string zone = kept == nullptr ? "" : kept;
    ::setenv("TZ", "Pacific/Kiritimati", 1);
    ::tzset();
    std::setlocale(LC_ALL, "de_DE.UTF-8"); // where it is installed; a comma would show in 0.70
    EXPECT_EQ(to_json(composed(made::key_match())), line);
    std::setlocale(LC_ALL, "C");
    ::setenv("TZ", zone.c_str(), 1);
    ::tzset();
}

TEST(Template, FillsNamesBaseNamesAndFallbacks)
{
    const Lookup value = [](std::string_view name) -> std::string {
        if (name == "a.path")
            return "/etc/cron.d/x";
        return name == "long.args" ? std::string(1000, 'x') : "";
    };
    EXPECT_EQ(render("{a.path}", value), "/etc/cron.d/x");
    EXPECT_EQ(render("{a.path|name}", value), "x");
    EXPECT_EQ(render("from {b.ip?an unknown address}.", value), "from an unknown address.");
    EXPECT_EQ(render("from {b.ip|name?nowhere}.", value), "from nowhere.");
    EXPECT_EQ(render("{b.ip}", value), "unknown");
    EXPECT_EQ(render("{{a.path} and {{", value), "{a.path} and {");
    EXPECT_EQ(render("an open {hole", value), "an open {hole"); // the compiler refuses it
    EXPECT_EQ(render("  two\n  lines \n", value), "two lines");
    EXPECT_EQ(render("{long.args}", value), std::string(200, 'x') + "\u2026");
    EXPECT_EQ(render("", value), "");
}

TEST(Words, NoTextOfOursShouts)
{
    for (const event::Type &type : event::Catalogue::get().types()) {
        const auto made = made::event(type.name, "2026-03-02T10:11:03Z", {});
        const std::string text = sentence(*made, {});
        EXPECT_FALSE(text.empty()) << type.name;
        EXPECT_THAT(text, Not(HasSubstr("!"))) << type.name;
        EXPECT_THAT(text, Not(HasSubstr("{"))) << type.name;
    }
}

} // namespace
} // namespace sentra::signal
