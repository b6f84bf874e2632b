// SPDX-License-Identifier: MIT
// What is asked of the reader: whom to ask, what to check, how to tell that it is fine, by when,
// and what follows otherwise.
#include <set>

#include "report/parts.h"
#include "report/words.h"
#include "signal/words.h"

namespace sentra::report {

namespace {

constexpr double kSoonFrom = 0.8; // from this score on, the next day
constexpr std::uint64_t kSoonNs = kDayNs, kLaterNs = 3 * kDayNs;

std::string who_of(const Picture &picture, const signal::Signal &signal)
{
    const session::Actor &actor = signal.actor;
    const std::string name = signal::in_words(actor.user);
    using Kind = session::ActorKind;
    if (actor.kind == Kind::unit)
        return "Whoever runs the service " + actor.unit;
    if (actor.kind == Kind::job || actor.kind == Kind::container)
        return "Whoever looks after " + actor_in_words(actor);
    if (name.empty() || name == "root")
        return "Whoever works as root on " + picture.input.host;
    std::string who = name;
    if (actor.login)
        if (const std::string from = signal::origin_in_words(*actor.login, actor.tty);
            !from.empty())
            who += ", whose account was signed in to " + from;
    return who;
}

// The step of the playbook that says when nothing is to be done.
std::string fine_when(const Picture &picture, const signal::Signal &signal)
{
    const auto playbook = picture.input.playbooks.find(signal.playbook);
    if (playbook != picture.input.playbooks.end())
        for (const std::string &step : playbook->second.steps)
            if (step.rfind("If ", 0) == 0 && (step.find("nothing is to be done") != step.npos ||
                                              step.find("nothing has to be done") != step.npos))
                return step;
    return "Whoever is named says that it was them, and that it was meant to happen.";
}

} // namespace

std::vector<Need> needs_of(const Picture &picture, std::size_t most)
{
    std::vector<Need> needs;
    for (const signal::Signal *signal : picture.open) {
        if (needs.size() == most)
            break;
        Need need;
        need.id = signal->id;
        need.title = signal->title;
        need.who = who_of(picture, *signal);
        need.when = moment(signal->first_ns, picture.input.zone);
        need.saw = signal->narrative;
        need.check = signal->action_text;
        need.fine = fine_when(picture, *signal);
        need.by = day(picture.input.written_ns + (signal->score >= kSoonFrom ? kSoonNs : kLaterNs),
                      picture.input.zone);
        need.otherwise = consequence(signal->intent);
        needs.push_back(std::move(need));
    }
    return needs;
}

std::vector<engine::Playbook> playbooks_of(const Picture &picture)
{
    constexpr std::size_t most = 3;
    std::vector<engine::Playbook> found;
    std::set<std::string> named;
    for (const signal::Signal *signal : picture.open) {
        const auto playbook = picture.input.playbooks.find(signal->playbook);
        if (playbook != picture.input.playbooks.end() && found.size() < most &&
            named.insert(signal->playbook).second)
            found.push_back(playbook->second);
    }
    return found;
}

} // namespace sentra::report
