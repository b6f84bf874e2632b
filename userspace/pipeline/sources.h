// SPDX-License-Identifier: MIT
// The live sources, each on its own thread: the kernel's events and the journal. Puts into a merge;
// owns the threads. A kernel that lets no sensor in is not an error: the journal goes on, and says
// so.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"
#include "journal/keeper.h"
#include "journal/reader.h"
#include "pipeline/config.h"
#include "pipeline/merge.h"
#include "pipeline/playback.h"
#include "pipeline/status.h"
#include "sensor/sensor.h"

namespace sentra::pipeline {

class Sources {
public:
    struct Start {
        std::string cursor;         // of the last journal entry taken; empty: none
        std::uint64_t since_ns = 0; // where to read the journal from; 0: the cursor, else now
        // What the rules need of the kernel's events (pipeline/needed.h); null: everything is told.
        std::shared_ptr<const sensor::Wanted> wanted;
        std::vector<std::string> watched_reads; // more files whose reading is told
        std::string pins; // where the kernel half outlives this process; empty: nowhere
    };

    // Opens what there is. Fails when that is nothing.
    [[nodiscard]] static Result<std::unique_ptr<Sources>>
    open(const Config &config, const Start &start, Merge &merge, Say say);
    ~Sources(); // stops, and waits for the threads; the merge is drained or closed by then
    Sources(const Sources &) = delete;
    Sources &operator=(const Sources &) = delete;

    void run();  // starts the threads
    void stop(); // asks them to end; the merge is over when they have
    // As stop(), but the kernel half goes on watching, for a daemon that comes soon.
    void hand_over();
    // New rules without a gap: widen(), use them, narrow().
    void widen(const std::shared_ptr<const sensor::Wanted> &wanted,
               std::vector<std::string> watched_reads);
    void narrow(const std::shared_ptr<const sensor::Wanted> &wanted);
    // What the kernel told up to that number is kept: it need not be told again.
    void release(std::uint64_t kernel_sequence);

    // What the sources lost that they do not tell in records themselves, as records.
    [[nodiscard]] std::vector<event::Record> new_losses();
    // That journald has gone away, once; nullopt: it has not.
    [[nodiscard]] std::optional<event::Record> new_silence();
    // Why the kernel is not watched; empty while it is, or is not meant to be.
    [[nodiscard]] const std::string &kernel_why() const { return kernel_why_; }
    // Why something was not seen between the daemon before and this one; empty: nothing was missed.
    [[nodiscard]] std::string kernel_gap() const;
    void describe(Status &status) const;
    // Nothing that was there before the start is still to be read.
    [[nodiscard]] bool is_past_read() const { return !reader_ || reader_->has_caught_up(); }

private:
    Sources(Merge &merge, Say say) : merge_(merge), say_(std::move(say)) {}
    [[nodiscard]] Result<void> open_sensor(const Config &config, const Start &start);
    [[nodiscard]] Result<void> open_journal(const Config &config, const Start &start);
    void ended(const char *source, const Result<void> &how);

    Merge &merge_;
    Say say_;
    event::Losses kernel_losses_, journal_losses_;
    std::array<std::uint64_t, SENTRA_LOSS_COUNT> told_{}; // of journal_losses_
    Merge::Inlet *kernel_inlet_ = nullptr;
    Merge::Inlet *journal_inlet_ = nullptr;
    std::unique_ptr<sensor::Sensor> sensor_;
    std::vector<std::string> own_reads_; // whose reading is told whatever the rules ask
    std::unique_ptr<journal::Reader> reader_;
    std::optional<journal::Keeper> keeper_; // of the host's own journald
    std::string kernel_why_;
    bool kernel_wanted_ = true, journal_wanted_ = true;
    mutable std::mutex mutex_; // guards what the threads say when they end
    std::string journal_ended_, kernel_ended_;
    std::vector<std::thread> threads_;
};

} // namespace sentra::pipeline
