// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "engine/rule.h"
#include "signal/identity.h"
#include "signal/proof.h"
#include "signal/signal.h"
#include "signal/story.h"
#include "signal/template.h"
#include "signal/words.h"

namespace sentra::signal {

namespace {

// The event that completed the rule: the last one a step took.
const engine::Bound *deciding(const engine::Match &match)
{
    return match.bound.empty() ? nullptr : &match.bound.back();
}

// A sign-in that no session is known for (a plain log names none) still tells its own story.
session::Actor as_signed_in(const session::Actor &actor, const event::Event &event)
{
    const auto &body = event.as<sentra_login>();
    session::Actor told = actor;
    told.kind = session::ActorKind::session;
    told.user = told.effective = {std::string(event.text(body.user)), {}};
    session::Login &login = told.login.emplace();
    login.user = told.user;
    login.time_ns = event.time_ns();
    login.method = event.text(body.method);
    login.service = event.text(body.service);
    login.source_name = event.text(body.source_name);
    if (body.source.family != 0)
        login.source = event::to_ip(body.source);
    return told;
}

std::string story_of(const engine::Match &match)
{
    const engine::Bound *last = deciding(match);
    if (last == nullptr)
        return story(*match.actor, match.last_ns, false);
    const event::Event &event = *last->event;
    const bool signed_in = event.is(SENTRA_AUTH_LOGIN) && event.as<sentra_login>().partial == 0 &&
                           event.as<sentra_login>().outcome == SENTRA_OUTCOME_SUCCESS;
    const bool has_process = last->context.process || event.actor() != nullptr;
    return story(signed_in && !match.actor->login ? as_signed_in(*match.actor, event)
                                                  : *match.actor,
                 event.time_ns(), has_process);
}

std::string value_of(const engine::Match &match, std::string_view name)
{
    if (name == "story")
        return story_of(match);
    if (name == "count")
        return std::to_string(match.count);
    if (name == "sources")
        return sources_in_words(match);
    if (name == "users")
        return users_in_words(match);
    return match.text ? match.text(name) : std::string();
}

enum class Proof { kernel, journal, unconfirmed, plain_text };

Proof proof_of(const engine::Match &match)
{
    const engine::Bound *last = deciding(match);
    const sentra_origin *origin = last != nullptr ? last->event->origin() : nullptr;
    if (last != nullptr && last->event->actor() != nullptr)
        return Proof::kernel;
    // What the sensor says of itself is its own observation.
    if (last != nullptr && last->event->head().type >> 8U == SENTRA_META_TAMPER >> 8U)
        return Proof::kernel;
    if (origin == nullptr || origin->trust == SENTRA_TRUST_NONE)
        return Proof::plain_text;
    return origin->trust == SENTRA_TRUST_PENDING && !last->context.process ? Proof::unconfirmed
                                                                           : Proof::journal;
}

// Nobody on this host stands behind a sign-in that failed; the peer is all there is to know.
bool is_resolved(const engine::Match &match)
{
    const event::Event &event = *deciding(match)->event;
    const bool from_outside = event.is(SENTRA_AUTH_LOGIN) || event.is(SENTRA_AUTH_CONNECTION);
    return match.actor->kind != session::ActorKind::unknown ||
           (from_outside && is_known(event.get("source.ip")));
}

std::string confidence(const engine::Match &match)
{
    switch (proof_of(match)) {
    case Proof::kernel:
        return "high";
    case Proof::journal:
        return is_resolved(match) ? "high" : "medium";
    case Proof::unconfirmed:
        return "medium";
    case Proof::plain_text:
        break;
    }
    return "low";
}

std::string coverage_sentence(const Coverage &coverage)
{
    if (coverage.complete)
        return {};
    std::string what = printable(coverage.why);
    if (what.empty() && coverage.lost > 0)
        what = "some events around that time were lost (" + std::to_string(coverage.lost) + ")";
    if (what.empty())
        what = "part of that time was not watched";
    if (what.front() >= 'a' && what.front() <= 'z')
        what.front() = static_cast<char>(what.front() - 'a' + 'A');
    return what + ", so steps may be missing.";
}

// What a reader must know about how far the sentence can be trusted.
std::string caveats(const engine::Match &match, const Coverage &coverage)
{
    std::string text;
    const auto add = [&text](const std::string &sentence) {
        if (!sentence.empty())
            text += " " + sentence;
    };
    if (proof_of(match) == Proof::plain_text)
        add("This comes from a plain log whose writers cannot be verified.");
    const engine::Bound *last = deciding(match);
    if (last != nullptr && event::to_text(last->event->get("file.path_given")) == "true")
        add("The path is as the program gave it.");
    add(coverage_sentence(coverage));
    return text;
}

// Counted in hundredths, so that the terms a reader adds up give the score that is shown.
double score_of(const std::vector<engine::RiskTerm> &terms)
{
    long long hundredths = 0;
    for (const engine::RiskTerm &term : terms)
        hundredths += std::llround(term.value * 100);
    return static_cast<double>(std::clamp(hundredths, 0LL, 100LL)) / 100;
}

void add_verdict(const engine::Match &match, const Lookup &value, Signal &signal)
{
    signal.terms = match.terms;
    for (engine::RiskTerm &term : signal.terms) {
        term.value = static_cast<double>(std::llround(term.value * 100)) / 100;
        term.name = printable(term.name, kArgumentBytes);
        term.why = printable(term.why, kPathBytes);
    }
    signal.score = score_of(match.terms);
    signal.action_needed = signal.score >= kActionFrom;
    signal.state = signal.action_needed ? "Action Recommended" : "Low";
    signal.action_text = "No action is needed.";
    if (signal.action_needed)
        signal.action_text = render(match.rule->action, value);
    if (signal.action_text.empty())
        signal.action_text = "Ask whoever is responsible for this host whether it was intended.";
    signal.playbook = match.rule->playbook;
    signal.confidence = confidence(match);
}

void add_rule(const engine::Rule &rule, const std::string &bundle, Signal &signal)
{
    signal.rule_id = rule.id;
    signal.rule_version = rule.version;
    signal.rule_pack = rule.pack;
    signal.rule_bundle = bundle;
    signal.techniques = rule.techniques;
    if (signal.techniques.empty())
        for (const std::string &id : rule.attack)
            signal.techniques.push_back({id, "", {}});
    signal.controls = rule.controls;
}

void add_process(const engine::Match &match, Signal &signal)
{
    const engine::Bound *last = deciding(match);
    if (last == nullptr || !last->context.process)
        return;
    const session::Process &process = *last->context.process;
    signal.process_pid = process.key.pid;
    signal.process_start_ns = process.key.start_ns;
    signal.process_executable = printable(process.executable, SENTRA_PATH_MAX);
    const auto arguments = event::List{process.args}.items();
    for (std::size_t i = 0; i < std::min(arguments.size(), kArgumentsMost); ++i)
        signal.process_args.push_back(printable(arguments[i], kArgumentBytes));
    if (arguments.size() > kArgumentsMost)
        signal.process_args.push_back("\u2026 and " +
                                      std::to_string(arguments.size() - kArgumentsMost) + " more");
}

// The signal's own copy of the actor: every text in it is for showing.
session::Actor shown(const session::Actor &actor)
{
    session::Actor copy = actor;
    for (std::string *text :
         {&copy.canonical, &copy.user.name, &copy.effective.name, &copy.tty, &copy.unit, &copy.job,
          &copy.container, &copy.broker, &copy.unknown_reason})
        *text = printable(*text, kArgumentBytes);
    if (copy.login)
        for (std::string *text :
             {&copy.login->user.name, &copy.login->source_name, &copy.login->method,
              &copy.login->fingerprint, &copy.login->service})
            *text = printable(*text, kArgumentBytes);
    return copy;
}

void add_tags(const engine::Match &match, Signal &signal)
{
    for (const engine::Tag &tag : match.tags)
        signal.tags.push_back({tag.rule->id,
                               render(tag.rule->title, [](std::string_view) { return ""; }),
                               tag.level, tag.rule->attack, tag.count});
}

} // namespace

Signal compose(const engine::Match &match, const session::Host &host, const std::string &bundle,
               const Coverage &coverage)
{
    const Lookup value = [&match](std::string_view name) { return value_of(match, name); };
    Signal signal;
    signal.uid = stable_uid(match, host);
    signal.id = signal.uid.substr(0, kIdDigits);
    signal.tenant = printable(host.tenant);
    signal.host_name = printable(host.name);
    signal.host_id = printable(host.id);
    signal.host_boot = printable(host.boot);
    signal.first_ns = match.first_ns;
    signal.last_ns = match.last_ns;
    add_rule(*match.rule, bundle, signal);
    signal.intent = match.intent.empty() ? match.rule->intent : match.intent;
    signal.title = render(match.rule->title, value);
    signal.narrative = render(match.rule->narrative, value) + caveats(match, coverage);
    add_verdict(match, value, signal);
    signal.actor = shown(*match.actor);
    add_process(match, signal);
    add_entities(match, signal);
    signal.count = match.count;
    add_evidence(match, signal);
    add_tags(match, signal);
    signal.coverage_complete = coverage.complete;
    signal.coverage_lost = coverage.lost;
    return signal;
}

} // namespace sentra::signal
