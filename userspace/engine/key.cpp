// SPDX-License-Identifier: MIT
#include "engine/key.h"

namespace sentra::engine {

namespace {

using session::ActorKind;

void add_process(const session::ProcessKey &process, std::string &key)
{
    key += std::to_string(process.pid);
    key += '@';
    key += std::to_string(process.start_ns);
}

// The oldest ancestor in the same control group and login: a service's first process, a session's
// first shell.
const session::Process &tree_root(const session::Process &process)
{
    constexpr int kDeepest = 256;
    const session::Process *root = &process;
    for (int i = 0; i < kDeepest && root->parent != nullptr; ++i) {
        const sentra_actor &mine = process.facts;
        const sentra_actor &above = root->parent->facts;
        if (above.cgroup_id != mine.cgroup_id || above.audit_session != mine.audit_session)
            break;
        root = root->parent.get();
    }
    return *root;
}

Joined add_field(const session::FieldRef &field, const Asked &asked, std::string &key)
{
    const event::Value value =
        session::read(field, asked.event, asked.context, asked.session, asked.buffers.value);
    if (!is_known(value))
        return Joined::excluded;
    key += event::to_text(value);
    return Joined::yes;
}

Joined add_field(std::string_view name, const Asked &asked, std::string &key)
{
    const auto field = session::find_field(name);
    return field ? add_field(*field, asked, key) : Joined::excluded;
}

Joined add_part(By by, const Asked &asked, std::string &key)
{
    const session::Context &context = asked.context;
    switch (by) {
    case By::host:
        return Joined::yes;
    case By::user:
        return add_field("user.name", asked, key);
    case By::source:
        return add_field("source.ip", asked, key);
    case By::session:
        if (context.actor == nullptr || context.actor->kind != ActorKind::session)
            return Joined::excluded;
        key += context.actor->key;
        return Joined::yes;
    case By::unit:
        if (context.actor == nullptr || context.actor->unit.empty())
            return Joined::excluded;
        key += context.actor->unit;
        return Joined::yes;
    case By::process:
    case By::process_tree:
        if (context.process == nullptr)
            return Joined::excluded;
        add_process(by == By::process ? context.process->key : tree_root(*context.process).key,
                    key);
        return Joined::yes;
    case By::actor:
        break;
    }
    if (context.actor != nullptr && !context.actor->key.empty()) {
        key += context.actor->key;
        return Joined::yes;
    }
    if (context.process == nullptr)
        return Joined::alone;
    add_process(context.process->key, key);
    return Joined::yes;
}

} // namespace

Joined join_key(const CompiledRule &rule, const Asked &asked, std::string &key)
{
    key.clear();
    Joined all = Joined::yes;
    for (const By by : rule.by) {
        const Joined one = add_part(by, asked, key);
        if (one == Joined::excluded)
            return one;
        if (one == Joined::alone)
            all = one;
        key += '\x1f';
    }
    for (const session::FieldRef &field : rule.by_fields) {
        if (add_field(field, asked, key) == Joined::excluded)
            return Joined::excluded;
        key += '\x1f';
    }
    return all;
}

} // namespace sentra::engine
