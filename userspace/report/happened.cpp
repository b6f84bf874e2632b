// SPDX-License-Identifier: MIT
// What happened, in a few sentences with names and times, and how much of it was background.
#include <algorithm>
#include <map>
#include <optional>

#include "report/parts.h"
#include "report/words.h"
#include "signal/words.h"

namespace sentra::report {

namespace {

constexpr std::size_t kFactsMost = 6, kIdsMost = 3;

// Signals that say the same and stand the same.
struct Alike {
    int weight = 0; // of their state
    double score = 0;
    std::vector<const signal::Signal *> signals;
};

int weight_of(const signal::Signal &signal)
{
    if (signal.action_needed)
        return 2;
    return signal.state == "Low (Reviewed)" ? 1 : 0;
}

std::string times(std::uint64_t count)
{
    return count == 1 ? "once" : count == 2 ? "twice" : number(count) + " times";
}

void add_once(std::vector<std::string> &list, const std::string &text)
{
    if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end())
        list.push_back(text);
}

std::string details_of(const Picture &picture, const Alike &alike)
{
    std::vector<std::string> actors;
    for (const signal::Signal *signal : alike.signals)
        if (signal->actor.kind != session::ActorKind::unknown)
            add_once(actors, actor_in_words(signal->actor));
    const signal::Signal &first = *alike.signals.front(), &last = *alike.signals.back();
    const Zone &zone = picture.input.zone;
    std::string text;
    if (!actors.empty())
        text = "By " + listed(actors) + ", ";
    if (alike.signals.size() == 1)
        text += "on " + moment(first.first_ns, zone) + ".";
    else
        text += counted(alike.signals.size(), "time", "times") + " from " +
                moment(first.first_ns, zone) + " to " + moment(last.last_ns, zone) + ".";
    if (alike.weight == 2)
        text += " It asks for a look.";
    if (const std::string decided = decision_in_words(last); !decided.empty())
        text += " " + as_sentence(decided) + ".";
    if (std::any_of(alike.signals.begin(), alike.signals.end(),
                    [](const auto *signal) { return !signal->coverage_complete; }))
        text += " We could not see all of it.";
    return actors.empty() ? as_sentence(text) : text;
}

std::vector<Alike> alike_of(const Picture &picture)
{
    std::map<std::pair<int, std::string>, Alike> groups;
    for (const signal::Signal *signal : picture.seen) {
        if (is_noise(signal->rule_id))
            continue;
        Alike &group = groups[{weight_of(*signal), signal->title}];
        group.weight = weight_of(*signal);
        group.score = std::max(group.score, signal->score);
        group.signals.push_back(signal);
    }
    std::vector<Alike> ordered;
    ordered.reserve(groups.size());
    for (auto &[key, group] : groups)
        ordered.push_back(std::move(group));
    std::stable_sort(ordered.begin(), ordered.end(), [](const Alike &a, const Alike &b) {
        return a.weight != b.weight ? a.weight > b.weight : a.score > b.score;
    });
    return ordered;
}

// Who signed in, and who of them became root.
std::optional<Happened> sign_ins(const Picture &picture)
{
    std::map<std::string, std::uint64_t> people, roots;
    std::uint64_t all = 0;
    for (const signal::SessionSummary &session : picture.input.sessions) {
        if (!picture.is_within(session.last_ns))
            continue;
        std::string name = signal::in_words(session.actor.user);
        if (name.empty())
            name = "somebody whose name is not known";
        all += 1;
        people[name] += 1;
        for (const std::string &became : session.became)
            if (became.rfind("root", 0) == 0) {
                roots[name] += 1;
                break;
            }
    }
    if (all == 0)
        return std::nullopt;
    const auto in_words = [](const std::map<std::string, std::uint64_t> &who) {
        std::vector<std::string> names;
        names.reserve(who.size());
        for (const auto &[name, count] : who)
            names.push_back(name + " (" + times(count) + ")");
        return listed(names, 6);
    };
    Happened fact;
    fact.what = "We saw " + counted(all, "session", "sessions") + " of people, under " +
                counted(people.size(), "account", "accounts") + ".";
    fact.details = in_words(people) + ". " +
                   (roots.empty() ? "We did not see anybody become root."
                                  : "With root's rights: " + in_words(roots) + ".");
    return fact;
}

std::string compared_in_words(const Noise &noise)
{
    const std::string before =
        (noise.weeks == 1 ? "that of an earlier week ("
                          : "the average of " + number(noise.weeks) + " earlier weeks (") +
        number(noise.before) + ")";
    const std::uint64_t apart =
        noise.refused > noise.before ? noise.refused - noise.before : noise.before - noise.refused;
    const std::uint64_t percent = (apart * 100 + noise.before / 2) / noise.before;
    if (percent == 0)
        return "It is as many as " + before + ".";
    // Beyond twice as many a percentage is hard to picture.
    if (noise.refused >= 2 * noise.before)
        return "It is " + number(noise.refused / noise.before) + " times " + before + ".";
    return "The number is " + number(percent) + " % " +
           (noise.refused > noise.before ? "above " : "below ") + before + ".";
}

} // namespace

