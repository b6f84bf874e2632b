// SPDX-License-Identifier: MIT
#include "output/notice.h"

#include <array>

#include "base/text.h"
#include "engine/intent.h"
#include "output/sink.h"

namespace sentra::output {

namespace {

constexpr std::array<SinkKey, 7> kKeys = {{
    {"tell", "action (what asks for action) or all; default: action"},
    {"least_score", "in hundredths: 80 tells what scores at least 0.80"},
    {"intents", "only signals of these, apart by commas: Persistence, Impact; default: all"},
    {"quiet_hours", "22:00-07:00: only what asks for action is told then"},
    {"time_zone", "whose hours those are: Europe/Berlin; default: UTC"},
    {"digest", "24h: what does not ask for action comes as one message, once in that time"},
    {"most", "messages in ten minutes, default 10; more than that come as one"},
}};
constexpr std::uint64_t kMostMost = 1000;
constexpr unsigned kMinutes = 60, kHours = 24;

// "22:00"
std::optional<unsigned> minutes_of(std::string_view text)
{
    constexpr std::size_t kBytes = 5;
    if (text.size() != kBytes || text[2] != ':')
        return std::nullopt;
    const auto hours = parse_number<unsigned>(text.substr(0, 2));
    const auto minutes = parse_number<unsigned>(text.substr(3));
    if (!hours || !minutes || *hours >= kHours || *minutes >= kMinutes)
        return std::nullopt;
    return *hours * kMinutes + *minutes;
}

Result<std::vector<std::string>> intents_of(const SinkSettings &settings)
{
    std::vector<std::string> intents;
    const std::string text = text_of(settings, "intents");
    for (const std::string_view part : split(text, ',')) {
        const std::string_view name = trim(part);
        if (name.empty())
            continue;
        if (engine::find_intent(name) == nullptr) {
            const auto meant = nearest(name, engine::intent_names());
            return failure("intents: there is no \"" + printable(name, 40) + "\"" +
                           (meant ? "; did you mean \"" + std::string(*meant) + "\"?" : ""));
        }
        intents.emplace_back(name);
    }
    return intents;
}

Result<std::optional<NoticePolicy::Quiet>> quiet_of(const SinkSettings &settings)
{
    const std::string text = text_of(settings, "quiet_hours");
    auto zone = load_zone(text_of(settings, "time_zone", "UTC"));
    if (!zone)
        return tl::unexpected(std::move(zone.error()).within("time_zone"));
    if (text.empty())
        return std::optional<NoticePolicy::Quiet>();
    const auto dash = text.find('-');
    const auto from = minutes_of(std::string_view(text).substr(0, dash));
    const auto to = dash == std::string::npos ? std::nullopt
                                              : minutes_of(std::string_view(text).substr(dash + 1));
    if (!from || !to || *from == *to)
        return failure("quiet_hours is two times such as 22:00-07:00, not \"" +
                       printable(text, 40) + "\"");
    return NoticePolicy::Quiet{*from, *to, std::move(*zone)};
}

} // namespace

std::span<const SinkKey> notice_keys()
{
    return kKeys;
}

Result<NoticePolicy> notice_policy(const SinkSettings &settings)
{
    NoticePolicy policy;
    const std::string tell = text_of(settings, "tell", "action");
    if (tell != "action" && tell != "all")
        return failure("tell is action or all, not \"" + printable(tell, 40) + "\"");
    policy.asks_only = tell == "action";
    const auto least = number_of(settings, "least_score", 0, 100);
    const auto digest_ns = duration_ns_of(settings, "digest", 0, 7 * kDayNs);
    const auto most = number_of(settings, "most", policy.most, kMostMost);
    for (const auto *part : {&least, &digest_ns, &most})
        if (!*part)
            return tl::unexpected(part->error());
    if (*most == 0)
        return failure("most is a number from 1 to " + std::to_string(kMostMost));
    policy.least = static_cast<double>(*least) / 100;
    policy.digest_ns = *digest_ns;
    policy.most = *most;
    auto intents = intents_of(settings);
    auto quiet = quiet_of(settings);
    if (!intents || !quiet)
        return tl::unexpected(!intents ? intents.error() : quiet.error());
    policy.intents = std::move(*intents);
    policy.quiet = std::move(*quiet);
    return policy;
}

} // namespace sentra::output
