// SPDX-License-Identifier: MIT
// The sensor alone: events as NDJSON on standard output (or only counted, with --quiet) until
// standard input ends or SIGTERM comes; then the account, the programs and what the kernel says
// they cost on standard error.
//   sensor_probe [--quiet] [--stats] [--ring MIB] [--want EVENT | --want EVENT:begins:/PATH]...
// With --want only that is told (and what the sensor needs itself), as for a daemon's rules.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <poll.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "event/json.h"
#include "sensor/features.h"
#include "sensor/sensor.h"

namespace {

using namespace sentra;

std::atomic<bool> stopped = false;

class Print : public event::Sink {
public:
    explicit Print(bool quiet) : quiet_(quiet) {}
    bool put(event::Record record) override
    {
        ++records;
        bytes += record.size();
        if (quiet_)
            return true;
        const auto event = event::Event::decode(record);
        if (!event)
            return ++undecoded, true;
        const std::string line = event::to_json_line(*event);
        std::fwrite(line.data(), 1, line.size(), stdout);
        std::fputc('\n', stdout);
        return true;
    }
    void watermark(std::uint64_t) override
    {
        if (!quiet_)
            std::fflush(stdout);
    }
    std::uint64_t records = 0, bytes = 0, undecoded = 0;

private:
    bool quiet_;
};

// "file.write", "file.write:begins:/etc/"
sensor::Need need_of(const std::string &text)
{
    using How = sensor::Need::How;
    sensor::Need need;
    const std::size_t colon = text.find(':');
    need.event = text.substr(0, colon);
    if (colon == std::string::npos)
        return need;
    const std::size_t second = text.find(':', colon + 1);
    const std::string how = text.substr(colon + 1, second - colon - 1);
    need.how = how == "is"       ? How::is
               : how == "begins" ? How::begins
               : how == "ends"   ? How::ends
                                 : How::contains;
    need.value = second == std::string::npos ? "" : text.substr(second + 1);
    return need;
}

void wait_for_the_end()
{
    while (!stopped) {
        pollfd input{STDIN_FILENO, POLLIN, 0};
        char byte = 0;
        if (poll(&input, 1, 200) > 0 && read(STDIN_FILENO, &byte, 1) <= 0)
            return;
    }
}

void print_watch(const sensor::Watch &watch)
{
    std::fprintf(stderr, "watch %-17s %s (%s)\n", std::string(watch.event).c_str(),
                 watch.rung.c_str(), watch.hooks.c_str());
    for (const std::string &line : watch.blind)
        std::fprintf(stderr, "      does not see: %s\n", line.c_str());
    if (!watch.better.empty())
        std::fprintf(stderr, "      better: %s\n", watch.better.c_str());
    if (!watch.reason.empty())
        std::fprintf(stderr, "      because: %s\n", watch.reason.c_str());
}

void print_costs(const std::set<std::string> &names)
{
    for (__u32 id = 0; bpf_prog_get_next_id(id, &id) == 0;) {
        const int fd = bpf_prog_get_fd_by_id(id);
        bpf_prog_info info{};
        __u32 bytes = sizeof info;
        // The kernel keeps 15 bytes of a program's name.
        if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &bytes) == 0 && info.run_cnt > 0)
            for (const std::string &name : names)
                if (name.compare(0, 15, info.name) == 0)
                    std::fprintf(stderr, "cost %-27s %10llu runs %8.1f ns/run\n", name.c_str(),
                                 static_cast<unsigned long long>(info.run_cnt),
                                 static_cast<double>(info.run_time_ns) /
                                     static_cast<double>(info.run_cnt));
        if (fd >= 0)
            close(fd);
    }
}

} // namespace

int main(int count, char **arguments)
{
    sensor::Options options;
    std::vector<sensor::Need> needs;
    bool quiet = false, stats = false;
    for (int i = 1; i < count; ++i) {
        quiet |= std::strcmp(arguments[i], "--quiet") == 0;
        stats |= std::strcmp(arguments[i], "--stats") == 0;
        if (std::strcmp(arguments[i], "--rung") == 0 && i + 1 < count)
            options.only = sensor::rung_of(arguments[i + 1]);
        if (std::strcmp(arguments[i], "--ring") == 0 && i + 1 < count)
            options.ring_bytes = static_cast<std::uint32_t>(std::stoul(arguments[i + 1])) << 20U;
        if (std::strcmp(arguments[i], "--want") == 0 && i + 1 < count)
            needs.push_back(need_of(arguments[i + 1]));
    }
    if (!needs.empty())
        options.wanted = std::make_shared<const sensor::Wanted>(std::move(needs));
    for (const std::string &line : sensor::Features::ask().sentences())
        std::fprintf(stderr, "%s\n", line.c_str());
    const int stats_fd = stats ? bpf_enable_stats(BPF_STATS_RUN_TIME) : -1;
    event::Losses losses;
    Print sink(quiet);
    const auto begun = std::chrono::steady_clock::now();
    auto opened = sensor::Sensor::open(std::move(options), sink, losses);
    if (!opened) {
        std::fprintf(stderr, "sensor_probe: %s\n", opened.error().text.c_str());
        return 1;
    }
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
    std::fprintf(stderr, "READY after %.0f ms\n", took.count());
    for (const auto &watch : (*opened)->watches())
        print_watch(watch);
    std::signal(SIGTERM, [](int) { stopped = true; });
    std::signal(SIGINT, [](int) { stopped = true; });
    std::set<std::string> names;
    for (const auto &row : (*opened)->programs()) {
        names.insert(row.program);
        if (!row.attached)
            std::fprintf(stderr, "off  %s %s: %s\n", row.program.c_str(), row.hook.c_str(),
                         row.reason.c_str());
    }
    std::thread source([&] {
        if (auto ran = (*opened)->run(); !ran)
            std::fprintf(stderr, "sensor_probe: %s\n", ran.error().text.c_str());
    });
    wait_for_the_end();
    if (stats)
        print_costs(names);
    (*opened)->stop();
    source.join();
    for (const auto &row : (*opened)->account())
        if (row.seen > 0 || row.state_gone > 0)
            std::fprintf(
                stderr,
                "account %-17s seen %llu handed %llu filtered %llu lost %llu own %llu elsewhere "
                "%llu repeated %llu unwanted %llu trusted %llu "
                "truncated %llu unresolved %llu state_gone %llu%s\n",
                std::string(row.event).c_str(), static_cast<unsigned long long>(row.seen),
                static_cast<unsigned long long>(row.handed),
                static_cast<unsigned long long>(row.filtered),
                static_cast<unsigned long long>(row.lost), static_cast<unsigned long long>(row.own),
                static_cast<unsigned long long>(row.elsewhere),
                static_cast<unsigned long long>(row.repeated),
                static_cast<unsigned long long>(row.unwanted),
                static_cast<unsigned long long>(row.trusted),
                static_cast<unsigned long long>(row.truncated),
                static_cast<unsigned long long>(row.unresolved),
                static_cast<unsigned long long>(row.state_gone),
                row.seen == row.handed + row.filtered + row.lost ? "" : " DOES NOT BALANCE");
    std::fprintf(stderr, "records %llu bytes %llu undecoded %llu\n",
                 static_cast<unsigned long long>(sink.records),
                 static_cast<unsigned long long>(sink.bytes),
                 static_cast<unsigned long long>(sink.undecoded));
    if (stats_fd >= 0)
        close(stats_fd);
    return 0;
}
