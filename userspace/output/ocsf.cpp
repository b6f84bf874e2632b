// SPDX-License-Identifier: MIT
// OCSF Detection Finding (class 2004) of schema 1.8; with a few attributes left out it is one of
// 1.4, and then also of 1.5 and 1.6. Every *_id has its caption beside it.
#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "base/time.h"
#include "output/attack.h"
#include "output/derive.h"
#include "output/format.h"
#include "signal/decision.h"

namespace sentra::output {

namespace {

constexpr int kClass = 2004;
constexpr const char *kName = "Detection Finding";

struct Version {
    const char *text;
    bool has_1_6; // what came with 1.5 and 1.6: the analytic's state, a resource's role, file paths
                  // as observables
};
constexpr Version k1_8{"1.8.0", true};
constexpr Version k1_4{"1.4.0", false};

// A number of an enumeration and its caption.
void put_enum(Json &object, const std::string &name, int id, std::string_view caption)
{
    object[name + "_id"] = id;
    object[name] = caption;
}

Json user(const session::Person &who)
{
    // Below 1000 Debian keeps what is no person; 65534 is nobody.
    constexpr std::uint32_t kFirstPerson = 1000;
    constexpr std::uint32_t kNobody = 65534;
    Json object = Json::object();
    put(object, "name", who.name);
    if (!who.id)
        return object;
    object["uid"] = std::to_string(*who.id);
    if (*who.id == 0)
        put_enum(object, "type", 2, "Admin");
    else if (*who.id < kFirstPerson || *who.id == kNobody)
        put_enum(object, "type", 3, "System");
    else
        put_enum(object, "type", 1, "User");
    return object;
}

Json file(const std::string &path)
{
    Json object = Json::object();
    const std::string name(base_name(path));
    object["name"] = name.empty() ? path : name;
    object["path"] = path;
    put_enum(object, "type", 0, "Unknown");
    return object;
}

Json session_of(const session::Actor &actor)
{
    Json object = Json::object();
    if (actor.audit_session)
        object["uid"] = std::to_string(*actor.audit_session);
    put(object, "terminal", actor.tty);
    if (actor.login && (actor.login->source || !actor.login->source_name.empty()))
        object["is_remote"] = true;
    return object;
}

Json process(const signal::Signal &signal)
{
    Json object = Json::object();
    if (signal.process_pid == 0)
        return object;
    object["pid"] = signal.process_pid;
    object["uid"] = process_key(signal);
    put(object, "name", std::string(base_name(signal.process_executable)));
    put(object, "cmd_line", command_line(signal));
    if (!signal.process_executable.empty())
        object["file"] = file(signal.process_executable);
    const session::Actor &actor = signal.actor;
    put(object, "user", user(actor.effective));
    if (actor.effective.id)
        object["euid"] = *actor.effective.id;
    // What the kernel keeps as the login's user; of a service it keeps none.
    if (actor.kind == session::ActorKind::session && actor.user.id)
        object["auid"] = *actor.user.id;
    put(object, "session", session_of(actor));
    if (!actor.container.empty())
        object["container"] = {{"uid", actor.container}};
    return object;
}

Json actor(const signal::Signal &signal)
{
    Json object = Json::object();
    put(object, "user", user(user_of(signal)));
    put(object, "process", process(signal));
    return object;
}

Json device(const signal::Signal &signal)
{
    Json object = Json::object();
    put(object, "hostname", signal.host_name);
    put(object, "name", signal.host_name);
    put(object, "uid", signal.host_id);
    if (object.empty())
        return object;
    put_enum(object, "type", 1, "Server");
    object["os"] = {{"name", "Linux"}, {"type_id", 200}, {"type", "Linux"}};
    return object;
}

Json resources(const signal::Signal &signal, const Version &version)
{
    Json host = Json::object();
    put(host, "name", signal.host_name);
    put(host, "uid", signal.host_id);
    if (signal.host_name.empty())
        return Json::array();
    host["type"] = "host";
    if (version.has_1_6)
        put_enum(host, "role", 3, "Affected");
    return Json::array({std::move(host)});
}

Json endpoint(const std::string &address)
{
    return {{Ip::parse(address) ? "ip" : "hostname", address}};
}

// What the finding is about: the way in, the way out, the process, the files.
Json evidences(const signal::Signal &signal)
{
    Json list = Json::array();
    if (const auto source = source_of(signal)) {
        Json row = {{"src_endpoint", endpoint(*source)}};
        put(row, "user", user(user_of(signal)));
        list.push_back(std::move(row));
    }
    if (const auto destination = destination_of(signal))
        list.push_back({{"dst_endpoint", endpoint(*destination)}});
    if (Json one = process(signal); !one.empty())
        list.push_back({{"process", std::move(one)}});
    for (const std::string &path : signal.files)
        list.push_back({{"file", file(path)}});
    return list;
}

class Observables {
public:
    void add(const char *attribute, int type, const char *caption, const std::string &value)
    {
        if (value.empty())
            return;
        Json row = Json::object();
        put(row, "name", attribute);
        put_enum(row, "type", type, caption);
        row["value"] = value;
        list_.push_back(std::move(row));
    }
    [[nodiscard]] Json take() { return std::move(list_); }

private:
    Json list_ = Json::array();
};

Json observables(const signal::Signal &signal, const Version &version)
{
    Observables found;
    found.add("device.hostname", 1, "Hostname", signal.host_name);
    const auto source = source_of(signal);
    const auto destination = destination_of(signal);
    for (const std::string &ip : all_ips(signal))
        found.add(source == ip        ? "evidences[].src_endpoint.ip"
                  : destination == ip ? "evidences[].dst_endpoint.ip"
                                      : "",
                  2, "IP Address", ip);
    for (const std::string &name : all_users(signal))
        found.add(name == user_of(signal).name ? "actor.user.name" : "", 4, "User Name", name);
    for (const std::string &path : signal.files)
        if (version.has_1_6)
            found.add("evidences[].file.path", 45, "File Path", path);
        else
            found.add("evidences[].file.path", 7, "File Name", path);
    if (signal.process_pid != 0) {
        found.add("actor.process.name", 9, "Process Name",
                  std::string(base_name(signal.process_executable)));
        found.add("actor.process.cmd_line", 13, "Command Line", command_line(signal));
        found.add("actor.process.pid", 15, "Process ID", std::to_string(signal.process_pid));
    }
    return found.take();
}

Json attacks(const signal::Signal &signal)
{
    Json list = Json::array();
    for (const signal::Technique &row : signal.techniques) {
        const std::string parent = parent_of(row.id);
        const bool is_part = is_sub_technique(row.id);
        Json attack = {{"version", signal::kAttackVersion}};
        attack["technique"] = {
            {"uid", parent},
            {"name", is_part || row.name.empty() ? technique_name(parent) : row.name},
            {"src_url", technique_page(parent)}};
        if (is_part)
            attack["sub_technique"] = {{"uid", row.id},
                                       {"name", row.name.empty() ? row.id : row.name},
                                       {"src_url", technique_page(row.id)}};
        if (row.tactics.empty())
            list.push_back(attack);
        for (const std::string &tactic : row.tactics) {
            attack["tactic"] = {{"uid", tactic}, {"name", tactic_name(tactic)}};
            list.push_back(attack);
        }
    }
    return list;
}

// "rec:journal:42" is of the journal.
Json data_sources(const signal::Signal &signal)
{
    std::set<std::string> sources;
    for (const signal::Evidence &item : signal.evidence) {
        const auto begin = item.ref.find(':');
        const auto end = item.ref.rfind(':');
        if (begin != std::string::npos && end > begin)
            sources.insert(item.ref.substr(begin + 1, end - begin - 1));
    }
    return std::vector<std::string>(sources.begin(), sources.end());
}

Json related_events(const signal::Signal &signal)
{
    Json list = Json::array();
    for (const signal::Evidence &item : signal.evidence) {
        Json row = {
            {"uid", item.ref.empty() ? "evidence:" + std::to_string(list.size()) : item.ref}};
        put(row, "title", item.event);
        put(row, "desc", item.text);
        row["first_seen_time"] = milliseconds(item.time_ns);
        if (const EventWords *words = words_of(item.event);
            words != nullptr && words->ocsf_type > 0) {
            row["type_uid"] = words->ocsf_type;
            row["type_name"] = words->ocsf_name;
        }
        list.push_back(std::move(row));
    }
    return list;
}

Json finding(const signal::Signal &signal, const Delivery &delivery, const Version &version)
{
    Json analytic = Json::object();
    put(analytic, "uid", signal.rule_id);
    put(analytic, "name", signal.rule_id);
    put(analytic, "version", std::to_string(signal.rule_version));
    put(analytic, "category", signal.intent);
    put_enum(analytic, "type", 1, "Rule");
    if (version.has_1_6)
        put_enum(analytic, "state", 1, "Active");
    Json object = Json::object();
    object["uid"] = signal.uid;
    put(object, "title", signal.title);
    put(object, "desc", signal.narrative);
    if (!signal.intent.empty())
        object["types"] = Json::array({signal.intent});
    object["first_seen_time"] = milliseconds(signal.first_ns);
    object["last_seen_time"] = milliseconds(signal.last_ns);
    if (delivery.is_update)
        object["modified_time"] = milliseconds(signal.last_ns);
    put(object, "data_sources", data_sources(signal));
    object["analytic"] = std::move(analytic);
    put(object, "attacks", attacks(signal));
    put(object, "related_events", related_events(signal));
    object["related_events_count"] = signal.evidence.size() + signal.evidence_left_out;
    return object;
}

Json metadata(const signal::Signal &signal, const Delivery &delivery, const Version &version)
{
    Json product = {{"name", "Sentra"},
                    {"vendor_name", "Sentra"},
                    {"uid", "sentrad"},
                    {"version", SENTRA_VERSION}};
    if (!signal.rule_bundle.empty())
        product["feature"] = {{"name", "rules"}, {"version", signal.rule_bundle}};
    Json object = {{"version", version.text}, {"product", std::move(product)}};
    object["profiles"] = Json::array({"host", "security_control", "linux/linux_users"});
    object["extensions"] =
        Json::array({Json::object({{"name", "linux"}, {"uid", "1"}, {"version", version.text}})});
    object["uid"] = revision(signal);
    if (delivery.sequence > 0)
        object["sequence"] = delivery.sequence;
    put(object, "tenant_uid", signal.tenant);
    put(object, "event_code", signal.rule_id);
    put(object, "log_name", "sentra.signal");
    put(object, "log_provider", "sentrad");
    object["logged_time"] = milliseconds(signal.last_ns);
    put(object, "labels", control_labels(signal));
    return object;
}

Json tags(const signal::Signal &signal)
{
    Json list = Json::array();
    for (const signal::Tag &tag : signal.tags) {
        Json row = {{"rule", tag.rule_id}, {"level", tag.level}, {"count", tag.count}};
        put(row, "title", tag.title);
        put(row, "techniques", tag.attack);
        list.push_back(std::move(row));
    }
    return list;
}

Json unmapped(const signal::Signal &signal, const Delivery &delivery)
{
    const session::Actor &who = signal.actor;
    Json by_whom = {{"kind", session::name_of(who.kind)}};
    put(by_whom, "id", who.canonical);
    put(by_whom, "unit", who.unit);
    put(by_whom, "job", who.job);
    put(by_whom, "broker", who.broker);
    put(by_whom, "unknown_reason", who.unknown_reason);
    Json own = {{"schema", signal::kSchema}, {"id", signal.id}};
    put(own, "state", signal.state);
    own["action_needed"] = signal.action_needed;
    put(own, "playbook", signal.playbook);
    put(own, "actor", std::move(by_whom));
    own["count"] = signal.count;
    put(own, "story",
        chapters(signal, {"first_seen_time", "last_seen_time", "desc"},
                 [](std::uint64_t time_ns) { return Json(milliseconds(time_ns)); }));
    put(own, "tags", tags(signal));
    own["coverage_complete"] = signal.coverage_complete;
    own["coverage_lost"] = signal.coverage_lost;
    put(own, "ledger_head", delivery.ledger_head);
    return {{"sentra", std::move(own)}};
}

// What people made of it. One that a standing override covers has no verdict of its own.
void put_decision(Json &document, const signal::Signal &signal)
{
    constexpr std::array kCaptions = {
        "Unknown",  "False Positive", "True Positive",     "Disregard",     "Suspicious",
        "Benign",   "Test",           "Insufficient Data", "Security Risk", "Managed Externally",
        "Duplicate"};
    const bool is_done = signal.decision && signal.decision->status == "RESOLVED";
    const bool is_reviewed = signal.state == "Low (Reviewed)";
    put_enum(document, "status",
             is_done       ? 4
             : is_reviewed ? 3
                           : 1,
             is_done       ? "Resolved"
             : is_reviewed ? "Suppressed"
                           : "New");
    if (!signal.decision)
        return;
    if (const auto *verdict = signal::find_verdict(signal.decision->verdict); verdict != nullptr)
        put_enum(document, "verdict", static_cast<int>(verdict->ocsf_id),
                 kCaptions.at(verdict->ocsf_id));
    put(document, "comment", signal.decision->note);
}

void put_standing(Json &document, const signal::Signal &signal)
{
    const Severity &severity = severity_of(signal.score);
    put_enum(document, "severity", severity.ocsf, severity.ocsf_caption);
    put_decision(document, signal);
    document["is_alert"] = signal.action_needed;
    if (signal.confidence == "low")
        put_enum(document, "confidence", 1, "Low");
    else if (signal.confidence == "medium")
        put_enum(document, "confidence", 2, "Medium");
    else if (signal.confidence == "high")
        put_enum(document, "confidence", 3, "High");
    document["risk_score"] = percent(signal.score);
    put_enum(document, "risk_level", severity.ocsf_risk_level, severity.ocsf_risk_caption);
    put(document, "risk_details", arithmetic(signal));
    // Sentra blocks nothing.
    put_enum(document, "action", 3, "Observed");
    put_enum(document, "disposition", 15, "Detected");
}

std::string write(const signal::Signal &signal, const Delivery &delivery, const Version &version)
{
    const int activity = delivery.is_update ? 2 : 1;
    const char *caption = delivery.is_update ? "Update" : "Create";
    Json document = {{"class_uid", kClass},
                     {"class_name", kName},
                     {"category_uid", kClass / 1000},
                     {"category_name", "Findings"},
                     {"activity_id", activity},
                     {"activity_name", caption},
                     {"type_uid", kClass * 100 + activity},
                     {"type_name", std::string(kName) + ": " + caption},
                     {"time", milliseconds(signal.last_ns)},
                     {"start_time", milliseconds(signal.first_ns)},
                     {"end_time", milliseconds(signal.last_ns)},
                     {"timezone_offset", 0}};
    put(document, "message", signal.narrative);
    put_standing(document, signal);
    document["metadata"] = metadata(signal, delivery, version);
    document["finding_info"] = finding(signal, delivery, version);
    put(document, "actor", actor(signal));
    put(document, "device", device(signal));
    put(document, "evidences", evidences(signal));
    put(document, "observables", observables(signal, version));
    put(document, "resources", resources(signal, version));
    if (!signal.action_text.empty())
        document["remediation"] = {{"desc", signal.action_text}};
    document["unmapped"] = unmapped(signal, delivery);
    return line_of(document);
}

} // namespace

std::string to_ocsf(const signal::Signal &signal, const Delivery &delivery)
{
    return write(signal, delivery, k1_8);
}

std::string to_ocsf_1_4(const signal::Signal &signal, const Delivery &delivery)
{
    return write(signal, delivery, k1_4);
}

} // namespace sentra::output
