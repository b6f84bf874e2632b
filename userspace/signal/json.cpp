// SPDX-License-Identifier: MIT
// The line of JSON: keys in the order of signal.schema.json, nothing empty, numbers and texts the
// same bytes everywhere. signal/read.cpp is its inverse.
#include <array>
#include <cmath>

#include "base/text.h"
#include "base/time.h"
#include "signal/json_parts.h"
#include "signal/signal.h"
#include "signal/summary.h"

namespace sentra::signal {

namespace {

using Json = nlohmann::ordered_json;

// From whole hundredths, so that no locale's decimal comma and no last digit of a double shows.
void append_decimal(std::string &out, double value)
{
    const long long hundredths = std::llround(value * 100);
    const auto digits = static_cast<unsigned long long>(hundredths < 0 ? -hundredths : hundredths);
    if (hundredths < 0)
        out += '-';
    out += std::to_string(digits / 100) + "." + static_cast<char>('0' + digits / 10 % 10) +
           static_cast<char>('0' + digits % 10);
}

void append(std::string &out, const Json &value)
{
    if (value.is_number_float())
        return append_decimal(out, value.get<double>());
    if (!value.is_structured()) {
        out += value.dump(-1, ' ', false, Json::error_handler_t::replace);
        return;
    }
    out += value.is_object() ? '{' : '[';
    const char *between = "";
    for (const auto &item : value.items()) {
        out += between;
        if (value.is_object())
            out += Json(item.key()).dump(-1, ' ', false, Json::error_handler_t::replace) + ":";
        append(out, item.value());
        between = ",";
    }
    out += value.is_object() ? '}' : ']';
}

Json host(const std::string &name, const std::string &id, const std::string &boot)
{
    Json object = Json::object();
    put(object, "name", name);
    put(object, "id", id);
    put(object, "boot", boot);
    return object;
}

Json rule(const Signal &signal)
{
    Json object = Json::object();
    put(object, "id", signal.rule_id);
    put(object, "version", signal.rule_version);
    put(object, "pack", signal.rule_pack);
    put(object, "bundle", signal.rule_bundle);
    return object;
}

Json action(const Signal &signal)
{
    Json object = Json::object();
    put(object, "needed", signal.action_needed);
    put(object, "text", signal.action_text);
    put(object, "playbook", signal.playbook);
    return object;
}

Json risk(const Signal &signal)
{
    Json terms = Json::array();
    for (const engine::RiskTerm &term : signal.terms) {
        Json object = Json::object();
        put(object, "name", term.name);
        put(object, "value", term.value);
        put(object, "why", term.why);
        terms.push_back(std::move(object));
    }
    Json object = Json::object();
    put(object, "score", signal.score);
    put(object, "terms", std::move(terms));
    return object;
}

Json attack(const Signal &signal)
{
    Json object = Json::object();
    if (signal.techniques.empty())
        return object;
    Json techniques = Json::array();
    for (const Technique &technique : signal.techniques) {
        Json row = Json::object();
        put(row, "id", technique.id);
        put(row, "name", technique.name);
        put(row, "tactics", technique.tactics);
        techniques.push_back(std::move(row));
    }
    put(object, "version", kAttackVersion);
    put(object, "techniques", std::move(techniques));
    return object;
}

Json controls(const Signal &signal)
{
    Json object = Json::object();
    for (const char *framework : {"soc2", "iso27001", "pci", "nis2", "hipaa"})
        if (const auto at = signal.controls.find(framework); at != signal.controls.end())
            put(object, framework, at->second);
    return object;
}

Json person(const session::Person &who)
{
    Json object = Json::object();
    put(object, "name", who.name);
    if (who.id)
        object["id"] = *who.id;
    return object;
}

Json login_session(const session::Actor &actor)
{
    Json object = Json::object();
    if (actor.audit_session)
        object["audit_id"] = *actor.audit_session;
    if (actor.login) {
        put(object, "source",
            actor.login->source ? actor.login->source->text() : actor.login->source_name);
        put(object, "method", actor.login->method);
    }
    put(object, "tty", actor.tty);
    if (actor.login) {
        put(object, "fingerprint", actor.login->fingerprint);
        put(object, "service", actor.login->service);
    }
    return object;
}

Json process(const Signal &signal)
{
    Json object = Json::object();
    if (signal.process_pid == 0)
        return object;
    put(object, "pid", signal.process_pid);
    // A text: as a number it would not survive readers that hold numbers in doubles.
    put(object, "start", std::to_string(signal.process_start_ns));
    put(object, "exe", signal.process_executable);
    put(object, "args", signal.process_args);
    return object;
}

Json actor(const Signal &signal)
{
    const session::Actor &who = signal.actor;
    Json object = Json::object();
    put(object, "kind", session::name_of(who.kind));
    put(object, "id", who.canonical);
    put(object, "user", person(who.user));
    put(object, "effective", person(who.effective));
    put(object, "session", login_session(who));
    put(object, "unit", who.unit);
    put(object, "job", who.job);
    put(object, "container", who.container);
    put(object, "broker", who.broker);
    put(object, "unknown_reason", who.unknown_reason);
    put(object, "process", process(signal));
    return object;
}

Json entities(const Signal &signal)
{
    Json object = Json::object();
    put(object, "files", signal.files);
    put(object, "ips", signal.ips);
    put(object, "users", signal.users);
    return object;
}

Json evidence(const Signal &signal)
{
    Json list = Json::array();
    for (const Evidence &item : signal.evidence) {
        Json object = Json::object();
        put(object, "time", format_rfc3339(item.time_ns));
        put(object, "event", item.event);
        put(object, "text", item.text);
        put(object, "ref", item.ref);
        list.push_back(std::move(object));
    }
    return list;
}

Json story(const Signal &signal)
{
    Json list = Json::array();
    for (const Chapter &chapter : signal.story) {
        Json object = Json::object();
        put(object, "uid", chapter.uid);
        put(object, "time",
            Json{{"first", format_rfc3339(chapter.first_ns)},
                 {"last", format_rfc3339(chapter.last_ns)}});
        Json rule{{"id", chapter.rule_id}, {"version", chapter.rule_version}};
        put(rule, "pack", chapter.rule_pack);
        put(object, "rule", std::move(rule));
        put(object, "title", chapter.title);
        put(object, "text", chapter.text);
        put(object, "intent", chapter.intent);
        put(object, "risk", chapter.score);
        put(object, "attack", chapter.attack);
        put(object, "count", chapter.count);
        list.push_back(std::move(object));
    }
    return list;
}

Json decision(const Signal &signal)
{
    Json object = Json::object();
    if (!signal.decision)
        return object;
    put(object, "by", signal.decision->by);
    put(object, "time", format_rfc3339(signal.decision->time_ns));
    put(object, "verdict", signal.decision->verdict);
    put(object, "override", signal.decision->standing);
    put(object, "status", signal.decision->status);
    put(object, "note", signal.decision->note);
    put(object, "text", signal.decision->text);
    put(object, "action", signal.decision->action);
    return object;
}

Json tags(const Signal &signal)
{
    Json list = Json::array();
    for (const Tag &tag : signal.tags) {
        Json object = Json::object();
        put(object, "rule", tag.rule_id);
        put(object, "title", tag.title);
        put(object, "level", tag.level);
        put(object, "attack", tag.attack);
        put(object, "count", tag.count);
        list.push_back(std::move(object));
    }
    return list;
}

} // namespace

std::string to_json(const Signal &signal)
{
    Json object = Json::object();
    put(object, "schema", kSchema);
    put(object, "id", signal.id);
    put(object, "uid", signal.uid);
    put(object, "tenant", signal.tenant);
    put(object, "host", host(signal.host_name, signal.host_id, signal.host_boot));
    put(object, "time",
        Json{{"first", format_rfc3339(signal.first_ns)}, {"last", format_rfc3339(signal.last_ns)}});
    put(object, "rule", rule(signal));
    put(object, "intent", signal.intent);
    put(object, "title", signal.title);
    put(object, "narrative", signal.narrative);
    put(object, "action", action(signal));
    put(object, "state", signal.state);
    put(object, "decision", decision(signal));
    put(object, "risk", risk(signal));
    put(object, "confidence", signal.confidence);
    put(object, "attack", attack(signal));
    put(object, "controls", controls(signal));
    put(object, "actor", actor(signal));
    put(object, "entities", entities(signal));
    put(object, "count", signal.count);
    put(object, "story", story(signal));
    put(object, "evidence", evidence(signal));
    if (signal.evidence_left_out > 0)
        object["evidence_left_out"] = signal.evidence_left_out;
    put(object, "tags", tags(signal));
    put(object, "coverage",
        Json{{"complete", signal.coverage_complete}, {"lost", signal.coverage_lost}});
    std::string line;
    append(line, object);
    return line;
}

std::string to_json(const SessionSummary &summary)
{
    Json time{{"first", format_rfc3339(summary.first_ns)},
              {"last", format_rfc3339(summary.last_ns)}};
    if (summary.ended_ns != 0)
        time["ended"] = format_rfc3339(summary.ended_ns);
    Json object = Json::object();
    put(object, "schema", kSessionSchema);
    put(object, "id", summary.id);
    put(object, "tenant", printable(summary.tenant));
    put(object, "host", host(printable(summary.host_name), printable(summary.host_id), ""));
    put(object, "time", std::move(time));
    put(object, "user", person(summary.actor.user));
    put(object, "session", login_session(summary.actor));
    put(object, "became", summary.became);
    put(object, "programs", summary.programs);
    put(object, "refused", summary.refused);
    put(object, "accounts_changed", summary.accounts);
    put(object, "ran", summary.ran);
    put(object, "ran_more", summary.ran_more);
    put(object, "signals", summary.signals);
    put(object, "action_needed", summary.action_needed);
    put(object, "summary", sentence(summary));
    std::string line;
    append(line, object);
    return line;
}

} // namespace sentra::signal
