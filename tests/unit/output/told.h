// SPDX-License-Identifier: MIT
// Signals for the tests of the output room: those of the signal room's tests, and one of every
// kind that a receiver meets.
#pragma once

#include <string>
#include <vector>

#include "unit/signal/made.h"

namespace sentra::output::told {

inline signal::Signal key()
{
    return signal::compose(signal::made::key_match(), signal::made::host(), signal::made::kBundle,
                           signal::Coverage{});
}

// Two behaviours told as one, with what else matched.
inline signal::Signal story()
{
    signal::Signal signal = key();
    const std::uint64_t first = signal.first_ns, last = signal.last_ns;
    signal.story = {{std::string(64, 'c'),
                     first,
                     first,
                     "ssh-guessed",
                     "",
                     2,
                     "A guessed password",
                     "203.0.113.7 tried 41 passwords.",
                     "Access",
                     0.6,
                     {"T1110.001"},
                     41},
                    {signal.uid,
                     last,
                     last,
                     signal.rule_id,
                     "",
                     3,
                     signal.title,
                     signal.narrative,
                     "Persistence",
                     0.7,
                     {"T1098.004"},
                     1}};
    signal.techniques.push_back({"T1110.001", "Password Guessing", {"TA0006"}});
    signal.techniques.push_back({"T1078", "Valid Accounts", {"TA0001", "TA0003"}});
    signal.tags = {{"sigma-suid", "A new program with SUID", "low", {"T1548.001"}, 2}};
    signal.score = 0.83;
    signal.terms.push_back({"further", 0.13, "1 further behaviour"});
    signal.evidence_left_out = 7;
    return signal;
}

inline signal::Signal without_process(session::ActorKind kind)
{
    session::Actor actor;
    actor.kind = kind;
    actor.canonical = std::string("some:") + session::name_of(kind);
    actor.user = {"", 33};
    actor.unit = kind == session::ActorKind::unit ? "nginx.service" : "";
    actor.job = kind == session::ActorKind::job ? "cron" : "";
    actor.container = kind == session::ActorKind::container ? std::string(64, 'd') : "";
    actor.unknown_reason = kind == session::ActorKind::unknown ? "its parent was not seen" : "";
    engine::Match match = signal::made::key_match(actor);
    match.terms = {{"base", 0.4, "seen"}, {"routine", -0.37, "done by a service"}};
    return signal::compose(match, signal::made::host(), signal::made::kBundle, {false, 12, ""});
}

// What breaks writers that paste: every character that means something to a format.
inline signal::Signal hostile()
{
    signal::Signal signal = key();
    const std::string odd = "a=b|c\\d\"e'f]g[h,i%j<k>&\xc3\xa9\xf0\x9f\x94\x91 = CEF:0|x|";
    signal.title = signal.narrative = signal.action_text = odd;
    signal.host_name = "web 01]\"=|\\\xc3\xa9";
    signal.tenant = "Acme & S\xc3\xb6hne-GmbH]\"";
    signal.actor.user.name = odd + " suser=root";
    signal.users = {odd};
    signal.files = {"/tmp/" + odd};
    signal.process_args = {"sh", odd};
    return signal;
}

inline signal::Signal bare()
{
    engine::Match match = signal::made::key_match();
    signal::Signal signal = signal::compose(match, {}, "", signal::Coverage{});
    signal.actor = {};
    signal.techniques.clear();
    signal.controls.clear();
    signal.process_pid = 0;
    signal.process_args.clear();
    signal.files.clear();
    signal.ips.clear();
    signal.users.clear();
    signal.score = 0.04;
    signal.action_needed = false;
    signal.state = "Low";
    return signal;
}

inline signal::Signal long_ones()
{
    signal::Signal signal = story();
    signal.narrative = std::string(3000, 'n') + "\xc3\xa9";
    signal.title = std::string(2000, 't');
    signal.process_args.assign(65, std::string(1500, 'a'));
    signal.files.clear();
    for (int i = 100; i < 200; ++i)
        signal.files.push_back("/srv/" + std::to_string(i));
    signal.actor.login->source = Ip::parse("2001:db8::7");
    signal.ips = {"2001:db8::7"};
    return signal;
}

inline std::vector<signal::Signal> many()
{
    std::vector<signal::Signal> signals = {key(), story(), hostile(), bare(), long_ones()};
    for (const auto kind :
         {session::ActorKind::unknown, session::ActorKind::unit, session::ActorKind::job,
          session::ActorKind::container, session::ActorKind::process, session::ActorKind::kernel})
        signals.push_back(without_process(kind));
    return signals;
}

} // namespace sentra::output::told
