// SPDX-License-Identifier: MIT
#include "journal/reader.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <utility>

#include <systemd/sd-journal.h>

#include <sentra/event/meta.h>

#include "base/text.h"
#include "base/time.h"
#include "event/build.h"
#include "journal/trust.h"

namespace sentra::journal {

namespace {

// While old entries are read again there is no haste, and a host that was busy then may have
// delayed its lines for longer.
constexpr std::uint64_t kCatchUpSlackNs = 5 * kSecondNs;
// Where lines come without an end, the end of the journal is never reached; what is behind that
// line must not wait as if it were old.
constexpr std::uint64_t kFloodSlackNs = kSecondNs;
// A library handle on a directory that was empty does not see every way it can be filled.
constexpr std::uint64_t kReopenEmptyNs = 10 * kSecondNs;

// What PID 1 says about units: these of its messages and no others (the parser's table).
constexpr const char *kUnitMessages[] = {
    "MESSAGE_ID=39f53479d3a045ac8e11786248231fbf", "MESSAGE_ID=9d1aaa27d60140bd96365438aad20286",
    "MESSAGE_ID=be02cf6855d2428ba40df7e9d022f03d", "MESSAGE_ID=d9b373ed55a64feb8242e02dbe79a49c",
    "MESSAGE_ID=7b05ebc668384222baa8881179cfda54"};

std::uint64_t now_ns()
{
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * kSecondNs +
           static_cast<std::uint64_t>(now.tv_nsec);
}

int add_match(sd_journal *journal, const std::string &match)
{
    return sd_journal_add_match(journal, match.data(), match.size());
}

// (identifier is one of ours) or (PID 1 and one of the messages about units).
int add_matches(sd_journal *journal)
{
    sd_journal_flush_matches(journal);
    for (const Program &program : programs()) {
        if (program.name == "systemd")
            continue;
        for (const std::string_view identifier : program.identifiers)
            if (const int r = add_match(journal, "SYSLOG_IDENTIFIER=" + std::string(identifier));
                r < 0)
                return r;
    }
    if (const int r = sd_journal_add_disjunction(journal); r < 0)
        return r;
    if (const int r = add_match(journal, "_PID=1"); r < 0)
        return r;
    for (const char *message : kUnitMessages)
        if (const int r = add_match(journal, message); r < 0)
            return r;
    return 0;
}

std::uint64_t entry_time_ns(sd_journal *journal)
{
    std::uint64_t microseconds = 0;
    return sd_journal_get_realtime_usec(journal, &microseconds) < 0 ? 0 : microseconds * 1000;
}

std::string cursor_of(sd_journal *journal)
{
    char *text = nullptr;
    if (sd_journal_get_cursor(journal, &text) < 0)
        return {};
    const std::unique_ptr<char, decltype(&std::free)> owned(text, &std::free);
    return text;
}

Entry entry_of(sd_journal *journal)
{
    Entry entry;
    const void *bytes = nullptr;
    std::size_t size = 0;
    sd_journal_restart_data(journal);
    while (sd_journal_enumerate_available_data(journal, &bytes, &size) > 0) {
        const std::string_view field(static_cast<const char *>(bytes), size);
        const auto equals = field.find('=');
        if (equals != std::string_view::npos)
            entry.set(field.substr(0, equals), field.substr(equals + 1));
    }
    if (entry.realtime_ns == 0)
        entry.realtime_ns = entry_time_ns(journal);
    entry.cursor = cursor_of(journal);
    return entry;
}

} // namespace

std::uint64_t cursor_time_ns(std::string_view cursor)
{
    for (const std::string_view part : split(cursor, ';')) {
        if (!part.starts_with("t="))
            continue;
        const auto microseconds = parse_number<std::uint64_t>(part.substr(2), 16);
        return microseconds && *microseconds < (std::uint64_t{1} << 53U) ? *microseconds * 1000 : 0;
    }
    return 0;
}

void Reader::Close::operator()(sd_journal *journal) const
{
    sd_journal_close(journal);
}

Reader::Reader(ReaderOptions options, event::Sink &sink, event::Losses &losses)
    : options_(std::move(options)),
      sink_(sink),
      losses_(losses),
      translator_(losses),
      cursor_(options_.cursor),
      start_ns_(options_.since_ns != 0 ? options_.since_ns : now_ns()),
      rewind_(options_.since_ns != 0 || cursor_.empty())
{}

Reader::~Reader() = default;

Result<std::unique_ptr<Reader>> Reader::open(ReaderOptions options, event::Sink &sink,
                                             event::Losses &losses)
{
    std::unique_ptr<Reader> reader(new Reader(std::move(options), sink, losses));
    if (auto opened = reader->open_journal(); !opened)
        return tl::unexpected(std::move(opened.error()));
    return reader;
}

// journal_ stays empty where the directory is not there yet.
Result<void> Reader::open_journal()
{
    sd_journal *journal = nullptr;
    journal_.reset();
    opened_ns_ = now_ns();
    ever_read_ = at_entry_ = false;
    // Not SD_JOURNAL_SYSTEM: lines that sudo writes under a user's uid are in that user's file.
    const int r = options_.directory.empty()
                      ? sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY)
                      : sd_journal_open_directory(&journal, options_.directory.c_str(), 0);
    if (r == -ENOENT)
        return {};
    if (r < 0)
        return system_failure("open journal " + options_.directory, -r);
    journal_.reset(journal);
    // One byte more than is kept, so that what was cut is seen as cut.
    sd_journal_set_data_threshold(journal, SENTRA_MESSAGE_MAX + sizeof "MESSAGE=");
    return {};
}

