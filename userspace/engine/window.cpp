// SPDX-License-Identifier: MIT
#include "engine/window.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"

namespace sentra::engine {

namespace {

constexpr std::size_t kWindowsMax = 16'384; // open at once: a day of one signal every five seconds
// A closed window waits for late events before it is forgotten.
constexpr std::uint64_t kGraceNs = 10 * kMinuteNs;
// The journal is read again from a day before; beginnings older than that are of no use.
constexpr std::uint64_t kBegunNs = 3 * kDayNs;

std::string hashed(const Rule &rule, const std::vector<std::string> &values)
{
    std::string text = rule.id;
    for (const std::string &value : values)
        text.append("\x1f").append(value);
    return sha256_hex(text).substr(0, 32);
}

std::uint64_t next_power(std::uint64_t count)
{
    std::uint64_t power = 10;
    while (power <= count && power < ~std::uint64_t{0} / 10)
        power *= 10;
    return power;
}

} // namespace

void Windows::remember(const Sighting &sighting)
{
    const auto colon = sighting.key.find(':');
    if (colon == std::string::npos)
        return;
    begun_[sighting.key.substr(1, colon - 1)].insert(sighting.first_ns);
}

void Windows::take_new(std::vector<Sighting> &out)
{
    out.insert(out.end(), new_beginnings_.begin(), new_beginnings_.end());
    new_beginnings_.clear();
}

std::uint64_t Windows::beginning(const Key &key, std::uint64_t time_ns)
{
    const Rule &rule = *set_->rules[key.first].rule;
    if (rule.merge.for_ns >= kDayNs)
        return time_ns - time_ns % kDayNs;
    const std::string name = hashed(rule, key.second);
    std::set<std::uint64_t> &begun = begun_[name];
    auto after = begun.upper_bound(time_ns);
    if (after != begun.begin() && time_ns - *std::prev(after) < rule.merge.for_ns)
        return *std::prev(after);
    begun.insert(time_ns);
    new_beginnings_.push_back(
        {"w" + name + ":" + std::to_string(time_ns), time_ns, time_ns + rule.merge.for_ns});
    return time_ns;
}

Windows::Window *Windows::find(const Key &key, std::uint64_t time_ns)
{
    const auto at = windows_.find(key);
    if (at == windows_.end())
        return nullptr;
    const bool by_day = set_->rules[key.first].rule->merge.for_ns >= kDayNs;
    for (Window &window : at->second)
        if (time_ns < window.end_ns && (time_ns >= window.start_ns || !by_day))
            return &window;
    return nullptr;
}

Windows::Window &Windows::open(const Key &key, std::uint64_t time_ns)
{
    Window window;
    window.rule = key.first;
    window.values = key.second;
    window.start_ns = beginning(key, time_ns);
    window.end_ns = window.start_ns + set_->rules[key.first].rule->merge.for_ns;
    next_close_ns_ = std::min(next_close_ns_, window.end_ns);
    ++count_;
    std::vector<Window> &of_key = windows_[key];
    of_key.push_back(std::move(window));
    return of_key.back();
}

// The one that closes next gives way; what it has not told yet is told now.
void Windows::make_room(const session::Session &session, std::vector<Match> &out,
                        std::uint64_t &evicted)
{
    if (count_ < kWindowsMax)
        return;
    auto first = windows_.begin();
    for (auto at = windows_.begin(); at != windows_.end(); ++at)
        if (at->second.front().end_ns < first->second.front().end_ns)
            first = at;
    if (first->second.front().grown)
        out.push_back(hand_up(first->second.front(), session));
    first->second.erase(first->second.begin());
    if (first->second.empty())
        windows_.erase(first);
    --count_;
    ++evicted;
}

void Windows::complete(const Completion &completion, const session::Session &session,
                       Buffers &buffers, std::vector<Match> &out, std::uint64_t &evicted)
{
    const CompiledRule &rule = set_->rules[completion.rule];
    const Key key{completion.rule, merge_values_of(rule, completion.bound, session)};
    const std::uint64_t time_ns = completion.bound[rule.deciding]->time_ns;
    Window *window = find(key, time_ns);
    if (window == nullptr) {
        if (completion.weight == 0)
            return; // the behaviour itself was called off or withheld
        make_room(session, out, evicted);
        window = &open(key, time_ns);
    }
    window->count += completion.weight;
    window->waited_until_ns = std::max(window->waited_until_ns, completion.waited_until_ns);
    window->grown = true;
    for (const TakenPtr &taken : completion.counted)
        window->evidence.add(taken);
    for (const TakenPtr &taken : completion.bound)
        if (taken != nullptr)
            window->evidence.add(taken);
    if (!window->handed_up)
        window->evidence.leave_out(completion.counted_left_out);

    Meaning meaning = meaning_of(rule, completion.bound, session, buffers);
    const bool first = !window->handed_up;
    const bool more_serious = first || meaning.hundredths > window->meaning.hundredths;
    // As serious and for the same reasons: the newest, whose counts are right.
    const bool the_same = !more_serious && meaning.hundredths == window->meaning.hundredths &&
                          meaning.terms == window->meaning.terms;
    if (more_serious || the_same)
        window->meaning = std::move(meaning);
    if (more_serious || window->count >= window->next_count)
        out.push_back(hand_up(*window, session));
}

Match Windows::hand_up(Window &window, const session::Session &session) const
{
    // The rule keeps the set alive: a match may outlive the engine.
    const std::shared_ptr<const CompiledRule> rule(set_, &set_->rules[window.rule]);
    Match match;
    match.rule = rule->rule;
    match.merge_values = window.values;
    match.window_start_ns = window.start_ns;
    match.first_ns = window.evidence.first_ns();
    match.last_ns = window.evidence.last_ns();
    match.waited_until_ns = window.waited_until_ns;
    match.count = window.count;
    for (const TakenPtr &taken : window.meaning.bound)
        if (taken != nullptr)
            match.bound.push_back(taken->bound);
    match.evidence = window.evidence.all();
    match.evidence_left_out = window.evidence.left_out();
    match.sources.assign(window.evidence.sources().begin(), window.evidence.sources().end());
    match.users.assign(window.evidence.users().begin(), window.evidence.users().end());
    match.all_names = window.evidence.has_all_names();
    match.actor = window.meaning.deciding(*rule).bound.context.actor;
    if (match.actor == nullptr)
        match.actor = std::make_shared<const session::Actor>();
    match.intent = window.meaning.intent;
    match.again = window.handed_up;
    match.text = [rule, bound = window.meaning.bound, count = window.count, &session](
                     std::string_view name) { return text_of(*rule, bound, count, session, name); };
    for (const std::size_t i : window.meaning.terms) {
        const Term &term = rule->terms[i];
        match.terms.push_back({term.name, term.add, term.why.render(match.text)});
    }
    window.handed_up = true;
    window.grown = false;
    window.next_count = next_power(window.count);
    return match;
}

void Windows::replace(RuleSetPtr set, const std::vector<std::uint32_t> &was,
                      const session::Session &session, std::vector<Match> &out)
{
    std::map<std::uint32_t, std::uint32_t> is; // number in the old set -> in the new one
    for (std::uint32_t i = 0; i < was.size(); ++i)
        if (was[i] != Sequences::kNoRule)
            is.emplace(was[i], i);
    std::map<Key, std::vector<Window>> kept;
    for (auto &[key, windows] : windows_) {
        const auto at = is.find(key.first);
        for (Window &window : windows) {
            if (at != is.end())
                window.rule = at->second;
            else if (window.grown)
                out.push_back(hand_up(window, session));
        }
        if (at != is.end())
            kept.emplace(Key{at->second, key.second}, std::move(windows));
        else
            count_ -= windows.size();
    }
    windows_ = std::move(kept);
    set_ = std::move(set);
}

void Windows::close(std::uint64_t now_ns, bool last, const session::Session &session,
                    std::vector<Match> &out)
{
    if (!last && now_ns < next_close_ns_)
        return;
    next_close_ns_ = ~std::uint64_t{0};
    for (auto at = windows_.begin(); at != windows_.end();) {
        std::vector<Window> &of_key = at->second;
        for (Window &window : of_key) {
            const bool over = last || window.end_ns <= now_ns;
            if (over && window.grown)
                out.push_back(hand_up(window, session));
            const std::uint64_t next_ns = over ? window.end_ns + kGraceNs : window.end_ns;
            next_close_ns_ = std::min(next_close_ns_, next_ns);
        }
        const auto gone = std::remove_if(of_key.begin(), of_key.end(), [&](const Window &window) {
            return last || window.end_ns + kGraceNs <= now_ns;
        });
        count_ -= static_cast<std::size_t>(of_key.end() - gone);
        of_key.erase(gone, of_key.end());
        at = of_key.empty() ? windows_.erase(at) : std::next(at);
    }
    for (auto at = begun_.begin(); at != begun_.end();) {
        while (!at->second.empty() && *at->second.begin() + kBegunNs < now_ns)
            at->second.erase(at->second.begin());
        at = at->second.empty() ? begun_.erase(at) : std::next(at);
    }
}

} // namespace sentra::engine
