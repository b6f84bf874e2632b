// SPDX-License-Identifier: MIT
// What the answers of those peers mean that say more than a status: per document, or in a code of
// their own. Any bytes may come in.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "output/http.h"

namespace sentra::output {

namespace {

using nlohmann::json;

constexpr std::size_t kWhyMost = 300;

// "mapper_parsing_exception: failed to parse field [x]"
std::string error_of(const json &item)
{
    const auto error = item.find("error");
    if (error == item.end())
        return {};
    if (error->is_string()) // OpenSearch's security plugin
        return printable(error->get<std::string>(), kWhyMost);
    const std::string type = text_in(*error, "type"), reason = text_in(*error, "reason");
    return printable(type + (type.empty() || reason.empty() ? "" : ": ") + reason, kWhyMost);
}

// {"create": {"status": 201}} -> its inside.
const json *inside(const json &item)
{
    if (!item.is_object() || item.size() != 1 || !item.begin()->is_object())
        return nullptr;
    return &*item.begin();
}

// One item of _bulk's answer, added to what is known of the others.
void add_item(Handover &result, const json &item)
{
    const json *said = inside(item);
    const auto status = said == nullptr ? std::nullopt : number_in(*said, "status");
    if (!status) {
        result.outcomes.push_back({Fate::retry, "the answer does not say what became of it"});
        return;
    }
    // Our own id is taken: it was delivered before, and only the answer was lost.
    if (*status == 409) {
        result.outcomes.push_back({Fate::delivered, ""});
        return;
    }
    Outcome outcome = judge_item(*status, error_of(*said));
    // Who may write where, and whether it is there, is no fault of one document.
    if (*status == 401 || *status == 403 || *status == 404) {
        outcome.fate = Fate::retry;
        result.pause = outcome.why;
    }
    result.outcomes.push_back(std::move(outcome));
}

// ClickHouse's codes (src/Common/ErrorCodes.cpp), which its statuses do not tell apart: old servers
// answer 500 to most of them.
constexpr std::array kAboutTheTable = {16, 36, 47, 60, 81, 115, 117, 164, 192, 193, 194, 497, 516};
constexpr std::array kAboutTheRow = {6, 26, 27, 32, 33, 38, 41, 53, 69, 72, 130, 131, 321};

std::optional<int> clickhouse_code(std::string_view body)
{
    constexpr std::string_view kMark = "Code: ";
    const std::size_t at = body.find(kMark);
    if (at == std::string_view::npos)
        return std::nullopt;
    const std::string_view rest = body.substr(at + kMark.size(), 6);
    return parse_number<int>(rest.substr(0, rest.find_first_not_of("0123456789")));
}

template <std::size_t count> bool is_one_of(const std::array<int, count> &codes, int code)
{
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

// https://docs.splunk.com: "Possible error codes" of the HTTP Event Collector.
constexpr std::array kSplunkSettings = {1, 2, 3, 4, 7, 10, 11, 14, 16};
constexpr std::array kSplunkDocument = {5, 6, 12, 13, 15};

// Splunk names the one it stumbled over; those after it are not there, those before may be.
Handover all_but(std::size_t bad, std::size_t count, const std::string &why, std::string code)
{
    Handover result = all_alike(count, Fate::retry, why, std::move(code));
    result.outcomes[bad].fate = Fate::rejected;
    return result;
}

} // namespace

Handover judge_elastic(const Answer &answer, std::string_view said, std::size_t count,
                       std::uint64_t now_ns)
{
    if (answer.trouble != Trouble::none || answer.status < 200 || answer.status > 299)
        return judge(answer, said, count, now_ns);
    const auto body = parse_answer(answer.body);
    const std::string code = code_of(answer);
    const auto items = body ? body->find("items") : json::const_iterator();
    if (!body || items == body->end() || !items->is_array() || items->size() != count)
        return all_alike(count, Fate::retry, "the answer is not one of _bulk: " + std::string(said),
                         code);
    Handover result;
    result.code = code;
    for (const json &item : *items)
        add_item(result, item);
    return result;
}

Handover judge_splunk(const Answer &answer, std::string_view said, std::size_t count,
                      std::uint64_t now_ns)
{
    const auto body = parse_answer(answer.body);
    const auto number = body ? number_in(*body, "code") : std::nullopt;
    if (answer.trouble != Trouble::none || !number || answer.status != 400)
        return judge(answer, said, count, now_ns);
    const std::string why = "HTTP 400: " + std::string(said);
    const int code = static_cast<int>(std::clamp<std::int64_t>(*number, 0, 1000));
    const auto bad = number_in(*body, "invalid-event-number");
    if (is_one_of(kSplunkSettings, code))
        return paused(count, why, code_of(answer));
    if (is_one_of(kSplunkDocument, code) && bad && *bad >= 0 &&
        static_cast<std::uint64_t>(*bad) < count)
        return all_but(static_cast<std::size_t>(*bad), count, why, code_of(answer));
    return judge(answer, said, count, now_ns);
}

Handover judge_clickhouse(const Answer &answer, std::string_view said, std::size_t count,
                          std::uint64_t now_ns)
{
    // What failed after the status was sent is told in the body alone.
    const auto number = clickhouse_code(answer.body);
    if (answer.trouble != Trouble::none || !number)
        return judge(answer, said, count, now_ns);
    const std::string why = "HTTP " + code_of(answer) + ": " + std::string(said);
    if (is_one_of(kAboutTheTable, *number))
        return paused(count, why, code_of(answer));
    if (is_one_of(kAboutTheRow, *number))
        return refused(count, why, code_of(answer));
    if (answer.status == 413)
        return judge(answer, said, count, now_ns);
    Handover result = all_alike(count, Fate::retry, why, code_of(answer));
    result.wait_ns = retry_after_ns(answer.retry_after, answer.date, now_ns);
    return result;
}

Handover judge_slack(const Answer &answer, std::string_view said, std::uint64_t now_ns)
{
    constexpr std::array<std::string_view, 4> kAboutTheMessage = {
        "invalid_payload", "invalid_blocks", "no_text", "too_many_attachments"};
    const std::string_view body = trim(answer.body);
    if (answer.trouble == Trouble::none && answer.status == 400 &&
        std::find(kAboutTheMessage.begin(), kAboutTheMessage.end(), body) == kAboutTheMessage.end())
        return paused(1, "HTTP 400: " + std::string(said), "400");
    // A page of somebody in between is no answer of Slack's.
    if (answer.trouble == Trouble::none && answer.status == 200 && body != "ok")
        return all_alike(1, Fate::retry, "the answer is not Slack's: " + std::string(said), "200");
    return judge(answer, said, 1, now_ns);
}

} // namespace sentra::output