// Whether the entry we stopped behind is still there. Asked without matches: the cursor may be of a
// version that read other programs.
void Reader::check_cursor()
{
    sd_journal_flush_matches(journal_.get());
    const bool found = sd_journal_seek_cursor(journal_.get(), cursor_.c_str()) >= 0 &&
                       sd_journal_next(journal_.get()) > 0;
    if (found && sd_journal_test_cursor(journal_.get(), cursor_.c_str()) > 0)
        return;
    losses_.count(SENTRA_LOSS_JOURNAL_GAP);
    const std::uint64_t from_ns = cursor_time_ns(cursor_);
    const std::uint64_t first_ns = found ? entry_time_ns(journal_.get()) : now_ns();
    put_gap(from_ns, std::max(from_ns, first_ns),
            "the journal no longer holds the entry that was read last");
    // The nearest entry behind it may also be gone: go on by time.
    cursor_.clear();
    if (options_.since_ns == 0)
        start_ns_ = from_ns != 0 ? from_ns : start_ns_;
    rewind_ = true;
}

// To before the first entry to read. false: the library would not.
bool Reader::seek()
{
    sd_journal *journal = journal_.get();
    const bool is_empty = sd_journal_seek_head(journal) < 0 || sd_journal_next(journal) <= 0;
    has_entries_.store(!is_empty);
    if (!said_empty_ && is_empty) {
        said_empty_ = true;
        put_gap(start_ns_, start_ns_,
                options_.directory.empty()
                    ? "the host has no journal yet"
                    : "there is no journal in " + options_.directory + " yet");
    }
    if (!cursor_.empty())
        check_cursor();
    if (add_matches(journal) < 0)
        return false;
    if (rewind_)
        return sd_journal_seek_realtime_usec(journal, start_ns_ / 1000) >= 0;
    if (sd_journal_seek_cursor(journal, cursor_.c_str()) < 0)
        return false;
    // The entry of the cursor itself has been read. One that stands in its place has not.
    at_entry_ =
        sd_journal_next(journal) > 0 && sd_journal_test_cursor(journal, cursor_.c_str()) <= 0;
    return true;
}

