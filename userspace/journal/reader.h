// SPDX-License-Identifier: MIT
// The live journal: entries of the programs we read go in as they are written, records come out
// with the cursor to go on from. What is always true: a record's time is when the line was sent
// (_SOURCE_REALTIME_TIMESTAMP), the watermark moves on while nothing is written, and entries that
// were gone before they could be read are a meta.gap and a counted loss. run() is for one thread;
// stop() may be called from any other.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "event/source.h"
#include "journal/translate.h"

struct sd_journal;

namespace sentra::journal {

struct ReaderOptions {
    std::string directory; // empty: the host's own journals
    std::string cursor;    // of the last record that was kept; empty: none
    std::uint64_t since_ns =
        0; // read again from here on (Unix time); 0: from the cursor, else from now
    std::uint32_t pid_namespace = 0; // in which the journal's pids count
    std::chrono::milliseconds poll{200};
};

// How far the watermark stays behind the clock. Measured (journald 252, two cores): from the
// sending call to readable 0.4 ms in the middle, 3.5 ms at most, idle or with four processes
// sending at full speed. journald takes its datagrams in order, so the rest is for a journald that
// is starved.
inline constexpr std::uint64_t kWatermarkSlackNs = 300'000'000;

class Reader {
public:
    // Fails only where the journal library refuses the directory for good (no permission). A
    // directory that is not there yet is waited for.
    [[nodiscard]] static Result<std::unique_ptr<Reader>>
    open(ReaderOptions options, event::Sink &sink, event::Losses &losses);
    Reader(const Reader &) = delete;
    Reader &operator=(const Reader &) = delete;
    ~Reader();

    // Reads until stop() is called or the sink wants no more.
    [[nodiscard]] Result<void> run();
    void stop() { stopped_.store(true); }
    // Whether there is anything in the journal at all; false: nobody writes one. From any thread.
    [[nodiscard]] bool has_entries() const { return has_entries_.load(); }
    // The end has been reached once: what was there at the start has been handed on.
    [[nodiscard]] bool has_caught_up() const { return has_caught_up_.load(); }

private:
    struct Close {
        void operator()(sd_journal *journal) const;
    };
    using Journal = std::unique_ptr<sd_journal, Close>;
    enum class Next : std::uint8_t { entry, nothing, broken, over };

    Reader(ReaderOptions options, event::Sink &sink, event::Losses &losses);
    [[nodiscard]] Result<void> open_journal();
    void check_cursor();
    [[nodiscard]] bool seek();
    [[nodiscard]] Next read_one();
    [[nodiscard]] Result<void> idle(std::uint64_t asked_at_ns);
    [[nodiscard]] Result<void> reopen();
    [[nodiscard]] bool put_all(std::vector<event::Record> &records);
    void put_gap(std::uint64_t from_ns, std::uint64_t to_ns, std::string_view reason);
    void watermark(std::uint64_t time_ns);

    const ReaderOptions options_;
    event::Sink &sink_;
    event::Losses &losses_;
    Translator translator_;
    Journal journal_;
    std::string cursor_;         // of the last entry read, or the one we were given
    std::uint64_t start_ns_ = 0; // where to begin when there is no cursor
    std::uint64_t opened_ns_ = 0;
    std::uint64_t watermark_ns_ = 0;
    bool rewind_ = true;     // begin at since_ns, not behind the cursor
    bool ever_read_ = false; // an entry, since the journal was opened
    bool at_entry_ = false;  // seeking has come to rest on an entry that is still to be read
    bool said_empty_ = false;
    bool sink_open_ = true;
    std::atomic<bool> stopped_ = false;
    std::atomic<bool> has_entries_ = false;
    std::atomic<bool> has_caught_up_ = false;
};

// The time a cursor's text holds ("...;t=<microseconds in hex>;..."); 0 where it holds none.
[[nodiscard]] std::uint64_t cursor_time_ns(std::string_view cursor);

} // namespace sentra::journal
