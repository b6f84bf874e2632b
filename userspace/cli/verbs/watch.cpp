// SPDX-License-Identifier: MIT
// Asks the daemon again and again: the door is made for one question at a time, and whoever watches
// must not be able to hold it.
#include <csignal>
#include <iostream>
#include <optional>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/fetch.h"
#include "cli/verbs/verbs.h"
#include "cli/watch_page.h"
#include "pipeline/config.h"

namespace sentra::cli {

namespace {

using Verb = pipeline::Request::Verb;

constexpr int kBetweenMs = 1000;
// A signal is committed a while after its last event, a story grows for longer.
constexpr std::uint64_t kLookBackNs = kHourNs;
// Of what was seen before this began.
constexpr std::size_t kFirstMost = 10;

volatile std::sig_atomic_t is_asked_to_end = 0;

void ask_to_end(int /*signal*/)
{
    is_asked_to_end = 1;
}

void end_on_signals()
{
    struct sigaction action {};
    action.sa_handler = ask_to_end;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        (void)::sigaction(signal, &action, nullptr);
}

class Watch {
public:
    explicit Watch(const Arguments &arguments)
        : arguments_(arguments), is_json_(arguments.has("--json")), now_ns_(cli::now_ns())
    {}
    int run();

private:
    std::optional<NotFetched> look();
    std::optional<NotFetched> look_for_signals();
    void show(const std::vector<Seen::News> &news);
    void show_line(const std::string &line); // above the line of the state
    void show_state();
    void hide_state();
    bool say(const std::string &sentence);
    void come_back(const State &now);

    const Arguments &arguments_;
    bool is_json_, is_first_ = true, is_open_ = true, has_state_line_ = false;
    std::uint64_t now_ns_, since_ns_ = 0;
    Seen seen_;
    State state_;
};

void Watch::show_line(const std::string &line)
{
    hide_state();
    is_open_ = is_open_ && write_all(STDOUT_FILENO, line + "\n").has_value();
}

// What is said about the watching itself: on stderr where stdout is for a program.
bool Watch::say(const std::string &sentence)
{
    const Screen screen = screen_of(arguments_);
    const std::string time = format_rfc3339(now_ns_).substr(11, 8);
    if (is_json_) {
        std::cerr << "sentra: " << sentence << std::endl;
        return true;
    }
    for (const std::string &line :
         wrapped(fmt::format("{}  {}", time, sentence), screen.columns, 2))
        show_line(toned(screen, Tone::faint, line));
    return is_open_;
}

// On a terminal the last line is the state, written over and over.
void Watch::show_state()
{
    const Screen screen = screen_of(arguments_);
    if (is_json_ || !screen.is_terminal)
        return;
    is_open_ =
        is_open_ && write_all(STDOUT_FILENO, "\r\x1b[K" + state_line(state_, screen)).has_value();
    has_state_line_ = true;
}

void Watch::hide_state()
{
    if (has_state_line_)
        is_open_ = is_open_ && write_all(STDOUT_FILENO, "\r\x1b[K").has_value();
    has_state_line_ = false;
}

void Watch::show(const std::vector<Seen::News> &news)
{
    // Of those that were there before: the last few, unless somebody asked for all.
    const std::size_t first = is_first_ && !arguments_.has("--since") && news.size() > kFirstMost
                                  ? news.size() - kFirstMost
                                  : 0;
    for (std::size_t at = first; at < news.size(); ++at) {
        if (is_json_) {
            is_open_ = is_open_ && write_all(STDOUT_FILENO, news[at].line + "\n").has_value();
            continue;
        }
        for (const std::string &line : signal_lines(news[at], screen_of(arguments_)))
            show_line(line);
    }
}

std::optional<NotFetched> Watch::look_for_signals()
{
    const std::uint64_t from_ns = std::max(since_ns_, now_ns_ - std::min(now_ns_, kLookBackNs));
    const auto fetched =
        fetch_from_daemon(arguments_, {.verb = Verb::signals,
                                       .query = {.since_ns = is_first_ ? since_ns_ : from_ns}});
    if (!fetched)
        return fetched.error();
    const auto news = seen_.take(fetched->lines);
    if (!news)
        return NotFetched{kFinding, news.error().text};
    show(*news);
    seen_.forget_before(from_ns);
    is_first_ = false;
    return std::nullopt;
}

void Watch::come_back(const State &now)
{
    if (!is_first_ && !state_.is_there)
        say("sentrad answers again; what it saw meanwhile follows");
    if (now.health != state_.health || now.troubles != state_.troubles) {
        if (now.troubles.empty())
            say(now.health + ": " + now.line);
        for (const std::string &trouble : now.troubles)
            say(now.health + ": " + trouble);
    }
}

// Nothing: all is well, or it will be.
std::optional<NotFetched> Watch::look()
{
    now_ns_ = cli::now_ns();
    const auto status = fetch_from_daemon(arguments_, {.verb = Verb::status});
    if (!status && (is_first_ || status.error().status == kNotAllowed))
        return status.error();
    State now = status && !status->lines.empty() ? state_in(status->lines.front()) : State{};
    if (!now.is_there && state_.is_there)
        say("sentrad does not answer any more; this goes on when it is back");
    if (now.is_there)
        come_back(now);
    state_ = std::move(now);
    if (!state_.is_there)
        return std::nullopt;
    if (auto wrong = look_for_signals(); wrong && wrong->status != kUnreachable)
        return wrong;
    return std::nullopt;
}

int Watch::run()
{
    auto query = query_of(arguments_);
    if (!query)
        return complain(kUsage, query.error().text);
    since_ns_ =
        arguments_.has("--since") ? query->since_ns : now_ns_ - std::min(now_ns_, kLookBackNs);
    end_on_signals();
    while (is_asked_to_end == 0 && is_open_) {
        if (const auto wrong = look()) {
            hide_state();
            return complain(wrong->status, wrong->text);
        }
        show_state();
        // A signal that asks to end comes here, too, or a moment before: then a second later.
        (void)::poll(nullptr, 0, kBetweenMs);
    }
    hide_state();
    if (is_open_ && !is_json_ && screen_of(arguments_).is_terminal)
        say("not watching any more; sentrad goes on");
    return kOk;
}

} // namespace

int verb_watch(const Arguments &arguments)
{
    return Watch(arguments).run();
}

} // namespace sentra::cli