Reader::Next Reader::read_one()
{
    const int r = std::exchange(at_entry_, false) ? 1 : sd_journal_next(journal_.get());
    if (r == 0)
        return Next::nothing;
    if (r < 0)
        return Next::broken;
    ever_read_ = true;
    has_entries_.store(true);
    Entry entry = entry_of(journal_.get());
    entry.pid_namespace = options_.pid_namespace;
    if (!entry.cursor.empty()) {
        cursor_ = entry.cursor;
        rewind_ = false;
    }
    std::vector<event::Record> records;
    translator_.translate(entry, SENTRA_SOURCE_JOURNAL, records);
    if (!put_all(records))
        return Next::over;
    const std::uint64_t written_ns = entry_time_ns(journal_.get());
    if (written_ns > kCatchUpSlackNs)
        watermark(std::min(written_ns, now_ns()) -
                  (written_ns < opened_ns_ ? kCatchUpSlackNs : kFloodSlackNs));
    return Next::entry;
}

bool Reader::put_all(std::vector<event::Record> &records)
{
    for (event::Record &record : records)
        if (sink_open_)
            sink_open_ = sink_.put(std::move(record));
    records.clear();
    return sink_open_;
}

void Reader::put_gap(std::uint64_t from_ns, std::uint64_t to_ns, std::string_view reason)
{
    event::Build<sentra_gap> gap(SENTRA_META_GAP, SENTRA_SOURCE_JOURNAL,
                                 std::max(to_ns, watermark_ns_),
                                 translator_.next_sequence(SENTRA_SOURCE_JOURNAL));
    gap.text(gap->reason, reason);
    gap->from_ns = from_ns;
    gap->to_ns = to_ns;
    gap->of_source = SENTRA_SOURCE_JOURNAL;
    if (sink_open_)
        sink_open_ = sink_.put(gap.finish());
}

// Never backwards: the clock may be set back, what was promised stays promised.
void Reader::watermark(std::uint64_t time_ns)
{
    if (time_ns <= watermark_ns_)
        return;
    std::vector<event::Record> records;
    translator_.flush(time_ns, records);
    if (!put_all(records))
        return;
    watermark_ns_ = time_ns;
    sink_.watermark(time_ns);
}

// The end was reached at asked_at_ns: everything sent before it, but for journald's own delay, has
// been read.
Result<void> Reader::idle(std::uint64_t asked_at_ns)
{
    watermark(asked_at_ns - kWatermarkSlackNs);
    has_caught_up_.store(true);
    const auto patience = static_cast<std::uint64_t>(options_.poll.count()) * 1000;
    if (journal_ == nullptr || sd_journal_wait(journal_.get(), patience) < 0) {
        timespec pause{};
        pause.tv_sec = static_cast<time_t>(options_.poll.count() / 1000);
        pause.tv_nsec = static_cast<long>(options_.poll.count() % 1000) * 1'000'000;
        nanosleep(&pause, nullptr);
    }
    if (journal_ == nullptr || (!ever_read_ && now_ns() - opened_ns_ > kReopenEmptyNs))
        return reopen();
    return {};
}

Result<void> Reader::reopen()
{
    const bool was_there = journal_ != nullptr;
    if (auto opened = open_journal(); !opened)
        return opened;
    if (journal_ != nullptr && !seek() && !was_there)
        journal_.reset();
    return {};
}

Result<void> Reader::run()
{
    if (journal_ == nullptr) {
        said_empty_ = true;
        put_gap(start_ns_, start_ns_, "there is no directory " + options_.directory + " yet");
    } else if (!seek()) {
        return failure("read journal " + options_.directory + ": seeking failed");
    }
    while (!stopped_.load() && sink_open_) {
        const std::uint64_t asked_at_ns = now_ns();
        const Next next = journal_ == nullptr ? Next::nothing : read_one();
        if (next == Next::entry)
            continue;
        if (next == Next::over)
            break;
        if (next == Next::broken) {
            // A file that was cut short or removed under us; the others go on.
            losses_.count(SENTRA_LOSS_JOURNAL_GAP);
            put_gap(watermark_ns_, asked_at_ns, "a journal file could not be read");
            if (auto opened = reopen(); !opened)
                return opened;
        }
        if (auto waited = idle(asked_at_ns); !waited)
            return waited;
    }
    return {};
}

} // namespace sentra::journal
