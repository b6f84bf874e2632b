// SPDX-License-Identifier: MIT
#include "pipeline/daemon.h"

#include <chrono>
#include <mutex>

#include <unistd.h>

#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>

#include "base/fd.h"
#include "base/text.h"
#include "pipeline/committer.h"
#include "pipeline/control.h"
#include "pipeline/deliveries.h"
#include "pipeline/desk.h"
#include "pipeline/errands.h"
#include "pipeline/housekeeping.h"
#include "pipeline/loop.h"
#include "pipeline/memory.h"
#include "pipeline/merge.h"
#include "pipeline/metrics.h"
#include "pipeline/metrics_port.h"
#include "pipeline/needed.h"
#include "pipeline/preflight.h"
#include "pipeline/privileges.h"
#include "pipeline/sources.h"
#include "pipeline/stop_signals.h"
#include "pipeline/whole.h"

namespace sentra::pipeline {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPatience(50);
// A signal is told at the end of the turn that brought it; a burst of records is no reason to wait.
constexpr std::size_t kTurnRecords = 256;
constexpr std::chrono::seconds kBetweenCommits(1);
constexpr std::chrono::milliseconds kBetweenStatus(1000);
// What was read last may wait in a queue that long.
constexpr std::chrono::seconds kPastIsTaken(5);
// systemd gives 30 s before it kills.
constexpr std::chrono::seconds kDrainPatience(20);
// As long as this is nobody's upgrade any more.
constexpr std::uint64_t kGapToldNs = 5 * kMinuteNs;
// The service manager waits a minute for a word before it starts the sensor anew.
constexpr std::chrono::seconds kSilenceMost(30);

class Daemon {
public:
    Daemon(const Config &config, Print print) : config_(config), print_(std::move(print)) {}
    Result<void> start();
    Result<void> run();
    Result<void> end();

private:
    Result<void> block_signals();
    Result<void> load_rules();
    Result<void> open_store();
    Result<void> find_position();
    Result<void> remember_sessions();
    Result<void> open_door();
    Result<void> open_sources();
    Result<void> tell_facts();
    Result<void> give_up_privileges();

    void turn(const event::Record &record);
    void look();
    void settle(bool clean_stop);
    void print(const std::vector<signal::Signal> &news);
    void leave_past(Clock::time_point now);
    void ask_to_stop(StopSignals::Asked asked);
    void tell_gap(const std::string &reason);
    void publish();
    Status describe() const;
    Result<std::vector<std::string>> answer(const Request &request);
    Result<void> reload();
    Result<void> reload_and_say();
    Errands::Lines answer_reload();
    Errands::Lines decide(const Request &request);

