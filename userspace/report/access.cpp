// SPDX-License-Identifier: MIT
// Who has administrator access, who used it, and what changed: the accounts as the host's files
// have them now, the rest as the period's sessions and signals prove it.
#include <algorithm>
#include <map>

#include "report/parts.h"
#include "report/words.h"
#include "signal/words.h"

namespace sentra::report {

namespace {

std::vector<Access::Use> used_of(const Picture &picture)
{
    std::map<std::string, Access::Use> uses;
    for (const signal::SessionSummary &session : picture.input.sessions) {
        const std::string name = signal::in_words(session.actor.user);
        const bool is_root =
            name == "root" ||
            std::any_of(session.became.begin(), session.became.end(),
                        [](const std::string &became) { return became.rfind("root", 0) == 0; });
        if (!is_root || !picture.is_within(session.last_ns))
            continue;
        Access::Use &use = uses[name.empty() ? "somebody whose name is not known" : name];
        use.first_ns =
            use.sessions == 0 ? session.first_ns : std::min(use.first_ns, session.first_ns);
        use.last_ns = std::max(use.last_ns, session.last_ns);
        use.sessions += 1;
        const auto &login = session.actor.login;
        const std::string source = !login                        ? ""
                                   : login->source               ? login->source->text()
                                   : !login->source_name.empty() ? login->source_name
                                                                 : "the console";
        if (!source.empty() &&
            std::find(use.sources.begin(), use.sources.end(), source) == use.sources.end())
            use.sources.push_back(source);
    }
    std::vector<Access::Use> list;
    for (auto &[name, use] : uses) {
        use.user = name;
        std::sort(use.sources.begin(), use.sources.end());
        list.push_back(std::move(use));
    }
    return list;
}

std::vector<Access::Change> changes_of(const Picture &picture)
{
    std::vector<Access::Change> changes;
    for (const signal::Signal *signal : picture.seen) {
        const std::string who = actor_in_words(signal->actor);
        if (signal->story.empty() && changes_access(signal->rule_id))
            changes.push_back({signal->first_ns, signal->title, who, signal->id});
        for (const signal::Chapter &chapter : signal->story)
            if (changes_access(chapter.rule_id))
                changes.push_back({chapter.first_ns, chapter.title, who, signal->id});
    }
    std::stable_sort(changes.begin(), changes.end(),
                     [](const auto &a, const auto &b) { return a.time_ns < b.time_ns; });
    return changes;
}

} // namespace

Access access_of(const Picture &picture)
{
    Access access;
    if (const auto &facts = picture.input.facts) {
        access.is_read = true;
        access.read_ns = facts->read_ns;
        access.admins = facts->admins;
        access.unread = facts->unread;
    }
    access.used = used_of(picture);
    access.changes = changes_of(picture);
    return access;
}

} // namespace sentra::report
