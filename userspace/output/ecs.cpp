// SPDX-License-Identifier: MIT
// Elastic Common Schema 8.17: the fields that 8.17 and 9.x share, so one document serves both. What
// ECS has no field for stands below "sentra", a name of its own as ECS recommends.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "base/time.h"
#include "output/attack.h"
#include "output/derive.h"
#include "output/format.h"

namespace sentra::output {

namespace {

// Keywords longer than this are kept but not searched (ignore_above).
constexpr std::size_t kKeywordMost = 1024;
constexpr const char *kDataset = "sentra.signal";
constexpr const char *kEvidenceDataset = "sentra.evidence";

std::string keyword(const std::string &text)
{
    return clipped(text, kKeywordMost);
}

Json keywords(const std::vector<std::string> &texts)
{
    Json list = Json::array();
    for (const std::string &text : texts)
        if (!text.empty())
            list.push_back(keyword(text));
    return list;
}

// Data streams are called logs-<dataset>-<namespace>: lower case, no dash, at most 100.
std::string namespace_of(const std::string &tenant)
{
    std::string name = lower_ascii(tenant).substr(0, 100);
    for (char &c : name)
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.')
            c = '_';
    return name.empty() ? "default" : name;
}

Json categories(const signal::Signal &signal)
{
    std::set<std::string_view> seen;
    for (const signal::Evidence &item : signal.evidence)
        if (const EventWords *words = words_of(item.event); words != nullptr)
            seen.insert(words->ecs_category);
    Json list = Json::array({"intrusion_detection"});
    for (const std::string_view category : seen)
        list.push_back(category);
    return list;
}

Json event(const signal::Signal &signal, const Delivery &delivery)
{
    Json object = {
        {"kind", "alert"}, {"category", categories(signal)}, {"type", Json::array({"info"})}};
    put(object, "action", signal.rule_id);
    put(object, "code", signal.rule_id);
    object["module"] = "sentra";
    object["dataset"] = kDataset;
    object["provider"] = "sentrad";
    put(object, "id", signal.uid);
    if (delivery.sequence > 0)
        object["sequence"] = delivery.sequence;
    object["severity"] = severity_of(signal.score).ecs;
    object["risk_score"] = percent(signal.score);
    object["risk_score_norm"] = percent(signal.score);
    object["start"] = format_rfc3339(signal.first_ns);
    object["end"] = format_rfc3339(signal.last_ns);
    object["created"] = format_rfc3339(signal.last_ns);
    put(object, "reason", keyword(arithmetic(signal)));
    object["hash"] = revision(signal);
    return object;
}

Json rule(const signal::Signal &signal)
{
    Json object = Json::object();
    put(object, "id", signal.rule_id);
    put(object, "name", keyword(signal.title));
    put(object, "category", signal.intent);
    put(object, "ruleset", signal.rule_bundle);
    put(object, "version", std::to_string(signal.rule_version));
    return object;
}

// Parallel lists of ids, names and pages, each id once.
class Listed {
public:
    void add(const std::string &id, const std::string &name, const std::string &page)
    {
        if (!seen_.insert(id).second)
            return;
        ids_.push_back(id);
        names_.push_back(keyword(name));
        pages_.push_back(page);
    }
    [[nodiscard]] Json object() const
    {
        Json object = Json::object();
        put(object, "id", ids_);
        put(object, "name", names_);
        put(object, "reference", pages_);
        return object;
    }

private:
    std::set<std::string> seen_;
    Json ids_ = Json::array(), names_ = Json::array(), pages_ = Json::array();
};

Json threat(const signal::Signal &signal)
{
    if (signal.techniques.empty())
        return Json::object();
    Listed tactics, techniques, parts;
    for (const signal::Technique &row : signal.techniques) {
        const bool is_part = is_sub_technique(row.id);
        const std::string parent = parent_of(row.id);
        techniques.add(parent, is_part || row.name.empty() ? technique_name(parent) : row.name,
                       technique_page(parent));
        if (is_part)
            parts.add(row.id, row.name.empty() ? row.id : row.name, technique_page(row.id));
        for (const std::string &tactic : row.tactics)
            tactics.add(tactic, tactic_name(tactic), tactic_page(tactic));
    }
    Json technique = techniques.object();
    put(technique, "subtechnique", parts.object());
    Json object = {{"framework", "MITRE ATT&CK"}};
    put(object, "tactic", tactics.object());
    put(object, "technique", std::move(technique));
    return object;
}

Json person(const session::Person &who)
{
    Json object = Json::object();
    put(object, "name", keyword(who.name));
    if (who.id)
        object["id"] = std::to_string(*who.id);
    return object;
}

Json user(const signal::Signal &signal)
{
    Json object = person(user_of(signal));
    if (const session::Person *effective = effective_of(signal); effective != nullptr)
        put(object, "effective", person(*effective));
    return object;
}

Json peer(const std::optional<std::string> &address)
{
    Json object = Json::object();
    if (!address)
        return object;
    put(object, "address", keyword(*address));
    if (Ip::parse(*address))
        object["ip"] = *address;
    return object;
}

Json network(const signal::Signal &signal)
{
    const auto &login = signal.actor.login;
    if (!login || login->service != "sshd" || peer(source_of(signal)).empty())
        return Json::object();
    Json object = {{"transport", "tcp"}, {"protocol", "ssh"}, {"direction", "ingress"}};
    if (const auto ip = Ip::parse(*source_of(signal)); ip)
        object["type"] = ip->is_v4() ? "ipv4" : "ipv6";
    return object;
}

Json process(const signal::Signal &signal)
{
    Json object = Json::object();
    if (signal.process_pid == 0)
        return object;
    object["entity_id"] = process_key(signal);
    object["pid"] = signal.process_pid;
    put(object, "name", keyword(std::string(base_name(signal.process_executable))));
    put(object, "executable", keyword(signal.process_executable));
    put(object, "args", keywords(signal.process_args));
    if (!signal.process_args.empty() && signal.process_args.size() <= signal::kArgumentsMost)
        object["args_count"] = signal.process_args.size();
    put(object, "command_line", command_line(signal));
    return object;
}

// Only where the signal speaks of one file.
Json file(const signal::Signal &signal)
{
    Json object = Json::object();
    if (signal.files.size() != 1)
        return object;
    const std::string &path = signal.files.front();
    put(object, "path", keyword(path));
    put(object, "name", keyword(std::string(base_name(path))));
    if (path.front() == '/')
        put(object, "directory", keyword(std::string(directory_name(path))));
    return object;
}

Json host(const signal::Signal &signal)
{
    Json object = Json::object();
    put(object, "name", keyword(signal.host_name));
    put(object, "hostname", keyword(signal.host_name));
    put(object, "id", keyword(signal.host_id));
    if (!signal.host_boot.empty())
        object["boot"] = {{"id", keyword(signal.host_boot)}};
    object["os"] = {{"type", "linux"}};
    return object;
}

Json related(const signal::Signal &signal)
{
    Json object = Json::object();
    put(object, "ip", all_ips(signal));
    put(object, "user", keywords(all_users(signal)));
    put(object, "hosts", keywords({signal.host_name}));
    return object;
}

Json by_whom(const session::Actor &actor)
{
    Json object = {{"kind", session::name_of(actor.kind)}};
    put(object, "id", actor.canonical);
    if (actor.audit_session)
        object["audit_session"] = *actor.audit_session;
    if (actor.login) {
        put(object, "method", actor.login->method);
        put(object, "service", actor.login->service);
        put(object, "fingerprint", actor.login->fingerprint);
    }
    put(object, "tty", actor.tty);
    put(object, "unit", actor.unit);
    put(object, "job", actor.job);
    put(object, "broker", actor.broker);
    put(object, "unknown_reason", actor.unknown_reason);
    return object;
}

Json evidence(const signal::Signal &signal)
{
    Json rows = Json::array();
    for (const signal::Evidence &item : signal.evidence) {
        Json row = {{"time", format_rfc3339(item.time_ns)}};
        put(row, "event", item.event);
        put(row, "text", item.text);
        put(row, "ref", item.ref);
        rows.push_back(std::move(row));
    }
    Json object = {{"count", signal.evidence.size() + signal.evidence_left_out},
                   {"complete", signal.coverage_complete},
                   {"lost", signal.coverage_lost}};
    put(object, "rows", std::move(rows));
    return object;
}

Json tags(const signal::Signal &signal)
{
    Json list = Json::array();
    for (const signal::Tag &tag : signal.tags) {
        Json row = {{"rule", tag.rule_id}};
        put(row, "title", tag.title);
        put(row, "level", tag.level);
        put(row, "techniques", tag.attack);
        row["count"] = tag.count;
        list.push_back(std::move(row));
    }
    return list;
}

Json risk_factors(const signal::Signal &signal)
{
    Json list = Json::array();
    for (const engine::RiskTerm &term : signal.terms)
        list.push_back(
            {{"name", term.name}, {"value", percent(term.value) / 100.0}, {"why", term.why}});
    return list;
}

Json own(const signal::Signal &signal, const Delivery &delivery)
{
    Json object = {{"schema_version", signal::kSchema}};
    put(object, "id", signal.id);
    put(object, "state", signal.state);
    object["action_needed"] = signal.action_needed;
    put(object, "intent", signal.intent);
    put(object, "risk_factors", risk_factors(signal));
    put(object, "confidence", signal.confidence);
    put(object, "narrative", signal.narrative);
    put(object, "recommendation", signal.action_text);
    put(object, "playbook", signal.playbook);
    put(object, "pack", signal.rule_pack);
    put(object, "attack_version", signal.techniques.empty() ? "" : signal::kAttackVersion);
    put(object, "compliance", control_labels(signal));
    put(object, "actor", by_whom(signal.actor));
    put(object, "files", signal.files);
    object["count"] = signal.count;
    object["is_update"] = delivery.is_update;
    put(object, "ledger_head", delivery.ledger_head);
    put(object, "story", chapters(signal, {"start", "end", "text"}, [](std::uint64_t time_ns) {
            return Json(format_rfc3339(time_ns));
        }));
    put(object, "evidence", evidence(signal));
    put(object, "tags", tags(signal));
    return object;
}

// What every document says of where it comes from.
Json base(const signal::Signal &signal, std::uint64_t time_ns, const char *dataset)
{
    Json labels = Json::object();
    put(labels, "sentra_tenant", keyword(signal.tenant));
    put(labels, "sentra_bundle", signal.rule_bundle);
    Json document = {{"@timestamp", format_rfc3339(time_ns)}, {"ecs", {{"version", "8.17.0"}}}};
    put(document, "labels", std::move(labels));
    document["data_stream"] = {
        {"type", "logs"}, {"dataset", dataset}, {"namespace", namespace_of(signal.tenant)}};
    document["host"] = host(signal);
    Json agent = {{"type", "sentra"}, {"version", SENTRA_VERSION}};
    put(agent, "name", keyword(signal.host_name));
    document["agent"] = std::move(agent);
    document["observer"] = {{"vendor", "Sentra"},
                            {"product", "sentrad"},
                            {"type", "hids"},
                            {"version", SENTRA_VERSION}};
    if (!signal.tenant.empty())
        document["organization"] = {{"id", keyword(signal.tenant)}};
    return document;
}

} // namespace

std::string evidence_to_ecs(const signal::Signal &signal, const signal::Evidence &piece)
{
    Json document = base(signal, piece.time_ns, kEvidenceDataset);
    put(document, "message", piece.text);
    document["tags"] = Json::array({"sentra", "evidence"});
    Json event = {{"kind", "event"}, {"type", Json::array({"info"})}};
    if (const EventWords *words = words_of(piece.event);
        words != nullptr && !words->ecs_category.empty())
        event["category"] = Json::array({words->ecs_category});
    put(event, "action", piece.event);
    event["module"] = "sentra";
    event["dataset"] = kEvidenceDataset;
    event["provider"] = "sentrad";
    event["id"] = evidence_id(signal, piece);
    event["created"] = format_rfc3339(piece.time_ns);
    document["event"] = std::move(event);
    put(document, "user", user(signal));
    Json own = {{"schema_version", "sentra.evidence/1"}};
    own["signal"] = {{"id", signal.id}, {"uid", signal.uid}};
    put(own, "ref", piece.ref);
    document["sentra"] = std::move(own);
    return line_of(document);
}

std::string to_ecs(const signal::Signal &signal, const Delivery &delivery)
{
    Json document = base(signal, signal.last_ns, kDataset);
    put(document, "message", signal.narrative);
    document["tags"] = Json::array({"sentra", "signal"});
    document["event"] = event(signal, delivery);
    document["rule"] = rule(signal);
    put(document, "threat", threat(signal));
    put(document, "user", user(signal));
    put(document, "source", peer(source_of(signal)));
    put(document, "destination", peer(destination_of(signal)));
    put(document, "network", network(signal));
    put(document, "process", process(signal));
    put(document, "file", file(signal));
    if (!signal.actor.container.empty())
        document["container"] = {{"id", keyword(signal.actor.container)}};
    put(document, "related", related(signal));
    document["sentra"] = own(signal, delivery);
    return line_of(document);
}

} // namespace sentra::output
