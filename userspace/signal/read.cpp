// SPDX-License-Identifier: MIT
// Reads a line that to_json wrote. Every value's type is looked at before it is taken: a store may
// be damaged, and a line may come from elsewhere.
#include "signal/json_parts.h"
#include "signal/signal.h"
#include "signal/summary.h"

namespace sentra::signal {

namespace {

session::ActorKind kind_of(const std::string &name)
{
    using session::ActorKind;
    for (const ActorKind kind : {ActorKind::session, ActorKind::unit, ActorKind::job,
                                 ActorKind::container, ActorKind::process, ActorKind::kernel})
        if (name == session::name_of(kind))
            return kind;
    return ActorKind::unknown;
}

void read_person(Reader &in, session::Person &person)
{
    in.take("name", person.name);
    in.take("id", person.id);
}

void read_session(Reader &in, session::Actor &actor)
{
    in.take("audit_id", actor.audit_session);
    in.take("tty", actor.tty);
    session::Login login;
    std::string source;
    in.take("source", source);
    in.take("method", login.method);
    in.take("fingerprint", login.fingerprint);
    in.take("service", login.service);
    login.source = Ip::parse(source);
    if (!login.source)
        login.source_name = source;
    if (!source.empty() || !login.method.empty() || !login.fingerprint.empty() ||
        !login.service.empty())
        actor.login = login;
}

void read_process(Reader &in, Signal &signal)
{
    std::string start;
    in.must("pid", signal.process_pid);
    in.take("start", start);
    for (const char c : start) {
        if (c < '0' || c > '9' || start.size() > 19)
            return in.complain("start", "is no number");
        signal.process_start_ns =
            signal.process_start_ns * 10 + static_cast<std::uint64_t>(c - '0');
    }
    in.take("exe", signal.process_executable);
    in.take("args", signal.process_args);
}

void read_actor(Reader &in, Signal &signal)
{
    std::string kind;
    in.must("kind", kind);
    signal.actor.kind = kind_of(kind);
    in.take("id", signal.actor.canonical);
    in.within("user", [&](Reader &below) { read_person(below, signal.actor.user); });
    in.within("effective", [&](Reader &below) { read_person(below, signal.actor.effective); });
    in.within("session", [&](Reader &below) { read_session(below, signal.actor); });
    in.take("unit", signal.actor.unit);
    in.take("job", signal.actor.job);
    in.take("container", signal.actor.container);
    in.take("broker", signal.actor.broker);
    in.take("unknown_reason", signal.actor.unknown_reason);
    in.within("process", [&](Reader &below) { read_process(below, signal); });
}

void read_head(Reader &in, Signal &signal)
{
    std::string schema;
    in.must("schema", schema);
    if (schema != kSchema)
        in.complain("schema", "is not sentra.signal/1");
    in.must("id", signal.id);
    in.must("uid", signal.uid);
    in.take("tenant", signal.tenant);
    in.within("host", [&](Reader &below) {
        below.take("name", signal.host_name);
        below.take("id", signal.host_id);
        below.take("boot", signal.host_boot);
    });
    if (in.find("time") == nullptr)
        in.complain("time", "is missing");
    in.within("time", [&](Reader &below) {
        below.must_time("first", signal.first_ns);
        below.must_time("last", signal.last_ns);
    });
    in.within("rule", [&](Reader &below) {
        below.take("id", signal.rule_id);
        below.take("version", signal.rule_version);
        below.take("pack", signal.rule_pack);
        below.take("bundle", signal.rule_bundle);
    });
}

void read_meaning(Reader &in, Signal &signal)
{
    in.take("intent", signal.intent);
    in.take("title", signal.title);
    in.take("narrative", signal.narrative);
    in.within("action", [&](Reader &below) {
        below.must("needed", signal.action_needed);
        below.take("text", signal.action_text);
        below.take("playbook", signal.playbook);
    });
    in.must("state", signal.state);
    in.within("decision", [&](Reader &below) {
        Decision &decision = signal.decision.emplace();
        below.must("by", decision.by);
        below.must_time("time", decision.time_ns);
        below.take("verdict", decision.verdict);
        below.take("override", decision.standing);
        below.take("status", decision.status);
        below.take("note", decision.note);
        below.take("text", decision.text);
        below.take("action", decision.action);
    });
    in.within("risk", [&](Reader &below) {
        below.must("score", signal.score);
        below.each("terms", [&](Reader &term) {
            engine::RiskTerm &row = signal.terms.emplace_back();
            term.take("name", row.name);
            term.must("value", row.value);
            term.take("why", row.why);
        });
    });
    in.take("confidence", signal.confidence);
    in.within("attack", [&](Reader &below) {
        below.each("techniques", [&](Reader &technique) {
            Technique &row = signal.techniques.emplace_back();
            technique.take("id", row.id);
            technique.take("name", row.name);
            technique.take("tactics", row.tactics);
        });
    });
    in.within("controls", [&](Reader &below) {
        for (const char *framework : {"soc2", "iso27001", "pci", "nis2", "hipaa"})
            if (below.find(framework) != nullptr)
                below.take(framework, signal.controls[framework]);
    });
}

void read_chapter(Reader &in, Chapter &chapter)
{
    in.must("uid", chapter.uid);
    in.within("time", [&](Reader &below) {
        below.must_time("first", chapter.first_ns);
        below.must_time("last", chapter.last_ns);
    });
    in.within("rule", [&](Reader &below) {
        below.must("id", chapter.rule_id);
        below.take("version", chapter.rule_version);
        below.take("pack", chapter.rule_pack);
    });
    in.take("title", chapter.title);
    in.take("text", chapter.text);
    in.take("intent", chapter.intent);
    in.must("risk", chapter.score);
    in.take("attack", chapter.attack);
    in.must("count", chapter.count);
}

void read_proof(Reader &in, Signal &signal)
{
    in.within("entities", [&](Reader &below) {
        below.take("files", signal.files);
        below.take("ips", signal.ips);
        below.take("users", signal.users);
    });
    in.must("count", signal.count);
    in.each("story", [&](Reader &item) { read_chapter(item, signal.story.emplace_back()); });
    in.each("evidence", [&](Reader &item) {
        Evidence &row = signal.evidence.emplace_back();
        item.must_time("time", row.time_ns);
        item.take("event", row.event);
        item.take("text", row.text);
        item.take("ref", row.ref);
    });
    in.take("evidence_left_out", signal.evidence_left_out);
    in.each("tags", [&](Reader &item) {
        Tag &row = signal.tags.emplace_back();
        item.must("rule", row.rule_id);
        item.take("title", row.title);
        item.take("level", row.level);
        item.take("attack", row.attack);
        item.take("count", row.count);
    });
    in.within("coverage", [&](Reader &below) {
        below.must("complete", signal.coverage_complete);
        below.take("lost", signal.coverage_lost);
    });
}

} // namespace

Result<Signal> from_json(std::string_view line)
{
    const auto json = Reader::Json::parse(line, nullptr, false);
    if (json.is_discarded())
        return failure("read signal: not one line of JSON");
    Signal signal;
    std::string complaint;
    Reader in(json, "", complaint);
    read_head(in, signal);
    read_meaning(in, signal);
    in.within("actor", [&](Reader &below) { read_actor(below, signal); });
    read_proof(in, signal);
    if (!complaint.empty())
        return failure("read signal: " + complaint);
    return signal;
}

Result<SessionSummary> summary_from_json(std::string_view line)
{
    const auto json = Reader::Json::parse(line, nullptr, false);
    if (json.is_discarded())
        return failure("read session: not one line of JSON");
    SessionSummary summary;
    std::string complaint, schema;
    Reader in(json, "", complaint);
    in.must("schema", schema);
    if (schema != kSessionSchema)
        in.complain("schema", "is not sentra.session/1");
    in.must("id", summary.id);
    in.take("tenant", summary.tenant);
    in.within("host", [&](Reader &below) {
        below.take("name", summary.host_name);
        below.take("id", summary.host_id);
    });
    in.within("time", [&](Reader &below) {
        below.must_time("first", summary.first_ns);
        below.must_time("last", summary.last_ns);
        below.take_time("ended", summary.ended_ns);
    });
    summary.actor.kind = session::ActorKind::session;
    in.within("user", [&](Reader &below) { read_person(below, summary.actor.user); });
    in.within("session", [&](Reader &below) { read_session(below, summary.actor); });
    in.take("became", summary.became);
    in.take("programs", summary.programs);
    in.take("refused", summary.refused);
    in.take("accounts_changed", summary.accounts);
    in.take("ran", summary.ran);
    in.take("ran_more", summary.ran_more);
    in.take("signals", summary.signals);
    in.take("action_needed", summary.action_needed);
    if (!complaint.empty())
        return failure("read session: " + complaint);
    return summary;
}

} // namespace sentra::signal
