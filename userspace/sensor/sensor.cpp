// SPDX-License-Identifier: MIT
#include "sensor/sensor.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <mutex>
#include <optional>
#include <thread>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "base/time.h"
#include "event/build.h"
#include "sensor/account.h"
#include "sensor/arguments.h"
#include "sensor/change_source.h"
#include "sensor/clock.h"
#include "sensor/credentials.h"
#include "sensor/features.h"
#include "sensor/former.h"
#include "sensor/guard.h"
#include "sensor/kernel_half.h"
#include "sensor/packages.h"
#include "sensor/received.h"
#include "sensor/ring.h"
#include "sensor/snapshot.h"
#include "sensor/survival.h"
#include "sensor/trail.h"
#include "sensor/trusted_units.h"
#include "sensor/watch_list.h"

namespace sentra::sensor {

namespace {

// Programs on several CPUs take their time before they queue for the ring: what is read may be this
// much younger than what another CPU is about to hand over.
constexpr std::uint64_t kSlackNs = 20'000'000;
// Between two watermarks; small enough that the queue behind the sink stays ordered by small sorts.
constexpr std::size_t kBatchRecords = 16384;
constexpr std::uint64_t kLossesEveryNs = kSecondNs;
constexpr std::uint64_t kWatchListEveryNs = 5 * kSecondNs;
constexpr std::uint64_t kClockSettlesNs = 600 * kSecondNs;
constexpr std::int64_t kClockStepNs = 2'000'000'000;
// 144,000 paths take 70 ms from memory and are read while the programs load; from a slow disk the
// processes that run already go without.
constexpr std::chrono::milliseconds kPackagesAwaited{100};

std::uint32_t ring_size(std::uint32_t wanted)
{
    constexpr std::uint32_t smallest = 1U << 16U, largest = 1U << 30U;
    return std::bit_ceil(std::clamp(wanted, smallest, largest));
}

} // namespace

struct Sensor::Inside {
    Options options;
    event::Sink *sink = nullptr;
    event::Losses *losses = nullptr;
    std::optional<Survival> survival;
    std::unique_ptr<KernelHalf> kernel;
    std::optional<Guard> guard;
    std::optional<Ring> ring;
    std::optional<Trail> trail;
    std::optional<Filter> filter;
    std::unique_ptr<ChangeSource> changes;
    mutable std::mutex watches_mutex; // guards file_watches and, once it runs, watched_reads
    FileWatches file_watches;
    Fd poll, stop_event;
    std::atomic<bool> stopping = false, handing_over = false, reads_changed = false;
    std::atomic<std::uint64_t> released = 0; // a sequence
    Former former;
    std::uint64_t earlier_at = 0, losses_at = 0; // sequences: of what has to be kept for the next

    Packages packages; // read while the programs are loaded
    Receiver receiver;
    LossLedger ledger;
    LossCounts counts; // as last looked at; `dropped` is counted here
    HealPlan healing;
    CredentialWatch credentials{[this] { return untold(); }};
    std::uint64_t lost_starts = 0;  // as last looked at
    std::uint64_t watermark_ns = 0; // Unix, as last told; 0: not since the clock was set
    BootClock clock;
    std::uint64_t opened_ns = 0; // boot time
    std::uint64_t sequence = 0, newest_ns = 0, losses_told_ns = 0, watched_ns = 0;
    bool refused = false; // the sink

