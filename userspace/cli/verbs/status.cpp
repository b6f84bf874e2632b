// SPDX-License-Identifier: MIT
#include <iostream>

#include <ctime>
#include <sys/timex.h>

#include "base/time.h"
#include "cli/fetch.h"
#include "cli/status_page.h"
#include "cli/verbs/examined.h"
#include "cli/verbs/verbs.h"

namespace sentra::cli {

namespace {

using Verb = pipeline::Request::Verb;

bool clock_is_right()
{
    timex state{};
    return ::adjtimex(&state) >= 0 && (state.status & STA_UNSYNC) == 0;
}

std::uint64_t boot_ns(std::uint64_t now)
{
    timespec up{};
    ::clock_gettime(CLOCK_BOOTTIME, &up);
    const auto since =
        static_cast<std::uint64_t>(up.tv_sec) * kSecondNs + static_cast<std::uint64_t>(up.tv_nsec);
    return now - std::min(now, since);
}

Besides ask_besides(const Arguments &arguments, bool from_daemon)
{
    Besides besides{.clock_is_right = clock_is_right(), .now_ns = now_ns()};
    besides.boot_ns = boot_ns(besides.now_ns);
    if (auto last = fetch(arguments, {.verb = Verb::signals, .query = {.most = 1}}))
        besides.signals = std::move(last->lines);
    if (!from_daemon) // its desk would have to be ours, and that is a writer's
        return besides;
    if (auto overrides = fetch_from_daemon(arguments, {.verb = Verb::override_list})) {
        besides.overrides = std::move(overrides->lines);
        besides.has_overrides = true;
    }
    return besides;
}

} // namespace

tl::expected<Fetched, NotFetched> whole_status(const Arguments &arguments)
{
    auto fetched = fetch(arguments, {.verb = Verb::status});
    if (!fetched)
        return fetched;
    std::string line =
        fetched->lines.empty()
            ? ""
            : completed(fetched->lines.front(), ask_besides(arguments, fetched->from_daemon));
    if (line.empty())
        return tl::unexpected(NotFetched{kFinding, "the daemon's answer cannot be read"});
    fetched->lines = {std::move(line)};
    return fetched;
}

int verb_status(const Arguments &arguments)
{
    const auto fetched = whole_status(arguments);
    if (!fetched)
        return complain(fetched.error().status, fetched.error().text);
    const std::string &line = fetched->lines.front();
    if (arguments.has("--json"))
        std::cout << line << "\n";
    else
        for (const std::string &row :
             status_page(line, screen_of(arguments), arguments.has("--all")))
            std::cout << row << "\n";
    if (!fetched->from_daemon)
        return kUnreachable;
    // The members stand where the daemon wrote them: a text that quotes them is escaped.
    return line.find(R"("health":"healthy")") != std::string::npos ? kOk : kFinding;
}

} // namespace sentra::cli
