// SPDX-License-Identifier: MIT
// What the engine alone costs on one core:
//     bench_engine [--events N] [--runs N] [--apart SECONDS] EVENTS RULES_DIR...
// EVENTS is a recording, or a directory of the tests' streams. It is played over and over until N
// events have gone through (1,000,000), each time as new: later, by other processes and in other
// login sessions, and so many seconds after the round before (1): days go by quickly where the
// rounds are far apart. CPU time of this thread, never wall time. Prints one line of JSON: the
// engine's events a second (median and best of the runs), what each stage of a replay takes, what
// doubling the rules costs, and how much larger the process and what is in use of it are after each
// tenth of the events.
#include <algorithm>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include <malloc.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"
#include "engine/engine.h"
#include "engine/rule_files.h"
#include "engine/stream.h"
#include "replay/player.h"

namespace {

using namespace sentra;

// Records that belong together: one host's, in order.
using Segment = std::vector<event::Record>;

Result<std::vector<Segment>> read_events(const std::string &path)
{
    std::vector<Segment> all;
    if (std::filesystem::is_directory(path)) {
        std::vector<std::string> files;
        for (const auto &file : std::filesystem::directory_iterator(path))
            files.push_back(file.path().string());
        std::sort(files.begin(), files.end());
        for (const std::string &file : files)
            if (auto stream = engine::read_stream(file))
                all.push_back(std::move(stream->records));
        return all;
    }
    auto player = replay::Player::open(path);
    if (!player)
        return tl::unexpected(player.error());
    Segment &only = all.emplace_back();
    for (;;) {
        auto record = player->next();
        if (!record)
            return tl::unexpected(record.error());
        if (!*record)
            return all;
        only.push_back(std::move(**record));
    }
}

// Calls visit with each start time and each audit session of the record.
template <typename Visit> void visit_names(event::Record &record, const Visit &visit)
{
    const event::Type *type = event::Catalogue::get().find_type(record.head().type);
    auto *bytes = reinterpret_cast<std::byte *>(&record.head());
    for (std::size_t i = 0; type != nullptr && i < type->slots.size(); ++i) {
        const event::Slot &slot = type->slots[i];
        if (slot.width == 8 && slot.name.ends_with("start_ns"))
            visit(*reinterpret_cast<std::uint64_t *>(bytes + slot.offset));
        else if (slot.width == 4 && slot.name == "audit.session.id")
            visit(*reinterpret_cast<std::uint32_t *>(bytes + slot.offset));
    }
}

// Who was there before the recording began stays who he is, and is told once.
struct Lasting {
    std::set<std::uint64_t> starts{0};
    std::set<std::uint32_t> sessions{SENTRA_UNSET};

