// SPDX-License-Identifier: MIT
// Any bytes as a peer's answer: two lines for its status and its Retry-After, the rest its body.
// Every document gets one fate; nothing is delivered that a success does not say; what is told of
// an answer is short and printable.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.h"
#include "base/time.h"
#include "output/http.h"

namespace {

namespace output = sentra::output;
constexpr std::size_t kCount = 3;

void check(const output::Handover &handover, std::size_t count, bool may_deliver)
{
    if (handover.outcomes.size() != count || handover.code.empty())
        std::abort();
    if (handover.wait_ns && *handover.wait_ns > sentra::kDayNs)
        std::abort();
    for (const output::Outcome &outcome : handover.outcomes) {
        if (outcome.fate == output::Fate::delivered && !may_deliver)
            std::abort();
        if ((outcome.fate == output::Fate::delivered) != outcome.why.empty())
            std::abort();
        if (outcome.why.size() > 2000 || outcome.why != sentra::printable(outcome.why, 2000))
            std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *bytes, std::size_t size_bytes)
{
    std::string_view text(reinterpret_cast<const char *>(bytes), size_bytes);
    const auto line = [&text] {
        const std::string_view one = text.substr(0, text.find('\n'));
        text.remove_prefix(one.size() == text.size() ? one.size() : one.size() + 1);
        return one;
    };
    output::Answer answer;
    answer.status = sentra::parse_number<std::uint16_t>(line()).value_or(200);
    answer.retry_after = std::string(line().substr(0, 100));
    answer.date = "Sun, 06 Nov 1994 08:49:37 GMT";
    answer.body = std::string(text);
    const std::string said = sentra::printable(answer.body.substr(0, 300), 300);
    const bool is_success = answer.status >= 200 && answer.status < 300;
    const std::uint64_t now_ns = 784111777 * sentra::kSecondNs;
    check(output::judge(answer, said, kCount, now_ns), kCount, is_success);
    check(output::judge_elastic(answer, said, kCount, now_ns), kCount, is_success);
    check(output::judge_splunk(answer, said, kCount, now_ns), kCount, is_success);
    check(output::judge_clickhouse(answer, said, kCount, now_ns), kCount, is_success);
    check(output::judge_slack(answer, said, now_ns), 1, is_success);
    return 0;
}
