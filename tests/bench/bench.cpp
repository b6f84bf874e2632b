// SPDX-License-Identifier: MIT
// What the sensor costs, against the same load without it, in one run on one machine: pairs of
// phases in alternating order, medians of CPU time (user and system), never wall time; beside it
// the floor of each hook, measured the same way. Prints tables in Markdown.
//   bench_sensor [--pairs N] [--quick] [--minute] [--only SUBJECT]
// Needs root, the programs of the release build (SENTRA_BIN) and its own folder's bench_floor.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include <bpf/bpf.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "bench/process.h"

namespace {

using namespace sentra;
using bench::Child;
namespace fs = std::filesystem;

struct Settings {
    std::size_t pairs = 7;
    double scale = 1; // of every count
    bool minute = false;
    std::string only;
    fs::path bin, own, folder, rules;
};

struct Kind {
    const char *name;    // of the load program
    std::uint64_t count; // takes about half a second
    bool in_folder;
};

// 40,000 files are more than any table of recent facts remembers: each open is a new fact.
constexpr Kind kKinds[] = {{"getppid", 3'000'000, false}, {"open", 300'000, true},
                           {"each", 40'000, true},        {"conn", 20'000, false},
                           {"setuid", 500'000, false},    {"exec", 600, false}};

struct Subject {
    std::string name;
    std::vector<std::string> words;
    std::vector<std::string> kinds; // those it is measured with; empty: all
    bool has_status = false;
};

struct Run {
    double cpu_ns = 0; // of the load, per operation
    double own_ns = 0; // of the sensor, per operation
};

double median(std::vector<double> values)
{
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

void settle()
{
    std::this_thread::sleep_for(std::chrono::milliseconds(400));
}

[[noreturn]] void stop(const Error &error)
{
    std::fprintf(stderr, "bench_sensor: %s\n", error.text.c_str());
    std::exit(1);
}

template <typename T> T need(Result<T> result)
{
    if (!result)
        stop(result.error());
    return std::move(*result);
}

std::uint64_t count_of(const Settings &settings, const Kind &kind)
{
    return std::max<std::uint64_t>(
        100, static_cast<std::uint64_t>(static_cast<double>(kind.count) * settings.scale));
}

// CPU time of one load, per operation.
double load(const Settings &settings, const Kind &kind)
{
    std::vector<std::string> words{settings.own / "load", kind.name,
                                   std::to_string(count_of(settings, kind))};
    if (kind.in_folder)
        words.push_back(settings.folder / kind.name);
    const std::string said = need(bench::run(words));
    const auto fields = split(trim(said), ' ');
    return static_cast<double>(parse_number<std::uint64_t>(fields.at(3)).value_or(0)) /
           static_cast<double>(count_of(settings, kind));
}

bool is_wanted(const Subject &subject, const Kind &kind)
{
    return subject.kinds.empty() ||
           std::find(subject.kinds.begin(), subject.kinds.end(), kind.name) != subject.kinds.end();
}

using Phase = std::map<std::string, Run>;

Phase phase(const Settings &settings, const Subject &subject, const Child *sensor)
{
    Phase measured;
    for (const Kind &kind : kKinds) {
        if (!is_wanted(subject, kind))
            continue;
        const std::uint64_t before = sensor == nullptr ? 0 : sensor->cpu_ns();
        Run &run = measured[kind.name];
        run.cpu_ns = load(settings, kind);
        if (sensor == nullptr)
            continue;
        settle(); // what is still queued belongs to this load
        run.own_ns = static_cast<double>(sensor->cpu_ns() - before) /
                     static_cast<double>(count_of(settings, kind));
    }
    return measured;
}

struct Row {
    double off_ns = 0, ratio = 0, own_s_per_100k = 0;
};

struct Measured {
    std::map<std::string, Row> rows;
    double ready_ms = 0;
    std::uint64_t idle_kib = 0, peak_kib = 0;
};

Measured measure(const Settings &settings, const Subject &subject)
{
    std::map<std::string, std::vector<double>> off, ratios, own;
    std::vector<double> ready;
    Measured measured;
    const auto with = [&] {
        const Child sensor = need(Child::start(subject.words));
        ready.push_back(sensor.ready_ms());
        settle();
        measured.idle_kib = sensor.memory_kib("VmRSS");
        Phase on = phase(settings, subject, &sensor);
        measured.peak_kib = std::max(measured.peak_kib, sensor.memory_kib("VmHWM"));
        return on;
    };
    for (std::size_t pair = 0; pair < settings.pairs; ++pair) {
        Phase without, on;
        if (pair % 2 == 0) {
            without = phase(settings, subject, nullptr);
            on = with();
        } else {
            on = with();
            without = phase(settings, subject, nullptr);
        }
        for (const auto &[kind, run] : on) {
            off[kind].push_back(without[kind].cpu_ns);
            ratios[kind].push_back(run.cpu_ns / without[kind].cpu_ns);
            own[kind].push_back(run.own_ns);
        }
    }
    for (const auto &[kind, values] : ratios)
        measured.rows[kind] = {median(off[kind]), median(values), median(own[kind]) / 1e4};
    measured.ready_ms = median(ready);
    return measured;
}

// What the kernel itself counts while a load runs: nanoseconds of all programs of the sensor, per
// operation. Counting costs about 50 ns a run, which is in the figure.
std::map<std::string, double> by_stats(const Settings &settings, const Subject &subject)
{
    std::vector<__u32> before_start;
    for (__u32 id = 0; bpf_prog_get_next_id(id, &id) == 0;)
        before_start.push_back(id);
    const Child sensor = need(Child::start(subject.words));
    const Fd stats(bpf_enable_stats(BPF_STATS_RUN_TIME));
    const auto total_ns = [&] {
        std::uint64_t total = 0;
        for (__u32 id = 0; bpf_prog_get_next_id(id, &id) == 0;) {
            if (std::find(before_start.begin(), before_start.end(), id) != before_start.end())
                continue;
            const Fd program(bpf_prog_get_fd_by_id(id));
            bpf_prog_info info{};
            __u32 bytes = sizeof info;
            if (program.is_open() && bpf_obj_get_info_by_fd(program.get(), &info, &bytes) == 0)
                total += info.run_time_ns;
        }
        return total;
    };
    std::map<std::string, double> costs;
    for (const Kind &kind : kKinds) {
        const std::uint64_t before = total_ns();
        load(settings, kind);
        costs[kind.name] = static_cast<double>(total_ns() - before) /
                           static_cast<double>(count_of(settings, kind));
    }
    return costs;
}

void print_rows(const std::string &name, const Measured &measured)
{
    for (const Kind &kind : kKinds) {
        const auto row = measured.rows.find(kind.name);
        if (row != measured.rows.end())
            std::printf("| %s | %s | %.0f ns | %.3f | %.3f |\n", name.c_str(), kind.name,
                        row->second.off_ns, row->second.ratio, row->second.own_s_per_100k);
    }
    std::fflush(stdout);
}

nlohmann::json status(const Settings &settings)
{
    const std::string said = need(bench::run(
        {settings.bin / "sentra", "status", "--json", "--state-dir", settings.folder / "state"},
        1)); // 1: degraded, where no journal is kept
    return nlohmann::json::parse(said, nullptr, false);
}

struct Account {
    std::uint64_t seen = 0, handed = 0, filtered = 0, lost = 0;
};

Account account(const Settings &settings)
{
    Account all;
    const nlohmann::json said = status(settings);
    for (const auto &row : said.at("sensor").at("events")) {
        all.seen += row.value("seen", std::uint64_t{0});
        all.handed += row.value("handed", std::uint64_t{0});
        all.filtered += row.value("filtered", std::uint64_t{0});
        all.lost += row.value("lost", std::uint64_t{0});
    }
    return all;
}

// A minute at full speed, one worker per kind that delivers, and what the account says of it.
void a_minute(const Settings &settings, const Subject &subject)
{
    const Child sensor = need(Child::start(subject.words));
    const Account before = account(settings);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    std::vector<std::thread> workers;
    for (const Kind &kind : kKinds)
        if (const std::string_view name = kind.name;
            name == "each" || name == "conn" || name == "exec")
            workers.emplace_back([&settings, kind, until] {
                while (std::chrono::steady_clock::now() < until)
                    load(settings, kind);
            });
    for (std::thread &worker : workers)
        worker.join();
    std::this_thread::sleep_for(std::chrono::seconds(2));
    const Account after = account(settings);
    std::printf("\nA minute at full speed: %llu events seen, %llu handed on, %llu filtered, %llu "
                "lost; the account %s. Memory: %llu MiB at most.\n",
                static_cast<unsigned long long>(after.seen - before.seen),
                static_cast<unsigned long long>(after.handed - before.handed),
                static_cast<unsigned long long>(after.filtered - before.filtered),
                static_cast<unsigned long long>(after.lost - before.lost),
                after.seen == after.handed + after.filtered + after.lost ? "balances"
                                                                         : "DOES NOT BALANCE",
                static_cast<unsigned long long>(sensor.memory_kib("VmHWM") / 1024));
}

void idle(const Subject &subject)
{
    const Child sensor = need(Child::start(subject.words));
    std::this_thread::sleep_for(std::chrono::seconds(3));
    const std::uint64_t before = sensor.cpu_ns();
    std::this_thread::sleep_for(std::chrono::seconds(20));
    std::printf("\nIdle: %.2f %% of one CPU, %llu MiB resident; ready after %.0f ms.\n",
                static_cast<double>(sensor.cpu_ns() - before) / 20e9 * 100,
                static_cast<unsigned long long>(sensor.memory_kib("VmRSS") / 1024),
                sensor.ready_ms());
}

std::vector<Subject> subjects(const Settings &settings)
{
    const std::string floor = settings.own / "bench_floor";
    const std::string object = settings.own / "floor.bpf.o";
    std::vector<Subject> all{
        {"sentrad, shipped rules",
         {settings.bin / "sentrad", "--state-dir", settings.folder / "state", "--rules",
          settings.rules},
         {},
         true},
        {"every event told, no rules", {settings.own / "sensor_probe", "--quiet"}, {}, false}};
    const auto add = [&](const char *name, const char *program, std::vector<std::string> kinds) {
        all.push_back({name, {floor, object, program}, std::move(kinds), false});
    };
    add("floor: empty program", "open_empty", {"getppid", "each"});
    add("floor: record of 256 B", "open_record", {"each"});
    add("floor: empty program", "connect_empty", {"conn"});
    add("floor: record of 256 B", "connect_record", {"conn"});
    add("floor: empty program", "setuid_empty", {"setuid"});
    add("floor: empty program", "exec_empty", {"exec"});
    add("floor: record of 256 B", "exec_record", {"exec"});
    return all;
}

Settings read_settings(int count, char **arguments)
{
    Settings settings;
    for (int i = 1; i < count; ++i) {
        const std::string word = arguments[i];
        const std::string next = i + 1 < count ? arguments[i + 1] : "";
        if (word == "--pairs")
            settings.pairs = std::max<std::size_t>(1, parse_number<std::size_t>(next).value_or(7));
        else if (word == "--only")
            settings.only = next;
        else if (word == "--minute")
            settings.minute = true;
        else if (word == "--quick")
            settings.scale = 0.1;
    }
    settings.own = fs::read_symlink("/proc/self/exe").parent_path();
    const char *bin = std::getenv("SENTRA_BIN");
    settings.bin = bin == nullptr ? settings.own : fs::path(bin);
    settings.rules = fs::path(SENTRA_TESTS_DIR).parent_path() / "rules";
    std::string folder = fs::temp_directory_path() / "sentra-bench.XXXXXX";
    if (mkdtemp(folder.data()) == nullptr)
        stop(system_failure("make a folder", errno).value());
    settings.folder = folder;
    for (const char *name : {"open", "each", "state"})
        fs::create_directory(settings.folder / name);
    return settings;
}

} // namespace

int main(int count, char **arguments)
{
    const Settings settings = read_settings(count, arguments);
    std::printf(
        "| sensor | load | bare | with it | own CPU s per 100,000 |\n|---|---|---|---|---|\n");
    const std::vector<Subject> all = subjects(settings);
    for (const Subject &subject : all)
        if (settings.only.empty() || subject.name.find(settings.only) != std::string::npos)
            print_rows(subject.name, measure(settings, subject));
    std::printf("\n| sensor | load | ns per operation by bpf_stats |\n|---|---|---|\n");
    for (const Subject &subject : {all[0], all[1]})
        for (const auto &[kind, cost] : by_stats(settings, subject))
            std::printf("| %s | %s | %.0f |\n", subject.name.c_str(), kind.c_str(), cost);
    idle(all[0]);
    if (settings.minute)
        a_minute(settings, all[0]);
    fs::remove_all(settings.folder);
    return 0;
}