    [[nodiscard]] static bool is_told_once(const event::Record &record)
    {
        const std::uint16_t type = record.head().type;
        return type == SENTRA_PROCESS_SNAPSHOT ||
               (type >= SENTRA_META_CLOCK && type <= SENTRA_META_SNAPSHOT);
    }
    void note(event::Record &record)
    {
        if (record.head().type == SENTRA_PROCESS_SNAPSHOT)
            visit_names(record, [this](auto name) { note(name); });
    }
    void note(std::uint64_t start_ns) { starts.insert(start_ns); }
    void note(std::uint32_t session) { sessions.insert(session); }
};

// Another time, other processes, other sessions: so that nothing joins what it joined before.
void renew(event::Record &record, std::uint64_t later_ns, std::uint32_t round,
           const Lasting &lasting)
{
    constexpr std::uint32_t kSessionsEach = 1000;
    record.head().time_ns += later_ns;
    visit_names(record, [&](auto &name) {
        if constexpr (sizeof name == sizeof later_ns)
            name += lasting.starts.count(name) != 0 ? 0 : later_ns;
        else
            name += lasting.sessions.count(name) != 0 ? 0 : round * kSessionsEach;
    });
}

std::uint64_t cpu_ns()
{
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * kSecondNs +
           static_cast<std::uint64_t>(now.tv_nsec);
}

double resident_mib()
{
    std::ifstream file("/proc/self/statm");
    double all = 0;
    double resident = 0;
    file >> all >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

// What is in use of it, without what the allocator keeps for later.
double in_use_mib()
{
    const auto heap = mallinfo2();
    return static_cast<double>(heap.uordblks + heap.hblkhd) / (1 << 20);
}

// The stages of a replay, each timed over a batch that stays in the cache, as a record does that
// goes through all of them at once.
class Run {
public:
    Run(const std::shared_ptr<const engine::Rules> &rules, std::uint64_t apart_ns)
        : apart_ns_(apart_ns), engine_(rules, losses_)
    {}

    void play(const std::vector<Segment> &segments, std::uint64_t wanted)
    {
        const double at_first = resident_mib();
        const double in_use_at_first = in_use_mib();
        for (std::uint32_t round = 0; events_ < wanted; ++round)
            for (const Segment &segment : segments) {
                if (segments.size() > 1 || session_ == nullptr) {
                    session_ = std::make_unique<session::Session>(losses_);
                    lasting_ = {};
                }
                play(segment, round, wanted, segments.size() == 1);
                while (resident_.size() < events_ * 10 / wanted && resident_.size() < 10) {
                    resident_.push_back(resident_mib() - at_first);
                    in_use_.push_back(in_use_mib() - in_use_at_first);
                }
            }
        sizes_ = engine_.sizes();
    }

    std::uint64_t events_ = 0, matches_ = 0;
    std::uint64_t decode_ns_ = 0, session_ns_ = 0, engine_ns_ = 0;
    std::vector<double> resident_; // more than at the beginning, MiB, after each tenth
    std::vector<double> in_use_;   // the same of what is in use
    engine::Engine::Sizes sizes_;

private:
    struct Given {
        event::Event event;
        session::Context context;
    };

    void play(const Segment &segment, std::uint32_t round, std::uint64_t wanted, bool goes_on)
    {
        constexpr std::size_t kBatch = 512;
        if (segment.empty())
            return;
        const std::uint64_t begin_ns = segment.front().head().time_ns;
        const std::uint64_t later_ns = next_ns_ > begin_ns ? next_ns_ - begin_ns : 0;
        const bool is_known = lasting_.starts.size() > 1;
        for (std::size_t at = 0; at < segment.size() && events_ < wanted; at += kBatch) {
            std::vector<event::Record> batch;
            for (std::size_t i = at; i < std::min(at + kBatch, segment.size()); ++i) {
                if (is_known && Lasting::is_told_once(segment[i]))
                    continue;
                batch.push_back(segment[i].clone());
                lasting_.note(batch.back());
                renew(batch.back(), later_ns, round, lasting_);
                if (goes_on && batch.back().head().type == SENTRA_META_TICK)
                    reinterpret_cast<sentra_tick &>(batch.back().head()).last = 0;
            }
            play(batch);
        }
        next_ns_ = segment.back().head().time_ns + later_ns + apart_ns_;
    }

    void play(const std::vector<event::Record> &batch)
    {
        std::vector<event::Event> events;
        std::vector<Given> given;
        events.reserve(batch.size());
        given.reserve(batch.size());
        std::vector<engine::Match> out;
        const std::uint64_t begin = cpu_ns();
        for (const event::Record &record : batch)
            if (const auto event = event::Event::decode(record))
                events.push_back(*event);
        const std::uint64_t decoded = cpu_ns();
        for (const event::Event &event : events)
            given.push_back({event, session_->apply(event)});
        const std::uint64_t applied = cpu_ns();
        for (const Given &one : given)
            engine_.step(one.event, one.context, *session_, out);
        const std::uint64_t stepped = cpu_ns();
        decode_ns_ += decoded - begin;
        session_ns_ += applied - decoded;
        engine_ns_ += stepped - applied;
        events_ += events.size();
        matches_ += out.size();
        sightings_ += engine_.take_new_sightings().size(); // as every commit does
    }

    const std::uint64_t apart_ns_;
    event::Losses losses_;
    std::unique_ptr<session::Session> session_;
    Lasting lasting_;
    engine::Engine engine_;
    std::uint64_t next_ns_ = 0, sightings_ = 0;
};

// Every rule a second time, under another id: it matches all that the first does.
Result<std::shared_ptr<const engine::Rules>> doubled(const std::vector<std::string> &directories)
{
    std::vector<engine::Rules::File> files;
    for (std::size_t layer = 0; layer < directories.size(); ++layer)
        for (const auto &entry :
             std::filesystem::recursive_directory_iterator(directories[layer])) {
            const std::string path = entry.path().string();
            if (!path.ends_with(".yaml") && !path.ends_with(".yml"))
                continue;
            std::ifstream in(path);
            std::string text(std::istreambuf_iterator<char>(in), {});
            const std::string name = std::filesystem::relative(path, directories[layer]).string();
            files.push_back({path, name, text, layer});
            const std::size_t id = text.starts_with("id: ") ? 0 : text.find("\nid: ");
            if (id == std::string::npos)
                continue; // lists and catalogues
            const std::size_t end = text.find('\n', id + 1);
            const bool is_sigma = text.find("\nlogsource:") != std::string::npos;
            const char last = text[end - 1];
            if (is_sigma)
                text[end - 1] = last == '0' ? '1' : '0';
            else
                text.insert(end, "-again");
            files.push_back({path, "again/" + name, std::move(text), layer});
        }
    return engine::Rules::compile(std::move(files));
}

struct Figures {
    double least = 0, median = 0; // engine, ns an event
    double decode = 0, session = 0;
    std::uint64_t matches = 0;
    std::vector<double> resident, in_use;
    engine::Engine::Sizes sizes;
};

struct Plan {
    std::uint64_t events = 1'000'000;
    int runs = 3;
    std::uint64_t apart_ns = kSecondNs;
};

Figures measure(const std::vector<Segment> &segments, const Plan &plan,
                const std::shared_ptr<const engine::Rules> &rules)
{
    Figures made;
    std::vector<double> engine;
    for (int i = 0; i < plan.runs; ++i) {
        Run run(rules, plan.apart_ns);
        run.play(segments, plan.events);
        const auto events = static_cast<double>(run.events_);
        engine.push_back(static_cast<double>(run.engine_ns_) / events);
        made.decode = static_cast<double>(run.decode_ns_) / events;
        made.session = static_cast<double>(run.session_ns_) / events;
        made.matches = run.matches_;
        if (i == 0) {
            made.resident = run.resident_;
            made.in_use = run.in_use_;
        }
        made.sizes = run.sizes_;
    }
    std::sort(engine.begin(), engine.end());
    made.least = engine.front();
    made.median = engine[engine.size() / 2];
    return made;
}

int complain(const std::string &text)
{
    std::cerr << "bench_engine: " << text << "\n";
    return 1;
}

void print(const engine::Rules &rules, std::uint64_t events, const Figures &once,
           const Figures &twice)
{
    const auto rounded = [](double value) { return std::round(value * 10) / 10; };
    std::cout << "{\"rules\": " << rules.all().size() << ", \"events\": " << events
              << ", \"matches\": " << once.matches
              << ", \"events_per_second\": " << static_cast<std::uint64_t>(1e9 / once.median)
              << ", \"at_best\": " << static_cast<std::uint64_t>(1e9 / once.least)
              << ", \"engine_ns\": " << rounded(once.median)
              << ", \"decode_ns\": " << rounded(once.decode)
              << ", \"session_ns\": " << rounded(once.session)
              << ", \"rules_doubled\": " << std::round(twice.least / once.least * 100) / 100
              << ", \"grown_mib\": [";
    for (std::size_t i = 0; i < once.resident.size(); ++i)
        std::cout << (i == 0 ? "" : ", ") << rounded(once.resident[i]);
    std::cout << "], \"in_use_grown_mib\": [";
    for (std::size_t i = 0; i < once.in_use.size(); ++i)
        std::cout << (i == 0 ? "" : ", ") << rounded(once.in_use[i]);
    std::cout << "], \"partial_matches\": " << once.sizes.partial_matches
              << ", \"windows\": " << once.sizes.windows
              << ", \"sightings\": " << once.sizes.sightings << "}\n";
}

} // namespace

int main(int count, char **words)
{
    std::vector<std::string> plain;
    std::map<std::string, std::uint64_t> options{
        {"--events", 1'000'000}, {"--runs", 3}, {"--apart", 1}};
    for (int i = 1; i < count; ++i) {
        const auto option = options.find(words[i]);
        if (option == options.end()) {
            plain.emplace_back(words[i]);
            continue;
        }
        const auto value = i + 1 < count ? parse_number<std::uint64_t>(words[++i]) : std::nullopt;
        if (!value || *value == 0)
            return complain(option->first + " is followed by a number from 1");
        option->second = *value;
    }
    if (plain.size() < 2)
        return complain("[--events N] [--runs N] [--apart SECONDS] EVENTS RULES_DIR...");
    const std::vector<std::string> directories(plain.begin() + 1, plain.end());
    const auto segments = read_events(plain.front());
    if (!segments)
        return complain(segments.error().text);
    if (segments->empty() || segments->front().empty())
        return complain(plain.front() + " has no events");
    const auto rules = engine::Rules::load(directories);
    if (!rules)
        return complain(rules.error().text);
    const auto twice = doubled(directories);
    if (!twice)
        return complain(twice.error().text);
    const Plan plan{options["--events"], static_cast<int>(options["--runs"]),
                    options["--apart"] * kSecondNs};
    const Figures once = measure(*segments, plan, *rules);
    const Figures with_twins = measure(*segments, plan, *twice);
    print(**rules, plan.events, once, with_twins);
    return 0;
}
