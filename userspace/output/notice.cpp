// SPDX-License-Identifier: MIT
#include "output/notice.h"

#include <array>

#include "base/text.h"
#include "output/sink.h"

namespace sentra::output {

namespace {

constexpr std::array<SinkKey, 5> kKeys = {{
    {"tell", "action (what asks for action) or all; default: action"},
    {"least_score", "in hundredths: 80 tells what scores at least 0.80"},
    {"quiet_hours", "22:00-07:00, UTC: only what asks for action is told then"},
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
    const std::string quiet = text_of(settings, "quiet_hours");
    if (quiet.empty())
        return policy;
    const auto dash = quiet.find('-');
    const auto from = minutes_of(std::string_view(quiet).substr(0, dash));
    const auto to = dash == std::string::npos
                        ? std::nullopt
                        : minutes_of(std::string_view(quiet).substr(dash + 1));
    if (!from || !to || *from == *to)
        return failure("quiet_hours is two times such as 22:00-07:00, not \"" +
                       printable(quiet, 40) + "\"");
    policy.quiet = {*from, *to};
    return policy;
}

} // namespace sentra::output