    [[nodiscard]] Result<void> open_ring(std::uint32_t bytes);
    [[nodiscard]] Result<void> open_poll();
    void watch_changes();
    void tell_changes();
    void resume();
    void drain_earlier();
    void keep_what_was_told();
    void tell_sign(const Sign &sign, std::int64_t step_ns);
    void put(event::Record record);
    void take(std::span<const std::byte> bytes);
    void judge(std::span<const std::byte> bytes, const event::Record &record);
    void tell_clock(std::uint64_t now_ns, bool is_first);
    void tell_losses(std::uint64_t now_ns);
    void look_for_losses(std::uint64_t now_ns);
    [[nodiscard]] CredentialWatch::Untold untold();
    void tell_late_change(sentra_cred &change, std::uint64_t time_ns);
    [[nodiscard]] Result<void> tell_snapshot(bool heals);
    void watch();
    Ring::End drain();
    void turn();
    void wait() const;
    void finish();
};

Result<void> Sensor::Inside::open_ring(std::uint32_t bytes)
{
    auto opened = Ring::open(kernel->ring_fd(), bytes);
    if (!opened)
        return tl::unexpected(opened.error());
    ring.emplace(std::move(*opened));
    trail.emplace(*ring, survival->keeps());
    return {};
}

Result<void> Sensor::Inside::open_poll()
{
    poll = Fd(epoll_create1(EPOLL_CLOEXEC));
    stop_event = Fd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    // Edge-triggered: a ring that merely is not empty does not wake, only a program that asks for
    // it does.
    epoll_event on_ring{};
    on_ring.events = EPOLLIN | EPOLLET;
    epoll_event on_stop{};
    on_stop.events = EPOLLIN;
    if (epoll_ctl(poll.get(), EPOLL_CTL_ADD, kernel->ring_fd(), &on_ring) != 0 ||
        epoll_ctl(poll.get(), EPOLL_CTL_ADD, stop_event.get(), &on_stop) != 0)
        return system_failure("wait for the kernel ring", errno);
    return {};
}

// Where the programs see system calls only, what passes those by is watched for as well.
void Sensor::Inside::watch_changes()
{
    const auto rows = kernel->programs();
    file_watches.are_needed = std::any_of(rows.begin(), rows.end(), [](const ProgramRow &row) {
        return row.attached && row.rung == name_of(Rung::tracepoint) &&
               row.event.substr(0, 5) == "file.";
    });
    if (!file_watches.are_needed || options.watched_changes.empty())
        return;
    auto opened = ChangeSource::open(
        options.watched_changes,
        [this](sentra_type type, std::string_view directory, std::string_view name) {
            const auto wanted = filter->wanted();
            return !wanted || is_asked_for(*wanted, type, directory, name);
        },
        [this](std::uint64_t cgroup) { return filter->is_trusted(cgroup); });
    if (!opened) {
        file_watches.reason = opened.error().text;
        return;
    }
    changes = std::move(*opened);
    epoll_event on_change{};
    on_change.events = EPOLLIN | EPOLLET;
    // Without it changes are looked into at the next turn.
    epoll_ctl(poll.get(), EPOLL_CTL_ADD, changes->fd(), &on_change);
}

void Sensor::Inside::tell_changes()
{
    if (!changes)
        return;
    changes->turn(clock, [this](event::Record record) {
        record.head().sequence = ++sequence;
        put(std::move(record));
    });
    counts.dropped[SENTRA_LOSS_WATCH_FULL] = changes->lost();
    const std::lock_guard lock(watches_mutex);
    file_watches.directories = changes->counts().directories;
    file_watches.refused = changes->counts().refused;
    file_watches.explained = changes->explained();
    file_watches.told = changes->told();
}

void Sensor::Inside::put(event::Record record)
{
    if (changes)
        changes->passed(record);
    if (!refused && !sink->put(std::move(record)))
        refused = true;
}

void Sensor::Inside::take(std::span<const std::byte> bytes)
{
    auto record = receiver.receive(bytes, sequence + 1, clock.boot_to_unix_ns());
    if (!record) {
        ++counts.dropped[record.error()];
        return;
    }
    const std::uint64_t time_ns = record->head().time_ns;
    newest_ns = std::max<std::uint64_t>(newest_ns, time_ns);
    judge(bytes, *record);
    auto late =
        credentials.take(*record, time_ns - static_cast<std::uint64_t>(clock.boot_to_unix_ns()));
    if (late && late->goes_first)
        tell_late_change(late->change, time_ns);
    record->head().sequence = ++sequence;
    put(std::move(*record));
    if (late && !late->goes_first)
        tell_late_change(late->change, time_ns);
}

// Inside the ring the sequence of a file's record is the kernel's name for its directory.
void Sensor::Inside::judge(std::span<const std::byte> bytes, const event::Record &record)
{
    sentra_head head{};
    std::memcpy(&head, bytes.data(), sizeof head);
    if (head.sequence == 0 || head.type >> 8U != SENTRA_FILE_WRITE >> 8U)
        return;
    sentra_file file{};
    std::memcpy(&file, record.bytes().data(), sizeof file);
    const std::string_view path(
        reinterpret_cast<const char *>(record.bytes().data()) + file.path.off, file.path.len);
    if ((file.flags & (SENTRA_FILE_PATH_TRUNCATED | SENTRA_FILE_PATH_GIVEN)) == 0 &&
        (head.flags & SENTRA_RECORD_TRUNCATED) == 0)
        filter->judge(head.sequence, directory_name(path));
}

void Sensor::Inside::tell_clock(std::uint64_t now_ns, bool is_first)
{
    const auto step_ns = clock.look();
    if (!step_ns && !is_first)
        return;
    watermark_ns = 0;
    event::Build<sentra_clock> record(SENTRA_META_CLOCK, SENTRA_SOURCE_KERNEL,
                                      clock.to_unix(now_ns), ++sequence);
    record->boot_to_unix_ns = clock.boot_to_unix_ns();
    record->step_ns = is_first ? 0 : *step_ns;
    put(record.finish());
    // A host that has just started is told the time by others, as it should be.
    if (!is_first && now_ns > kClockSettlesNs && std::abs(*step_ns) > kClockStepNs)
        tell_sign({SENTRA_TAMPER_CLOCK_STEPPED, false, "the clock was set"}, *step_ns);
}

// A loss is told with the time up to which everything has been handed on: whatever happened after
// it, a log line among them, is judged by people who know of it.
void Sensor::Inside::tell_losses(std::uint64_t now_ns)
{
    const auto rows = kernel->account();
    if (!rows)
        return; // read again the next time; nothing is forgotten
    counts.rows = *rows;
    counts.missed = missed_runs(kernel->programs());
    credentials.looked({.events = untold_events(counts), .now_ns = now_ns});
    bool shaken = false;
    for (const LossStep &step : ledger.step(counts, now_ns)) {
        shaken = shaken || shakes_process_tree(step);
        losses->count(step.kind, step.count);
        event::Build<sentra_lost> record(SENTRA_META_LOSS, SENTRA_SOURCE_KERNEL,
                                         watermark_ns != 0 ? watermark_ns : clock.to_unix(now_ns),
                                         ++sequence);
        record->count = step.count;
        record->total = step.total;
        record->kind = step.kind;
        record->of_type = step.of_type;
        record->from_ns = clock.to_unix(step.from_ns);
        record->to_ns = clock.to_unix(step.to_ns);
        put(record.finish());
        losses_at = sequence;
    }
    healing.looked(shaken, now_ns);
}

CredentialWatch::Untold Sensor::Inside::untold()
{
    LossCounts now{.missed = missed_runs(kernel->programs()), .dropped = counts.dropped};
    if (const auto rows = kernel->account())
        now.rows = *rows;
    return {.events = untold_events(now), .now_ns = boot_now_ns()};
}

void Sensor::Inside::tell_late_change(sentra_cred &change, std::uint64_t time_ns)
{
    event::Build<sentra_cred> record(SENTRA_CRED_CHANGE, SENTRA_SOURCE_KERNEL, time_ns, ++sequence);
    change.head = record->head;
    *record = change;
    put(record.finish());
}

void Sensor::Inside::look_for_losses(std::uint64_t now_ns)
{
    const std::uint64_t starts = kernel->lost_starts(); // before the look: none may fall between
    const bool urgent = starts != lost_starts && healing.is_first_news();
    if (!urgent && now_ns - losses_told_ns < kLossesEveryNs)
        return;
    lost_starts = starts;
    losses_told_ns = now_ns;
    tell_losses(boot_now_ns());
    // A look that failed is made again when the next one is due.
    if (healing.is_due(now_ns) && tell_snapshot(true))
        healing.healed(now_ns);
}

// The processes as they are. Their arguments come from /proc, of the same process only: (pid,
// start) decides.
Result<void> Sensor::Inside::tell_snapshot(bool heals)
{
    packages.await(kPackagesAwaited);
    const std::uint64_t began_ns = boot_now_ns();
    const auto bytes = kernel->snapshot();
    if (!bytes)
        return tl::unexpected(bytes.error());
    std::uint32_t told = 0;
    bool is_whole = true;
    const auto taking = [&](std::span<const std::byte> process) {
        sentra_exec exec{};
        std::memcpy(&exec, process.data(), sizeof exec);
        auto record = receiver.receive_snapshot(process, read_arguments(exec.actor), sequence + 1,
                                                clock.boot_to_unix_ns());
        if (!record) {
            ++counts.dropped[record.error()];
            is_whole = false;
            return;
        }
        ++sequence;
        ++told;
        (void)credentials.take(*record, exec.head.time_ns); // a beginning, never a change
        // Who runs since before the oldest event that is still to be told was there when it
        // happened.
        if (!heals && exec.actor.start_ns < former.oldest_ns())
            record->head().time_ns = clock.to_unix(former.oldest_ns());
        put(std::move(*record));
    };
    if (auto taken = for_each_process(*bytes, taking); !taken)
        return taken;
    if (!is_whole)
        return {}; // who was not told may still run
    event::Build<sentra_snapshot> record(SENTRA_META_SNAPSHOT, SENTRA_SOURCE_KERNEL,
                                         clock.to_unix(boot_now_ns()), ++sequence);
    record->began_ns = clock.to_unix(began_ns);
    record->processes = told;
    record->heals = heals ? 1 : 0;
    put(record.finish());
    return {};
}

void Sensor::Inside::watch()
{
    const auto globs = [this] {
        const std::lock_guard lock(watches_mutex);
        return options.watched_reads;
    }();
    const WatchList list = expand(globs);
    kernel->watch(list.files, list.names);
    if (filter && !options.trusted_units.empty())
        filter->trust(groups_of(options.trusted_units, group_root()));
}

Ring::End Sensor::Inside::drain()
{
    const Ring::End end =
        ring->drain(kBatchRecords, [this](std::span<const std::byte> bytes, std::uint64_t behind) {
            if (former.is_for_us(bytes, false))
                take(bytes);
            trail->took(sequence, behind);
            return !refused;
        });
    trail->rest();
    return end;
}

// One turn: what there is, then what has come to light meanwhile, then how far time is known.
void Sensor::Inside::turn()
{
    const std::uint64_t began_ns = boot_now_ns();
    tell_clock(began_ns, false);
    const Ring::End end = drain();
    look_for_losses(began_ns);
    tell_changes();
    keep_what_was_told();
    for (const Sign &sign : guard->look(began_ns))
        tell_sign(sign, 0);
    if (reads_changed.exchange(false) || began_ns - watched_ns >= kWatchListEveryNs) {
        watched_ns = began_ns;
        watch();
        if (changes)
            changes->refresh();
    }
    std::uint64_t known_ns = clock.to_unix(began_ns);
    if (end != Ring::End::caught_up)
        known_ns = std::min(known_ns, newest_ns);
    if (!refused && known_ns > kSlackNs) {
        watermark_ns = known_ns - kSlackNs;
        sink->watermark(watermark_ns);
    }
    if (end == Ring::End::caught_up || end == Ring::End::under_way)
        wait();
}

void Sensor::Inside::wait() const
{
    std::array<epoll_event, 3> events{};
    epoll_wait(poll.get(), events.data(), static_cast<int>(events.size()),
               static_cast<int>(options.poll.count()));
}

// What was under way when the programs were told to stop is done when the account balances.
void Sensor::Inside::finish()
{
    kernel->pause();
    for (int tries = 0; tries < 100 && !refused; ++tries) {
        const auto rows = kernel->account();
        const Ring::End end = drain();
        if (end == Ring::End::caught_up && rows && balances(*rows))
            break;
        if (end != Ring::End::batch_full)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    tell_losses(boot_now_ns());
}

void Sensor::Inside::resume()
{
    former.look(*survival, *ring, boot_now_ns());
    if (former.oldest_ns() != 0)
        ledger.begin(former.oldest_ns());
    if (const auto counts_told = survival->told_losses())
        (void)ledger.step(*counts_told, boot_now_ns()); // told by the one before
}

// Rings whose programs are deaf: read to the end once, after what was under way is done.
void Sensor::Inside::drain_earlier()
{
    for (Ring &from : survival->earlier()) {
        const auto taking = [this](std::span<const std::byte> bytes, std::uint64_t) {
            if (former.is_for_us(bytes, true))
                take(bytes);
            return !refused;
        };
        Ring::End end = Ring::End::batch_full;
        for (int tries = 0; tries < 200 && !refused; ++tries) {
            do
                end = from.drain(kBatchRecords, taking);
            while (end == Ring::End::batch_full);
            if (end == Ring::End::caught_up && tries >= 20)
                break;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
    earlier_at = sequence;
}

void Sensor::Inside::tell_sign(const Sign &sign, std::int64_t step_ns)
{
    event::Build<sentra_tamper> record(SENTRA_META_TAMPER, SENTRA_SOURCE_KERNEL,
                                       clock.to_unix(boot_now_ns()), ++sequence);
    record->kind = sign.kind;
    record->mended = sign.is_mended ? 1 : 0;
    record->step_ns = step_ns;
    record.text(record->detail, sign.detail);
    put(record.finish());
}

void Sensor::Inside::keep_what_was_told()
{
    if (!survival->earlier().empty() && released >= earlier_at)
        survival->forget_earlier();
    if (losses_at != 0 && released >= losses_at) {
        survival->keep_told(counts);
        losses_at = 0;
    }
}

Sensor::Sensor(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Sensor::~Sensor()
{
    if (inside_ && inside_->stopping && !inside_->handing_over)
        inside_->survival->forget();
}

Result<std::unique_ptr<Sensor>> Sensor::open(Options options, event::Sink &sink,
                                             event::Losses &losses)
{
    if (auto enough = Features::ask().sufficient(); !enough)
        return tl::unexpected(enough.error());
    auto inside = std::make_unique<Inside>();
    inside->receiver.use(&inside->packages);
    inside->options = std::move(options);
    inside->sink = &sink;
    inside->losses = &losses;
    const std::uint32_t bytes = ring_size(inside->options.ring_bytes);
    auto survival = Survival::open(inside->options.pins);
    if (!survival)
        return tl::unexpected(survival.error());
    inside->survival.emplace(std::move(*survival));
    auto kernel = inside->survival->kernel(bytes, inside->options.only);
    if (!kernel)
        return tl::unexpected(kernel.error());
    inside->kernel = std::move(*kernel);
    if (auto ring = inside->open_ring(bytes); !ring)
        return tl::unexpected(ring.error());
    if (auto poll = inside->open_poll(); !poll)
        return tl::unexpected(poll.error());
    inside->filter.emplace(inside->kernel->filter_seat(), inside->options.wanted);
    inside->watch();
    inside->watch_changes();
    inside->clock.look();
    inside->opened_ns = boot_now_ns();
    inside->ledger.begin(inside->opened_ns);
    inside->survival->begin(*inside->kernel);
    inside->guard.emplace(*inside->kernel, *inside->survival);
    inside->resume();
    return std::unique_ptr<Sensor>(new Sensor(std::move(inside)));
}

Result<void> Sensor::run()
{
    Inside &in = *inside_;
    in.watched_ns = in.losses_told_ns = boot_now_ns();
    in.tell_clock(in.former.oldest_ns() != 0 ? in.former.oldest_ns() : in.opened_ns, true);
    if (auto told = in.tell_snapshot(false); !told)
        return told;
    in.drain_earlier();
    while (!in.stopping && !in.refused)
        in.turn();
    if (!in.handing_over || !in.survival->keeps())
        in.finish();
    else
        in.drain();
    return {};
}

void Sensor::widen(std::shared_ptr<const Wanted> next)
{
    inside_->filter->widen(std::move(next));
}

void Sensor::narrow(std::shared_ptr<const Wanted> next)
{
    inside_->filter->narrow(std::move(next));
}

void Sensor::release(std::uint64_t sequence)
{
    inside_->released = sequence;
    inside_->trail->release(sequence);
}

const Continuity &Sensor::continuity() const
{
    return inside_->survival->continuity();
}

void Sensor::hand_over()
{
    inside_->handing_over = true;
    stop();
}

void Sensor::stop()
{
    inside_->stopping = true;
    const std::uint64_t one = 1;
    // Cannot fail: the counter of an eventfd that is written once has room.
    [[maybe_unused]] const ssize_t written = write(inside_->stop_event.get(), &one, sizeof one);
}

std::vector<Row> Sensor::account() const
{
    const auto rows = inside_->kernel->account();
    return rows ? to_rows(*rows) : std::vector<Row>();
}

std::vector<ProgramRow> Sensor::programs() const
{
    return inside_->kernel->programs();
}

void Sensor::watch_reads(std::vector<std::string> globs)
{
    {
        const std::lock_guard lock(inside_->watches_mutex);
        inside_->options.watched_reads = std::move(globs);
    }
    inside_->reads_changed = true;
}

FileWatches Sensor::file_watches() const
{
    const std::lock_guard lock(inside_->watches_mutex);
    return inside_->file_watches;
}

std::vector<Watch> Sensor::watches() const
{
    return inside_->kernel->watches();
}

} // namespace sentra::sensor
