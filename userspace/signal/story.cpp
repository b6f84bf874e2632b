// SPDX-License-Identifier: MIT
#include "signal/story.h"

#include "base/text.h"
#include "base/time.h"
#include "signal/words.h"

namespace sentra::signal {

namespace {

using session::Actor;
using session::ActorKind;

// Within this of the login a reader takes the deed to be of the same sitting.
constexpr std::uint64_t kSameSittingNs = kHourNs;

bool same_person(const session::Person &a, const session::Person &b)
{
    return a.id && b.id ? *a.id == *b.id : in_words(a) == in_words(b);
}

// As whom the deed was done, when that is somebody other than who came; else empty.
std::string other_identity(const Actor &actor)
{
    const std::string effective = in_words(actor.effective);
    return effective.empty() || same_person(actor.user, actor.effective) ? "" : effective;
}

const session::Person &whom(const Actor &actor)
{
    return in_words(actor.user).empty() ? actor.effective : actor.user;
}

std::string of_whom(const session::Person &person)
{
    const std::string name = in_words(person);
    return name.empty() ? "" : " of " + name;
}

std::string as_whom(const session::Person &person)
{
    const std::string name = in_words(person);
    return name.empty() ? "" : " (as " + name + ")";
}

std::string unit_in_words(const Actor &actor)
{
    constexpr std::string_view service = ".service";
    const std::string &unit = actor.unit;
    const bool is_service =
        unit.size() > service.size() &&
        unit.compare(unit.size() - service.size(), service.size(), service) == 0;
    return (is_service ? "the service " : "the unit ") + printable(unit, kArgumentBytes) +
           as_whom(whom(actor));
}

std::string job_in_words(const Actor &actor)
{
    // cron and at name no job of their own, only whose it is; a timer's unit has a name.
    if (actor.job.find('.') == std::string::npos)
        return "a scheduled job" + of_whom(whom(actor));
    return "the scheduled job " + printable(actor.job, kArgumentBytes) + as_whom(whom(actor));
}

std::string container_in_words(const Actor &actor)
{
    // Runtimes show the first 12 digits of an id; a name is shown whole.
    const bool is_id = actor.container.size() == 64;
    return "a process in the container " +
           printable(is_id ? actor.container.substr(0, 12) : actor.container, kArgumentBytes) +
           as_whom(whom(actor));
}

std::string unknown_in_words(const Actor &actor, bool has_process)
{
    if (has_process)
        return "a process" + of_whom(whom(actor)) + " whose login is not known";
    const std::string name = in_words(whom(actor));
    return name.empty() ? "someone whose login is not known" : name + ", whose login is not known,";
}

std::string subject(const Actor &actor, bool has_process)
{
    switch (actor.kind) {
    case ActorKind::session: {
        const std::string whose = of_whom(whom(actor));
        return "a session" + (whose.empty() ? " of a user whose name is not known" : whose) +
               " whose sign-in was not seen";
    }
    case ActorKind::unit:
        return unit_in_words(actor);
    case ActorKind::job:
        return job_in_words(actor);
    case ActorKind::container:
        return container_in_words(actor);
    case ActorKind::process:
        return "a process" + of_whom(whom(actor)) + " outside any login or service";
    case ActorKind::kernel:
        return "the kernel";
    case ActorKind::unknown:
        break;
    }
    return unknown_in_words(actor, has_process);
}

std::string without_login(const Actor &actor, std::uint64_t deed_ns, bool has_process)
{
    std::string start = "On " + format_for_reading(deed_ns) + ", " + subject(actor, has_process);
    const std::string other = other_identity(actor);
    // Without a known origin there is nobody to be told apart from whom it acted as.
    if (other.empty() || actor.kind == ActorKind::kernel || in_words(actor.user).empty())
        return start;
    if (!actor.broker.empty())
        return start + " became " + other + " with " + broker_in_words(actor.broker) + " and";
    // Without a process, `effective` may be no more than the user the line's writer runs as.
    if (!has_process)
        return start;
    return start + ", acting as " + other + ",";
}

std::string with_login(const Actor &actor, const session::Login &login, std::uint64_t deed_ns)
{
    const bool dated = login.time_ns != 0;
    const std::string name = in_words(in_words(actor.user).empty() ? login.user : actor.user);
    std::string text = "On " + format_for_reading(dated ? login.time_ns : deed_ns) + ", " +
                       (name.empty() ? "a user whose name is not known" : name) +
                       (dated ? " signed in" : ", signed in");
    for (const std::string &part :
         {origin_in_words(login, actor.tty), method_in_words(login.method)})
        if (!part.empty())
            text += " " + part;

    const std::string other = other_identity(actor);
    const bool brokered = !other.empty() && !actor.broker.empty();
    if (brokered)
        text += ", became " + other + " with " + broker_in_words(actor.broker);
    text += dated || brokered ? " and" : ",";
    const bool later = dated && (deed_ns > login.time_ns + kSameSittingNs ||
                                 deed_ns / kDayNs > login.time_ns / kDayNs);
    if (later)
        text += ", " + later_in_words(login.time_ns, deed_ns) + ",";
    if (!other.empty() && !brokered)
        text += (text.back() == ',' ? " acting as " : ", acting as ") + other + ",";
    return text;
}

} // namespace

std::string story(const Actor &actor, std::uint64_t deed_ns, bool has_process)
{
    if (actor.kind == ActorKind::session && actor.login)
        return with_login(actor, *actor.login, deed_ns);
    return without_login(actor, deed_ns, has_process);
}

} // namespace sentra::signal
