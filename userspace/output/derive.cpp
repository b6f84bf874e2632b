// SPDX-License-Identifier: MIT
#include "output/derive.h"

#include <array>
#include <cmath>
#include <set>

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"

namespace sentra::output {

namespace {

constexpr std::array<Severity, 5> kSeverities = {{
    {5, "informational", 21, 1, "Informational", 0, "Info", 3, 5},
    {25, "low", 21, 2, "Low", 1, "Low", 3, 5},
    {50, "medium", 47, 3, "Medium", 2, "Medium", 5, 4},
    {80, "high", 73, 4, "High", 3, "High", 8, 3},
    {0, "critical", 99, 5, "Critical", 4, "Critical", 10, 2},
}};

// OCSF types only where the type of the event alone decides the activity.
constexpr EventWords kEvents[] = {
    {"process.exec", "process", 100701, "Process Activity: Launch"},
    {"process.fork", "process", 100701, "Process Activity: Launch"},
    {"process.exit", "process", 100702, "Process Activity: Terminate"},
    {"process.ptrace", "process", 100703, "Process Activity: Open"},
    {"process", "process", 0, ""},
    {"cred.change", "process", 100705, "Process Activity: Set User ID"},
    {"file.write", "file", 100103, "File System Activity: Update"},
    {"file.truncate", "file", 100103, "File System Activity: Update"},
    {"file.read", "file", 100114, "File System Activity: Open"},
    {"file.rename", "file", 100105, "File System Activity: Rename"},
    {"file.delete", "file", 100104, "File System Activity: Delete"},
    {"file.link", "file", 100101, "File System Activity: Create"},
    {"file.mode", "file", 100107, "File System Activity: Set Security"},
    {"file.owner", "file", 100107, "File System Activity: Set Security"},
    {"net.connect", "network", 400101, "Network Activity: Open"},
    {"net.accept", "network", 400101, "Network Activity: Open"},
    {"net.listen", "network", 400107, "Network Activity: Listen"},
    {"kernel.module", "driver", 100201, "Kernel Extension Activity: Load"},
    {"kernel.bpf", "driver", 100201, "Kernel Extension Activity: Load"},
    {"auth.login", "authentication", 300201, "Authentication: Logon"},
    {"auth.elevation", "authentication", 300207, "Authentication: Account Switch"},
    {"auth", "authentication", 0, ""},
    {"iam", "iam", 0, ""},
    {"job.change", "configuration", 0, ""},
    {"job", "process", 0, ""},
    {"unit", "process", 0, ""},
    {"meta", "host", 0, ""},
};

bool belongs_to_address(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
}

// Whether the text says `before` and then this address, whole.
bool says(std::string_view text, std::string_view before, const std::string &ip)
{
    const std::string wanted = std::string(before) + ip;
    for (auto at = text.find(wanted); at != std::string_view::npos;
         at = text.find(wanted, at + 1)) {
        const auto end = at + wanted.size();
        if (end == text.size() || !belongs_to_address(text[end]))
            return true;
    }
    return false;
}

// The only address among the entities of which an event of the family says `before` it.
std::optional<std::string> only_one(const signal::Signal &signal, std::string_view family,
                                    std::string_view before)
{
    std::optional<std::string> found;
    for (const std::string &ip : signal.ips)
        for (const signal::Evidence &item : signal.evidence) {
            if (item.event.rfind(family, 0) != 0 || !says(item.text, before, ip))
                continue;
            if (found && *found != ip)
                return std::nullopt;
            found = ip;
        }
    return found;
}

bool is_known(const session::Person &person)
{
    return !person.name.empty() || person.id.has_value();
}

} // namespace

Json chapters(const signal::Signal &signal, const ChapterKeys &keys, Json (*time)(std::uint64_t))
{
    Json list = Json::array();
    for (const signal::Chapter &chapter : signal.story) {
        Json row = {{"uid", chapter.uid},
                    {keys.first, time(chapter.first_ns)},
                    {keys.last, time(chapter.last_ns)},
                    {"rule", chapter.rule_id}};
        put(row, "title", chapter.title);
        put(row, keys.text, chapter.text);
        put(row, "intent", chapter.intent);
        row["risk_score"] = percent(chapter.score);
        put(row, "techniques", chapter.attack);
        row["count"] = chapter.count;
        list.push_back(std::move(row));
    }
    return list;
}

std::string line_of(const Json &document)
{
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

int percent(double score)
{
    return static_cast<int>(std::lround(score * 100));
}

const Severity &severity_of(double score)
{
    for (const Severity &row : kSeverities)
        if (percent(score) < static_cast<int>(row.below))
            return row;
    return kSeverities.back();
}

std::uint64_t milliseconds(std::uint64_t time_ns)
{
    return time_ns / (kSecondNs / 1000);
}

std::string revision(const signal::Signal &signal)
{
    return sha256_hex(signal::to_json(signal));
}

std::string clipped(const std::string &text, std::size_t most_bytes)
{
    // printable() ends after the character that reaches the limit, and then adds an ellipsis.
    constexpr std::size_t kBeyond = 16;
    return text.size() <= most_bytes ? text : printable(text, most_bytes - kBeyond);
}

std::string decimal(double value)
{
    const int hundredths = percent(value < 0 ? -value : value);
    const std::string digits = std::to_string(hundredths % 100);
    return (value < 0 ? "-" : "") + std::to_string(hundredths / 100) + "." +
           (digits.size() < 2 ? "0" : "") + digits;
}

std::string arithmetic(const signal::Signal &signal)
{
    std::string text;
    for (const engine::RiskTerm &term : signal.terms) {
        if (text.empty())
            text = decimal(term.value);
        else
            text += (term.value < 0 ? " - " : " + ") + decimal(std::fabs(term.value));
        text += " " + term.why;
    }
    return text.append(" = ").append(decimal(signal.score));
}

std::string command_line(const signal::Signal &signal)
{
    std::string line;
    for (const std::string &argument : signal.process_args)
        line.append(line.empty() ? "" : " ").append(argument);
    return line;
}

std::string process_key(const signal::Signal &signal)
{
    return sha256_hex(signal.host_boot + "\n" + std::to_string(signal.process_pid) + "\n" +
                      std::to_string(signal.process_start_ns))
        .substr(0, 32);
}

std::vector<std::string> control_labels(const signal::Signal &signal)
{
    std::vector<std::string> labels;
    for (const auto &[framework, controls] : signal.controls)
        for (const std::string &control : controls)
            labels.push_back(std::string(framework).append(":").append(control));
    return labels;
}

const session::Person &user_of(const signal::Signal &signal)
{
    return is_known(signal.actor.user) ? signal.actor.user : signal.actor.effective;
}

const session::Person *effective_of(const signal::Signal &signal)
{
    const session::Person &effective = signal.actor.effective;
    const session::Person &user = user_of(signal);
    const bool same =
        effective.id && user.id ? effective.id == user.id : effective.name == user.name;
    return is_known(effective) && !same ? &effective : nullptr;
}

std::optional<std::string> source_of(const signal::Signal &signal)
{
    // What the line of JSON keeps is one text, an address or a name in its place.
    if (const auto &login = signal.actor.login;
        login && (login->source || !login->source_name.empty()))
        return login->source ? login->source->text() : login->source_name;
    return only_one(signal, "auth.", "from ");
}

std::optional<std::string> destination_of(const signal::Signal &signal)
{
    return only_one(signal, "net.connect", "reached out to ");
}

std::vector<std::string> all_ips(const signal::Signal &signal)
{
    std::set<std::string> ips(signal.ips.begin(), signal.ips.end());
    if (const auto source = source_of(signal); source && Ip::parse(*source))
        ips.insert(*source);
    return {ips.begin(), ips.end()};
}

std::vector<std::string> all_users(const signal::Signal &signal)
{
    std::set<std::string> users(signal.users.begin(), signal.users.end());
    for (const session::Person *person : {&signal.actor.user, &signal.actor.effective})
        if (!person->name.empty())
            users.insert(person->name);
    return {users.begin(), users.end()};
}

const EventWords *words_of(std::string_view event)
{
    const std::string_view family = event.substr(0, event.find('.'));
    for (const EventWords &row : kEvents)
        if (row.event == event || row.event == family)
            return &row;
    return nullptr;
}

} // namespace sentra::output