std::vector<Happened> happened_of(const Picture &picture)
{
    std::vector<Happened> facts;
    const std::vector<Alike> groups = alike_of(picture);
    const std::optional<Happened> people = sign_ins(picture);
    const std::size_t room = kFactsMost - (people ? 1 : 0);
    const std::size_t shown = groups.size() > room ? room - 1 : groups.size();
    for (std::size_t at = 0; at < shown; ++at) {
        const Alike &group = groups[at];
        Happened fact{group.signals.front()->title + ".", details_of(picture, group), {}};
        for (const signal::Signal *signal : group.signals)
            if (fact.ids.size() < kIdsMost)
                fact.ids.push_back(signal->id);
        facts.push_back(std::move(fact));
    }
    if (people)
        facts.push_back(*people);
    if (shown < groups.size()) {
        std::size_t signals = 0;
        std::vector<std::string> titles;
        for (std::size_t at = shown; at < groups.size(); ++at) {
            signals += groups[at].signals.size();
            titles.push_back(groups[at].signals.front()->title + " (" +
                             times(groups[at].signals.size()) + ")");
        }
        facts.push_back({"Besides that, " + counted(signals, "more signal", "more signals") + ".",
                         listed(titles, 6) + ". The table at the end lists all of them.",
                         {}});
    }
    return facts;
}

Noise noise_of(const Picture &picture)
{
    constexpr std::size_t compared = 4;
    Noise noise;
    for (const signal::Signal *signal : picture.seen)
        if (is_noise(signal->rule_id)) {
            noise.refused += signal->count;
            noise.ids.push_back(signal->id);
        }
    const Input &input = picture.input;
    std::uint64_t total = 0;
    for (std::size_t back = 1; back <= compared; ++back) {
        const Period week =
            days_before(input.period.from_ns, static_cast<int>(back - 1) * 7, 7, input.zone);
        // A week that was watched in part would make this one look louder than it is.
        if (watched_ns(input, week) < (week.to_ns - week.from_ns) / 100 * 99)
            continue;
        noise.weeks += 1;
        for (const signal::Signal &signal : input.signals)
            if (is_noise(signal.rule_id) && signal.last_ns >= week.from_ns &&
                signal.last_ns < week.to_ns)
                total += signal.count;
    }
    noise.before = noise.weeks == 0 ? 0 : (total + noise.weeks / 2) / noise.weeks;
    const bool is_week = input.period.to_ns - input.period.from_ns <= 7 * kDayNs + kHourNs &&
                         input.period.to_ns - input.period.from_ns >= 7 * kDayNs - kHourNs;
    if (noise.weeks == 0)
        noise.comparison = "There is no earlier week that was watched throughout to compare with.";
    else if (is_week && noise.before > 0)
        noise.comparison = compared_in_words(noise);
    noise.sentence =
        noise.refused == 0
            ? "We saw no day on which ten or more sign-ins over SSH failed."
            : counted(noise.refused, "sign-in", "sign-ins") +
                  " over SSH failed or were turned away. That is everyday background for a server "
                  "that the Internet can reach.";
    return noise;
}

} // namespace sentra::report
