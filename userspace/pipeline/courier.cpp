// SPDX-License-Identifier: MIT
#include "pipeline/courier.h"

#include <spdlog/spdlog.h>

#include "base/text.h"
#include "pipeline/housekeeping.h"

namespace sentra::pipeline {

namespace {

using What = Ruling::What;
using State = store::Posted::State;

// How often a courier looks although nobody called it.
constexpr std::chrono::minutes kBetweenLooks(1);
constexpr std::chrono::seconds kBetweenReads(5); // of a store that cannot be read
constexpr std::chrono::seconds kLastTry(2);
constexpr std::size_t kWhyBytes = 300;
// Forms that are looked at together before people are told of some of them.
constexpr std::size_t kNoticesMost = 200;
constexpr std::size_t kToldMost = 2000; // remembered; the store has all

State state_of(What what)
{
    switch (what) {
    case What::delivered:
        return State::delivered;
    case What::dead:
        return State::dead;
    default:
        return State::pending;
    }
}

} // namespace

Courier::Courier(output::SinkSettings settings, std::string store_path, Open open)
    : settings_(std::move(settings)),
      type_(*output::find_sink_type(settings_.type)),
      store_path_(std::move(store_path)),
      open_(std::move(open)),
      pace_(type_.most_at_once),
      with_evidence_(output::wants_evidence(settings_)),
      policy_(output::notice_policy(settings_).value_or(output::NoticePolicy{}))
{}

Courier::~Courier()
{
    ask_to_stop();
    join();
}

// ---- the loop's side -------------------------------------------------------------------------

void Courier::start()
{
    thread_ = std::thread([this] { run(); });
}

void Courier::tell_news()
{
    const std::lock_guard lock(mutex_);
    has_news_ = true;
    wake_.notify_one();
}

void Courier::tell_act()
{
    const std::lock_guard lock(mutex_);
    is_acted_on_ = true;
    wake_.notify_one();
}

void Courier::reopen()
{
    const std::lock_guard lock(mutex_);
    is_to_reopen_ = is_acted_on_ = true;
    wake_.notify_one();
}

void Courier::collect(store::Batch &batch)
{
    const std::lock_guard lock(mutex_);
    batch.posted.insert(batch.posted.end(), std::make_move_iterator(posted_.begin()),
                        std::make_move_iterator(posted_.end()));
    batch.pauses.insert(batch.pauses.end(), std::make_move_iterator(pauses_.begin()),
                        std::make_move_iterator(pauses_.end()));
    posted_.clear();
    pauses_.clear();
}

void Courier::committed(const std::vector<store::Posted> &posted)
{
    const std::lock_guard lock(mutex_);
    for (const store::Posted &one : posted)
        if (one.sink == settings_.name && one.state != State::pending)
            settled_.erase(one.sequence);
}

void Courier::ask_to_stop()
{
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    wake_.notify_one();
}

void Courier::join()
{
    if (thread_.joinable())
        thread_.join();
}

// ---- the courier's thread --------------------------------------------------------------------

void Courier::run()
{
    while (wait())
        step();
    const auto until = Clock::now() + kLastTry;
    do {
        look_ = Clock::time_point::max();
        if (pace_.failures() == 0 && pace_.paused().empty())
            step();
        if (look_ < until)
            std::this_thread::sleep_until(look_);
    } while (look_ < until && pace_.failures() == 0);
}

bool Courier::wait()
{
    std::unique_lock lock(mutex_);
    while (!is_stopping_ && !is_acted_on_) {
        const auto due = has_news_ ? std::min(not_before_, look_) : look_;
        if (Clock::now() >= due)
            break;
        wake_.wait_until(lock, due);
    }
    has_news_ = false;
    if (is_acted_on_)
        pace_.begin_anew();
    if (is_to_reopen_ && transport_)
        transport_->reopen();
    is_acted_on_ = is_to_reopen_ = false;
    return !is_stopping_;
}

void Courier::look_again(std::chrono::nanoseconds after, bool is_for_news)
{
    const auto now = Clock::now();
    not_before_ = is_for_news ? now : now + after;
    look_ = now + after;
}

void Courier::step()
{
    if (!reader_) {
        auto reader = store::Store::open(store_path_, store::Store::Access::read);
        if (!reader) {
            spdlog::warn("sink {}: {}", settings_.name, reader.error().text);
            look_again(kBetweenReads, false);
            return;
        }
        reader_ = std::move(*reader);
    }
    const auto pause = reader_->outbox().pause_of(settings_.name);
    if (!pause || !may_go(*pause)) {
        look_again(pause ? std::chrono::nanoseconds(kBetweenLooks) : kBetweenReads, false);
        return;
    }
    const std::vector<Letter> letters = gather();
    if (letters.empty())
        look_again(kBetweenLooks, true);
    else if (type_.is_notification)
        bring_notices(letters);
    else
        bring(letters);
}

// A person's pause holds; our own ends when a person lifts it.
bool Courier::may_go(const store::Pause &pause)
{
    if (pause.by.empty() && own_pause_is_stored_)
        pace_.begin_anew();
    own_pause_is_stored_ = pause.by == kOwnName;
    return pause.by.empty() || own_pause_is_stored_;
}

std::vector<Letter> Courier::gather()
{
    // Taken before the store is read: what is missing here has been committed by then.
    std::set<std::uint64_t> settled;
    {
        const std::lock_guard lock(mutex_);
        settled = settled_;
    }
    std::vector<Letter> letters;
    const std::size_t most = type_.is_notification ? kNoticesMost
                             : shorten_ != 0       ? 1
                                                   : pace_.at_once();
    auto due = reader_->outbox().due(settings_.name, most + settled.size());
    if (!due) {
        spdlog::warn("sink {}: {}", settings_.name, due.error().text);
        return letters;
    }
    for (store::Due &row : *due) {
        if (settled.contains(row.sequence) || letters.size() == most)
            continue;
        auto signal = signal::from_json(row.json);
        if (signal) {
            letters.push_back({std::move(row), std::move(*signal)});
            continue;
        }
        const std::lock_guard lock(mutex_);
        settled_.insert(row.sequence);
        posted_.push_back({.sink = settings_.name,
                           .sequence = row.sequence,
                           .state = State::dead,
                           .time_ns = unix_now_ns(),
                           .why = "the stored signal cannot be read: " + signal.error().text});
    }
    return letters;
}

void Courier::bring(const std::vector<Letter> &letters)
{
    std::vector<Letter> sent;
    for (const std::size_t at : select(type_, letters, letters.size()))
        sent.push_back(letters[at]);
    if (sent.empty())
        look_again(kBetweenLooks, true);
    else
        bring_now(sent, sent);
}

// carried: the letters that the sent ones stand for; others than these where one speaks for
// several.
void Courier::bring_now(const std::vector<Letter> &sent, const std::vector<Letter> &carried)
{
    std::vector<output::Parcel> parcels;
    for (const Letter &letter : sent)
        parcels.push_back(parcel_of(letter, letter.row.sequence == shorten_, removed_));
    const std::vector<std::size_t> places =
        with_evidence_ ? add_evidence(parcels) : std::vector<std::size_t>();
    const bool is_digest = sent.size() != carried.size();
    const std::string paused_before = pace_.paused();
    const unsigned failures_before = pace_.failures();
    output::Handover handover = hand_over(parcels);
    if (with_evidence_)
        fold(handover, places, sent.size());
    const double chance = std::uniform_real_distribution<double>(0, 1)(chance_);
    // A digest is short already.
    const bool is_shortened = is_digest || sent.front().row.sequence == shorten_;
    Pace::Next next = pace_.judge(handover, sent.size(), is_shortened, chance);
    shorten_ = next.rulings.front().what == What::shorten ? sent.front().row.sequence : 0;
    if (is_digest)
        next.rulings.assign(carried.size(), next.rulings.front());
    note(carried, next);
    if (type_.is_notification)
        remember(carried, next, is_digest);
    say(paused_before, failures_before, next);
    look_again(std::chrono::nanoseconds(next.wait_ns), false);
}

// What people have just been told, and how many messages that were.
void Courier::remember(const std::vector<Letter> &sent, const Pace::Next &next, bool is_one)
{
    const std::uint64_t now_ns = unix_now_ns();
    if (told_.size() + sent.size() > kToldMost)
        told_.clear();
    std::size_t messages = 0;
    for (std::size_t at = 0; at < sent.size(); ++at)
        if (next.rulings[at].what == What::delivered) {
            told_.insert_or_assign(sent[at].signal.uid, ToldBefore{now_ns, sent[at].signal});
            messages += 1;
        }
    messages_ns_.insert(messages_ns_.end(), is_one ? std::min<std::size_t>(messages, 1) : messages,
                        now_ns);
}

std::optional<ToldBefore> Courier::told_before(const std::string &uid)
{
    if (const auto at = told_.find(uid); at != told_.end())
        return at->second;
    const auto told = reader_->outbox().told_before(settings_.name, uid);
    if (!told || !*told)
        return std::nullopt;
    auto signal = signal::from_json((*told)->json);
    if (!signal)
        return std::nullopt;
    return ToldBefore{(*told)->time_ns, std::move(*signal)};
}

void Courier::bring_notices(const std::vector<Letter> &letters)
{
    const std::uint64_t now_ns = unix_now_ns();
    while (!messages_ns_.empty() && messages_ns_.front() + kStormNs < now_ns)
        messages_ns_.pop_front();
    std::vector<Waiting> waiting;
    for (const Letter &letter : letters)
        waiting.push_back({&letter, told_before(letter.signal.uid)});
    Notices notices = choose(policy_, waiting, messages_ns_.size(), now_ns);
    withhold(letters, std::move(notices.withheld), now_ns);
    std::vector<Letter> sent;
    std::vector<signal::Signal> signals;
    const std::size_t most =
        notices.as_one ? notices.now.size() : std::min(notices.now.size(), pace_.at_once());
    for (std::size_t i = 0; i < most; ++i) {
        sent.push_back(letters[notices.now[i]]);
        signals.push_back(sent.back().signal);
    }
    if (sent.empty()) {
        const std::chrono::nanoseconds until(notices.next_ns > now_ns ? notices.next_ns - now_ns
                                                                      : kMinuteNs);
        look_again(std::min<std::chrono::nanoseconds>(until, kBetweenLooks), true);
        return;
    }
    if (!notices.as_one)
        return bring_now(sent, sent);
    std::vector<Letter> digest{{sent.front().row, digest_of(signals)}};
    digest.front().row.revision = 1;
    bring_now(digest, sent);
}

void Courier::withhold(const std::vector<Letter> &letters, std::vector<Notices::Withheld> withheld,
                       std::uint64_t now_ns)
{
    const std::lock_guard lock(mutex_);
    for (Notices::Withheld &one : withheld) {
        const std::uint64_t sequence = letters[one.at].row.sequence;
        settled_.insert(sequence);
        posted_.push_back({.sink = settings_.name,
                           .sequence = sequence,
                           .state = State::withheld,
                           .time_ns = now_ns,
                           .why = std::move(one.why)});
    }
}

output::Handover Courier::hand_over(const std::vector<output::Parcel> &parcels)
{
    if (!transport_) {
        auto opened = open_(settings_);
        if (!opened) {
            output::Handover refused;
            refused.outcomes.assign(parcels.size(), {output::Fate::retry, opened.error().text});
            refused.pause = opened.error().text;
            return refused;
        }
        transport_ = std::move(*opened);
    }
    return transport_->send(parcels);
}

void Courier::note(const std::vector<Letter> &sent, const Pace::Next &next)
{
    const std::uint64_t now_ns = unix_now_ns();
    const std::lock_guard lock(mutex_);
    for (std::size_t at = 0; at < sent.size(); ++at) {
        const Ruling &ruling = next.rulings[at];
        if (ruling.what == What::smaller || ruling.what == What::shorten)
            continue;
        const State state = state_of(ruling.what);
        if (state != State::pending)
            settled_.insert(sent[at].row.sequence);
        posted_.push_back({.sink = settings_.name,
                           .sequence = sent[at].row.sequence,
                           .state = state,
                           .time_ns = now_ns,
                           .next_ns = state == State::pending ? now_ns + next.wait_ns : 0,
                           .why = printable(ruling.why, kWhyBytes)});
    }
    if (!pace_.paused().empty())
        pauses_.push_back({settings_.name, kOwnName, printable(pace_.paused(), kWhyBytes), now_ns});
    else if (own_pause_is_stored_)
        pauses_.push_back({settings_.name, kOwnName, "", now_ns});
}

// What changes is said once.
void Courier::say(const std::string &paused_before, unsigned failures_before,
                  const Pace::Next &next)
{
    for (const Ruling &ruling : next.rulings)
        if (ruling.what == What::dead)
            spdlog::error("sink {}: a document will never be taken and is a dead letter: {}",
                          settings_.name, printable(ruling.why, kWhyBytes));
    if (pace_.paused() != paused_before && !pace_.paused().empty())
        spdlog::error("sink {} is paused, what waits for it is kept: {}", settings_.name,
                      printable(pace_.paused(), kWhyBytes));
    else if (pace_.paused().empty() && pace_.failures() > 0 && failures_before == 0)
        spdlog::warn("sink {}: {}; it is tried again", settings_.name,
                     printable(next.rulings.front().why, kWhyBytes));
    if (pace_.paused().empty() && pace_.failures() == 0 &&
        (failures_before > 0 || !paused_before.empty()))
        spdlog::info("sink {} takes documents again", settings_.name);
}

} // namespace sentra::pipeline
