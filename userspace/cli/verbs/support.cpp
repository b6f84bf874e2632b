// SPDX-License-Identifier: MIT
// `sentra support dump`: what somebody who helps asks for first, in one archive that can be handed
// on: no secrets, and without --with-signals nothing about people.
#include <iostream>

#include <sys/utsname.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/fd.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/configured.h"
#include "cli/fetch.h"
#include "cli/output_of.h"
#include "cli/scrub.h"
#include "cli/verbs/examined.h"
#include "cli/verbs/verbs.h"
#include "output/redact.h"
#include "pipeline/config_show.h"
#include "report/archive.h"

namespace sentra::cli {

namespace {

using Json = nlohmann::ordered_json;
using Verb = pipeline::Request::Verb;
using report::Member;

constexpr std::size_t kLogBytesMost = std::size_t{4} << 20U;
constexpr int kLogPatienceMs = 15'000;
constexpr std::size_t kPeopleFrom = 1000; // sessions that are asked who there is
constexpr unsigned kOwnerOnly = 0600;

constexpr const char *kReadme =
    "Made by sentra support dump. What is inside:\n\n"
    "  status.json   what sentrad says of itself: sensor, hooks, losses, gaps, sinks\n"
    "  doctor.json   what the host offers, what is missing, what would help\n"
    "  config.txt    the configuration in force, each value with its file and line\n"
    "  versions.txt  of sentra, the kernel and the system\n"
    "  sinks.json    who is told of signals, and what waits\n"
    "  log.txt       what sentrad logged last, without its lines about signals\n";
constexpr const char *kWithout = "\nSecrets, addresses, mail addresses and the names of people are "
                                 "taken out; signals are not in "
                                 "it.\nLook through it before you hand it on.\n";
constexpr const char *kWith =
    "  signals.ndjson  the last signals, their secrets taken out\n\nMade with --with-signals: it "
    "names people and addresses. Secrets are taken out.\nLook through it before you hand it on.\n";

std::string joined_lines(const std::vector<std::string> &lines)
{
    std::string text;
    for (const std::string &line : lines)
        text.append(line).append("\n");
    return text;
}

// Accounts of this host, and those that came from elsewhere, as far as sessions and signals know.
std::set<std::string, std::less<>> people_of(const Arguments &arguments)
{
    auto people = people_in(read_file("/etc/passwd").value_or(""));
    const auto add = [&](const Json &name) {
        if (name.is_string() && name != "root" && !name.get<std::string>().empty())
            people.insert(name.get<std::string>());
    };
    for (const Verb verb : {Verb::sessions, Verb::signals}) {
        const auto fetched = fetch(arguments, {.verb = verb, .query = {.most = kPeopleFrom}});
        if (!fetched)
            continue;
        for (const std::string &line : fetched->lines) {
            const Json row = Json::parse(line, nullptr, false);
            if (!row.is_object())
                continue;
            add(row.value("/user/name"_json_pointer, Json()));
            add(row.value("/actor/user/name"_json_pointer, Json()));
            for (const Json &name : row.value("/entities/users"_json_pointer, Json::array()))
                add(name);
        }
    }
    return people;
}

std::string status_of(const Arguments &arguments, bool with_signals)
{
    const auto status = whole_status(arguments);
    if (!status)
        return Json{{"error", status.error().text}}.dump() + "\n";
    Json json = Json::parse(status->lines.front(), nullptr, false);
    if (!with_signals && json.is_object())
        json.erase("last_signal");
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string config_of(const Arguments &arguments)
{
    const auto loaded = loaded_config(arguments, "");
    if (!loaded)
        return loaded.error().text + "\n";
    std::string text;
    for (const pipeline::ShownKey &row : pipeline::show_config(*loaded, true))
        text += row.key + ": " + row.value + "  # " + row.origin + "\n";
    return text;
}

std::string versions()
{
    utsname kernel{};
    ::uname(&kernel);
    std::string text = std::string("sentra ") + SENTRA_VERSION + "\nkernel " + kernel.release +
                       " " + kernel.version + " " + kernel.machine + "\n";
    const std::string system = read_file("/etc/os-release").value_or("");
    for (const std::string_view line : split(system, '\n'))
        if (line.substr(0, 12) == "PRETTY_NAME=" || line.substr(0, 11) == "VERSION_ID=")
            text.append(printable(line)).append("\n");
    text += "type information of the kernel: " +
            std::string(::access("/sys/kernel/btf/vmlinux", R_OK) == 0 ? "there" : "not there") +
            "\n";
    return text;
}

// What sentrad logs about signals names people.
std::string log_of(bool with_signals)
{
    const auto said = output_of({"/usr/bin/journalctl", "--no-pager", "--quiet",
                                 "--output=short-iso", "--lines=3000", "_COMM=sentrad"},
                                kLogBytesMost, kLogPatienceMs);
    if (!said)
        return said.error().text + "\n";
    std::string text;
    for (const std::string_view line : split(*said, '\n'))
        if (!line.empty() && (with_signals || !is_about_a_signal(line)))
            text.append(printable(line, 2000)).append("\n");
    return text.empty() ? "the journal has nothing of sentrad, or may not be read\n" : text;
}

std::string lines_of(const Arguments &arguments, Verb verb)
{
    const auto fetched = fetch(arguments, {.verb = verb});
    return fetched ? joined_lines(fetched->lines)
                   : Json{{"error", fetched.error().text}}.dump() + "\n";
}

std::string signals_of(const Arguments &arguments)
{
    const auto fetched = fetch(arguments, {.verb = Verb::signals});
    if (!fetched)
        return "";
    std::string text;
    output::Removed removed;
    for (const std::string &line : fetched->lines)
        if (auto signal = signal::from_json(line))
            text += signal::to_json(output::redact(std::move(*signal), removed)) + "\n";
    return text;
}

std::string findings_of(const Arguments &arguments)
{
    std::string text;
    for (const pipeline::Finding &finding : examine(arguments))
        text += to_json(finding) + "\n";
    return text;
}

} // namespace

int verb_support_dump(const Arguments &arguments)
{
    const bool with_signals = arguments.has("--with-signals");
    std::vector<Member> members{
        {"README.txt", std::string(kReadme) + (with_signals ? kWith : kWithout)},
        {"status.json", status_of(arguments, with_signals)},
        {"doctor.json", findings_of(arguments)},
        {"config.txt", config_of(arguments)},
        {"versions.txt", versions()},
        {"sinks.json", lines_of(arguments, Verb::sink_list)},
        {"log.txt", log_of(with_signals)},
    };
    output::Removed removed;
    const Scrub scrub(with_signals ? std::set<std::string, std::less<>>() : people_of(arguments));
    for (Member &member : members)
        if (member.name != "README.txt" && member.name != "versions.txt")
            member.bytes =
                with_signals ? output::redact(member.bytes, removed) : scrub(member.bytes);
    if (with_signals)
        members.push_back({"signals.ndjson", signals_of(arguments)});
    auto archive = report::pack(members);
    if (!archive)
        return complain(kFinding, archive.error().text);
    const std::string path = arguments.text("-o");
    if (auto written = replace_file(path, *archive, kOwnerOnly, Keep::safely); !written)
        return complain(kFinding, written.error().text);
    if (arguments.has("--json"))
        std::cout << Json{{"file", path}, {"members", members.size()}}.dump() << "\n";
    else
        std::cout << path << ": " << members.size() << " files, " << archive->size()
                  << " bytes. Look through it before you hand it on.\n";
    return kOk;
}

} // namespace sentra::cli
