// SPDX-License-Identifier: MIT
// sudo, su, pkexec, polkit and what PAM says through them.
#include "support.h"

namespace sentra::journal::test {
namespace {

TEST(Sudo, AcceptedInEveryVoice)
{
    const Row rows[] = {
        {"sudo",
         "   alice : PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id",
         "auth.elevation",
         {{"event.outcome", "success"},
          {"user.name", "alice"},
          {"user.target.name", "root"},
          {"auth.command", "/usr/bin/id"},
          {"auth.working_directory", "/home/alice"},
          {"auth.tty", ""},
          {"auth.service", "sudo"},
          {"event.reason", ""}}},
        {"sudo",
         "alice : TTY=pts/0 ; PWD=/x ; USER=root ; GROUP=adm ; TSID=000001 ; ENV=A=b C=d ; "
         "COMMAND=/bin/sh -c 'a ; b'",
         "auth.elevation",
         {{"auth.tty", "pts/0"},
          {"user.target.group.name", "adm"},
          {"auth.command", "/bin/sh -c 'a ; b'"}}},
        {"sudo",
         "alice : HOST=web-01 ; TTY=pts/0 ; CHROOT=/c ; PWD=/x ; USER=bob ; COMMAND=/bin/ls",
         "auth.elevation",
         {{"event.outcome", "success"}, {"user.target.name", "bob"}}},
        // sudo-rs: no padding, two blanks where there is no terminal.
        {"sudo",
         "alice :  PWD=/x ; USER=root ; COMMAND=/usr/bin/id -u",
         "auth.elevation",
         {{"event.outcome", "success"}, {"auth.command", "/usr/bin/id -u"}, {"auth.tty", ""}}},
        {"sudo",
         R"(@cee:{"sudo":{"accept":{"uuid":"1","submituser":"alice","command":"/usr/bin/id","runargv":["id","-u"],"runuser":"root","submitcwd":"/home/alice","ttyname":"/dev/pts/0"}}})",
         "auth.elevation",
         {{"event.outcome", "success"},
          {"user.name", "alice"},
          {"auth.command", "/usr/bin/id -u"},
          {"auth.working_directory", "/home/alice"},
          {"auth.tty", "/dev/pts/0"}}},
    };
    for (const Row &row : rows)
        expect_row(row);
}

TEST(Sudo, ARefusalIsNeverASuccess)
{
    constexpr std::string_view reasons[] = {
        "a password is required",
        "user NOT in sudoers",
        "user NOT authorized on host",
        "command not allowed",
        "1 incorrect password attempt",
        "3 incorrect password attempts",
        "a terminal is required to read the password",
        "sorry, you are not allowed to set the following environment variables: A ; B",
        "no valid sudoers sources found",
        "a reason that nobody has read before",
    };
    for (const std::string_view reason : reasons) {
        const std::string line =
            "   alice : " + std::string(reason) +
            " ; TTY=pts/1 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/cat /etc/shadow";
        expect_row({"sudo",
                    line,
                    "auth.elevation",
                    {{"event.outcome", "failure"},
                     {"event.reason", reason},
                     {"user.name", "alice"},
                     {"user.target.name", "root"},
                     {"auth.command", "/usr/bin/cat /etc/shadow"}}});
    }
    EXPECT_EQ(read("sudo", "a : 3 incorrect password attempts ; PWD=/ ; USER=root ; COMMAND=/x")
                  .get("auth.attempts"),
              "3");
    const Read json = read(
        "sudo",
        R"(@cee:{"sudo":{"reject":{"reason":"user NOT in sudoers","submituser":"eve","command":"/bin/sh","runuser":"root"}}})");
    EXPECT_EQ(json.get("event.outcome"), "failure");
    EXPECT_EQ(json.get("event.reason"), "user NOT in sudoers");
    const Read no_reason = read("sudo", R"(@cee:{"sudo":{"reject":{"submituser":"eve"}}})");
    EXPECT_EQ(no_reason.get("event.outcome"), "failure");
}

TEST(Sudo, JsonThatSyslogCutIsStillRead)
{
    const Read got = read(
        "sudo",
        R"(@cee:{"sudo":{"reject":{"reason":"command not allowed","submituser":"e\"ve","runuser":"root","command":"/bin/s)");
    EXPECT_EQ(got.verdict.kind, Kind::emitted);
    EXPECT_EQ(got.get("event.outcome"), "failure");
    EXPECT_EQ(got.get("user.name"), "e\"ve");
    EXPECT_EQ(got.get("auth.command"), "");
}

TEST(Sudo, WarningsAreNoRefusals)
{
    for (const std::string_view line :
         {"alice : unable to resolve host web-01: Name or service not known",
          "alice : problem with defaults entries ; TTY=pts/0 ; PWD=/ ; USER=root ;",
          "alice : parse error in /etc/sudoers near line 3 ; TTY=pts/0 ; PWD=/ ; USER=root ; "
          "COMMAND=/x",
          "alice : (command continued) -x -y",
          "Session records file for user 'u' is invalid, resetting",
          R"(@cee:{"sudo":{"exit":{"exit_value":0}}})",
          "pam_unix(sudo:auth): auth could not identify password for [alice]",
          "pam_limits(sudo:session): Could not set limit for 'core'"})
        expect_row({"sudo", line, "", {}});
}

// A folder called "x ; USER=bob ; COMMAND=/bin/true" hides nothing.
TEST(Sudo, NothingHidesBehindAFolderName)
{
    const Read got = read("sudo", "eve : TTY=pts/0 ; PWD=/tmp/x ; USER=bob ; COMMAND=/bin/true ; "
                                  "USER=root ; COMMAND=/bin/sh");
    EXPECT_NE(got.get("auth.command").find("COMMAND=/bin/sh"), std::string::npos);
    const Read denied =
        read("sudo",
             "eve : a password is required ; PWD=/tmp/x ; USER=root ; COMMAND=/bin/true ; PWD=/ ; "
             "USER=root ; COMMAND=/bin/sh");
    EXPECT_EQ(denied.get("event.outcome"), "failure");
}

TEST(Sudo, PartsOfSudoRsBecomeOneCommand)
{
    event::Losses losses;
    Translator translator(losses);
    std::vector<event::Record> records;
    const auto say = [&](std::string_view text) {
        return translator.translate(entry_of("sudo", text), SENTRA_SOURCE_JOURNAL, records).kind;
    };
    EXPECT_EQ(say("alice : TTY=pts/0 ; PWD=/x ; USER=root ; COMMAND=/bin/echo one [...]"),
              Kind::known);
    EXPECT_EQ(say("[...]  two [...]"), Kind::known);
    EXPECT_TRUE(records.empty());
    EXPECT_EQ(say("[...]  three"), Kind::emitted);
    ASSERT_EQ(records.size(), 1U);
    const auto event = event::Event::decode(records[0]);
    ASSERT_TRUE(event);
    EXPECT_EQ(event::to_text(event->get("auth.command")), "/bin/echo one two three");
}

// Found by fuzz_journal_parsers: it ended the sensor.
TEST(Sudo, MarksOfPartsThatOverlapAreOne)
{
    event::Losses losses;
    Translator translator(losses);
    std::vector<event::Record> records;
    translator.translate(
        entry_of("sudo", "alice : PWD=/x ; USER=root ; COMMAND=/bin/echo one [...]"),
        SENTRA_SOURCE_JOURNAL, records);
    translator.translate(entry_of("sudo", "[...] [...]"), SENTRA_SOURCE_JOURNAL, records);
    ASSERT_EQ(records.size(), 1U);
    const auto event = event::Event::decode(records[0]);
    ASSERT_TRUE(event);
    EXPECT_EQ(event::to_text(event->get("auth.command")), "/bin/echo one[...]");
}

TEST(Sudo, APartWithoutAnEndIsNotLost)
{
    event::Losses losses;
    Translator translator(losses);
    std::vector<event::Record> records;
    translator.translate(
        entry_of("sudo", "alice : PWD=/x ; USER=root ; COMMAND=/bin/echo one [...]"),
        SENTRA_SOURCE_JOURNAL, records);
    translator.flush(kNow, records);
    EXPECT_TRUE(records.empty());
    translator.flush(kNow + 1, records);
    ASSERT_EQ(records.size(), 1U);
    EXPECT_TRUE(records[0].head().flags & SENTRA_RECORD_TRUNCATED);
    EXPECT_EQ(losses.total(SENTRA_LOSS_TRUNCATED), 1U);
}

TEST(Sudo, PamFailureIsTheOnlyTraceOfSudoRs)
{
    expect_row({"sudo",
                "pam_unix(sudo:auth): authentication failure; logname=alice uid=1000 euid=0 "
                "tty=/dev/pts/0 ruser=alice rhost=  user=alice",
                "auth.elevation",
                {{"event.outcome", "failure"},
                 {"user.name", "alice"},
                 {"auth.attempts", "1"},
                 {"auth.service", "sudo"},
                 {"event.reason", "authentication failure"}}});
}

TEST(Su, BothProgramsAndPam)
{
    const Row rows[] = {
        {"su",
         "(to root) alice on pts/0",
         "auth.elevation",
         {{"event.outcome", "success"},
          {"user.name", "alice"},
          {"user.target.name", "root"},
          {"auth.tty", "pts/0"},
          {"auth.service", "su"}}},
        {"su", "(to alice) alice on none", "auth.elevation", {{"auth.tty", ""}}},
        {"su",
         "FAILED SU (to root) alice on pts/0",
         "auth.elevation",
         {{"event.outcome", "failure"}, {"auth.attempts", "1"}}},
        {"su",
         "Successful su for root by alice",
         "auth.elevation",
         {{"event.outcome", "success"}, {"user.name", "alice"}}},
        {"su", "FAILED su for root by alice", "auth.elevation", {{"event.outcome", "failure"}}},
        {"su", "+ /dev/pts/0 alice:root", "", {}},
        {"su",
         "pam_unix(su-l:auth): authentication failure; logname=alice uid=1000 euid=0 "
         "tty=/dev/pts/0 "
         "ruser=alice rhost=  user=root",
         "auth.elevation",
         {{"user.name", "alice"}, {"user.target.name", "root"}, {"auth.service", "su"}}},
        {"su",
         "pam_unix(su-l:session): session opened for user alice(uid=1000) by (uid=1000)",
         "auth.session",
         {{"event.action", "opened"},
          {"user.name", "alice"},
          {"user.id", "1000"},
          {"session.by.id", "1000"},
          {"auth.service", "su-l"}}},
        {"su",
         "pam_unix(su:session): session opened for user news by (uid=0)",
         "auth.session",
         {{"user.name", "news"}, {"user.id", ""}, {"session.by.id", "0"}}},
        {"su",
         "pam_unix(su:session): session closed for user news",
         "auth.session",
         {{"event.action", "closed"}}},
    };
    for (const Row &row : rows)
        expect_row(row);
}

TEST(Su, OneFailureIsToldTwiceAndCountsOnce)
{
    event::Losses losses;
    Translator translator(losses);
    std::vector<event::Record> records;
    const auto say = [&](std::string_view text) {
        return translator.translate(entry_of("su", text), SENTRA_SOURCE_JOURNAL, records).kind;
    };
    EXPECT_EQ(say("pam_unix(su:auth): authentication failure; logname=a uid=1000 euid=0 tty=pts/0 "
                  "ruser=alice rhost=  user=root"),
              Kind::emitted);
    EXPECT_EQ(say("FAILED SU (to root) alice on pts/0"), Kind::known);
    EXPECT_EQ(records.size(), 1U);
}

TEST(Polkit, DecisionsAndPkexec)
{
    const Row rows[] = {
        {"polkitd",
         "Operator of unix-session:3 successfully authenticated as unix-user:root to gain ONE-SHOT "
         "authorization for action org.freedesktop.systemd1.manage-units for unix-process:77:123 "
         "[systemctl restart x (owned by unix-user:eve)] (owned by unix-user:alice)",
         "auth.polkit",
         {{"event.outcome", "success"},
          {"user.name", "alice"},
          {"user.target.name", "root"},
          {"polkit.action", "org.freedesktop.systemd1.manage-units"},
          {"auth.command", "systemctl restart x (owned by unix-user:eve)"}}},
        {"polkitd",
         "Operator of unix-session:3 FAILED to authenticate to gain authorization for action "
         "org.freedesktop.policykit.exec for unix-process:77:123 [bash] (owned by unix-user:alice)",
         "auth.polkit",
         {{"event.outcome", "failure"}, {"user.name", "alice"}}},
        {"polkitd",
         "Registered Authentication Agent for unix-process:77:123 (system bus name :1.5)",
         "",
         {}},
        {"pkexec",
         "alice: Executing command [USER=root] [TTY=unknown] [CWD=/home/alice] "
         "[COMMAND=/usr/bin/id]",
         "auth.elevation",
         {{"event.outcome", "success"},
          {"user.name", "alice"},
          {"user.target.name", "root"},
          {"auth.command", "/usr/bin/id"},
          {"auth.service", "pkexec"}}},
        {"pkexec",
         "alice: Error executing command as another user: Not authorized [USER=root] "
         "[TTY=/dev/pts/0] "
         "[CWD=/] [COMMAND=/bin/sh]",
         "auth.elevation",
         {{"event.outcome", "failure"},
          {"event.reason", "Error executing command as another user: Not authorized"}}},
        {"pkexec",
         "alice: The value for the SHELL variable was not found in the /etc/shells file "
         "[USER=root] "
         "[TTY=/dev/pts/0] [CWD=/] [COMMAND=/bin/sh]",
         "auth.elevation",
         {{"event.outcome", "failure"}}},
        {"pkexec",
         "alice: The value for environment variable XAUTHORITY contains suspicious content "
         "[USER=root] "
         "[TTY=/dev/pts/0] [CWD=/] [COMMAND=/bin/sh]",
         "auth.elevation",
         {{"event.outcome", "failure"}}},
    };
    for (const Row &row : rows)
        expect_row(row);
}

} // namespace
} // namespace sentra::journal::test
