// SPDX-License-Identifier: MIT
#include "engine/cast.h"

namespace sentra::engine {

namespace {

// The namespaces of a host's first process have had these numbers since Linux 3.8.
constexpr const char *kPidNamespace = "4026531836";
constexpr const char *kMountNamespace = "4026531841";
constexpr const char *kUserNamespace = "4026531837";

const event::Type &type_named(std::string_view name)
{
    return *event::Catalogue::get().find_type(name);
}

bool has_field(const event::Type &type, std::string_view field)
{
    const auto id = event::Catalogue::get().find_field(field);
    return id && type.slot(*id) != nullptr;
}

// "was" is what the event says the process was, "is" what it is.
struct Before {
    const char *was, *is;
};
constexpr Before kBefore[] = {
    {"process.previous.user.id", "user.id"},
    {"process.previous.user.effective.id", "user.effective.id"},
    {"process.previous.user.saved.id", "user.saved.id"},
    {"process.previous.user.filesystem.id", "user.filesystem.id"},
    {"process.previous.group.id", "group.id"},
    {"process.previous.group.effective.id", "group.effective.id"},
    {"process.previous.group.saved.id", "group.saved.id"},
    {"process.previous.group.filesystem.id", "group.filesystem.id"},
    {"process.previous.capabilities.effective", "process.capabilities.effective"},
    {"process.previous.capabilities.permitted", "process.capabilities.permitted"},
};

// What an exec says of the process and not of the program: the next exec has it too.
bool outlives_exec(std::string_view field)
{
    return field == "process.tty" || field == "process.cgroup.path" ||
           field == "process.working_directory";
}

// Where only the real id is written, the process has the one id throughout.
void spread_ids(Facts &facts, const Facts &said)
{
    for (const std::string kind : {"user", "group"}) {
        const auto id = said.find(kind + ".id");
        if (id == said.end())
            continue;
        for (const char *other : {".effective.id", ".saved.id", ".filesystem.id"})
            if (said.find(kind + other) == said.end())
                facts[kind + other] = id->second;
    }
}

} // namespace

bool is_actor_field(std::string_view field)
{
    return has_field(type_named("process.fork"), field);
}

Member &Cast::add(const std::string &name, const Member *parent, std::uint64_t start_boot_ns)
{
    Member member;
    if (parent != nullptr) {
        member = *parent;
        member.facts["process.parent.pid"] = parent->facts.at("process.pid");
        member.facts["process.parent.start_ns"] = parent->facts.at("process.start_ns");
    } else {
        member.facts["process.parent.pid"] = {"1"};
        member.facts["process.namespace.process"] = {kPidNamespace};
        member.facts["process.namespace.mount"] = {kMountNamespace};
        member.facts["process.namespace.user"] = {kUserNamespace};
    }
    const std::string pid = std::to_string(next_pid_++);
    for (const char *field : {"process.pid", "process.thread.id", "process.namespace.pid"})
        member.facts[field] = {pid};
    member.facts["process.start_ns"] = {std::to_string(start_boot_ns)};
    return members_.insert_or_assign(name, std::move(member)).first->second;
}

Member *Cast::find(std::string_view name)
{
    const auto found = members_.find(name);
    return found == members_.end() ? nullptr : &found->second;
}

std::vector<std::string_view> Cast::names() const
{
    std::vector<std::string_view> all;
    for (const auto &[name, member] : members_)
        all.emplace_back(name);
    return all;
}

void Cast::fill(const Member &member, const event::Type &type, Facts &into)
{
    for (const auto &[field, values] : member.facts)
        if (has_field(type, field) && (is_actor_field(field) || outlives_exec(field)))
            into.emplace(field, values);
}

void Cast::number_cgroup(Facts &facts)
{
    const auto path = facts.find("process.cgroup.path");
    if (path == facts.end() || path->second.size() != 1 || facts.count("process.cgroup.id") != 0)
        return;
    const auto number =
        cgroups_.emplace(path->second.front(), 5000 + cgroups_.size()).first->second;
    facts["process.cgroup.id"] = {std::to_string(number)};
}

void Cast::learn(Member &member, const event::Type &type, Facts &event)
{
    spread_ids(event, event);
    number_cgroup(event);
    if (event.count("process.pid") != 0)
        for (const char *field : {"process.thread.id", "process.namespace.pid"})
            event.emplace(field, event.at("process.pid"));
    for (const Before &before : kBefore) {
        const auto was = member.facts.find(before.is);
        if (was != member.facts.end() && has_field(type, before.was))
            event.emplace(before.was, was->second);
    }
    for (const auto &[field, values] : event)
        if (is_actor_field(field) || outlives_exec(field) || field == "process.executable")
            member.facts[field] = values;
}

} // namespace sentra::engine
