// SPDX-License-Identifier: MIT
#include "session/fields.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sentra::session {

namespace {

using event::Value;

constexpr int kAncestorsMax = 32;

// What a derivation may look at.
struct Around {
    const event::Event &event;
    const Context &context;
    const Session &session;
    Scratch &scratch;
};

Value text(std::string_view value)
{
    return value.empty() ? Value{} : Value{value};
}

Value list(std::string_view joined)
{
    return joined.empty() ? Value{} : Value{event::List{joined}};
}

Value number(std::optional<std::uint32_t> value)
{
    return value ? Value{std::uint64_t{*value}} : Value{};
}

const Process *process(const Around &at)
{
    return at.context.process.get();
}

const Process *parent(const Around &at)
{
    return process(at) == nullptr ? nullptr : at.session.parent_of(*process(at));
}

Value command_line(const Around &at, const Process *of)
{
    if (of == nullptr || of->args.empty())
        return {};
    event::List{of->args}.command_line(at.scratch.text);
    return text(at.scratch.text);
}

template <typename Part> Value ancestors(const Around &at, Part part)
{
    at.scratch.text.clear();
    const Process *above = parent(at);
    for (int i = 0; above != nullptr && i < kAncestorsMax; ++i) {
        if (!above->executable.empty())
            at.scratch.text.append(part(*above)).push_back('\0');
        above = at.session.parent_of(*above);
    }
    return list(at.scratch.text);
}

// A text of the process, where there is one.
template <std::string Process::*Member> Value of_process(const Around &at)
{
    return process(at) == nullptr ? Value{} : text(process(at)->*Member);
}

template <std::string Process::*Member> Value name_of_process(const Around &at)
{
    return process(at) == nullptr ? Value{} : text(base_name(process(at)->*Member));
}

Value process_args(const Around &at)
{
    return process(at) == nullptr ? Value{} : list(process(at)->args);
}

Value process_command_line(const Around &at)
{
    return command_line(at, process(at));
}

Value process_interactive(const Around &at)
{
    return process(at) == nullptr ? Value{} : Value{!process(at)->tty.empty()};
}

Value process_known(const Around &at)
{
    return Value{process(at) != nullptr && !process(at)->executable.empty()};
}

// Absent where nobody could ask the database.
Value packaged(const Process *of)
{
    return of == nullptr || !of->package_known ? Value{} : Value{!of->package.empty()};
}

Value process_packaged(const Around &at)
{
    return packaged(process(at));
}

Value parent_package(const Around &at)
{
    return parent(at) == nullptr ? Value{} : text(parent(at)->package);
}

Value parent_packaged(const Around &at)
{
    return packaged(parent(at));
}

Value process_foreign_root(const Around &at)
{
    return process(at) == nullptr ? Value{} : Value{process(at)->foreign_root};
}

Value parent_executable(const Around &at)
{
    const Process *above = parent(at);
    return above == nullptr ? Value{} : text(above->executable);
}

Value parent_name(const Around &at)
{
    const Process *above = parent(at);
    return above == nullptr ? Value{} : text(base_name(above->executable));
}

Value parent_args(const Around &at)
{
    const Process *above = parent(at);
    return above == nullptr ? Value{} : list(above->args);
}

Value parent_command_line(const Around &at)
{
    return command_line(at, parent(at));
}

Value ancestor_executable(const Around &at)
{
    return ancestors(at, [](const Process &above) { return std::string_view(above.executable); });
}

Value ancestor_name(const Around &at)
{
    return ancestors(at, [](const Process &above) { return base_name(above.executable); });
}

// The event's own ids where it is the kernel's; else those of the line's writer.
const sentra_actor *facts(const Around &at)
{
    if (at.event.actor() != nullptr)
        return at.event.actor();
    return process(at) == nullptr ? nullptr : &process(at)->facts;
}

// A process in another root has its names from another /etc. But 0 is root everywhere: the kernel's
// numbers are meant, and no other is mapped to that one.
bool is_named_elsewhere(const Around &at, std::uint32_t id)
{
    return id != 0 && process(at) != nullptr && process(at)->foreign_root;
}

template <std::uint32_t sentra_actor::*Member> Value user_name(const Around &at)
{
    const sentra_actor *actor = facts(at);
    if (actor == nullptr || actor->*Member == SENTRA_UNSET ||
        is_named_elsewhere(at, actor->*Member))
        return {};
    return text(at.session.user_name(actor->*Member));
}

// The host's own sign-in gave it, in whatever root the process is by now.
Value login_user_name(const Around &at)
{
    const sentra_actor *actor = facts(at);
    return actor == nullptr || actor->loginuid == SENTRA_UNSET
               ? Value{}
               : text(at.session.user_name(actor->loginuid));
}

Value group_name(const Around &at)
{
    const sentra_actor *actor = facts(at);
    return actor == nullptr || is_named_elsewhere(at, actor->gid)
               ? Value{}
               : text(at.session.group_name(actor->gid));
}

// 0: one of the two is not known.
Value is_other(std::uint32_t own, std::uint32_t hosts)
{
    return own == 0 || hosts == 0 ? Value{} : Value{own != hosts};
}

Value other_pid_namespace(const Around &at)
{
    const sentra_actor *actor = facts(at);
    return actor == nullptr ? Value{}
                            : is_other(actor->pid_namespace, at.session.host().pid_namespace);
}

Value other_mount_namespace(const Around &at)
{
    const sentra_actor *actor = facts(at);
    return actor == nullptr ? Value{}
                            : is_other(actor->mount_namespace, at.session.host().mount_namespace);
}

Value other_user_namespace(const Around &at)
{
    const sentra_actor *actor = facts(at);
    return actor == nullptr ? Value{}
                            : is_other(actor->user_namespace, at.session.user_namespace());
}

template <std::string Actor::*Member> Value of_actor(const Around &at)
{
    return text((*at.context.actor).*Member);
}

Value actor_kind(const Around &at)
{
    return text(name_of(at.context.actor->kind));
}

Value actor_known(const Around &at)
{
    return Value{at.context.actor->kind != ActorKind::unknown};
}

Value actor_user_name(const Around &at)
{
    return text(at.context.actor->user.name);
}

Value actor_user_id(const Around &at)
{
    return number(at.context.actor->user.id);
}

Value actor_effective_name(const Around &at)
{
    return text(at.context.actor->effective.name);
}

Value session_id(const Around &at)
{
    return number(at.context.actor->audit_session);
}

const Login *login(const Around &at)
{
    return at.context.actor->login ? &*at.context.actor->login : nullptr;
}

Value session_source(const Around &at)
{
    return login(at) == nullptr || !login(at)->source ? Value{} : Value{*login(at)->source};
}

Value session_method(const Around &at)
{
    return login(at) == nullptr ? Value{} : text(login(at)->method);
}

Value session_fingerprint(const Around &at)
{
    return login(at) == nullptr ? Value{} : text(login(at)->fingerprint);
}

Value session_user(const Around &at)
{
    return login(at) == nullptr ? Value{} : text(login(at)->user.name);
}

bool is_file_event(const event::Event &event)
{
    return event.type().id >= SENTRA_FILE_WRITE && event.type().id <= SENTRA_FILE_TRUNCATE;
}

std::string_view file_path(const Around &at)
{
    if (!is_file_event(at.event))
        return {};
    return at.event.text(at.event.as<sentra_file>().path);
}

Value file_name(const Around &at)
{
    return text(base_name(file_path(at)));
}

Value file_directory(const Around &at)
{
    const std::string_view path = file_path(at);
    return path.empty() ? Value{} : text(directory_name(path));
}

Value file_extension(const Around &at)
{
    const std::string_view name = base_name(file_path(at));
    const std::size_t dot = name.rfind('.');
    // ".bashrc" has none.
    return dot == std::string_view::npos || dot == 0 ? Value{} : text(name.substr(dot + 1));
}

Value file_owner(const Around &at)
{
    const std::string_view path = file_path(at);
    if (path.empty())
        return {};
    const auto &body = at.event.as<sentra_file>();
    // In another root neither the path nor the number is one of the host's accounts'.
    if (process(at) != nullptr && process(at)->foreign_root)
        return body.inode == 0 || body.uid != 0 ? Value{} : text(at.session.user_name(body.uid));
    if (const std::string_view owner = at.session.home_owner(path); !owner.empty())
        return text(owner);
    return body.inode == 0 ? Value{} : text(at.session.user_name(body.uid));
}

Value file_origin_name(const Around &at)
{
    if (!is_file_event(at.event))
        return {};
    return text(base_name(at.event.text(at.event.as<sentra_file>().origin)));
}

Value event_name(const Around &at)
{
    return text(at.event.type().name);
}

Value host_name(const Around &at)
{
    return text(at.session.host().name);
}

struct Derivation {
    DerivedField field;
    Value (*read)(const Around &) = nullptr;
};

constexpr Derivation kDerivations[] = {
    {{"process.executable", "the program the process runs"}, of_process<&Process::executable>},
    {{"process.name", "the program's base name"}, name_of_process<&Process::executable>},
    {{"process.args", "its arguments"}, process_args},
    {{"process.command_line", "its arguments, joined by blanks"}, process_command_line},
    {{"process.given_path", "the path handed to execve"}, of_process<&Process::given_path>},
    {{"process.given_name", "that path's base name"}, name_of_process<&Process::given_path>},
    {{"process.working_directory", "where it was started"},
     of_process<&Process::working_directory>},
    {{"process.tty", "its terminal"}, of_process<&Process::tty>},
    {{"process.interactive", "it has a terminal"}, process_interactive},
    {{"process.known", "its program is known"}, process_known},
    {{"process.package", "the package that brought its program"}, of_process<&Process::package>},
    {{"process.packaged", "a package brought its program; absent where that is not known"},
     process_packaged},
    {{"process.foreign_root", "it began in another root than the host's"}, process_foreign_root},
    {{"process.in_other_pid_namespace", "its pid namespace is not the host's"},
     other_pid_namespace},
    {{"process.in_other_mount_namespace", "its mount namespace is not the host's"},
     other_mount_namespace},
    {{"process.in_other_user_namespace", "its user namespace is not the host's"},
     other_user_namespace},
    {{"process.parent.executable", "the parent's program"}, parent_executable},
    {{"process.parent.name", "the parent's program's base name"}, parent_name},
    {{"process.parent.args", "the parent's arguments"}, parent_args},
    {{"process.parent.command_line", "the parent's arguments, joined by blanks"},
     parent_command_line},
    {{"process.parent.package", "the package that brought the parent's program"}, parent_package},
    {{"process.parent.packaged", "a package did; absent where that is not known"}, parent_packaged},
    {{"ancestor.executable", "programs of all ancestors, nearest first"}, ancestor_executable},
    {{"ancestor.name", "base names of all ancestors' programs, nearest first"}, ancestor_name},
    {{"user.name", "name of the real user"}, user_name<&sentra_actor::uid>},
    {{"user.effective.name", "name of the effective user"}, user_name<&sentra_actor::euid>},
    {{"group.name", "name of the real group"}, group_name},
    {{"audit.login.user.name", "who signed in, by the kernel"}, login_user_name},
    {{"actor.kind", "session, unit, job, container, process, kernel or unknown"}, actor_kind},
    {{"actor.unit", "the service"}, of_actor<&Actor::unit>},
    {{"actor.job", "the scheduler"}, of_actor<&Actor::job>},
    {{"actor.container", "the container's id"}, of_actor<&Actor::container>},
    {{"container.id", "the container's id"}, of_actor<&Actor::container>},
    {{"container.runtime", "docker, containerd, cri-o, podman, lxc, systemd-nspawn, ..."},
     of_actor<&Actor::container_runtime>},
    {{"kubernetes.pod.uid", "the pod the container is in"}, of_actor<&Actor::pod>},
    {{"actor.user.name", "who signed in, or as whom the service or job runs"}, actor_user_name},
    {{"actor.user.id", "that user's id"}, actor_user_id},
    {{"actor.effective.name", "as whom it happened"}, actor_effective_name},
    {{"actor.broker", "how the user became effective: sudo, su, ..."}, of_actor<&Actor::broker>},
    {{"actor.known", "it is known who acts"}, actor_known},
    {{"actor.unknown_reason", "why it is not known"}, of_actor<&Actor::unknown_reason>},
    {{"actor.session.id", "the audit session id"}, session_id},
    {{"actor.session.source.ip", "where the session's login came from"}, session_source},
    {{"actor.session.method", "how the session's user signed in"}, session_method},
    {{"actor.session.fingerprint", "the key the session's user signed in with"},
     session_fingerprint},
    {{"actor.session.user.name", "who signed in, by the log"}, session_user},
    {{"file.name", "the file's base name"}, file_name},
    {{"file.directory", "the directory it is in"}, file_directory},
    {{"file.extension", "what follows the last dot of its name"}, file_extension},
    {{"file.owner", "whose home it is in, else its owner's name"}, file_owner},
    {{"file.origin.name", "base name of the old name or the link's target"}, file_origin_name},
    {{"event.name", "the event's type"}, event_name},
    {{"host.name", "the host"}, host_name},
};

constexpr std::size_t kCount = std::size(kDerivations);

constexpr auto kFields = [] {
    std::array<DerivedField, kCount> fields{};
    for (std::size_t i = 0; i < kCount; ++i)
        fields[i] = kDerivations[i].field;
    return fields;
}();

} // namespace

