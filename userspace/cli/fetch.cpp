// SPDX-License-Identifier: MIT
#include "cli/fetch.h"

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <iostream>

#include <unistd.h>

#include "base/time.h"
#include "cli/configured.h"
#include "pipeline/author.h"
#include "pipeline/config.h"
#include "pipeline/desk.h"
#include "pipeline/sink_desk.h"
#include "pipeline/status.h"
#include "store/store.h"

namespace sentra::cli {

namespace {

tl::unexpected<NotFetched> not_fetched(Exit status, std::string text)
{
    return tl::unexpected(NotFetched{status, std::move(text)});
}

using Verb = pipeline::Request::Verb;

// The host's own configuration; of one that is not there, has a fault or is not for everybody's
// eyes, the defaults: `sentra config check` is there to complain.
const pipeline::Config &host_config()
{
    static const pipeline::Config kConfig = configured(Arguments({})).value_or(pipeline::Config{});
    return kConfig;
}

bool is_about_sinks(Verb verb)
{
    return verb == Verb::sink_list || verb == Verb::sink_dead || verb == Verb::sink_pause ||
           verb == Verb::sink_resume || verb == Verb::sink_requeue;
}

// While no daemon runs, its desk is ours; the store's lock keeps a second one away.
tl::expected<Fetched, NotFetched> decided(const std::string &path, pipeline::Request request)
{
    auto store = store::Store::open(path, store::Store::Access::write);
    if (!store)
        return not_fetched(kFinding, store.error().text);
    request.author = pipeline::author_of(::getuid(), ::getpid());
    if (is_about_sinks(request.verb)) {
        auto lines = pipeline::answer_about_sinks(**store, request, now_ns());
        if (!lines)
            return not_fetched(kFinding, lines.error().text);
        return Fetched{std::move(*lines), false};
    }
    auto desk = pipeline::Desk::open(**store);
    if (!desk)
        return not_fetched(kFinding, desk.error().text);
    std::vector<signal::Signal> told;
    auto lines = desk->answer(request, now_ns(), told);
    if (!lines)
        return not_fetched(kFinding, lines.error().text);
    return Fetched{std::move(*lines), false};
}

tl::expected<Fetched, NotFetched> from_store(const std::string &state_dir,
                                             const pipeline::Request &request)
{
    const std::string path = pipeline::store_path(state_dir);
    if (::access(path.c_str(), R_OK) != 0) {
        if (errno == EACCES || errno == EPERM)
            return not_fetched(kNotAllowed, "reading " + path + " needs root or the group sentra");
        return not_fetched(kUnreachable, "sentrad does not run, and there is no store at " + path +
                                             "; start sentrad, or name its --state-dir");
    }
    if (request.verb == Verb::sink_test)
        return not_fetched(kUnreachable, "sentrad does not run; start it, or name its --config");
    const bool is_read = request.verb == Verb::status || request.verb == Verb::signals ||
                         request.verb == Verb::show || request.verb == Verb::sessions ||
                         request.verb == Verb::sink_list || request.verb == Verb::sink_dead;
    if (!is_read)
        return decided(path, request);
    auto store = store::Store::open(path, store::Store::Access::read);
    if (!store)
        return not_fetched(kFinding, store.error().text);
    auto lines = is_about_sinks(request.verb)
                     ? pipeline::answer_about_sinks(**store, request, now_ns())
                 : request.verb == Verb::status   ? pipeline::status_without_daemon(**store)
                 : request.verb == Verb::sessions ? (*store)->sessions(request.query)
                                                  : (*store)->signals(request.query);
    if (!lines)
        return not_fetched(kFinding, lines.error().text);
    return Fetched{std::move(*lines), false};
}

} // namespace

std::string absolute_path(const std::string &path)
{
    std::error_code error;
    const auto absolute = std::filesystem::absolute(path, error).lexically_normal();
    return error ? path : absolute.string();
}

std::string state_dir_of(const Arguments &arguments)
{
    if (arguments.has("--state-dir"))
        return absolute_path(arguments.text("--state-dir"));
    return host_config().state_dir;
}

tl::expected<Fetched, NotFetched> fetch_from_daemon(const Arguments &arguments,
                                                    const pipeline::Request &request)
{
    // What the host's configuration says of its socket is about its own state directory.
    const std::string configured = arguments.has("--state-dir") ? "" : host_config().socket;
    const std::string socket =
        pipeline::socket_path(arguments.text("--socket", configured), state_dir_of(arguments));
    auto answer = pipeline::ask(socket, request);
    if (answer)
        return Fetched{std::move(*answer), true};
    switch (answer.error().why) {
    case pipeline::Unreachable::Why::not_allowed:
        return not_fetched(kNotAllowed,
                           answer.error().text + "; ask as root or a member of the group sentra");
    case pipeline::Unreachable::Why::broken:
        return not_fetched(kFinding, answer.error().text);
    case pipeline::Unreachable::Why::nobody_there:
        break;
    }
    return not_fetched(kUnreachable, answer.error().text +
                                         "; sentrad does not run there: systemctl start "
                                         "sentrad, or name its --state-dir or --socket");
}

tl::expected<Fetched, NotFetched> fetch(const Arguments &arguments,
                                        const pipeline::Request &request)
{
    auto fetched = fetch_from_daemon(arguments, request);
    if (fetched || fetched.error().status != kUnreachable)
        return fetched;
    return from_store(state_dir_of(arguments), request);
}

std::uint64_t now_ns()
{
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count());
}

Result<std::uint64_t> parse_moment(const std::string &text, std::uint64_t now)
{
    if (const auto ago = parse_duration(text))
        return now - std::min(now, *ago);
    if (const auto time = parse_rfc3339(text))
        return *time;
    return failure("\"" + text + "\" is no time; write 7d, 30m or 2026-03-02T10:11:00Z");
}

Result<store::Query> query_of(const Arguments &arguments)
{
    store::Query query;
    const std::uint64_t now = now_ns();
    for (const auto &[option, into] :
         {std::pair{"--since", &query.since_ns}, std::pair{"--until", &query.until_ns}}) {
        if (!arguments.has(option))
            continue;
        const auto moment = parse_moment(arguments.text(option), now);
        if (!moment)
            return tl::unexpected(Error{std::string(option) + ": " + moment.error().text});
        *into = *moment;
    }
    return query;
}

int complain(Exit status, const std::string &text)
{
    std::cerr << "sentra: " << text << "\n";
    return status;
}

} // namespace sentra::cli
