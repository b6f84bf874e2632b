// SPDX-License-Identifier: MIT
#include <iostream>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "base/text.h"
#include "cli/configured.h"
#include "cli/fetch.h"
#include "cli/verbs/verbs.h"
#include "pipeline/daemon.h"

namespace sentra::cli {

namespace {

// stdout is for signals; everything that is said goes to stderr, without colour where nobody looks.
void speak_on_stderr()
{
    spdlog::set_default_logger(spdlog::stderr_color_mt("sentrad"));
    spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l: %v", spdlog::pattern_time_type::utc);
    spdlog::flush_on(spdlog::level::info);
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
    const auto ran = arguments.has("--forget-pins")
                         ? pipeline::forget_pins(*config)
                         : pipeline::run_daemon(*config, arguments.has("--print"));
    if (ran)
        return kOk;
    for (const std::string_view line :
         split(ran.error().text, '\n')) // complaints about rules are many
        spdlog::error("{}", printable(line));
    return kFinding;
}

} // namespace sentra::cli