std::span<const DerivedField> derived_fields()
{
    return kFields;
}

std::optional<FieldRef> find_field(std::string_view name)
{
    FieldRef ref;
    ref.name = name;
    ref.own = event::Catalogue::get().find_field(name);
    const auto at = std::find_if(kFields.begin(), kFields.end(),
                                 [name](const DerivedField &field) { return field.name == name; });
    if (at != kFields.end())
        ref.derived = static_cast<std::size_t>(at - kFields.begin());
    return ref.own || ref.derived ? std::optional(std::move(ref)) : std::nullopt;
}

// By its name: a value that hangs on more than its name says needs a line here.
Depends depends_on(const FieldRef &field)
{
    if (!field.derived)
        return Depends::event;
    const std::string_view name = field.name;
    const auto is_below = [name](std::string_view part) { return name.starts_with(part); };
    if (is_below("process.in_other_"))
        return Depends::event; // other events tell which namespaces are the host's
    if (is_below("process.parent.") || is_below("ancestor."))
        return Depends::ancestors;
    if (is_below("process."))
        return Depends::process;
    const bool is_of_actor =
        is_below("actor.") || is_below("container.") || is_below("kubernetes.");
    return is_of_actor ? Depends::actor : Depends::event;
}

event::Value read(const FieldRef &field, const event::Event &event, const Context &context,
                  const Session &session, Scratch &scratch)
{
    if (field.own)
        if (Value own = event.get(*field.own); is_known(own))
            return own;
    if (!field.derived)
        return {};
    return kDerivations[*field.derived].read({event, context, session, scratch});
}

} // namespace sentra::session
