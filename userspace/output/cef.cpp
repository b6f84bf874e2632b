// SPDX-License-Identifier: MIT
// Common Event Format 0: a header between bars, then key=value of the dictionary; what it has no
// key for goes into the numbered slots with their labels. Lengths are the dictionary's.
#include "base/join.h"
#include "base/text.h"
#include "output/derive.h"
#include "output/format.h"

namespace sentra::output {

namespace {

constexpr std::size_t kText = 1023;

// In the header a bar ends a field; in a value "=" begins one. A line break would end the record.
std::string header(const std::string &text)
{
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '|')
            out += '\\';
        out += c == '\n' || c == '\r' ? ' ' : c;
    }
    return out;
}

std::string value(const std::string &text)
{
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '=')
            out += '\\';
        if (c == '\n' || c == '\r')
            out += c == '\n' ? "\\n" : "\\r";
        else
            out += c;
    }
    return out;
}

class Extension {
public:
    void add(std::string_view key, const std::string &text, std::size_t most_bytes = kText)
    {
        // Blanks at the end belong to no value: parsers take them for the gap before the next key.
        const std::string cut(trim(clipped(text, most_bytes)));
        if (!cut.empty())
            line_.append(line_.empty() ? "" : " ").append(key).append("=").append(value(cut));
    }
    void add(std::string_view key, std::uint64_t number) { add(key, std::to_string(number)); }
    // A numbered slot and what it holds.
    void slot(const std::string &key, const std::string &label, const std::string &text,
              std::size_t most_bytes)
    {
        if (trim(text).empty())
            return;
        add(key + "Label", label);
        add(key, text, most_bytes);
    }
    [[nodiscard]] std::string take() { return std::move(line_); }

private:
    std::string line_;
};

std::string techniques(const signal::Signal &signal)
{
    std::vector<std::string> ids;
    for (const signal::Technique &row : signal.techniques)
        ids.push_back(row.id);
    return join(ids);
}

std::string titles(const signal::Signal &signal)
{
    std::vector<std::string> titles;
    for (const signal::Chapter &chapter : signal.story)
        titles.push_back(chapter.title);
    return join(titles);
}

// src and dst are IPv4 by the dictionary; IPv6 has slots of its own.
void add_address(Extension &out, const std::optional<std::string> &address, const char *v4,
                 const char *v6, const char *label, const char *host)
{
    if (!address)
        return;
    const auto ip = Ip::parse(*address);
    if (!ip)
        out.add(host, *address);
    else if (ip->is_v4())
        out.add(v4, *address);
    else
        out.slot(v6, label, *address, kText);
}

void add_who(Extension &out, const signal::Signal &signal)
{
    add_address(out, source_of(signal), "src", "c6a2", "Source IPv6 Address", "shost");
    add_address(out, destination_of(signal), "dst", "c6a3", "Destination IPv6 Address", "dhost");
    const session::Person &user = user_of(signal);
    out.add("suser", user.name);
    if (user.id)
        out.add("suid", *user.id);
    if (const session::Person *effective = effective_of(signal); effective != nullptr) {
        out.add("duser", effective->name);
        if (effective->id)
            out.add("duid", *effective->id);
    }
    out.add("dvchost", signal.host_name, 100);
    out.add("deviceExternalId", signal.host_id, 255);
    if (signal.process_pid != 0) {
        out.add("sproc", signal.process_executable);
        out.add("spid", signal.process_pid);
    }
    if (signal.files.size() == 1) {
        out.add("fname", std::string(base_name(signal.files.front())));
        out.add("filePath", signal.files.front());
    }
}

void add_slots(Extension &out, const signal::Signal &signal, const Delivery &delivery)
{
    constexpr std::size_t kSlot = 4000;
    out.slot("cs1", "uid", signal.uid, kSlot);
    out.slot("cs2", "techniques", techniques(signal), kSlot);
    out.slot("cs3", "tenant", signal.tenant, kSlot);
    out.slot("cs4", "state", signal.state, kSlot);
    out.slot("cs5", "controls", join(control_labels(signal)), kSlot);
    if (signal.process_pid != 0)
        out.slot("cs6", "command", command_line(signal), kSlot);
    out.slot("cfp1", "risk", decimal(signal.score), kText);
    if (delivery.sequence > 0)
        out.slot("cn1", "sequence", std::to_string(delivery.sequence), kText);
    if (!signal.coverage_complete)
        out.slot("cn2", "lost", std::to_string(signal.coverage_lost), kText);
    out.slot("flexString1", "recommendation", signal.action_text, kText);
    out.slot("flexString2", "story", titles(signal), kText);
}

} // namespace

std::string to_cef(const signal::Signal &signal, const Delivery &delivery)
{
    Extension out;
    out.add("rt", milliseconds(signal.last_ns));
    out.add("start", milliseconds(signal.first_ns));
    out.add("end", milliseconds(signal.last_ns));
    out.add("externalId", signal.id);
    out.add("cat", signal.intent);
    out.add("act", "observed");
    add_who(out, signal);
    out.add("cnt", signal.count);
    add_slots(out, signal, delivery);
    out.add("reason", arithmetic(signal));
    out.add("msg", signal.narrative);
    return "CEF:0|Sentra|Sentra|" + header(SENTRA_VERSION) + "|" +
           header(clipped(signal.rule_id, kText)) + "|" + header(clipped(signal.title, 512)) + "|" +
           std::to_string(severity_of(signal.score).cef) + "|" + out.take();
}

} // namespace sentra::output
