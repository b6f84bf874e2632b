// SPDX-License-Identifier: MIT
// sshd, sshd-session and sshd-auth: who tried to sign in, from where, and how it ended.
//
// User names reach the log unquoted and may say anything, so a line is read from its fixed ends
// inwards: "Failed password for invalid user root from 8.8.8.8 port 22 ssh2 from 192.0.2.1 port 5
// ssh2" is about 192.0.2.1. A certificate's key id stands behind the peer and may say anything too;
// where both readings are possible nobody is blamed.
#include "journal/sshd.h"
#include "journal/line.h"

#include <algorithm>

namespace sentra::journal {

namespace {

// sshd formats a message into 1024 bytes; a line this long may have lost its end.
constexpr std::size_t kMaybeCut = 1000;

struct Attempt {
    std::string_view user, method;
    Peer peer;
    std::string_view info; // behind "ssh2: ": the key, a certificate's id
    bool invalid_user = false;
    bool ambiguous = false;
};

struct Candidate {
    std::size_t at = 0; // of " from "
    Peer peer;
    std::string_view info;
};

// " from H port P[ ssh2][: info]" at `at`, or nothing.
std::optional<Candidate> read_candidate(std::string_view text, std::size_t at)
{
    Scan scan(text.substr(at));
    if (!scan.take(" from "))
        return std::nullopt;
    const auto peer = take_peer(scan);
    if (!peer)
        return std::nullopt;
    // Protocol 1 had no "ssh2" at the end.
    const bool has_version = scan.take(" ssh2") || scan.take(" ssh1");
    if (scan.done())
        return Candidate{at, *peer, {}};
    if (!has_version || !scan.take(": "))
        return std::nullopt;
    return Candidate{at, *peer, scan.rest()};
}

// "ED25519 SHA256:..." and nothing behind it that somebody else could have chosen.
bool is_bare_key(std::string_view info)
{
    return std::count(info.begin(), info.end(), ' ') <= 1;
}

// "[invalid user ]U from H port P ssh2[: info]"
std::optional<Attempt> read_attempt(std::string_view text)
{
    Attempt attempt;
    if (text.starts_with("invalid user ") || text.starts_with("illegal user ")) {
        attempt.invalid_user = true;
        text.remove_prefix(12); // the blank stays: a name may be empty
    } else {
        attempt.invalid_user = false;
    }
    std::vector<Candidate> candidates;
    for (auto at = text.find(" from "); at != std::string_view::npos;
         at = text.find(" from ", at + 1))
        if (const auto candidate = read_candidate(text, at))
            candidates.push_back(*candidate);
    // Very old lines have no port; where any reading has one, those without are part of a name.
    const bool has_port = std::any_of(candidates.begin(), candidates.end(),
                                      [](const Candidate &c) { return c.peer.port != 0; });
    if (has_port)
        std::erase_if(candidates, [](const Candidate &c) { return c.peer.port == 0; });
    if (candidates.empty())
        return std::nullopt;
    const Candidate *chosen = &candidates.back();
    const bool end_is_fixed = is_bare_key(chosen->info) && text.size() < kMaybeCut;
    if (candidates.size() > 1 && !end_is_fixed) {
        // A user that exists has a name without blanks, so the first reading is right.
        chosen = &candidates.front();
        attempt.ambiguous = attempt.invalid_user;
    }
    attempt.user = trim(text.substr(0, chosen->at));
    attempt.peer = chosen->peer;
    attempt.info = chosen->info;
    return attempt;
}

// "RSA SHA256:...", "ED25519-CERT SHA256:... ID x (serial 1) CA ...", before 6.8 "RSA 39:33:...".
void set_key(event::Build<sentra_login> &login, std::string_view info)
{
    Scan scan(info);
    const std::string_view type = scan.word();
    if (type.empty() || !scan.take(" "))
        return;
    std::string_view fingerprint = scan.word();
    if (fingerprint.ends_with(','))
        fingerprint.remove_suffix(1);
    if (fingerprint.find(':') == std::string_view::npos)
        return;
    login.text(login->key_type, type).text(login->fingerprint, fingerprint);
}

event::Build<sentra_login> begin_login(const Line &line, std::string_view user, const Peer &peer)
{
    auto login = line.begin<sentra_login>(SENTRA_AUTH_LOGIN);
    login.text(login->user, user).text(login->service, "sshd");
    if (const auto ip = peer.ip())
        login->source = event::to_address(*ip, peer.port);
    else
        login.text(login->source_name, peer.host);
    login->repeated = line.repeated;
    return login;
}

// "M for [invalid user ]U from H port P ssh2[: info]"
Verdict read_result(Line &line, std::string_view rest, sentra_outcome outcome, bool partial,
                    const char *wording)
{
    Scan scan(rest);
    const auto method = scan.until(" for ");
    if (!method || method->find(' ') != std::string_view::npos)
        return unknown();
    const auto attempt = read_attempt(scan.rest());
    if (!attempt)
        return unknown();
    if (outcome == SENTRA_OUTCOME_FAILURE) {
        // A client's first question, "which methods are there?": sshd itself does not count it.
        if (*method == "none")
            return known("sshd.failed-none");
        // PAM's own error line told of the same try.
        if (method->starts_with("keyboard-interactive") &&
            line.recent.recall("sshd.pam-error", line.entry.pid, line.entry.realtime_ns,
                               attempt->user))
            return known("sshd.failed-twin");
    }
    auto login = begin_login(line, attempt->user, attempt->ambiguous ? Peer{} : attempt->peer);
    login.text(login->method, *method);
    set_key(login, attempt->info);
    login->outcome = static_cast<std::uint32_t>(outcome);
    login->invalid_user = attempt->invalid_user ? 1 : 0;
    login->partial = partial ? 1 : 0;
    if (outcome == SENTRA_OUTCOME_FAILURE)
        login.text(login->reason, "failed " + std::string(*method));
    return line.emit(login, wording);
}

// "PAM: Authentication failure for [illegal user ]U from H": keyboard-interactive, one per try.
Verdict read_pam_error(Line &line, std::string_view rest)
{
    Scan scan(rest);
    const auto reason = scan.until(" for ");
    if (!reason)
        return unknown();
    std::string_view text = scan.rest();
    const bool is_invalid = text.starts_with("illegal user ") || text.starts_with("invalid user ");
    if (is_invalid)
        text.remove_prefix(12);
    const auto from = text.rfind(" from ");
    if (from == std::string_view::npos)
        return unknown();
    const std::string_view user = trim(text.substr(0, from));
    // Some builds add which of the host's own addresses was asked: "from H via H2".
    std::string_view host = text.substr(from + 6);
    host = host.substr(0, host.find(" via "));
    const Peer peer{host};
    if (peer.host.empty() || peer.host.find(' ') != std::string_view::npos)
        return unknown();
    line.recent.remember("sshd.pam-error", line.entry.pid, line.entry.realtime_ns, user);
    auto login = begin_login(line, user, peer);
    login.text(login->method, "keyboard-interactive/pam").text(login->reason, lower_ascii(*reason));
    login->outcome = SENTRA_OUTCOME_FAILURE;
    login->invalid_user = is_invalid ? 1 : 0;
    return line.emit(login, "sshd.pam-error");
}

} // namespace

Verdict parse_sshd(Line &line)
{
    if (const Verdict pam = parse_pam(line); pam.kind != Kind::not_ours)
        return pam;
    std::string_view text = line.text;
    if (text.starts_with("error: PAM: "))
        return read_pam_error(line, text.substr(12));
    for (const std::string_view level : {"error: ", "fatal: ", "warning: "})
        if (text.starts_with(level))
            text.remove_prefix(level.size());
    // Said by the unprivileged half through its monitor.
    bool before_login = false;
    if (text.ends_with(" [preauth]")) {
        before_login = true;
        text.remove_suffix(10);
    }
    Scan scan(text);
    if (scan.take("Accepted "))
        return scan.rest().starts_with("certificate ID ") || scan.rest().starts_with("key ")
                   ? known("sshd.accepted-certificate")
                   : read_result(line, scan.rest(), SENTRA_OUTCOME_SUCCESS, false, "sshd.accepted");
    if (scan.take("Failed ") && scan.rest().find(" for ") != std::string_view::npos &&
        !scan.rest().starts_with("to "))
        return read_result(line, scan.rest(), SENTRA_OUTCOME_FAILURE, false, "sshd.failed");
    if (scan.take("Partial "))
        return read_result(line, scan.rest(), SENTRA_OUTCOME_UNKNOWN, true, "sshd.partial");
    if (scan.take("Postponed "))
        return known("sshd.postponed");
    return parse_sshd_connection(line, text, before_login);
}

} // namespace sentra::journal