    const Config &config_;
    Print print_;
    std::optional<StopSignals> stop_signals_;
    event::Losses losses_;
    std::unique_ptr<Loop> loop_;
    Memory memory_;
    std::unique_ptr<Deliveries> deliveries_;
    std::unique_ptr<Committer> committer_;
    std::vector<store::Gap> gaps_;
    std::unique_ptr<Merge> merge_;
    std::unique_ptr<Sources> sources_;
    std::optional<Facts> facts_;
    Whole kernel_; // its records, as far as the loop has taken them
    std::uint64_t started_ns_ = 0;
    std::uint64_t begin_ns_ = 0; // where the journal is read from
    std::string boot_;
    store::Position last_;
    std::vector<signal::Signal> signals_; // of one record
    std::size_t records_in_turn_ = 0;
    Clock::time_point looked_{}, committed_{}, published_{}, stop_asked_{};
    Clock::time_point past_read_{};
    bool stopping_ = false, forced_ = false, ready_ = false, is_past_over_ = false;
    std::string store_error_;
    std::string rules_error_;
    sentra_head taken_{}; // of the last record
    Errands errands_;     // what the door asks of the loop
    std::optional<Desk> desk_;
    MetricsFile metrics_{metrics_path(config_.metrics_file)};
    std::vector<event::Record> troubles_;       // to be told once the past has been read
    std::unique_ptr<MetricsPort> metrics_port_; // empty: nobody may ask over HTTP
    std::mutex status_mutex_;                   // guards status_, which the door's thread reads
    std::string status_;
    std::unique_ptr<ControlServer> door_; // first to go: it uses all the others
};

// ---- start -----------------------------------------------------------------------------------

Result<void> Daemon::start()
{
    struct Step {
        const char *does;
        Result<void> (Daemon::*run)();
    };
    static constexpr Step kSteps[] = {
        {"block signals", &Daemon::block_signals}, {"load rules", &Daemon::load_rules},
        {"open store", &Daemon::open_store},       {"find position", &Daemon::find_position},
        {"open sources", &Daemon::open_sources},   {"tell facts", &Daemon::tell_facts},
        {"open socket", &Daemon::open_door},       {"drop privileges", &Daemon::give_up_privileges},
    };
    for (const Step &step : kSteps)
        if (auto done = (this->*step.run)(); !done)
            return tl::unexpected(std::move(done.error()).within(step.does));
    return {};
}

Result<void> Daemon::block_signals()
{
    started_ns_ = unix_now_ns();
    boot_ = boot_id();
    auto opened = StopSignals::open();
    if (!opened)
        return tl::unexpected(std::move(opened.error()));
    stop_signals_.emplace(std::move(*opened));
    return {};
}

Result<void> Daemon::load_rules()
{
    auto rules = pipeline::load_rules(config_);
    if (!rules)
        return tl::unexpected(std::move(rules.error()));
    spdlog::info("{} rules, bundle {:.12}", (*rules)->all().size(), (*rules)->bundle());
    loop_ = std::make_unique<Loop>(std::move(*rules), losses_);
    return {};
}

Result<void> Daemon::open_store()
{
    auto memory = Memory::open(config_, started_ns_);
    if (!memory)
        return tl::unexpected(std::move(memory.error()));
    memory_ = std::move(*memory);
    auto deliveries = Deliveries::make(config_, *memory_.store);
    if (!deliveries)
        return tl::unexpected(std::move(deliveries.error()));
    deliveries_ = std::move(*deliveries);
    auto sightings = memory_.store->sightings();
    if (!sightings)
        return tl::unexpected(std::move(sightings.error()));
    loop_->engine().remember(*sightings);
    auto desk = Desk::open(*memory_.store);
    if (!desk)
        return tl::unexpected(std::move(desk.error()));
    desk_.emplace(std::move(*desk));
    if (!desk_->wrong().empty())
        spdlog::error("the ledger of decisions is not as it was written: {}", desk_->wrong());
    return desk_->note_rules(loop_->rules().bundle(), loop_->rules().all().size(), unix_now_ns());
}

Result<void> Daemon::find_position()
{
    auto last = memory_.position();
    if (!last)
        return tl::unexpected(std::move(last.error()));
    last_ = *last;
    const bool is_first = last_.watermark_ns == 0;
    const std::uint64_t known_ns = is_first ? started_ns_ : last_.watermark_ns;
    begin_ns_ = known_ns - std::min(known_ns, config_.journal.rebuild_ns);

    Committer::Rebuild rebuild{.until_ns = started_ns_, .all_is_known = true};
    if (is_first) {
        loop_->learn_until(started_ns_);
        spdlog::info(
            "first start: the journal is read from {} ago, to know who is signed in and what is "
            "usual; nothing in it is told",
            format_duration(config_.journal.rebuild_ns));
    } else {
        auto known = memory_.rebuild_after(last_, begin_ns_);
        if (!known)
            return tl::unexpected(std::move(known.error()));
        rebuild = std::move(*known);
        loop_->remember(std::move(rebuild.told));
        if (auto done = remember_sessions(); !done)
            return done;
    }
    auto gaps = memory_.store->gaps(0);
    if (!gaps)
        return tl::unexpected(std::move(gaps.error()));
    gaps_ = std::move(*gaps);
    auto position = last_;
    position.boot_id = boot_;
    committer_ =
        std::make_unique<Committer>(*memory_.store, std::move(position), std::move(rebuild));
    committer_->decide_by([this](signal::Signal &signal) { desk_->apply(signal); });
    committer_->complete_by([this](store::Batch &batch) {
        batch.now_ns = unix_now_ns();
        deliveries_->collect(batch);
    });
    return {};
}

Result<void> Daemon::remember_sessions()
{
    const auto lines = memory_.store->sessions({.since_ns = begin_ns_});
    if (!lines)
        return tl::unexpected(lines.error());
    for (const std::string &line : *lines) {
        auto summary = signal::summary_from_json(line);
        if (!summary)
            return tl::unexpected(std::move(summary.error()).within("stored session"));
        loop_->sessions().remember(std::move(*summary));
    }
    return {};
}

std::string reason_for_gap(const store::Position &last, const std::string &boot)
{
    std::string reason = last.clean_stop
                             ? "the sensor was stopped"
                             : "the sensor was not running (it was ended without warning)";
    if (!last.boot_id.empty() && last.boot_id != boot)
        reason += "; the host was started anew in between";
    return reason;
}

Result<void> Daemon::open_sources()
{
    merge_ = std::make_unique<Merge>(begin_ns_, losses_, std::chrono::seconds(2),
                                     [](const std::string &what) { spdlog::warn("{}", what); });
    auto opened = Sources::open(config_,
                                {.cursor = last_.cursor,
                                 .since_ns = begin_ns_,
                                 .wanted = wanted_by(loop_->rules()),
                                 .watched_reads = reads_watched_by(loop_->rules()),
                                 .pins = pins_path(config_)},
                                *merge_, [](const std::string &what) { spdlog::warn("{}", what); });
    if (!opened)
        return tl::unexpected(std::move(opened.error()));
    sources_ = std::move(*opened);
    return {};
}

Result<void> Daemon::tell_facts()
{
    facts_.emplace(config_.tenant);
    facts_->tell_first(*merge_, *sources_);
    if (const std::string why = sources_->kernel_gap(); last_.watermark_ns == 0) {
        // Nothing was ever watched: there is nothing to miss.
    } else if (why.empty()) {
        spdlog::info("what happened since {} was kept in the kernel",
                     format_rfc3339(last_.watermark_ns));
    } else {
        tell_gap(reason_for_gap(last_, boot_) + "; " + why);
    }
    if (!memory_.set_aside.empty())
        troubles_.push_back(
            trouble_fact(SENTRA_TROUBLE_STORE_REPLACED, memory_.set_aside,
                         "the store was damaged and is kept as " + memory_.set_aside));
    // Committed before anything is watched: from here on, an end without warning can be told from a
    // stop. A store that cannot be written now is no reason to watch nothing.
    settle(false);
    return {};
}

void Daemon::tell_gap(const std::string &reason)
{
    const store::Gap gap{last_.watermark_ns, unix_now_ns(), "kernel", reason};
    spdlog::info("from {} to {} nobody watched the kernel: {}", format_rfc3339(gap.from_ns),
                 format_rfc3339(gap.to_ns), gap.reason);
    merge_->tell(gap_fact(SENTRA_SOURCE_KERNEL, gap.from_ns, gap.to_ns, gap.reason));
    gaps_.push_back(gap);
    committer_->add(gap);
    // A restart of the host is everybody's to see, and short gaps are what upgrades take.
    const bool was_down = !last_.boot_id.empty() && last_.boot_id != boot_;
    if (!was_down && gap.to_ns - std::min(gap.to_ns, gap.from_ns) >= kGapToldNs)
        troubles_.push_back(trouble_fact(SENTRA_TROUBLE_UNWATCHED, "kernel",
                                         "nobody watched the kernel from " +
                                             format_for_reading(gap.from_ns) + " to " +
                                             format_for_reading(gap.to_ns) + ": " + reason));
}

Result<void> Daemon::open_door()
{
    if (!config_.metrics_listen.empty()) {
        auto port = MetricsPort::make(config_.metrics_listen);
        if (!port)
            return tl::unexpected(std::move(port.error()).within("metrics.listen"));
        metrics_port_ = std::move(*port);
    }
    publish();
    auto opened = ControlServer::open(socket_path(config_.socket, config_.state_dir),
                                      [this](const Request &request) { return answer(request); });
    if (!opened)
        return tl::unexpected(std::move(opened.error()));
    door_ = std::move(*opened);
    return {};
}

Result<void> Daemon::give_up_privileges()
{
    return drop_privileges();
}

// ---- the one loop ----------------------------------------------------------------------------

Result<void> Daemon::run()
{
    sources_->run();
    deliveries_->start();
    // Nobody stays unwatched because a port is taken.
    if (auto started = metrics_port_ ? metrics_port_->start() : Result<void>(); !started)
        spdlog::error("metrics.listen: {}; nobody can ask there", started.error().text);
    while (!merge_->is_over() && !merge_->is_closed()) {
        const auto record = merge_->next(kPatience);
        if (record)
            turn(*record);
        if (committer_->has_signals() && (!record || records_in_turn_ >= kTurnRecords))
            settle(false);
        if (!record || records_in_turn_ >= kTurnRecords) {
            records_in_turn_ = 0;
            look();
        }
    }
    return {};
}

void Daemon::turn(const event::Record &record)
{
    records_in_turn_ += 1;
    loop_->take(record, signals_);
    taken_ = record.head();
    if (record.head().source == SENTRA_SOURCE_KERNEL)
        kernel_.take(record.head().sequence);
    committer_->take(signals_, record.head(), *loop_);
}

// What is due by the clock: at most every few milliseconds, whatever comes in.
void Daemon::look()
{
    const auto now = Clock::now();
    if (now - looked_ < kPatience / 2)
        return;
    looked_ = now;
    const StopSignals::Asked asked = stop_signals_->come();
    ask_to_stop(asked);
    if (!stopping_) {
        if (asked.to_reload) {
            (void)reload_and_say();
            deliveries_->reopen();
        }
        errands_.run_pending();
    }
    facts_->refresh(*merge_, *sources_, now);
    deliveries_->tidy(unix_now_ns());
    const bool came_up = !ready_ && loop_->watermark_ns() >= started_ns_;
    ready_ = ready_ || came_up;
    if (!is_past_over_)
        leave_past(now);
    // Committed before it is said: whoever ends us from here on ends somebody who was watching.
    if (came_up || now - committed_ >= kBetweenCommits)
        settle(false);
    if (came_up || now - published_ >= kBetweenStatus) {
        publish();
        // This loop gets on, or we would not be here; so must every source. One that hangs is
        // helped by a new sensor, which finds in the kernel what this one did not take out.
        if (merge_->longest_silence(now) < kSilenceMost)
            (void)::sd_notify(0, "WATCHDOG=1");
    }
    if (came_up) {
        spdlog::info("watching");
        if (const Status status = describe(); status.journal_state == "waiting")
            spdlog::warn("sign-ins and sudo are not seen yet: {}", status.journal_why);
        (void)::sd_notify(0, "READY=1");
    }
}

// What was there before the start is for learning, and some of it has been told: known by its time.
// Once it has been read and taken, nothing is asked for its time any more: a clock that is set back
// would make all that is new a part of the past.
void Daemon::leave_past(Clock::time_point now)
{
    if (!ready_ || !sources_->is_past_read())
        return;
    if (past_read_ == Clock::time_point{})
        past_read_ = now;
    if (now - past_read_ < kPastIsTaken)
        return;
    is_past_over_ = true;
    loop_->learn_until(0);
    committer_->end_rebuild();
    for (event::Record &trouble : troubles_)
        merge_->tell(std::move(trouble));
    troubles_.clear();
}

void Daemon::ask_to_stop(StopSignals::Asked asked)
{
    if (!stopping_ && (asked.to_hand_over || asked.to_stop > 0)) {
        spdlog::info("asked to {}: taking in what has been seen",
                     asked.to_hand_over ? "hand over" : "stop");
        (void)::sd_notify(0, "STOPPING=1");
        stopping_ = true;
        stop_asked_ = Clock::now();
        if (asked.to_hand_over)
            sources_->hand_over();
        else
            sources_->stop();
        asked.to_stop -= asked.to_hand_over ? 0 : 1;
    }
    if (stopping_ && (asked.to_stop > 0 || Clock::now() - stop_asked_ > kDrainPatience)) {
        spdlog::warn("ending without taking in the rest");
        forced_ = true;
        merge_->close();
    }
}

void Daemon::settle(bool clean_stop)
{
    committed_ = Clock::now();
    auto news = committer_->settle(*loop_, clean_stop);
    if (!news) {
        if (store_error_.empty())
            spdlog::error("{}; what was not stored is kept and tried again", news.error().text);
        store_error_ = news.error().text;
        return;
    }
    store_error_.clear();
    deliveries_->committed();
    for (event::Record &trouble : deliveries_->new_troubles())
        merge_->tell(std::move(trouble));
    if (committer_->is_past_cursor())
        sources_->release(kernel_.until());
    print(*news);
}

void Daemon::print(const std::vector<signal::Signal> &news)
{
    if (!news.empty())
        deliveries_->tell_news();
    for (const signal::Signal &signal : news) {
        if (!print_.for_people)
            spdlog::info("{} {} {:.2f} {}", signal.id, signal.state, signal.score, signal.title);
        if (!print_.text)
            continue;
        // One write for one signal: a reader never sees half of it.
        if (!write_all(STDOUT_FILENO, print_.text(signal))) {
            spdlog::warn("stdout cannot be written any more; signals are still stored");
            print_ = {};
        }
    }
}

// ---- other rules -----------------------------------------------------------------------------

// Told first, so that nothing the new rules need is missing when they begin; told less only when
// nobody needs it any more. A set with a fault changes nothing.
Result<void> Daemon::reload()
{
    auto rules = pipeline::load_rules(config_);
    if (!rules)
        return tl::unexpected(std::move(rules.error()));
    const std::string before = loop_->rules().bundle();
    const auto wanted = wanted_by(**rules);
    sources_->widen(wanted, reads_watched_by(**rules));
    loop_->replace(*rules, signals_);
    sources_->narrow(wanted);
    committer_->take(signals_, taken_, *loop_);
    spdlog::info("read again: {} rules, bundle {:.12} (before: {:.12})", (*rules)->all().size(),
                 (*rules)->bundle(), before);
    // They are in force whether or not that can be written down now; the next reload tries again.
    if (auto noted = desk_->note_rules((*rules)->bundle(), (*rules)->all().size(), unix_now_ns());
        !noted)
        spdlog::error("{}; the ledger does not name the rules in force", noted.error().text);
    return {};
}

Result<void> Daemon::reload_and_say()
{
    auto done = reload();
    rules_error_ = done ? "" : done.error().text;
    if (!done)
        spdlog::error("the rules are not as they should be; those of before stay in force");
    for (const std::string_view line : split(rules_error_, '\n'))
        if (!line.empty())
            spdlog::error("{}", printable(line));
    publish();
    return done;
}

// An errand of the door's.
Errands::Lines Daemon::answer_reload()
{
    if (auto done = reload_and_say(); !done)
        return tl::unexpected(std::move(done.error()));
    return std::vector<std::string>{"{\"rules\":" + std::to_string(loop_->rules().all().size()) +
                                    ",\"bundle\":\"" + loop_->rules().bundle() + "\"}"};
}

// An errand of the door's, too.
Errands::Lines Daemon::decide(const Request &request)
{
    std::vector<signal::Signal> told;
    auto lines = desk_->answer(request, unix_now_ns(), told);
    print(told);
    return lines;
}

// ---- what is told of itself ------------------------------------------------------------------

Status Daemon::describe() const
{
    Status status;
    status.ready = ready_;
    status.started_ns = started_ns_;
    status.now_ns = unix_now_ns();
    status.host_name = loop_->session().host().name;
    status.boot = boot_;
    sources_->describe(status);
    status.records = loop_->records();
    status.watermark_ns = loop_->watermark_ns();
    status.stalls = merge_->stalls();
    status.rules = loop_->rules().all().size();
    status.bundle = loop_->rules().bundle();
    status.rules_error = rules_error_;
    status.processes = loop_->session().sizes().processes;
    status.sessions = loop_->session().sizes().sessions;
    const auto sizes = loop_->engine().sizes();
    status.partial_matches = sizes.partial_matches;
    status.windows = sizes.windows;
    status.sightings = sizes.sightings;
    status.signals = committer_->committed();
    status.store_path = store_path(config_.state_dir);
    status.store_error = store_error_;
    status.store_set_aside = memory_.set_aside;
    status.store_is_full = memory_.store->is_full();
    status.sinks = memory_.store->outbox().accounts().value_or(std::vector<store::SinkAccount>{});
    auto losses = loop_->reported_losses();
    for (std::size_t kind = 0; kind < SENTRA_LOSS_COUNT; ++kind)
        if (const auto total = losses_.total(static_cast<sentra_loss>(kind)); total != 0)
            losses[sentra_losses[kind]] += total;
    if (memory_.store->left_out() != 0)
        losses[store::kLeftOutLoss] += memory_.store->left_out();
    if (door_ && door_->refused() != 0)
        losses["door_refused"] = door_->refused();
    status.losses.assign(losses.begin(), losses.end());
    status.gaps = gaps_;
    return status;
}

void Daemon::publish()
{
    published_ = Clock::now();
    const Status status = describe();
    if (metrics_port_)
        metrics_port_->offer(status, Clock::now());
    if (const std::string wrong = metrics_.offer(status); !wrong.empty())
        spdlog::warn("metrics: {}; it is tried again", wrong);
    std::string line = to_json(status);
    const std::lock_guard lock(status_mutex_);
    status_ = std::move(line);
}

// On the door's thread.
Result<std::vector<std::string>> Daemon::answer(const Request &request)
{
    switch (request.verb) {
    case Request::Verb::status: {
        const std::lock_guard lock(status_mutex_);
        return std::vector<std::string>{status_};
    }
    case Request::Verb::signals:
    case Request::Verb::show:
        return memory_.reader->signals(request.query);
    case Request::Verb::sessions:
        return memory_.reader->sessions(request.query);
    case Request::Verb::reload:
        return errands_.run([this] { return answer_reload(); });
    case Request::Verb::sink_test:
        return deliveries_->test(request);
    case Request::Verb::sink_list:
    case Request::Verb::sink_pause:
    case Request::Verb::sink_resume:
    case Request::Verb::sink_requeue:
    case Request::Verb::sink_dead:
        return errands_.run(
            [this, request] { return deliveries_->answer(request, unix_now_ns()); });
    default:
        // A copy: the errand may be run after the one who asked has lost patience.
        return errands_.run([this, request] { return decide(request); });
    }
}

Result<void> Daemon::end()
{
    errands_.close();
    door_.reset();
    merge_->close();
    settle(!forced_ && stopping_);
    deliveries_->stop();
    sources_.reset();
    if (!store_error_.empty())
        return failure(store_error_);
    if (!stopping_)
        return failure("both sources ended by themselves");
    spdlog::info("stopped");
    return {};
}

} // namespace

Result<void> run_daemon(const Config &config, Print print)
{
    Daemon daemon(config, std::move(print));
    if (auto started = daemon.start(); !started)
        return started;
    if (auto ran = daemon.run(); !ran)
        return ran;
    return daemon.end();
}

Result<void> forget_pins(const Config &config)
{
    const std::string pins = pins_path(config);
    auto any = pins.empty() ? Result<bool>(false) : sensor::forget(pins);
    if (!any)
        return tl::unexpected(std::move(any.error()));
    spdlog::info(*any ? "removed what an ended sentrad left in the kernel"
                      : "no sentrad left anything in the kernel");
    return {};
}

} // namespace sentra::pipeline
