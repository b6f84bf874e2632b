// SPDX-License-Identifier: MIT
// Not fooled by text: who may say what, and lines made to deceive.
#include "support.h"

namespace sentra::journal::test {
namespace {

constexpr std::string_view kAccepted = "Accepted password for root from 8.8.8.8 port 22 ssh2";

struct Judged {
    Kind kind;
    std::size_t records;
    std::uint64_t forged;
};

Judged judge(const Entry &entry)
{
    event::Losses losses;
    Translator translator(losses);
    std::vector<event::Record> records;
    const Verdict verdict = translator.translate(entry, SENTRA_SOURCE_JOURNAL, records);
    return {verdict.kind, records.size(), losses.total(SENTRA_LOSS_JOURNAL_FORGED)};
}

Entry written_by(std::string_view exe, std::string_view comm, std::uint32_t uid,
                 std::string_view identifier, std::string_view message)
{
    Entry entry = entry_of(identifier, message);
    entry.exe = exe;
    entry.comm = comm;
    entry.uid = uid;
    return entry;
}

void expect_forged(const Entry &entry)
{
    const Judged judged = judge(entry);
    EXPECT_EQ(judged.kind, Kind::forged) << entry.identifier << ": " << entry.message;
    EXPECT_EQ(judged.records, 0U);
    EXPECT_EQ(judged.forged, 1U);
}

TEST(Trust, LoggerIsNotSshd)
{
    expect_forged(written_by("/usr/bin/logger", "logger", 1000, "sshd", kAccepted));
    expect_forged(written_by("/usr/bin/logger", "logger", 0, "sshd", kAccepted));
    // Calling oneself sshd does not help who is not root.
    expect_forged(written_by("/tmp/sshd", "sshd", 1000, "sshd", kAccepted));
    expect_forged(written_by("", "sshd", 1000, "sshd", kAccepted));
    expect_forged(written_by("", "", 1000, "sshd", kAccepted));
    expect_forged(written_by("/home/eve/sudo", "sudo", 1000, "sudo",
                             "eve : PWD=/ ; USER=root ; COMMAND=/bin/sh"));
    expect_forged(written_by("/usr/bin/logger", "logger", 1000, "useradd",
                             "new user: name=x, UID=0, GID=0, home=/, shell=/bin/sh"));
    expect_forged(written_by("/usr/bin/logger", "logger", 1000, "systemd-logind",
                             "New session 1 of user root."));
    expect_forged(written_by("/usr/bin/logger", "logger", 1000, "CRON", "(root) CMD (x)"));
}

TEST(Trust, WhatJournaldSaidThroughTheKernelsLogIsNoForgery)
{
    Entry entry = entry_of("systemd-journald", "Received SIGTERM from PID 25259 (systemd).");
    entry.transport = "kernel";
    EXPECT_EQ(judge(entry).kind, Kind::known);
    EXPECT_EQ(judge(entry).forged, 0U);
    // Root may write there too: what would be a sign-in is told apart.
    entry = entry_of("sshd", kAccepted);
    entry.transport = "kernel";
    expect_forged(entry);
}

TEST(Trust, TransportMustKnowItsSender)
{
    for (const std::string_view transport : {"kernel", "audit", "driver", ""}) {
        Entry entry = entry_of("sshd", kAccepted);
        entry.transport = transport;
        expect_forged(entry);
    }
}

TEST(Trust, TheRealProgramsAreBelieved)
{
    EXPECT_EQ(read(written_by("/usr/sbin/sshd", "sshd", 0, "sshd", kAccepted)).get("event.trust"),
              "journal");
    EXPECT_EQ(read(written_by("/usr/lib/openssh/sshd-session", "sshd-session", 0, "sshd-session",
                              kAccepted))
                  .get("event.trust"),
              "journal");
    EXPECT_EQ(read(written_by("/usr/sbin/sshd (deleted)", "sshd", 0, "sshd", kAccepted))
                  .get("event.trust"),
              "journal");
    for (const std::string_view path :
         {"/usr/bin/sudo", "/usr/bin/sudo.ws", "/usr/lib/cargo/bin/sudo"})
        EXPECT_EQ(read(written_by(path, "sudo", 1000, "sudo", "a : PWD=/ ; USER=root ; COMMAND=/x"))
                      .get("event.trust"),
                  "journal");
    // adduser is a perl script.
    EXPECT_EQ(
        judge(written_by("/usr/bin/perl", "adduser", 0, "adduser", "Adding user `x' ...")).kind,
        Kind::known);
}

TEST(Trust, GoneBeforeJournaldLookedIsForTheKernelToSay)
{
    const Read crontab = read(written_by("", "", 1000, "crontab", "(alice) REPLACE (alice)"));
    EXPECT_EQ(crontab.get("event.trust"), "pending");
    EXPECT_EQ(read(written_by("", "", 0, "passwd", "password for 'bob' changed by 'root'"))
                  .get("event.trust"),
              "pending");
    // Exiting: the name is left, and anybody may choose his own.
    EXPECT_EQ(read(written_by("", "crontab", 1000, "crontab", "(alice) REPLACE (alice)"))
                  .get("event.trust"),
              "pending");
}

TEST(Trust, SshdsChildThatBecameTheUserIsNoForgery)
{
    const Judged judged = judge(
        written_by("", "sshd", 1000, "sshd", "Disconnected from user alice 127.0.0.1 port 40562"));
    EXPECT_EQ(judged.kind, Kind::known);
    EXPECT_EQ(judged.forged, 0U);
}

TEST(Trust, OtherPeoplesWordsUnderOurNamesAreNotOurs)
{
    const Judged judged =
        judge(written_by("/usr/bin/logger", "logger", 1000, "cron", "backup done"));
    EXPECT_EQ(judged.kind, Kind::not_ours);
    EXPECT_EQ(judged.forged, 0U);
    EXPECT_EQ(judge(written_by("/usr/sbin/nginx", "nginx", 0, "nginx", kAccepted.data())).kind,
              Kind::not_ours);
}

TEST(Trust, AForgerDoesNotSteerWhatIsRemembered)
{
    event::Losses losses;
    Translator translator(losses);
    std::vector<event::Record> records;
    Entry forged =
        written_by("/usr/bin/logger", "logger", 1000, "sshd",
                   "error: PAM: Authentication failure for illegal user bob from 8.8.8.8");
    EXPECT_EQ(translator.translate(forged, SENTRA_SOURCE_JOURNAL, records).kind, Kind::forged);
    const Entry real = entry_of(
        "sshd", "Failed keyboard-interactive/pam for invalid user bob from 192.0.2.7 port 5 ssh2");
    EXPECT_EQ(translator.translate(real, SENTRA_SOURCE_JOURNAL, records).kind, Kind::emitted);
    EXPECT_EQ(records.size(), 1U);
}

TEST(Trust, OriginSaysWhoWrote)
{
    Entry entry = entry_of("sshd", kAccepted);
    entry.set("_AUDIT_SESSION", "22");
    entry.set("_AUDIT_LOGINUID", "1000");
    entry.set("_SYSTEMD_UNIT", "ssh.service");
    entry.set("__CURSOR", "s=1;i=2");
    entry.pid_namespace = 77;
    const Read got = read(entry);
    EXPECT_EQ(got.get("message"), kAccepted);
    EXPECT_EQ(got.get("log.pid"), "4711");
    EXPECT_EQ(got.get("log.user.id"), "0");
    EXPECT_EQ(got.get("audit.session.id"), "22");
    EXPECT_EQ(got.get("audit.login.user.id"), "1000");
    EXPECT_EQ(got.get("log.unit"), "ssh.service");
    EXPECT_EQ(got.get("log.cursor"), "s=1;i=2");
    EXPECT_EQ(got.get("log.pid_namespace"), "77");
    EXPECT_EQ(got.records[0].head().time_ns, kNow);
}

TEST(Entry, FirstFieldCountsAndSourceTimeWins)
{
    Entry entry;
    entry.set("MESSAGE", "first");
    entry.set("MESSAGE", "second");
    entry.set("__REALTIME_TIMESTAMP", "2000000");
    entry.set("_SOURCE_REALTIME_TIMESTAMP", "1000000");
    entry.set("__REALTIME_TIMESTAMP", "3000000");
    entry.set("_PID", "not a number");
    EXPECT_EQ(entry.message, "first");
    EXPECT_EQ(entry.realtime_ns, 1'000'000'000U);
    EXPECT_EQ(entry.pid, 0U);
}

// Whatever a line says, records are whole and nothing a stranger chose becomes a success.
TEST(Hostile, LinesOfAllShapes)
{
    const std::string long_name(8192, 'a');
    const std::string lines[] = {
        "",
        " ",
        "     ",
        "\n",
        std::string("\0\0", 2),
        "from",
        " from ",
        "Failed password for",
        "Failed password for ",
        "Failed password for x from",
        "Failed password for x from ",
        "Failed password for invalid user from port ssh2",
        "Accepted ",
        "Accepted  for  from  port  ssh2",
        "Invalid user " + long_name + " from 192.0.2.7 port 5",
        "Failed password for invalid user " + long_name + " from 192.0.2.7 port 5 ssh2",
        "Failed password for invalid user a\nb\x1b[31m from 192.0.2.7 port 99999999999 ssh2",
        "message repeated 99999999999 times: [ x]",
        "message repeated 0 times: [ x]",
        "message repeated 3 times: [",
        "message repeated 3 times: []",
        "message repeated 3 times: [ message repeated 3 times: [ x]]",
        "(",
        "(x",
        "(x) ",
        "(x) CMD",
        "(x) CMD (",
        "(x) CMD )",
        "() CMD ()",
        ": ",
        " : ",
        "a : ",
        " : TTY=",
        "a : COMMAND=",
        "@cee:",
        "@cee:{",
        "@cee:{\"sudo\":",
        "@cee:{\"sudo\":{\"accept\"",
        "@cee:{\"sudo\":{\"accept\":{\"submituser\":\"",
        "@cee:[[[[[[",
        "@cee:{\"sudo\":{\"accept\":3}}",
        "(to ",
        "(to ) on ",
        "(to x) on ",
        "pam_unix(",
        "pam_unix()",
        "pam_unix(a:b): ",
        "pam_unix(:): session opened for user ",
        "pam_unix(su:session): session opened for user x(uid=) by (uid=",
        "new user: name=",
        "new user: name=, UID=, GID=, home=, shell=",
        "add ''",
        "add '' to group ''",
        "add 'x' to group '",
        "change user '' ",
        "change user 'x' UID from '' to '",
        "user ' (login ) switched to group ",
        "user 'a' (login 'b') switched to group '",
        "New session ",
        "New session '",
        "Removed session ",
        "Removed session '.",
        "Operator of unix-session:",
        "Operator of unix-session:1 FAILED to authenticate to gain authorization for action ",
        "x: Executing command [USER=",
        "drop connection #",
        "drop connection #1 from [",
        "drop connection #1 from ] on",
        "Timeout before authentication for connection from  to ",
        "Received disconnect from ",
        "Received disconnect from :",
        "[...] ",
        " [...]",
        "[...]  [...]",
        "[...] [...]", // the marks share a blank
        "Job `",
        "Starting job 1 for user '",
    };
    event::Losses losses;
    Translator translator(losses);
    for (const Program &program : programs()) {
        for (const std::string_view identifier : program.identifiers) {
            for (const std::string &line : lines) {
                std::vector<event::Record> records;
                translator.translate(entry_of(identifier, line), SENTRA_SOURCE_JOURNAL, records);
                translator.translate(plain_line(identifier, line), SENTRA_SOURCE_LOG, records);
                for (const event::Record &record : records) {
                    const auto event = event::Event::decode(record);
                    ASSERT_TRUE(event) << identifier << ": " << line;
                    if (event->is(SENTRA_AUTH_LOGIN)) {
                        EXPECT_NE(event::to_text(event->get("event.outcome")), "success") << line;
                    }
                }
            }
        }
    }
}

TEST(Hostile, SequenceHasNoGaps)
{
    event::Losses losses;
    Translator translator(losses);
    std::vector<event::Record> records;
    for (int i = 0; i < 3; ++i) {
        translator.translate(entry_of("sshd", kAccepted), SENTRA_SOURCE_JOURNAL, records);
        translator.translate(written_by("/x", "x", 1000, "sshd", kAccepted), SENTRA_SOURCE_JOURNAL,
                             records);
        translator.translate(entry_of("sshd", "Server listening on :: port 22."),
                             SENTRA_SOURCE_JOURNAL, records);
    }
    ASSERT_EQ(records.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i)
        EXPECT_EQ(records[i].head().sequence, i + 1);
}

} // namespace
} // namespace sentra::journal::test
