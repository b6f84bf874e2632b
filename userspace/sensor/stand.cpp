// SPDX-License-Identifier: MIT
#include "sensor/stand.h"

#include <cerrno>

namespace sentra::sensor {

namespace {

// A program that the verifier refuses is failed, and the rest tried again.
Result<Object> load(Ladder &ladder, const Stand::Prepare &prepare)
{
    for (;;) {
        const auto unneeded = ladder.unneeded();
        Object::Refusal refusal;
        auto object = Object::load(
            unneeded, [&](sentra_kernel &words) { return prepare(words, ladder); }, refusal);
        if (object || refusal.program.empty())
            return object;
        ladder.fail(refusal.program, refusal.reason);
        if (ladder.unneeded() == unneeded)
            return object; // not a program of the table, or it is needed all the same
    }
}

// Everything chosen; what cannot be attached is failed. Empty: something else has to be loaded now.
std::vector<Attached> attach(Ladder &ladder, const Object &object, const Attacher &attacher)
{
    std::vector<Attached> all;
    bool has_changed = false;
    for (const Hook *hook : ladder.chosen()) {
        auto link = attacher.attach(*hook, object.program(hook->program));
        if (link)
            all.push_back({hook, std::move(*link)});
        else
            has_changed = ladder.fail(*hook, link.error().text) || has_changed;
    }
    if (has_changed)
        all.clear();
    return all;
}

} // namespace

int Stand::program_fd(std::string_view name) const
{
    if (const auto found = programs.find(name); found != programs.end())
        return found->second.get();
    const bpf_program *program = object.program(name);
    return program == nullptr ? -1 : bpf_program__fd(program);
}

Result<Stand> Stand::climb(Ladder ladder, const Prepare &prepare)
{
    const Attacher attacher = Attacher::ask();
    for (;;) {
        auto object = load(ladder, prepare);
        if (!object)
            return tl::unexpected(object.error());
        auto attached = attach(ladder, *object, attacher);
        if (!attached.empty())
            return Stand{std::move(*object), std::move(ladder), std::move(attached), {}};
        if (ladder.chosen().empty())
            return failure("not one hook could be attached: " + ladder.rows().front().reason);
    }
}

} // namespace sentra::sensor
