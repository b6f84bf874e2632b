// SPDX-License-Identifier: MIT
// Accounts, schedules, sessions and units.
#include "support.h"

namespace sentra::journal::test {
namespace {

TEST(Shadow, Accounts)
{
    const Row rows[] = {
        {"useradd",
         "new user: name=alice, UID=1000, GID=1001, home=/home/alice, shell=/bin/bash, from=none",
         "iam.user",
         {{"event.action", "created"},
          {"user.target.name", "alice"},
          {"user.target.id", "1000"},
          {"group.id", "1001"},
          {"user.target.home", "/home/alice"},
          {"user.target.shell", "/bin/bash"},
          {"event.outcome", "success"}}},
        {"useradd",
         "new user: name=x, UID=0, GID=0, home=/root, shell=/bin/sh",
         "iam.user",
         {{"user.target.id", "0"}, {"user.target.shell", "/bin/sh"}}},
        {"useradd",
         "new group: name=alice, GID=1000",
         "iam.group",
         {{"event.action", "created"}, {"group.name", "alice"}, {"group.id", "1000"}}},
        {"useradd",
         "failed adding user 'x', exit code: 9",
         "iam.user",
         {{"event.outcome", "failure"}, {"user.target.name", "x"}}},
        {"usermod",
         "add 'alice' to group 'sudo'",
         "iam.group",
         {{"event.action", "member-added"}, {"user.target.name", "alice"}, {"group.name", "sudo"}}},
        {"usermod", "add 'alice' to shadow group 'sudo'", "", {}},
        {"usermod",
         "delete 'alice' from group 'sudo'",
         "iam.group",
         {{"event.action", "member-removed"}}},
        {"userdel", "delete 'alice' from shadow group 'sudo'", "", {}},
        {"usermod",
         "change user 'alice' password",
         "iam.user",
         {{"event.action", "password-changed"}}},
        {"usermod",
         "change user 'alice' shell from '/bin/sh' to '/bin/bash'",
         "iam.user",
         {{"event.action", "changed"}, {"user.target.shell", "/bin/bash"}}},
        {"usermod",
         "change user 'alice' UID from '1000' to '0'",
         "iam.user",
         {{"user.target.id", "0"}}},
        {"usermod",
         "change user 'alice' home from '/a' to '/b'",
         "iam.user",
         {{"user.target.home", "/b"}}},
        {"usermod", "change user 'alice' expiration from 'never' to '2026-01-01'", "iam.user", {}},
        {"usermod", "change user name 'a' to 'b'", "iam.user", {{"user.target.name", "a"}}},
        {"usermod", "lock user 'alice' password", "iam.user", {{"event.action", "locked"}}},
        {"usermod", "unlock user 'alice' password", "iam.user", {{"event.action", "unlocked"}}},
        {"userdel", "delete user 'alice'", "iam.user", {{"event.action", "deleted"}}},
        {"userdel",
         "removed group 'alice' owned by 'alice'",
         "iam.group",
         {{"event.action", "deleted"}, {"group.name", "alice"}}},
        {"userdel", "removed shadow group 'alice' owned by 'alice'", "", {}},
        {"groupadd", "group added to /etc/group: name=g1, GID=1002", "", {}},
        {"groupadd", "group added to /etc/gshadow: name=g1", "", {}},
        {"groupadd", "new group: name=g1, GID=1002", "iam.group", {{"group.id", "1002"}}},
        {"groupmod",
         "group changed in /etc/group (group g1/1002, new name: g2)",
         "iam.group",
         {{"group.name", "g1"}, {"group.id", "1002"}}},
        {"groupdel",
         "group 'g1' removed from /etc/group",
         "iam.group",
         {{"event.action", "deleted"}}},
        {"groupdel", "group 'g1' removed from /etc/gshadow", "", {}},
        {"groupdel", "group 'g1' removed", "iam.group", {{"event.action", "deleted"}}},
        {"gpasswd",
         "user bob added by alice to group sudo",
         "iam.group",
         {{"event.action", "member-added"},
          {"user.name", "alice"},
          {"group.name", "sudo"},
          {"user.target.name", "bob"}}},
        {"gpasswd",
         "user bob removed by alice from group sudo",
         "iam.group",
         {{"event.action", "member-removed"}}},
        {"gpasswd",
         "members of group sudo set by root to a,b",
         "iam.group",
         {{"group.name", "sudo"}, {"user.name", "root"}}},
        {"gpasswd", "password of group sudo changed by root", "iam.group", {{"user.name", "root"}}},
        {"passwd",
         "password for 'bob' changed by 'root'",
         "iam.user",
         {{"event.action", "password-changed"},
          {"user.target.name", "bob"},
          {"user.name", "root"}}},
        {"passwd", "password locked for 'bob'", "iam.user", {{"event.action", "locked"}}},
        {"passwd",
         "pam_unix(passwd:chauthtok): password changed for bob",
         "iam.user",
         {{"event.action", "password-changed"}, {"user.target.name", "bob"}}},
        {"chpasswd", "pam_unix(chpasswd:chauthtok): password changed for alice", "iam.user", {}},
        {"chage", "changed password expiry for bob", "iam.user", {{"user.target.name", "bob"}}},
        {"chsh",
         "changed user 'bob' shell to '/bin/zsh'",
         "iam.user",
         {{"user.target.shell", "/bin/zsh"}}},
        {"chfn", "changed user 'bob' information", "iam.user", {{"iam.detail", "information"}}},
        {"newgrp",
         "user 'bob' (login 'bob' on pts/0) switched to group 'docker'",
         "auth.elevation",
         {{"user.target.group.name", "docker"}, {"auth.service", "newgrp"}, {"auth.tty", "pts/0"}}},
        {"vipw", "file /etc/passwd edited", "iam.user", {{"event.action", "file-edited"}}},
        {"vipw", "file /etc/group edited", "iam.group", {{"event.action", "file-edited"}}},
        {"adduser", "Adding user `bob' ...", "", {}},
    };
    for (const Row &row : rows)
        expect_row(row);
}

TEST(Shadow, AGroupsRemovalIsToldThriceAndCountsOnce)
{
    event::Losses losses;
    Translator translator(losses);
    std::vector<event::Record> records;
    for (const std::string_view text : {"group 'g' removed from /etc/gshadow",
                                        "group 'g' removed from /etc/group", "group 'g' removed"})
        translator.translate(entry_of("groupdel", text), SENTRA_SOURCE_JOURNAL, records);
    EXPECT_EQ(records.size(), 1U);
}

TEST(Pam, ServicesWithoutAVoiceOfTheirOwn)
{
    const Row rows[] = {
        {"login",
         "pam_unix(login:auth): authentication failure; logname=LOGIN uid=0 euid=0 tty=/dev/tty1 "
         "ruser= "
         "rhost=  user=root",
         "auth.login",
         {{"event.outcome", "failure"}, {"user.name", "root"}, {"auth.service", "login"}}},
        {"login", "FAILED LOGIN (1) on '/dev/tty1' FOR 'root', Authentication failure", "", {}},
        {"login",
         "pam_unix(login:session): session opened for user root(uid=0) by LOGIN(uid=0)",
         "auth.session",
         {{"session.by.name", "LOGIN"}, {"auth.service", "login"}}},
        {"sshd",
         "pam_unix(sshd:session): session opened for user alice(uid=1000) by (uid=0)",
         "auth.session",
         {{"user.id", "1000"}, {"auth.service", "sshd"}}},
        {"sshd",
         "pam_unix(sshd:session): session closed for user alice",
         "auth.session",
         {{"event.action", "closed"}}},
        {"CRON",
         "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)",
         "auth.session",
         {}},
        {"(systemd)",
         "pam_unix(systemd-user:session): session opened for user root(uid=0) by (uid=0)",
         "",
         {}},
        {"sshd", "pam_unix(sshd:account): account bob has expired (account expired)", "", {}},
        {"login",
         "pam_faillock(login:auth): Consecutive login failures for user bob account temporarily "
         "locked",
         "iam.user",
         {{"event.action", "locked"}, {"user.target.name", "bob"}}},
        {"unix_chkpwd",
         "password check failed for user (bob)",
         "auth.login",
         {{"user.name", "bob"}}},
    };
    for (const Row &row : rows)
        expect_row(row);
}

TEST(Pam, OldFormCarriesTheServiceInTheTag)
{
    const Read opened = read(plain_line("su(pam_unix)", "session opened for user news by (uid=0)"));
    EXPECT_EQ(opened.type(), "auth.session");
    EXPECT_EQ(opened.get("auth.service"), "su");
    EXPECT_EQ(read(plain_line("sshd(pam_unix)", "authentication failure; logname= uid=0 euid=0 "
                                                "tty=NODEVssh ruser= rhost=218.188.2.4 "))
                  .verdict.kind,
              Kind::known);
    const Read ftp =
        read(plain_line("ftp(pam_unix)", "authentication failure; logname= uid=0 euid=0 tty= "
                                         "ruser= rhost=218.188.2.4  user=root"));
    EXPECT_EQ(ftp.get("source.ip"), "218.188.2.4");
}

TEST(Cron, JobsAndSchedules)
{
    const Row rows[] = {
        {"CRON",
         "(root) CMD (   cd / && run-parts --report /etc/cron.hourly)",
         "job.run",
         {{"event.action", "started"},
          {"user.name", "root"},
          {"job.command", "   cd / && run-parts --report /etc/cron.hourly"}}},
        {"CROND",
         "(root) CMDEND (run-parts /etc/cron.hourly)",
         "job.run",
         {{"event.action", "ended"}}},
        {"CROND", "(root) CMDOUT (x)", "", {}},
        {"crontab",
         "(alice) REPLACE (bob)",
         "job.change",
         {{"event.action", "replaced"}, {"user.name", "alice"}, {"user.target.name", "bob"}}},
        {"crontab", "(alice) LIST (alice)", "job.change", {{"event.action", "listed"}}},
        {"crontab", "(alice) BEGIN EDIT (alice)", "job.change", {{"event.action", "edited"}}},
        {"crontab", "(alice) END EDIT (alice)", "", {}},
        {"crontab", "(alice) DELETE (alice)", "job.change", {{"event.action", "deleted"}}},
        {"crontab",
         "(eve) AUTH (crontab command not allowed)",
         "job.change",
         {{"event.action", "refused"}}},
        {"cron", "(*system*) RELOAD (/etc/crontab)", "job.change", {{"event.action", "reloaded"}}},
        {"cron", "(alice) RELOAD (crontabs/alice)", "job.change", {{"user.target.name", "alice"}}},
        {"cron", "(CRON) STARTUP (fork ok)", "", {}},
        {"cron", "(CRON) INFO (pidfile fd = 3)", "", {}},
        {"cron", "(*system*x) INSECURE MODE (mode 0600 expected)", "", {}},
        {"cron", "(*system*x) WRONG FILE OWNER (/etc/cron.d/x)", "", {}},
        {"cron", "(bob) ORPHAN (no passwd entry)", "", {}},
        {"anacron", "Job `cron.daily' started", "job.run", {{"job.command", "cron.daily"}}},
    };
    for (const Row &row : rows)
        expect_row(row);
}

TEST(Logind, BothWordings)
{
    const Row rows[] = {
        {"systemd-logind",
         "New session 30 of user root.",
         "auth.session",
         {{"event.action", "opened"},
          {"session.logind_id", "30"},
          {"user.name", "root"},
          {"auth.service", "systemd-logind"}}},
        {"systemd-logind",
         "New session '30' of user 'al' with class 'user' and type 'tty'.",
         "auth.session",
         {{"session.logind_id", "30"}, {"user.name", "al"}}},
        {"systemd-logind",
         "Removed session 30.",
         "auth.session",
         {{"event.action", "closed"}, {"session.logind_id", "30"}}},
        {"systemd-logind", "Session 30 logged out. Waiting for processes to exit.", "", {}},
        {"systemd-logind", "New seat seat0.", "", {}},
    };
    for (const Row &row : rows)
        expect_row(row);
}

TEST(Logind, FieldsComeFirst)
{
    Entry entry = entry_of("systemd-logind", "Something a later version says about it");
    entry.set("MESSAGE_ID", "8d45620c1a4348dbb17410da57c60c66");
    entry.set("SESSION_ID", "7");
    entry.set("USER_ID", "alice");
    entry.set("LEADER", "1234");
    const Read got = read(entry);
    EXPECT_EQ(got.get("event.action"), "opened");
    EXPECT_EQ(got.get("session.logind_id"), "7");
    EXPECT_EQ(got.get("user.name"), "alice");
    EXPECT_EQ(got.get("session.leader"), "1234");
}

Entry unit_entry(std::string_view id, std::string_view result)
{
    Entry entry = entry_of("systemd", "Words do not matter.");
    entry.set("MESSAGE_ID", id);
    entry.set("UNIT", "evil.service");
    entry.set("JOB_RESULT", result);
    return entry;
}

TEST(Systemd, UnitsByMessageId)
{
    EXPECT_EQ(read(unit_entry("39f53479d3a045ac8e11786248231fbf", "done")).get("event.action"),
              "started");
    EXPECT_EQ(read(unit_entry("9d1aaa27d60140bd96365438aad20286", "done")).get("event.action"),
              "stopped");
    EXPECT_EQ(read(unit_entry("7b05ebc668384222baa8881179cfda54", "done")).get("event.action"),
              "reloaded");
    const Read failed = read(unit_entry("be02cf6855d2428ba40df7e9d022f03d", "failed"));
    EXPECT_EQ(failed.type(), "unit.change");
    EXPECT_EQ(failed.get("event.action"), "failed");
    EXPECT_EQ(failed.get("unit.name"), "evil.service");
    EXPECT_EQ(failed.get("unit.result"), "failed");
    // A user's own manager is that user's business.
    Entry user = unit_entry("39f53479d3a045ac8e11786248231fbf", "done");
    user.pid = 900;
    EXPECT_EQ(read(user).verdict.kind, Kind::known);
}

// Whoever floods his session's scope silences the sudo he runs next: that much is said.
TEST(Journald, WhatItDroppedIsAGap)
{
    Entry entry = entry_of("systemd-journald", "Suppressed 1234 messages from session-5.scope");
    entry.transport = "driver";
    const Read got = read(entry);
    EXPECT_EQ(got.type(), "meta.gap");
    EXPECT_NE(got.get("gap.reason").find("1234 lines of session-5.scope"), std::string::npos);
    EXPECT_EQ(got.get("gap.source"), "journal");
    entry.message = "Suppressed 9 messages from nginx.service";
    EXPECT_EQ(read(entry).verdict.kind, Kind::known);
    entry.message = "Suppressed 1234 messages from session-5.scope";
    entry.transport = "syslog"; // nobody but journald has that transport
    EXPECT_EQ(read(entry).verdict.kind, Kind::forged);
}

TEST(Systemd, TextOfAPlainLog)
{
    Entry line = plain_line("systemd", "Started ssh.service - OpenBSD Secure Shell server.");
    line.pid = 1;
    EXPECT_EQ(read(line).get("unit.name"), "ssh.service");
    line.message = "Started OpenBSD Secure Shell server.";
    EXPECT_EQ(read(line).verdict.kind, Kind::known);
}

} // namespace
} // namespace sentra::journal::test
