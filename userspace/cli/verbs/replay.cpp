// SPDX-License-Identifier: MIT
#include <filesystem>
#include <iostream>

#include "cli/fetch.h"
#include "cli/load_rules.h"
#include "cli/progress.h"
#include "cli/verbs/verbs.h"
#include "output/format.h"
#include "output/redact.h"
#include "pipeline/playback.h"

namespace sentra::cli {

namespace {

void note(const std::string &text)
{
    std::cerr << "sentra: " << text << "\n";
}

// As it would leave the host.
void print_as(const output::Format &format, const std::vector<signal::Signal> &signals)
{
    output::Removed removed;
    for (const signal::Signal &signal : signals)
        std::cout << format.write(output::redact(signal, removed), {}) << "\n";
    if (const auto count = output::total(removed); count > 0)
        note(std::to_string(count) + (count == 1 ? " secret" : " secrets") + " removed");
}

void print(const std::vector<signal::Signal> &signals)
{
    for (const signal::Signal &signal : signals)
        std::cout << signal::to_json(signal) << "\n";
}

Result<std::vector<signal::Signal>> replayed(const std::string &file,
                                             const std::shared_ptr<const engine::Rules> &rules)
{
    std::error_code unknown;
    const auto size = std::filesystem::file_size(file, unknown);
    Progress progress("reading " + file, unknown ? 0 : size);
    const auto say = [&](const std::string &text) {
        progress.clear();
        note(text);
    };
    return pipeline::replay_signals(file, rules, say,
                                    [&](std::uint64_t bytes) { progress.reached(bytes); });
}

} // namespace

int verb_replay(const Arguments &arguments)
{
    const std::string file = arguments.text("file");
    const output::Format *format = output::find_format(arguments.text("--format"));
    if (arguments.has("--format") && format == nullptr)
        return complain(kUsage, "no format is called \"" + arguments.text("--format") +
                                    "\"; there are " + output::format_names());
    if (arguments.has("--format") && arguments.has("--events"))
        return complain(kUsage, "--format is for signals, --events prints events");
    if (arguments.has("--events")) {
        const auto played = pipeline::replay_events(
            file, [](std::string_view line) { std::cout << line << "\n"; }, note);
        return played ? kOk : complain(kFinding, played.error().text);
    }
    auto rules = load_rules(arguments.all("--rules"));
    if (!rules)
        return complain(kFinding, rules.error().text);
    const auto signals = replayed(file, *rules);
    if (!signals)
        return complain(kFinding, signals.error().text);
    if (format != nullptr)
        print_as(*format, *signals);
    else
        print(*signals);
    note(std::to_string(signals->size()) + (signals->size() == 1 ? " signal" : " signals"));
    return kOk;
}

} // namespace sentra::cli
