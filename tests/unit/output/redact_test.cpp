// SPDX-License-Identifier: MIT
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "output/format.h"
#include "output/redact.h"
#include "unit/output/told.h"

namespace sentra::output {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string clean(std::string_view text)
{
    Removed removed;
    return redact(text, removed);
}

std::vector<std::string> clean_list(std::vector<std::string> arguments)
{
    Removed removed;
    return redact(std::move(arguments), removed);
}

TEST(Redaction, EveryRuleKeepsItsWord)
{
    std::set<std::string> names;
    for (const RedactionRule &rule : redaction_rules()) {
        EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
        Removed removed;
        EXPECT_EQ(redact(rule.before, removed), rule.after) << rule.name;
        // By this rule and no other: a row that another one does the work of is not proven.
        EXPECT_EQ(removed.size(), 1U) << rule.name << " and " << removed.begin()->first;
        EXPECT_EQ(removed.count(rule.name), 1U) << rule.name;
        Removed none;
        EXPECT_EQ(redact(rule.stays, none), rule.stays) << rule.name;
        EXPECT_TRUE(none.empty()) << rule.name << ": " << none.begin()->first;
    }
    EXPECT_GE(names.size(), 40U);
}

TEST(Redaction, CountsWhatItTookByRule)
{
    Removed removed;
    EXPECT_EQ(redact("A_TOKEN=x1 B_TOKEN='y z' curl -u ann:hunter2 http://h/", removed),
              "A_TOKEN=[redacted] B_TOKEN=[redacted] curl -u ann:[redacted] http://h/");
    EXPECT_EQ(removed["assignment"], 2U);
    EXPECT_EQ(removed["curl-user"], 1U);
    EXPECT_EQ(total(removed), 3U);
}

TEST(Redaction, LeavesOrdinaryCommandsAlone)
{
    for (const char *line : {
             "ran /usr/bin/tee -a /home/deploy/.ssh/authorized_keys",
             "maria signed in from 203.0.113.7 with a password, became root with sudo and ran id",
             "a failed sign-in as token from 203.0.113.7 (password)",
             "the password of deploy was changed",
             "ran /usr/bin/rsync -a --password-file=/etc/rsync.pw a b",
             "ran /usr/bin/ssh -p 2222 -i /home/ann/.ssh/id_ed25519 db",
             "ran /usr/bin/docker run -d --name web -p 8080:80 --user 1000:1000 nginx",
             "ran /usr/bin/tar -cpf /srv/a.tar /srv/a",
             "ran /bin/mkdir -p /srv/a",
             "reached out to 203.0.113.7 port 443 (tcp)",
             "opened /etc/pam.d/common-password for writing",
             "set the owner of /srv/secret to uid 0, gid 0",
             "ran /usr/bin/git clone ssh://git@example.com:22/x/y.git",
         })
        EXPECT_EQ(clean(line), line);
}

TEST(Redaction, KnowsWhereAnArgumentEndsInAList)
{
    EXPECT_THAT(clean_list({"mysqldump", "--password", "my secret pass", "-h", "db"}),
                ElementsAre("mysqldump", "--password", "[redacted]", "-h", "db"));
    EXPECT_THAT(clean_list({"mysql", "-psecret pass", "shop"}),
                ElementsAre("mysql", "-p[redacted]", "shop"));
    EXPECT_THAT(clean_list({"sh", "-c", "mysql -psecret shop; PGPASSWORD=x psql"}),
                ElementsAre("sh", "-c", "mysql -p[redacted] shop; PGPASSWORD=[redacted] psql"));
    EXPECT_THAT(clean_list({"curl", "-u", "ann:a b", "https://example.com/"}),
                ElementsAre("curl", "-u", "ann:[redacted]", "https://example.com/"));
    EXPECT_THAT(clean_list({"curl", "-H", "Authorization: Bearer abc", "http://h/?token=a&b=c"}),
                ElementsAre("curl", "-H", "Authorization: Bearer [redacted]",
                            "http://h/?token=[redacted]&b=c"));
    EXPECT_THAT(clean_list({"mysql", "--password", "-h", "db"}),
                ElementsAre("mysql", "--password", "-h", "db"));
    EXPECT_THAT(clean_list({"ssh-keygen", "-N", "", "-f", "k"}),
                ElementsAre("ssh-keygen", "-N", "", "-f", "k"));
    EXPECT_THAT(clean_list({"echo", "-----BEGIN", "RSA", "PRIVATE", "KEY-----", "MIIE", "x=="}),
                ElementsAre("echo", "-----BEGIN", "RSA", "PRIVATE", "KEY-----[redacted]"));
    EXPECT_THAT(clean_list({"tee", "-----BEGIN RSA PRIVATE KEY----- MIIE"}),
                ElementsAre("tee", "-----BEGIN RSA PRIVATE KEY-----[redacted]"));
    EXPECT_THAT(clean_list({}), ElementsAre());
    EXPECT_THAT(clean_list({""}), ElementsAre(""));
}

TEST(Redaction, IsDoneOnceAndForAll)
{
    for (const RedactionRule &rule : redaction_rules())
        for (const char *text : {rule.before, rule.after, rule.stays}) {
            const std::string once = clean(text);
            EXPECT_EQ(clean(once), once) << rule.name;
            const auto listed = clean_list({"sh", "-c", text, text});
            EXPECT_EQ(clean_list(listed), listed) << rule.name;
        }
    // What only looks like the mark hides nothing behind it.
    EXPECT_EQ(clean("--password=[redacted]hunter2"), "--password=[redacted]");
    EXPECT_EQ(clean("--password=[redacted] --token=[redacted]x"),
              "--password=[redacted] --token=[redacted]");
}

TEST(Redaction, HoldsForCutAndForHostileText)
{
    EXPECT_EQ(clean("ran mysqldump --password=hunt\xe2\x80\xa6"),
              "ran mysqldump --password=[redacted]");
    EXPECT_EQ(clean("--password=a\xff\xfe z"), "--password=[redacted] z");
    EXPECT_EQ(clean("-----BEGIN RSA PRIVATE KEY-----\\x0aMIIE\xe2\x80\xa6"),
              "-----BEGIN RSA PRIVATE KEY-----[redacted]");
    std::string many;
    for (int i = 0; i < 2000; ++i)
        many += "A_PASS=x ";
    Removed removed;
    EXPECT_EQ(redact(many, removed).size(), 2000 * std::string("A_PASS=[redacted] ").size());
    EXPECT_EQ(total(removed), 2000U);
}

TEST(Redaction, ReachesEveryTextOfASignal)
{
    const std::string secret = "hunter2hunter2";
    const std::string text = "ran psql --password=" + secret;
    signal::Signal signal = told::story();
    signal.title = signal.narrative = signal.action_text = text;
    signal.process_args = {"psql", "--password", secret};
    signal.process_executable = "/tmp/x?token=" + secret;
    signal.files = {"/tmp/x?token=" + secret, "/tmp/y"};
    signal.users = {text};
    signal.actor.canonical = signal.actor.unit = signal.actor.job = text;
    signal.actor.user.name = signal.actor.effective.name = text;
    signal.actor.unknown_reason = text;
    signal.actor.login->source_name = text;
    signal.actor.login->source.reset();
    signal.terms.front().why = text;
    signal.evidence.front().text = text;
    signal.story.front().title = signal.story.back().text = text;
    signal.tags.front().title = text;
    signal.decision = signal::Decision{"maria", 1, "benign", "", "REVIEWED", text, text, text};
    Removed removed;
    const signal::Signal safe = redact(signal, removed);
    EXPECT_GE(total(removed), 15U);
    for (const Format &format : formats()) {
        EXPECT_THAT(format.write(signal, {}), HasSubstr(secret)) << format.name;
        EXPECT_THAT(format.write(safe, {}), Not(HasSubstr(secret))) << format.name;
    }
    EXPECT_EQ(safe.uid, signal.uid);
    Removed again;
    EXPECT_EQ(signal::to_json(redact(safe, again)), signal::to_json(safe));
    EXPECT_TRUE(again.empty());
}

TEST(Redaction, TakesASecretWithBlanksOutOfTheSentencesToo)
{
    signal::Signal signal = told::story();
    signal.process_args = {"psql", "--password", "correct horse battery"};
    signal.narrative = "maria ran psql --password correct horse battery shop.";
    Removed removed;
    EXPECT_EQ(redact(signal, removed).narrative, "maria ran psql --password [redacted] shop.");
    EXPECT_EQ(removed["argument"], 1U);
}

TEST(Redaction, ChangesNothingWhereThereIsNoSecret)
{
    for (const signal::Signal &signal : told::many()) {
        Removed removed;
        EXPECT_EQ(signal::to_json(redact(signal, removed)), signal::to_json(signal));
        EXPECT_TRUE(removed.empty());
    }
}

} // namespace
} // namespace sentra::output
