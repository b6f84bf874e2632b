// SPDX-License-Identifier: MIT
#include "sensor/ladder.h"

#include <algorithm>

#include "event/catalogue.h"

namespace sentra::sensor {

namespace {

bool has_rung(Concern concern, Rung rung)
{
    const auto is_of = [&](const Hook &hook) {
        return hook.concern == concern && hook.rung == rung;
    };
    return std::any_of(hooks().begin(), hooks().end(), is_of);
}

std::string_view event_name(sentra_type type)
{
    return event::Catalogue::get().find_type(static_cast<std::uint16_t>(type))->name;
}

std::vector<std::string> sentences(std::uint32_t blind)
{
    constexpr std::pair<Blind, std::string_view> words[] = {
        {kBlind32Bit, "system calls of 32-bit programs"},
        {kBlindIoUring, "operations through io_uring, but that there was one"},
        {kBlindFailed, "what was tried and refused"},
        {kCallersPath, "the file itself: its path is the caller's word"},
        {kBlindKernelMade, "changes that no call for changing credentials made"},
    };
    std::vector<std::string> lines;
    for (const auto &[bit, text] : words)
        if (blind & bit)
            lines.emplace_back(text);
    return lines;
}

template <typename T> void add_once(std::vector<T> &all, const T &one)
{
    if (std::find(all.begin(), all.end(), one) == all.end())
        all.push_back(one);
}

// all: parts with `between` between them.
void append_once(std::string &all, std::string_view one, std::string_view between)
{
    const std::string fence(between);
    if (one.empty() ||
        (fence + all + fence).find(fence + std::string(one) + fence) != std::string::npos)
        return;
    if (!all.empty())
        all += between;
    all += one;
}

bool tells(Concern concern, std::string_view event)
{
    for (const ConcernRow &row : concerns())
        for (const sentra_type type : row.events)
            if (row.concern == concern && type != sentra_type{} && event_name(type) == event)
                return true;
    return false;
}

} // namespace

Ladder::Ladder(Ground ground, std::optional<Rung> only) : ground_(std::move(ground)), only_(only)
{
    for (const Hook &hook : hooks())
        if (std::string reason = ground_.missing(hook); !reason.empty())
            failed_.emplace(&hook, std::move(reason));
    ground_.missing = nullptr; // it looks at what need not live as long as the ladder
    for (const ConcernRow &concern : concerns()) {
        Place place;
        place.concern = &concern;
        place.order = order_of(concern);
        climb_down(place);
        places_.push_back(std::move(place));
    }
}

std::vector<Rung> Ladder::order_of(const ConcernRow &concern) const
{
    using enum Rung;
    std::vector<Rung> order;
    if (only_)
        order = {*only_, tracepoint};
    else if (concern.order == Order::tracepoint_first && !ground_.tracepoints_are_preempted)
        order = {tracepoint, lsm, kprobe, fentry};
    else if (concern.order == Order::tracepoint_first)
        order = {lsm, kprobe, tracepoint, fentry};
    else if (concern.order == Order::function_first && ground_.fentry_is_preempted)
        order = {kprobe, lsm, fentry, tracepoint};
    else if (concern.order == Order::function_first)
        order = {fentry, kprobe, lsm, tracepoint};
    else if (ground_.fentry_is_preempted)
        order = {lsm, kprobe, fentry, tracepoint};
    else
        order = {lsm, fentry, kprobe, tracepoint};
    if (order.size() == 2 && order[0] == order[1])
        order.pop_back();
    const auto lacks = [&](Rung rung) { return !has_rung(concern.concern, rung); };
    order.erase(std::remove_if(order.begin(), order.end(), lacks), order.end());
    return order;
}

// Why a rung cannot be stood on; empty: it can.
std::string Ladder::obstacle(Concern concern, Rung rung) const
{
    if (const std::string &refusal = ground_.of(rung).refusal; !refusal.empty())
        return refusal;
    std::string last;
    bool is_any_left = false;
    for (const Hook &hook : hooks()) {
        if (hook.concern != concern || hook.rung != rung)
            continue;
        const auto failed = failed_.find(&hook);
        if (failed != failed_.end() && !hook.is_optional && rung != Rung::tracepoint)
            return failed->second;
        if (failed == failed_.end())
            is_any_left = true;
        else
            last = failed->second;
    }
    return is_any_left ? std::string() : last;
}

void Ladder::climb_down(Place &place)
{
    while (place.at < place.order.size()) {
        const Rung rung = place.order[place.at];
        std::string reason = obstacle(place.concern->concern, rung);
        if (reason.empty())
            return;
        place.refused.emplace(rung, std::move(reason));
        ++place.at;
    }
}

bool Ladder::is_in_use(const Hook &hook) const
{
    const Place &place = places_[static_cast<std::size_t>(hook.concern)];
    return place.at < place.order.size() && place.order[place.at] == hook.rung;
}

std::vector<const Hook *> Ladder::chosen() const
{
    std::vector<const Hook *> all;
    for (const Hook &hook : hooks())
        if (is_in_use(hook) && failed_.count(&hook) == 0)
            all.push_back(&hook);
    return all;
}

std::vector<std::string_view> Ladder::unneeded() const
{
    const auto needed = chosen();
    std::vector<std::string_view> all;
    for (const Hook &hook : hooks()) {
        const auto is_it = [&](const Hook *one) { return one->program == hook.program; };
        if (std::none_of(needed.begin(), needed.end(), is_it))
            add_once(all, hook.program);
    }
    return all;
}

Rung Ladder::rung(Concern concern) const
{
    const Place &place = places_[static_cast<std::size_t>(concern)];
    return place.order[std::min(place.at, place.order.size() - 1)];
}

bool Ladder::fail(const Hook &hook, const std::string &reason)
{
    failed_.emplace(&hook, reason);
    Place &place = places_[static_cast<std::size_t>(hook.concern)];
    const std::size_t was_at = place.at;
    climb_down(place);
    return place.at != was_at;
}

bool Ladder::fail(std::string_view program, const std::string &reason)
{
    bool has_changed = false;
    for (const Hook &hook : hooks())
        if (hook.program == program)
            has_changed = fail(hook, reason) || has_changed;
    return has_changed;
}

bool Ladder::fail(Rung rung, const std::string &reason)
{
    ground_.rungs[static_cast<std::size_t>(rung)].refusal = reason;
    bool has_changed = false;
    for (Place &place : places_) {
        const std::size_t was_at = place.at;
        climb_down(place);
        has_changed = has_changed || place.at != was_at;
    }
    return has_changed;
}

std::string Ladder::reason(const Hook &hook) const
{
    const auto failed = failed_.find(&hook);
    return failed == failed_.end() ? std::string() : failed->second;
}

std::vector<ProgramRow> Ladder::rows() const
{
    std::vector<ProgramRow> rows;
    for (const Hook &hook : hooks()) {
        const Place &place = places_[static_cast<std::size_t>(hook.concern)];
        // Of a concern that nothing serves the last rung's rows stay, with their reasons.
        const bool is_last = place.at == place.order.size() && place.order.back() == hook.rung;
        if (!is_in_use(hook) && !is_last)
            continue;
        ProgramRow row;
        row.event = event_name(hook.event);
        row.program = hook.program;
        row.hook = hook.label();
        row.rung = name_of(hook.rung);
        const auto failed = failed_.find(&hook);
        row.attached = !is_last && failed == failed_.end();
        if (failed != failed_.end())
            row.reason = failed->second;
        else if (is_last)
            row.reason = place.refused.at(hook.rung);
        rows.push_back(std::move(row));
    }
    return rows;
}

void Ladder::describe(Watch &watch, const Place &place) const
{
    const ConcernRow &concern = *place.concern;
    for (const auto &[rung, reason] : place.refused)
        append_once(watch.reason, std::string(name_of(rung)) + ": " + reason, "; ");
    if (place.at == place.order.size()) {
        add_once(watch.blind, std::string(concern.name));
        return;
    }
    const Rung rung = place.order[place.at];
    append_once(watch.rung, name_of(rung), ", ");
    std::vector<std::string> lost = sentences(blindness(concern.concern, rung));
    if (ground_.tracepoints_are_preempted && rung == Rung::tracepoint)
        lost.emplace_back("what happens while a program of the sensor is preempted (counted)");
    else if (ground_.fentry_is_preempted && rung == Rung::fentry)
        lost.emplace_back("what happens while a program of the sensor is preempted (counted)");
    for (const std::string &line : lost)
        add_once(watch.blind, line);
    if (lost.empty())
        return;
    for (const auto &[above, reason] : place.refused)
        append_once(watch.better, ground_.of(above).advice, "; ");
}

std::vector<Watch> Ladder::watches() const
{
    std::vector<Watch> watches;
    for (const Place &place : places_) {
        for (const sentra_type type : place.concern->events) {
            if (type == sentra_type{})
                continue;
            const std::string_view name = event_name(type);
            auto found = std::find_if(watches.begin(), watches.end(),
                                      [&](const Watch &watch) { return watch.event == name; });
            if (found == watches.end()) {
                watches.emplace_back();
                found = watches.end() - 1;
                found->event = name;
            }
            describe(*found, place);
        }
    }
    for (Watch &watch : watches) {
        for (const Hook *hook : chosen())
            if (tells(hook->concern, watch.event))
                append_once(watch.hooks, hook->label(), ", ");
        if (watch.rung.empty())
            watch.rung = "not watched";
    }
    return watches;
}

} // namespace sentra::sensor
