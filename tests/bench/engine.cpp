// SPDX-License-Identifier: MIT
// Events a second through the engine alone, on one core: bench_engine STREAMS RULES_DIR... Streams
// are the tests' own (tests/fixtures/sessions); each round a new engine goes through all of them.
// Prints one line of JSON.
#include <ctime>
#include <deque>
#include <filesystem>
#include <iostream>

#include "engine/engine.h"
#include "engine/rule_files.h"
#include "engine/stream.h"

namespace {

using namespace sentra;

struct Given {
    event::Owned event;
    session::Context context;
};

// The session's answers are made beforehand: they are not the engine's cost.
std::vector<Given> events_of(const engine::Stream &stream, session::Session &session)
{
    std::vector<Given> events;
    for (const event::Record &record : stream.records) {
        const auto event = event::Event::decode(record);
        if (!event)
            continue;
        const session::Context context = session.apply(*event);
        if (!event->is(SENTRA_META_TICK))
            events.push_back({event::Owned(*event), context});
    }
    return events;
}

double seconds(const std::vector<Given> &events, const std::shared_ptr<const engine::Rules> &rules,
               const session::Session &session, event::Losses &losses, std::size_t &matches)
{
    engine::Engine engine(rules, losses);
    std::vector<engine::Match> out;
    const std::clock_t begin = std::clock(); // of this process: others may be busy
    for (const Given &one : events)
        engine.step(*one.event, one.context, session, out);
    matches = out.size();
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

} // namespace

int main(int count, char **words)
{
    if (count < 3) {
        std::cerr << "bench_engine STREAMS RULES_DIR...\n";
        return 2;
    }
    const auto rules = engine::Rules::load(std::vector<std::string>(words + 2, words + count));
    if (!rules) {
        std::cerr << rules.error().text << "\n";
        return 1;
    }
    event::Losses losses;
    session::Session session(losses);
    std::vector<Given> events;
    for (const auto &file : std::filesystem::directory_iterator(words[1]))
        if (const auto stream = engine::read_stream(file.path().string())) {
            session::Session own(losses);
            for (Given &one : events_of(*stream, own))
                events.push_back(std::move(one));
        }
    constexpr double kLeastSeconds = 2;
    double spent = 0;
    std::size_t rounds = 0;
    std::size_t matches = 0;
    while (spent < kLeastSeconds && !events.empty()) {
        spent += seconds(events, *rules, session, losses, matches);
        ++rounds;
    }
    const auto shape = (*rules)->compiled().set->index.shape();
    std::cout << "{\"rules\": " << (*rules)->all().size() << ", \"events\": " << events.size()
              << ", \"rounds\": " << rounds << ", \"matches\": " << matches
              << ", \"anchored\": " << shape.anchored << ", \"scanned\": " << shape.scanned
              << ", \"residual\": " << shape.residual << ", \"events_per_second\": "
              << static_cast<std::uint64_t>(static_cast<double>(rounds * events.size()) / spent)
              << "}\n";
    return events.empty() ? 1 : 0;
}
