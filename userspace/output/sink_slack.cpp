// SPDX-License-Identifier: MIT
// One message a signal in a Slack channel. What came from outside stands in text that Slack does
// not read as markup; the little that is markup is our own words, numbers and ids.
#include "base/text.h"
#include "base/time.h"
#include "output/derive.h"
#include "output/http.h"

namespace sentra::output {

namespace {

// Slack's limits, in characters; bytes are at least as many.
constexpr std::size_t kHeaderMost = 150, kTextMost = 3000, kFieldMost = 2000;

// &, < and > are escaped in every text of a message, else <!channel> would call everybody. Cut so
// that what Slack counts, escapes and all, stays within the limit.
std::string escaped(const std::string &text, std::size_t most_bytes)
{
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else
            out += c;
    }
    if (out.size() <= most_bytes)
        return out;
    std::string cut = clipped(out, most_bytes);
    // Not in the middle of an escape, nor before the ellipsis that ends it.
    const std::size_t amp = cut.rfind('&');
    if (amp != std::string::npos && cut.find(';', amp) == std::string::npos)
        cut = cut.substr(0, amp) + "\xe2\x80\xa6";
    return cut;
}

Json plain(const std::string &text, std::size_t most_bytes)
{
    return {{"type", "plain_text"}, {"text", escaped(text, most_bytes)}, {"emoji", false}};
}

// Bold is ours; the value has no character that Slack reads as markup.
Json field(const std::string &name, const std::string &value)
{
    std::string inert = escaped(value, kFieldMost);
    for (char &c : inert)
        if (c == '*' || c == '_' || c == '~' || c == '`')
            c = '\'';
    return {{"type", "mrkdwn"}, {"text", "*" + name + "*\n" + inert}, {"verbatim", true}};
}

Json fields(const signal::Signal &signal)
{
    Json list = Json::array();
    list.push_back(
        field("Risk", decimal(signal.score) + " (confidence " + signal.confidence + ")"));
    list.push_back(field("When", format_for_reading(signal.last_ns)));
    if (!signal.techniques.empty())
        list.push_back(field("Technique",
                             signal.techniques.front().id + " " + signal.techniques.front().name));
    list.push_back(field("Signal", signal.id));
    return list;
}

Json section(const std::string &text)
{
    return {{"type", "section"}, {"text", plain(text, kTextMost)}};
}

std::string headline(const Parcel &parcel)
{
    return (parcel.is_test              ? "[test] "
            : parcel.delivery.is_update ? "[update] "
                                        : "") +
           parcel.signal.state + ": " + parcel.signal.host_name;
}

class Slack final : public Transport {
public:
    Slack(SinkSettings settings, std::unique_ptr<Peer> peer)
        : settings_(std::move(settings)), peer_(std::move(peer))
    {}

    Handover send(std::span<const Parcel> parcels) override
    {
        if (parcels.empty())
            return {};
        const std::string body = slack_message(parcels.front());
        Request request;
        request.headers = {"Content-Type: application/json; charset=utf-8"};
        request.body = body;
        const Answer answer = peer_->post(request);
        Handover result = judge_slack(answer, peer_->excerpt(answer.body), now_ns_of(settings_));
        // A channel takes one message a second.
        if (result.outcomes.front().fate == Fate::delivered)
            result.wait_ns = kSecondNs;
        result.outcomes.resize(parcels.size(), {Fate::retry, "one message a second"});
        return result;
    }

private:
    SinkSettings settings_;
    std::unique_ptr<Peer> peer_;
};

} // namespace

std::string slack_message(const Parcel &parcel)
{
    const signal::Signal signal = shown(parcel);
    Json blocks = Json::array();
    blocks.push_back({{"type", "header"}, {"text", plain(headline(parcel), kHeaderMost)}});
    blocks.push_back(section(signal.narrative.empty() ? signal.title : signal.narrative));
    blocks.push_back({{"type", "section"}, {"fields", fields(signal)}});
    if (!signal.action_text.empty())
        blocks.push_back(section("What to do: " + signal.action_text));
    blocks.push_back(section("sentra explain " + signal.id));
    std::string foot = "Sentra " SENTRA_VERSION;
    if (!signal.tenant.empty())
        foot += " \xc2\xb7 " + signal.tenant;
    blocks.push_back({{"type", "context"}, {"elements", Json::array({plain(foot, kTextMost)})}});
    // Read aloud, and shown where blocks are not; links of it are not fetched.
    const Json message = {{"text", escaped(headline(parcel) + ": " + signal.title, kTextMost)},
                          {"mrkdwn", false},
                          {"link_names", false},
                          {"unfurl_links", false},
                          {"unfurl_media", false},
                          {"blocks", std::move(blocks)}};
    return line_of(message);
}

Result<std::unique_ptr<Transport>> open_slack(const SinkSettings &settings)
{
    if (!has(settings, "url_file"))
        return failure("url_file is missing: a file of 0600 with the incoming webhook's URL");
    auto peer_settings = peer_settings_of(settings);
    if (!peer_settings)
        return tl::unexpected(std::move(peer_settings.error()));
    auto peer = Peer::make(std::move(*peer_settings));
    if (!peer)
        return tl::unexpected(std::move(peer.error()));
    return std::make_unique<Slack>(settings, std::move(*peer));
}

} // namespace sentra::output
