// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iostream>
#include <memory>

#include <unistd.h>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "base/text.h"
#include "base/time.h"
#include "cli/configured.h"
#include "cli/fetch.h"
#include "cli/first_words.h"
#include "cli/verbs/verbs.h"
#include "cli/watch_page.h"
#include "pipeline/daemon.h"
#include "pipeline/preflight.h"

namespace sentra::cli {

namespace {

// stdout is for signals; everything that is said goes to stderr, without colour where nobody looks.
void speak_on_stderr()
{
    spdlog::set_default_logger(spdlog::stderr_color_mt("sentrad"));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l: %v", spdlog::pattern_time_type::utc);
    spdlog::flush_on(spdlog::level::info);
}

void say_lines(const std::string &complaints) // about rules there are many
{
    for (const std::string_view line : split(complaints, '\n'))
        spdlog::error("{}", printable(line));
}

// A person reads sentences, a program lines of JSON.
pipeline::Print print_on(const Screen &screen)
{
    if (!screen.is_terminal)
        return {[](const signal::Signal &signal) { return signal::to_json(signal) + "\n"; }};
    const auto seen = std::make_shared<Seen>();
    return {[seen, screen](const signal::Signal &signal) {
                std::string text;
                const auto news = seen->take({signal::to_json(signal)});
                for (const Seen::News &one : news.value_or(std::vector<Seen::News>{}))
                    for (const std::string &line : signal_lines(one, screen))
                        text += line + "\n";
                seen->forget_before(signal.last_ns - std::min(signal.last_ns, kHourNs));
                return text;
            },
            true};
}

int check_config(const pipeline::Config &config)
{
    const auto checked = pipeline::check(config);
    if (checked)
        std::cout << *checked << "\n";
    else
        say_lines(checked.error().text);
    return checked ? kOk : kFinding;
}

} // namespace

int run_daemon(const Arguments &arguments)
{
    auto config = configured(arguments);
    if (!config) {
        std::cerr << "sentrad: " << config.error().text << "\n";
        return kUsage;
    }
    speak_on_stderr();
    if (arguments.has("--check-config"))
        return check_config(*config);
    const pipeline::Print print =
        arguments.has("--print") ? print_on(screen_of(arguments)) : pipeline::Print{};
    if (::isatty(STDERR_FILENO) == 1 && !arguments.has("--forget-pins"))
        for (const std::string &line : first_words(*config, sentra_beside(), print))
            std::cerr << printable(line) << "\n";
    const auto ran = arguments.has("--forget-pins") ? pipeline::forget_pins(*config)
                                                    : pipeline::run_daemon(*config, print);
    if (ran)
        return kOk;
    say_lines(ran.error().text);
    if (::geteuid() != 0)
        spdlog::error("sentrad is meant to run as root: sudo sentrad, or systemctl start sentrad");
    return kFinding;
}

} // namespace sentra::cli
