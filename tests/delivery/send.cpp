// SPDX-License-Identifier: MIT
// send [--batch N] [--repeat S] [--revision N] [--test] TYPE [KEY=VALUE]...
// Signals as lines of JSON on standard input, to one sink as the daemon would hand them over: what
// is to be tried again is, for S seconds (30); what asks for fewer at once gets fewer. One line for
// every handover, and one at the end: "delivered N rejected N left N". Exits with 0 only if all
// were delivered.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/text.h"
#include "output/transport.h"
#include "signal/signal.h"

namespace {

namespace output = sentra::output;
using Clock = std::chrono::steady_clock;

struct Options {
    std::size_t batch = 500;
    std::uint64_t repeat_seconds = 30, revision = 1;
    bool is_test = false;
    output::SinkSettings sink;
};

bool read_options(const std::vector<std::string> &words, Options &options)
{
    std::size_t at = 0;
    for (; at < words.size() && words[at].rfind("--", 0) == 0; ++at) {
        if (words[at] == "--test") {
            options.is_test = true;
            continue;
        }
        if (at + 1 == words.size())
            return false;
        const auto number = sentra::parse_number<std::uint64_t>(words[at + 1]);
        if (!number)
            return false;
        if (words[at] == "--batch")
            options.batch = *number;
        else if (words[at] == "--repeat")
            options.repeat_seconds = *number;
        else if (words[at] == "--revision")
            options.revision = *number;
        else
            return false;
        ++at;
    }
    if (at == words.size() || options.batch == 0)
        return false;
    options.sink.name = "test";
    options.sink.type = words[at++];
    for (; at < words.size(); ++at) {
        const std::size_t equals = words[at].find('=');
        if (equals == std::string::npos)
            return false;
        options.sink.values[words[at].substr(0, equals)] = words[at].substr(equals + 1);
    }
    return true;
}

std::vector<output::Parcel> read_parcels(const Options &options)
{
    std::vector<output::Parcel> parcels;
    std::string line;
    while (std::getline(std::cin, line)) {
        auto signal = sentra::signal::from_json(line);
        if (!signal) {
            std::fprintf(stderr, "send: line %zu: %s\n", parcels.size() + 1,
                         signal.error().text.c_str());
            std::exit(2);
        }
        output::Parcel parcel;
        parcel.signal = std::move(*signal);
        parcel.delivery = {parcels.size() + 1, options.revision > 1};
        parcel.revision = options.revision;
        parcel.is_test = options.is_test;
        parcels.push_back(std::move(parcel));
    }
    return parcels;
}

struct Run {
    std::size_t delivered = 0, rejected = 0;
    std::vector<output::Parcel> waiting;

    // What is left of `count` parcels goes back to the front.
    bool settle(std::size_t count, const output::Handover &handover)
    {
        std::vector<output::Parcel> rest;
        bool is_too_big = false;
        for (std::size_t at = 0; at < count; ++at) {
            const output::Fate fate = handover.outcomes[at].fate;
            is_too_big = is_too_big || fate == output::Fate::too_big;
            if (fate == output::Fate::delivered)
                ++delivered;
            else if (fate == output::Fate::rejected ||
                     (fate == output::Fate::too_big && count == 1))
                ++rejected;
            else
                rest.push_back(waiting[at]);
        }
        waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(count));
        waiting.insert(waiting.begin(), rest.begin(), rest.end());
        return is_too_big && count > 1;
    }
};

void tell(std::size_t count, const output::Handover &handover)
{
    std::string why;
    for (const output::Outcome &outcome : handover.outcomes)
        if (why.empty())
            why = outcome.why;
    std::printf("%zu code %s%s%s%s\n", count, handover.code.c_str(),
                handover.pause.empty() ? "" : " paused", why.empty() ? "" : ": ", why.c_str());
    std::fflush(stdout);
}

} // namespace

int main(int count, char **arguments)
{
    Options options;
    if (!read_options({arguments + 1, arguments + count}, options)) {
        std::fputs("usage: send [--batch N] [--repeat S] [--revision N] [--test] TYPE "
                   "[KEY=VALUE]...\n",
                   stderr);
        return 2;
    }
    auto transport = output::open_sink(options.sink);
    if (!transport) {
        std::fprintf(stderr, "send: %s\n", transport.error().text.c_str());
        return 2;
    }
    Run run{0, 0, read_parcels(options)};
    const auto until = Clock::now() + std::chrono::seconds(options.repeat_seconds);
    std::size_t batch = options.batch;
    while (!run.waiting.empty()) {
        const std::size_t now = std::min(
            {batch, run.waiting.size(), output::find_sink_type(options.sink.type)->most_at_once});
        const std::size_t before = run.waiting.size();
        const output::Handover handover = (*transport)->send({run.waiting.data(), now});
        tell(now, handover);
        batch = run.settle(now, handover) ? std::max<std::size_t>(1, now / 2) : options.batch;
        if (!handover.pause.empty() || Clock::now() > until)
            break;
        if (handover.wait_ns)
            std::this_thread::sleep_for(std::chrono::nanoseconds(*handover.wait_ns));
        else if (run.waiting.size() == before && batch == options.batch)
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    std::printf("delivered %zu rejected %zu left %zu\n", run.delivered, run.rejected,
                run.waiting.size());
    return run.rejected == 0 && run.waiting.empty() ? 0 : 1;
}
