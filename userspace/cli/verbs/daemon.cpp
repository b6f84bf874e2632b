// SPDX-License-Identifier: MIT
#include <iostream>

#include <unistd.h>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "base/text.h"
#include "cli/configured.h"
#include "cli/fetch.h"
#include "cli/first_words.h"
#include "cli/verbs/verbs.h"
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
    if (::isatty(STDERR_FILENO) == 1 && !arguments.has("--forget-pins"))
        for (const std::string &line :
             first_words(*config, sentra_beside(), arguments.has("--print")))
            std::cerr << printable(line) << "\n";
    const auto ran = arguments.has("--forget-pins")
                         ? pipeline::forget_pins(*config)
                         : pipeline::run_daemon(*config, arguments.has("--print"));
    if (ran)
        return kOk;
    say_lines(ran.error().text);
    if (::geteuid() != 0)
        spdlog::error("sentrad is meant to run as root: sudo sentrad, or systemctl start sentrad");
    return kFinding;
}

} // namespace sentra::cli
