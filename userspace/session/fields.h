// SPDX-License-Identifier: MIT
// The fields a rule can name: those of the event itself (event/catalogue.h) first, and where the
// event has no such field or no value for it, what the session knows around it (the list below).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "event/event.h"
#include "session/session.h"

namespace sentra::session {

// Around any event with a process:
//   process.executable .name .args .command_line .given_path .given_name .working_directory .tty
//   process.interactive (has a tty)  process.known
//   process.package .packaged (absent where the package database does not say)
//   process.foreign_root .in_other_pid_namespace .in_other_mount_namespace .in_other_user_namespace
//   process.parent.executable .name .args .command_line .package .packaged
//   ancestor.executable  ancestor.name   (lists, nearest first, at most 32, without the process
//   itself) user.name user.effective.name group.name audit.login.user.name
// Around any event:
//   actor.kind actor.unit actor.job actor.container actor.user.name actor.user.id
//   actor.effective.name actor.broker actor.known actor.unknown_reason
//   actor.session.id actor.session.source.ip actor.session.method actor.session.fingerprint
//   actor.session.user.name  container.id container.runtime kubernetes.pod.uid
// Around file events: file.name file.directory file.extension file.owner (whose home, else owner's
// name)
//   file.origin.name
// Around any event: event.name ("file.write"), host.name
struct DerivedField {
    std::string_view name;
    std::string_view says;
};
[[nodiscard]] std::span<const DerivedField> derived_fields();

// A field resolved once (when a rule is compiled), read many times.
struct FieldRef {
    std::string name;
    std::optional<event::FieldId> own;  // in the event
    std::optional<std::size_t> derived; // index into derived_fields()
};
// nullopt: no event and no derivation has a field of that name.
[[nodiscard]] std::optional<FieldRef> find_field(std::string_view name);

// What a derived value hangs on: as long as that is the same object, so is the value. event: on
// more than one of the others, or on what the session learns from other events.
enum class Depends : std::uint8_t { event, process, ancestors, actor };
inline constexpr std::size_t kDependsCount = 4;
// process: of Context::process; actor: of Context::actor; ancestors: of its Process::parent, if
// there is one and everybody above has one, up to who was spawned by nobody (pid 0).
[[nodiscard]] Depends depends_on(const FieldRef &field);

// Where a derived value is put together; the returned Value may point into it, the event or the
// context, and is valid until the Scratch is used again or destroyed.
struct Scratch {
    std::string text;
};
[[nodiscard]] event::Value read(const FieldRef &field, const event::Event &event,
                                const Context &context, const Session &session, Scratch &scratch);

} // namespace sentra::session
