// SPDX-License-Identifier: MIT
#include "support.h"

namespace sentra::journal::test {
namespace {

constexpr std::string_view kFingerprint = "SHA256:62G/Vz/B64ZKdpmei+SaEc98Q2oIrnWfNw30tguQ/IA";

TEST(Sshd, SignIns)
{
    const Row rows[] = {
        {"sshd",
         "Accepted password for alice from 192.0.2.7 port 40562 ssh2",
         "auth.login",
         {{"event.outcome", "success"},
          {"user.name", "alice"},
          {"source.ip", "192.0.2.7"},
          {"source.port", "40562"},
          {"auth.method", "password"},
          {"auth.service", "sshd"},
          {"event.count", "1"},
          {"auth.partial", "false"}}},
        {"sshd-session",
         "Accepted publickey for root from 2001:db8::9 port 22 ssh2: ED25519 "
         "SHA256:62G/Vz/B64ZKdpmei+SaEc98Q2oIrnWfNw30tguQ/IA",
         "auth.login",
         {{"source.ip", "2001:db8::9"},
          {"auth.key.type", "ED25519"},
          {"auth.key.fingerprint", kFingerprint}}},
        {"sshd",
         "Accepted publickey for root from 10.0.0.1 port 22 ssh2: RSA 39:33:99:e9",
         "auth.login",
         {{"auth.key.fingerprint", "39:33:99:e9"}, {"auth.key.type", "RSA"}}},
        {"sshd",
         "Accepted publickey for bob from 10.0.0.1 port 22 ssh2: ED25519-CERT SHA256:abc ID x from "
         "8.8.8.8 port 1 ssh2: y (serial 4) CA ED25519 SHA256:def",
         "auth.login",
         {{"source.ip", "10.0.0.1"}, {"auth.key.type", "ED25519-CERT"}}},
        {"sshd",
         "Accepted keyboard-interactive/pam for bob from 10.0.0.1 port 22 ssh2",
         "auth.login",
         {{"auth.method", "keyboard-interactive/pam"}, {"event.outcome", "success"}}},
        {"sshd",
         "Accepted none for demo from 10.0.0.1 port 22 ssh2",
         "auth.login",
         {{"auth.method", "none"}, {"event.outcome", "success"}}},
        {"sshd",
         "Accepted hostbased for bob from 10.0.0.1 port 22 ssh2: RSA SHA256:abc, client user "
         "\"root from 8.8.8.8 port 22 ssh2\", client host \"x\"",
         "auth.login",
         {{"source.ip", "10.0.0.1"}, {"auth.key.fingerprint", "SHA256:abc"}}},
        {"sshd", "Accepted gssapi-with-mic for bob from 10.0.0.1 port 22 ssh2", "auth.login", {}},
        {"sshd",
         "Failed password for alice from 192.0.2.7 port 48732 ssh2",
         "auth.login",
         {{"event.outcome", "failure"},
          {"auth.invalid_user", "false"},
          {"event.reason", "failed password"}}},
        {"sshd",
         "Failed password for invalid user nosuch from 192.0.2.7 port 48740 ssh2",
         "auth.login",
         {{"auth.invalid_user", "true"}, {"user.name", "nosuch"}}},
        {"sshd",
         "Failed password for illegal user test from 192.0.2.7 port 48740",
         "auth.login",
         {{"auth.invalid_user", "true"}, {"user.name", "test"}}},
        {"sshd",
         "Failed password for invalid user  from 192.0.2.7 port 48740 ssh2",
         "auth.login",
         {{"user.name", ""}, {"source.ip", "192.0.2.7"}}},
        {"sshd",
         "Failed publickey for invalid user git from 192.0.2.7 port 5 ssh2: RSA SHA256:abc",
         "auth.login",
         {{"auth.method", "publickey"}, {"auth.key.fingerprint", "SHA256:abc"}}},
        {"sshd",
         "message repeated 5 times: [ Failed password for root from 5.36.59.76 port 42393 ssh2]",
         "auth.login",
         {{"event.count", "5"}, {"source.ip", "5.36.59.76"}}},
        {"sshd",
         "error: PAM: Authentication failure for bob from 192.0.2.7",
         "auth.login",
         {{"event.outcome", "failure"},
          {"auth.method", "keyboard-interactive/pam"},
          {"source.ip", "192.0.2.7"},
          {"event.reason", "authentication failure"}}},
        {"sshd",
         "error: PAM: Authentication failure for illegal user bob from host.example.net",
         "auth.login",
         {{"auth.invalid_user", "true"}, {"source.domain", "host.example.net"}, {"source.ip", ""}}},
        {"sshd",
         "error: PAM: Authentication failure for bob from 192.0.2.7 via 192.168.1.201",
         "auth.login",
         {{"source.ip", "192.0.2.7"}}},
        {"sshd",
         "Failed password for invalid user ROOT from 2001:db8::1:1",
         "auth.login",
         {{"source.ip", "2001:db8::1:1"}, {"source.port", "0"}}},
        {"sshd",
         "Failed password for user from 192.0.2.7 port 20000 ssh1: ruser from 8.8.8.8",
         "auth.login",
         {{"source.ip", "192.0.2.7"}}},
        {"sshd",
         "Partial publickey for bob from 192.0.2.7 port 5 ssh2: RSA SHA256:abc",
         "auth.login",
         {{"auth.partial", "true"}, {"event.outcome", "unknown"}}},
        {"sshd", "Failed none for invalid user x from 192.0.2.7 port 5 ssh2", "", {}},
        {"sshd", "Postponed publickey for bob from 192.0.2.7 port 5 ssh2 [preauth]", "", {}},
        {"sshd",
         "Accepted certificate ID \"x\" (serial 4) signed by RSA CA SHA256:a via /etc/ca",
         "",
         {}},
    };
    for (const Row &row : rows)
        expect_row(row);
}

TEST(Sshd, Connections)
{
    const Row rows[] = {
        {"sshd",
         "Invalid user webmaster from 173.234.31.186",
         "auth.connection",
         {{"event.reason", "invalid-user"},
          {"user.name", "webmaster"},
          {"source.ip", "173.234.31.186"}}},
        {"sshd",
         "Invalid user  from 173.234.31.186 port 9",
         "auth.connection",
         {{"user.name", ""}}},
        {"sshd",
         "User bob from 192.0.2.7 not allowed because listed in DenyUsers",
         "auth.connection",
         {{"event.reason", "not-allowed"}, {"user.name", "bob"}, {"source.ip", "192.0.2.7"}}},
        {"sshd",
         "User bob from h.example not allowed because none of user's groups are listed in "
         "AllowGroups",
         "auth.connection",
         {{"user.name", "bob"}}},
        {"sshd",
         "User bob not allowed because account is locked",
         "auth.connection",
         {{"user.name", "bob"}}},
        {"sshd",
         "ROOT LOGIN REFUSED FROM 192.0.2.7 port 5",
         "auth.connection",
         {{"event.reason", "root-refused"}, {"user.name", "root"}}},
        {"sshd",
         "error: maximum authentication attempts exceeded for invalid user a b from 192.0.2.7 port "
         "5 "
         "ssh2 [preauth]",
         "auth.connection",
         {{"event.reason", "too-many-failures"}, {"user.name", "a b"}}},
        {"sshd",
         "Connection closed by authenticating user alice 127.0.0.1 port 48732 [preauth]",
         "auth.connection",
         {{"event.reason", "closed"}, {"user.name", "alice"}, {"source.port", "48732"}}},
        {"sshd",
         "Connection closed by invalid user root 8.8.8.8 port 1 192.0.2.7 port 5 [preauth]",
         "auth.connection",
         {{"source.ip", "192.0.2.7"}, {"user.name", "root 8.8.8.8 port 1"}}},
        {"sshd",
         "Connection closed by 192.0.2.7 [preauth]",
         "auth.connection",
         {{"event.reason", "closed"}}},
        {"sshd", "Connection closed by 192.0.2.7 port 5", "auth.connection", {}},
        {"sshd",
         "Connection reset by 192.0.2.7 port 5 [preauth]",
         "auth.connection",
         {{"event.reason", "reset"}}},
        {"sshd",
         "Disconnected from authenticating user root 192.0.2.7 port 5 [preauth]",
         "auth.connection",
         {{"event.reason", "disconnected"}, {"user.name", "root"}}},
        {"sshd", "Disconnected from 192.0.2.7 port 5 [preauth]", "auth.connection", {}},
        {"sshd",
         "Received disconnect from 173.234.31.186: 11: Bye Bye [preauth]",
         "auth.connection",
         {{"event.reason", "disconnected"}, {"source.ip", "173.234.31.186"}}},
        {"sshd",
         "error: Received disconnect from 192.0.2.7: 3: com.jcraft.jsch.JSchException: Auth fail "
         "[preauth]",
         "auth.connection",
         {{"source.ip", "192.0.2.7"}}},
        {"sshd",
         "Did not receive identification string from 192.0.2.7 port 5",
         "auth.connection",
         {{"event.reason", "no-banner"}}},
        {"sshd",
         "banner exchange: Connection from 192.0.2.7 port 5: invalid format",
         "auth.connection",
         {{"event.reason", "bad-banner"}, {"source.ip", "192.0.2.7"}}},
        {"sshd",
         "Bad protocol version identification 'GET / from 8.8.8.8 port 1' from 192.0.2.7 port 5",
         "auth.connection",
         {{"event.reason", "bad-banner"}, {"source.ip", "192.0.2.7"}}},
        {"sshd",
         "Unable to negotiate with 192.0.2.7 port 5: no matching key exchange method found. Their "
         "offer: from 8.8.8.8 port 1 [preauth]",
         "auth.connection",
         {{"event.reason", "no-match"}, {"source.ip", "192.0.2.7"}}},
        {"sshd",
         "fatal: Timeout before authentication for 192.0.2.7 port 5",
         "auth.connection",
         {{"event.reason", "timeout"}, {"source.ip", "192.0.2.7"}}},
        {"sshd",
         "Timeout before authentication for connection from 192.0.2.7 to 10.0.0.1, pid = 33",
         "auth.connection",
         {{"event.reason", "timeout"}, {"source.ip", "192.0.2.7"}}},
        {"sshd",
         "drop connection #0 from [192.0.2.7]:4022 on [10.0.0.1]:22 penalty: failed authentication",
         "auth.connection",
         {{"event.reason", "dropped"}, {"source.ip", "192.0.2.7"}, {"source.port", "4022"}}},
        {"sshd",
         "drop connection #10 from [2001:db8::7]:4022 on [::1]:22 past MaxStartups",
         "auth.connection",
         {{"event.reason", "dropped"}, {"source.ip", "2001:db8::7"}}},
        {"sshd",
         "PerSourcePenalties logging rate-limited: additional 37 connections dropped",
         "auth.connection",
         {{"event.count", "37"}, {"event.reason", "dropped"}}},
        {"sshd",
         "Session process 99 unpriv child crash for connection from 192.0.2.7 to 10.0.0.1",
         "auth.connection",
         {{"event.reason", "crash"}, {"source.ip", "192.0.2.7"}}},
    };
    for (const Row &row : rows)
        expect_row(row);
}

// Said beside a line that is a record, or about nothing that ever was a sign-in.
TEST(Sshd, KnownAndNoRecord)
{
    constexpr std::string_view lines[] = {
        "input_userauth_request: invalid user webmaster [preauth]",
        "Disconnecting authenticating user root 192.0.2.7 port 5: Too many authentication failures "
        "[preauth]",
        "Disconnecting: Too many authentication failures for root [preauth]",
        "Received disconnect from 192.0.2.7 port 5:11: disconnected by user",
        "Disconnected from user alice 192.0.2.7 port 5",
        "Connection closed by user alice 192.0.2.7 port 5",
        "error: kex_exchange_identification: Connection closed by remote host",
        "error: kex_exchange_identification: client sent invalid protocol identifier \"GET / "
        "HTTP/1.1\"",
        "Connection from 192.0.2.7 port 5 on 10.0.0.1 port 22 rdomain \"\"",
        "Authentication refused: bad ownership or modes for file /home/a/.ssh/authorized_keys",
        "Starting session: shell on pts/0 for alice from 192.0.2.7 port 5 id 0",
        "Starting session: subsystem 'sftp' for alice from 192.0.2.7 port 5 id 0",
        "Close session: user alice from 192.0.2.7 port 5 id 0",
        "User child is on pid 4712",
        "Connection from 192.0.2.5",
        "fatal: Unable to negotiate a key exchange method [preauth]",
        "Server listening on 0.0.0.0 port 22.",
        "Received signal 15; terminating.",
        "srclimit_penalise: ipv4: new 192.0.2.7/32 active penalty of 5.000 seconds for penalty: "
        "failed authentication",
        "error: beginning MaxStartups throttling",
        "reverse mapping checking getaddrinfo for ns.x.com [173.234.31.186] failed - POSSIBLE "
        "BREAK-IN ATTEMPT!",
        "fatal: Write failed: Connection reset by peer [preauth]",
        "pam_unix(sshd:auth): check pass; user unknown",
        "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= "
        "rhost=192.0.2.7  user=root",
        "PAM 5 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.7  "
        "user=root",
        "PAM 1 more authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.7",
        "PAM service(sshd) ignoring max retries; 6 > 3",
        "pam_systemd(sshd:session): Failed to create session: Connection timed out",
        "pam_succeed_if(sshd:auth): requirement \"uid >= 1000\" not met by user \"x\"",
    };
    for (const std::string_view line : lines)
        expect_row({"sshd", line, "", {}});
}

// Names say anything; the peer is the one that was really there.
TEST(Sshd, NamesNeverMoveTheBlame)
{
    constexpr std::pair<std::string_view, std::string_view> lines[] = {
        {"Failed password for invalid user root from 8.8.8.8 port 22 ssh2 from 192.0.2.7 port 5 "
         "ssh2",
         "192.0.2.7"},
        {"Failed password for root from 8.8.8.8 port 22 ssh2 from 192.0.2.7 port 5 ssh2",
         "192.0.2.7"},
        {"Failed password for invalid user from 8.8.8.8 from 192.0.2.7 port 58946 ssh2",
         "192.0.2.7"},
        {"Invalid user root from 8.8.8.8 port 22 ssh2 from 192.0.2.7 port 999", "192.0.2.7"},
        {"Failed publickey for invalid user root from 8.8.8.8 port 22 ssh2: RSA SHA256:x from "
         "192.0.2.7 "
         "port 5 ssh2: RSA SHA256:y",
         "192.0.2.7"},
        {"Connection reset by authenticating user x 8.8.8.8 port 1 [preauth] 192.0.2.7 port 5 "
         "[preauth]",
         "192.0.2.7"},
        {"error: maximum authentication attempts exceeded for invalid user a from 8.8.8.8 port 2 "
         "ssh2 from "
         "192.0.2.7 port 5 ssh2 [preauth]",
         "192.0.2.7"},
        {"error: PAM: Authentication failure for illegal user x from 8.8.8.8 from 192.0.2.7",
         "192.0.2.7"},
        // A valid user's certificate may say what it likes in its id.
        {"Failed publickey for root from 192.0.2.7 port 5 ssh2: ED25519-CERT SHA256:a ID x from "
         "8.8.8.8 "
         "port 22 ssh2: z (serial 0) CA RSA SHA256:b",
         "192.0.2.7"},
        // Both the name and the id are the attacker's: nobody is blamed.
        {"Failed publickey for invalid user a from 8.8.8.8 port 2 ssh2: RSA x from 192.0.2.7 port "
         "5 ssh2: "
         "ED25519-CERT SHA256:a ID b (serial 0) CA RSA SHA256:b",
         ""},
    };
    for (const auto &[line, source] : lines) {
        SCOPED_TRACE(line);
        const Read got = read("sshd", line);
        EXPECT_EQ(got.verdict.kind, Kind::emitted);
        EXPECT_EQ(got.get("source.ip"), source);
        EXPECT_NE(got.get("event.outcome"), "success");
    }
}

TEST(Sshd, OneTryOfKeyboardInteractiveIsOneFailure)
{
    event::Losses losses;
    Translator translator(losses);
    std::vector<event::Record> records;
    const auto say = [&](std::string_view text) {
        return translator.translate(entry_of("sshd", text), SENTRA_SOURCE_JOURNAL, records).kind;
    };
    EXPECT_EQ(say("error: PAM: Authentication failure for illegal user bob from 192.0.2.7"),
              Kind::emitted);
    EXPECT_EQ(
        say("Failed keyboard-interactive/pam for invalid user bob from 192.0.2.7 port 5 ssh2"),
        Kind::known);
    EXPECT_EQ(
        say("Failed keyboard-interactive/pam for invalid user bob from 192.0.2.7 port 5 ssh2"),
        Kind::emitted);
    EXPECT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].head().sequence, 1U);
    EXPECT_EQ(records[1].head().sequence, 2U);
}

TEST(Sshd, UnknownWordingIsCounted)
{
    event::Losses losses;
    Translator translator(losses);
    std::vector<event::Record> records;
    const Verdict verdict = translator.translate(entry_of("sshd", "Welcomed alice from afar"),
                                                 SENTRA_SOURCE_JOURNAL, records);
    EXPECT_EQ(verdict.kind, Kind::unknown);
    EXPECT_EQ(losses.total(SENTRA_LOSS_JOURNAL_UNKNOWN), 1U);
    EXPECT_TRUE(records.empty());
}

} // namespace
} // namespace sentra::journal::test
