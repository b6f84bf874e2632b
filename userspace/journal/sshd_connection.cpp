// SPDX-License-Identifier: MIT
// What sshd says about connections. One record per connection where it can be told: of two lines
// about one end ("Received disconnect", then "Disconnected from") one is known and no record.
#include "journal/sshd.h"

namespace sentra::journal {

namespace {

struct Connection {
    std::string_view user;
    Peer peer;
    std::string_view reason;
    std::uint32_t many = 1;
    const char *wording;
};

Verdict emit(Line &line, const Connection &seen)
{
    auto record = line.begin<sentra_connection>(SENTRA_AUTH_CONNECTION);
    record.text(record->user, seen.user)
        .text(record->service, "sshd")
        .text(record->reason, seen.reason);
    if (const auto ip = seen.peer.ip())
        record->source = event::to_address(*ip, seen.peer.port);
    record->repeated = seen.many * line.repeated;
    record->before_login = 1;
    return line.emit(record, seen.wording);
}

// "[authenticating user U |invalid user U |user U ]H port P": the name in the middle says anything,
// so the peer is read at the end.
// A peer that named no user counts if it is surely one that had not signed in.
Verdict read_end(Line &line, std::string_view rest, bool before_login, std::string_view reason,
                 const char *wording)
{
    std::string_view before;
    const auto peer = peer_at_end(rest, before);
    if (!peer)
        return unknown();
    for (const std::string_view who : {"authenticating user ", "invalid user "})
        if (before.starts_with(who))
            return emit(line, {trim(before.substr(who.size())), *peer, reason, 1, wording});
    // "user U": somebody who had signed in has gone. The session's own end tells that.
    if (before.starts_with("user "))
        return known(wording);
    // From 7.6 on a peer that had signed in is named; then no name and no [preauth] is a peer that
    // left before the sandbox was there. Older lines have no port.
    const bool left_early = before_login || (peer->port != 0 && reason != "disconnected");
    if (!left_early)
        return known(wording);
    return before.empty() ? emit(line, {{}, *peer, reason, 1, wording}) : unknown();
}

// "... from H[ port P]" with anything before it.
Verdict read_from(Line &line, std::string_view rest, bool names_user, std::string_view reason,
                  const char *wording)
{
    const auto at = rest.rfind(" from ");
    if (at == std::string_view::npos)
        return unknown();
    Scan scan(rest.substr(at + 6));
    const auto peer = take_peer(scan);
    scan.take(" ssh2");
    if (!peer || !scan.done())
        return unknown();
    const std::string_view user = names_user ? trim(rest.substr(0, at)) : std::string_view{};
    return emit(line, {user, *peer, reason, 1, wording});
}

// "H port P<behind>...": the peer at the left, then text the peer may have chosen.
Verdict read_left(Line &line, std::string_view rest, std::string_view reason, const char *wording)
{
    Scan scan(rest);
    auto peer = take_peer(scan);
    if (!peer)
        return unknown();
    if (peer->host.ends_with(':'))
        peer->host.remove_suffix(1);
    return emit(line, {{}, *peer, reason, 1, wording});
}

// "Received disconnect from H port P:11: TEXT"; until 7.1 "H: 11: TEXT", then the only line there
// is.
Verdict read_disconnect(Line &line, std::string_view rest, bool before_login)
{
    constexpr const char *wording = "sshd.received-disconnect";
    Scan scan(rest);
    auto peer = take_peer(scan);
    if (!peer)
        return unknown();
    if (peer->port != 0 || !before_login)
        return known(wording);
    if (!peer->host.ends_with(':'))
        return unknown();
    peer->host.remove_suffix(1);
    return emit(line, {{}, *peer, "disconnected", 1, wording});
}

// 9.8: "drop connection #3 from [H]:P on [H2]:22 penalty: failed authentication"; before:
// "drop connection #10 from [H]:P on [H2]:22 past MaxStartups".
Verdict read_drop(Line &line, std::string_view rest)
{
    Scan scan(rest);
    if (!scan.until(" from "))
        return unknown();
    const auto peer = parse_endpoint(scan.word());
    return peer ? emit(line, {{}, *peer, "dropped", 1, "sshd.drop"}) : unknown();
}

// "from A to B, pid = N": A is an address, [address]:port, or "address port N".
Verdict read_route(Line &line, std::string_view rest, std::string_view reason, const char *wording)
{
    Scan scan(rest);
    const auto from = scan.until(" to ");
    if (!from)
        return unknown();
    auto peer = parse_endpoint(*from);
    if (!peer) {
        Scan words(*from);
        peer = take_peer(words);
    }
    return peer ? emit(line, {{}, *peer, reason, 1, wording}) : unknown();
}

// "User U from H not allowed because ..."; "User U not allowed because ..." says no peer.
Verdict read_not_allowed(Line &line, std::string_view rest)
{
    constexpr const char *wording = "sshd.not-allowed";
    const auto because = rest.rfind(" not allowed because ");
    if (because == std::string_view::npos)
        return rest.starts_with("child is on pid ") ? known("sshd.child") : unknown();
    const std::string_view who = rest.substr(0, because);
    const auto from = who.rfind(" from ");
    if (from == std::string_view::npos)
        return emit(line, {trim(who), {}, "not-allowed", 1, wording});
    return emit(line,
                {trim(who.substr(0, from)), {who.substr(from + 6)}, "not-allowed", 1, wording});
}

Verdict read_rate_limited(Line &line, std::string_view rest)
{
    Scan scan(rest);
    const auto many = scan.number<std::uint32_t>();
    if (!many || !scan.take(" connections dropped"))
        return unknown();
    return emit(line, {{}, {}, "dropped", *many, "sshd.drop-rate-limited"});
}

// "maximum authentication attempts exceeded for [invalid user ]U from H port P ssh2"
Verdict read_too_many(Line &line, std::string_view rest)
{
    if (rest.starts_with("invalid user "))
        rest.remove_prefix(12);
    return read_from(line, rest, true, "too-many-failures", "sshd.too-many-failures");
}

// "Connection from H port P: invalid format"; "[authenticating user U ]H port P: message
// authentication code incorrect": the fixed text is at the right.
Verdict read_banner(Line &line, std::string_view rest)
{
    return read_left(line, rest, "bad-banner", "sshd.banner-exchange");
}

// What is known and says nothing that a record should be made of. First the lines whose end comes
// in a line of its own, then what happens after a sign-in, then the daemon about itself.
constexpr Prefix kKnown[] = {
    {"input_userauth_request: invalid user ", "sshd.userauth-invalid-user"},
    {"Disconnecting ", "sshd.disconnecting"},
    {"Disconnecting: ", "sshd.disconnecting"},
    {"kex_exchange_identification: ", "sshd.kex-exchange"},
    {"kex_protocol_error: ", "sshd.kex-protocol"},
    {"kex protocol error: ", "sshd.kex-protocol"},
    {"Failed to ", "sshd.failed-to"},
    {"Could not ", "sshd.failed-to"},
    {"Unable to negotiate a ", "sshd.negotiation"},
    {"SSH: Server;", "sshd.statistics"},
    {"ssh_dispatch_run_fatal: ", "sshd.dispatch-fatal"},
    {"dispatch_protocol_error: ", "sshd.dispatch-fatal"},
    {"beginning MaxStartups throttling", "sshd.throttling"},
    {"exited MaxStartups throttling", "sshd.throttling"},
    {"srclimit_penalise: ", "sshd.penalty"},
    {"reverse mapping checking getaddrinfo for ", "sshd.reverse-mapping"},
    {"Address ", "sshd.reverse-mapping"},
    {"Nasty PTR record ", "sshd.reverse-mapping"},
    {"Could not get shadow information for ", "sshd.shadow"},
    {"Authentication refused", "sshd.refused-file"},
    {"Authentication tried for ", "sshd.refused-host"},
    {"Certificate invalid", "sshd.certificate"},
    {"cert: ", "sshd.certificate"},
    {"Refused ", "sshd.refused-key"},
    {"userauth_pubkey: ", "sshd.userauth"},
    {"userauth_hostbased", "sshd.userauth"},
    {"Found matching ", "sshd.matching-key"},
    {"matching key found: ", "sshd.matching-key"},
    {"Connection closed by remote host", "sshd.closed-remote"},
    {"Write failed: ", "sshd.write-failed"},
    {"Read error from remote host ", "sshd.read-error"},
    {"Read from socket failed: ", "sshd.read-error"},
    {"packet_write", "sshd.write-failed"},
    {"mm_", "sshd.monitor"},
    {"monitor_", "sshd.monitor"},
    {"buffer_", "sshd.packet"},
    {"Bad packet length ", "sshd.packet"},
    {"Corrupted MAC on input", "sshd.packet"},
    {"padding error: ", "sshd.packet"},
    {"no matching ", "sshd.negotiation"},
    {"no hostkey alg", "sshd.negotiation"},
    {"Starting session: ", "sshd.session"},
    {"Close session: ", "sshd.session"},
    {"session ", "sshd.session"},
    {"Session ", "sshd.session"},
    {"Transferred: ", "sshd.transferred"},
    {"Closing connection to ", "sshd.transferred"},
    {"subsystem request for ", "sshd.subsystem"},
    {"Timeout, client not responding", "sshd.client-timeout"},
    {"Exiting on signal ", "sshd.signal"},
    {"Changed root directory to ", "sshd.chroot"},
    {"channel ", "sshd.forwarding"},
    {"connect_to ", "sshd.forwarding"},
    {"refused local port forward", "sshd.forwarding"},
    {"refused streamlocal port forward", "sshd.forwarding"},
    {"Received request to connect", "sshd.forwarding"},
    {"Local connections to ", "sshd.forwarding"},
    {"bind", "sshd.daemon"},
    {"Bind ", "sshd.daemon"},
    {"Bad bind ", "sshd.forwarding"},
    {"Server listening on ", "sshd.daemon"},
    {"Received signal ", "sshd.daemon"},
    {"Received SIGHUP", "sshd.daemon"},
    {"Cannot bind any address", "sshd.daemon"},
    {"Missing privilege separation directory", "sshd.daemon"},
    {"Unable to load host key", "sshd.daemon"},
    {"Could not load host key", "sshd.daemon"},
    {"key_load_", "sshd.daemon"},
    {"no hostkeys available", "sshd.daemon"},
    {"sshd: no hostkeys available", "sshd.daemon"},
    {"Deprecated option ", "sshd.daemon"},
    {"rexec line ", "sshd.daemon"},
    {"Set ", "sshd.daemon"},
    {"accept: ", "sshd.daemon"},
    {"fork: ", "sshd.daemon"},
    {"chown(", "sshd.daemon"},
    {"lastlog_", "sshd.lastlog"},
    {"login_", "sshd.lastlog"},
    {"syslogin_", "sshd.lastlog"},
    {"Attempt to write login records", "sshd.lastlog"},
    {"setreuid", "sshd.daemon"},
    {"Did not receive ident string", "sshd.no-banner"},
    {"debug", "sshd.debug"},
};

Verdict read_connection_from(Line &line, std::string_view rest)
{
    // "Connection from H port P on H2 port 22" is the beginning; VERBOSE only.
    if (rest.ends_with(" timed out"))
        return read_left(line, rest, "timeout", "sshd.timed-out");
    return known("sshd.connection");
}

struct Reading {
    std::string_view begin;
    Verdict (*read)(Line &line, std::string_view rest);
};

constexpr Reading kReadings[] = {
    {"Invalid user",
     [](Line &line, std::string_view rest) {
         return read_from(line, rest, true, "invalid-user", "sshd.invalid-user");
     }},
    {"Illegal user",
     [](Line &line, std::string_view rest) {
         return read_from(line, rest, true, "invalid-user", "sshd.invalid-user");
     }},
    {"ROOT LOGIN REFUSED FROM ",
     [](Line &line, std::string_view rest) {
         Scan scan(rest);
         const auto peer = take_peer(scan);
         return peer && scan.done()
                    ? emit(line, {"root", *peer, "root-refused", 1, "sshd.root-refused"})
                    : unknown();
     }},
    {"User ", read_not_allowed},
    {"maximum authentication attempts exceeded for ", read_too_many},
    {"Did not receive identification string from ",
     [](Line &line, std::string_view rest) {
         return read_left(line, rest, "no-banner", "sshd.no-banner");
     }},
    {"banner exchange: Connection from ", read_banner},
    {"Bad protocol version identification ",
     [](Line &line, std::string_view rest) {
         return read_from(line, rest, false, "bad-banner", "sshd.bad-version");
     }},
    {"Protocol major versions differ for ",
     [](Line &line, std::string_view rest) {
         return read_left(line, rest, "bad-banner", "sshd.protocol-version");
     }},
    {"Unable to negotiate with ",
     [](Line &line, std::string_view rest) {
         return read_left(line, rest, "no-match", "sshd.no-match");
     }},
    {"Timeout before authentication for connection ",
     [](Line &line, std::string_view rest) {
         return rest.starts_with("from ")
                    ? read_route(line, rest.substr(5), "timeout", "sshd.timeout")
                    : unknown();
     }},
    {"Timeout before authentication for ",
     [](Line &line, std::string_view rest) {
         return read_left(line, rest, "timeout", "sshd.timeout");
     }},
    {"drop connection ", read_drop},
    {"PerSourcePenalties logging rate-limited: additional ", read_rate_limited},
    {"Connection from ", read_connection_from},
    {"refused connect from ",
     [](Line &line, std::string_view rest) {
         const auto bracket = rest.rfind('(');
         const std::string_view address =
             bracket == std::string_view::npos ? rest : rest.substr(bracket + 1);
         return read_left(line, address.substr(0, address.find(')')), "refused",
                          "sshd.refused-connect");
     }},
};

} // namespace

Verdict parse_sshd_connection(Line &line, std::string_view text, bool before_login)
{
    Scan scan(text);
    if (scan.take("Connection closed by ") && !scan.rest().starts_with("remote host"))
        return read_end(line, scan.rest(), before_login, "closed", "sshd.closed");
    if (scan.take("Connection reset by "))
        return read_end(line, scan.rest(), before_login, "reset", "sshd.reset");
    if (scan.take("Disconnected from "))
        return read_end(line, scan.rest(), before_login, "disconnected", "sshd.disconnected");
    if (scan.take("Received disconnect from "))
        return read_disconnect(line, scan.rest(), before_login);
    // "Session process 12 unpriv child crash for connection from A to B"
    if (const auto crash = text.find(" unpriv child crash for connection from ");
        crash != std::string_view::npos && text.starts_with("Session process "))
        return read_route(line, text.substr(crash + 40), "crash", "sshd.crash");
    for (const Reading &reading : kReadings)
        if (text.starts_with(reading.begin))
            return reading.read(line, text.substr(reading.begin.size()));
    return known_prefix(text, kKnown);
}

} // namespace sentra::journal
