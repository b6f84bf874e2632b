// SPDX-License-Identifier: MIT
// One event, one sentence: what each kind of event says as evidence.
#include <gtest/gtest.h>

#include "signal/proof.h"
#include "unit/signal/made.h"

namespace sentra::signal {
namespace {

struct Case {
    const char *type;
    made::Fields fields;
    const char *text;
};

const Case kCases[] = {
    {"process.exec",
     {{"process.executable", {"/usr/bin/tee"}},
      {"process.args", {"tee", "-a", "/root/.ssh/authorized_keys"}}},
     "ran /usr/bin/tee -a /root/.ssh/authorized_keys"},
    {"process.exec",
     {{"process.executable", {"/usr/bin/id"}}, {"process.args", {"id"}}},
     "ran /usr/bin/id"},
    {"process.exec",
     {{"process.executable", {"/memfd:x"}}, {"process.memfd", {"true"}}},
     "ran a program that has no file: /memfd:x"},
    {"file.write",
     {{"file.path", {"/root/.ssh/authorized_keys"}}},
     "opened /root/.ssh/authorized_keys for writing"},
    {"file.write",
     {{"file.path", {"/etc/cron.d/x"}}, {"file.created", {"true"}}},
     "created /etc/cron.d/x"},
    {"file.read", {{"file.path", {"/etc/shadow"}}}, "opened /etc/shadow for reading"},
    {"file.rename", {{"file.path", {"/b"}}, {"file.origin.path", {"/a"}}}, "renamed /a to /b"},
    {"file.mode",
     {{"file.path", {"/tmp/x"}}, {"file.mode", {"35309"}}},
     "set the permissions of /tmp/x to 4755"},
    {"net.connect",
     {{"destination.ip", {"198.51.100.9"}},
      {"destination.port", {"4444"}},
      {"network.transport", {"tcp"}}},
     "reached out to 198.51.100.9 port 4444 (tcp)"},
    {"auth.login",
     {{"user.name", {"maria"}},
      {"source.ip", {"203.0.113.7"}},
      {"auth.method", {"password"}},
      {"event.outcome", {"success"}}},
     "maria signed in from 203.0.113.7 (password)"},
    {"auth.login",
     {{"user.name", {"maria"}},
      {"source.ip", {"203.0.113.7"}},
      {"event.count", {"6"}},
      {"event.outcome", {"failure"}}},
     "6 failed sign-ins as maria from 203.0.113.7"},
    {"auth.login",
     {{"user.name", {"maria"}},
      {"source.domain", {"a.example"}},
      {"event.count", {"1"}},
      {"event.outcome", {"failure"}}},
     "a failed sign-in as maria from a.example"},
    {"auth.elevation",
     {{"user.name", {"maria"}},
      {"user.target.name", {"root"}},
      {"auth.service", {"sudo"}},
      {"auth.command", {"/usr/bin/tee -a /x"}},
      {"event.outcome", {"success"}}},
     "maria used sudo to become root: /usr/bin/tee -a /x"},
    {"auth.elevation",
     {{"user.name", {"alice"}},
      {"user.target.name", {"root"}},
      {"auth.service", {"sudo"}},
      {"event.reason", {"a password is required"}},
      {"event.outcome", {"failure"}}},
     "sudo refused alice the rights of root (a password is required)"},
    {"auth.connection",
     {{"source.ip", {"203.0.113.7"}}, {"event.reason", {"closed"}}},
     "a connection from 203.0.113.7 ended without a sign-in (closed)"},
    {"iam.user",
     {{"user.target.name", {"x"}}, {"user.target.id", {"0"}}, {"event.action", {"created"}}},
     "the user x was created (uid 0)"},
    {"iam.group",
     {{"user.target.name", {"x"}}, {"group.name", {"sudo"}}, {"event.action", {"member-added"}}},
     "x was added to the group sudo"},
    {"job.run",
     {{"user.name", {"root"}}, {"job.command", {"/usr/bin/true"}}, {"event.action", {"started"}}},
     "a scheduled job of root began: /usr/bin/true"},
    {"unit.change",
     {{"unit.name", {"nginx.service"}}, {"event.action", {"started"}}},
     "systemd started nginx.service"},
    {"kernel.module", {{"module.name", {"wireguard"}}}, "loaded the kernel module wireguard"},
};

TEST(Sentence, SaysWhatTheEventProves)
{
    for (const Case &one : kCases) {
        const auto happened = made::event(one.type, "2026-03-02T10:11:03Z", one.fields);
        EXPECT_EQ(sentence(*happened, {}), one.text);
    }
}

TEST(Sentence, NamesTheWayToAnotherUser)
{
    const auto became = made::event(
        "cred.change", "2026-03-02T10:11:03Z",
        {{"user.effective.id", {"0"}}, {"process.previous.user.effective.id", {"1001"}}});
    EXPECT_EQ(sentence(*became, {}), "became root");
    const auto actor = std::make_shared<session::Actor>(made::maria());
    EXPECT_EQ(sentence(*became, {nullptr, actor, false}), "became root through sudo");
    const auto other = made::event(
        "cred.change", "2026-03-02T10:11:03Z",
        {{"user.effective.id", {"1001"}}, {"process.previous.user.effective.id", {"1001"}}});
    EXPECT_EQ(sentence(*other, {}), "changed its user or groups");
}

} // namespace
} // namespace sentra::signal
