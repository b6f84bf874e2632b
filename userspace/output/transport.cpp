// SPDX-License-Identifier: MIT
#include "output/transport.h"

#include <algorithm>
#include <array>

#include "base/join.h"
#include "base/text.h"
#include "output/http.h"
#include "output/notice.h"
#include "output/sink.h"

namespace sentra::output {

namespace {

constexpr SinkKey kFormat = {"format", "the form of a document"};

constexpr SinkKey kEvidence = {
    "evidence", "true: each piece of a signal's evidence, too, as an event of its own; false"};

constexpr std::array kFileKeys = {
    SinkKey{"path", "the file; made where it is not there", true},
    SinkKey{"mode", "its permissions when it is made; 0640"},
    kFormat,
    kEvidence,
};
constexpr std::array kStdoutKeys = {kFormat, kEvidence};

constexpr SinkKey kUrl = {"url", "where it is: https://host:port"};
constexpr SinkKey kUser = {"user", "as whom"};
constexpr SinkKey kPassword = {"password_file", "the user's password, a file of 0600"};

constexpr auto kElasticKeys = with_http(std::array{
    kUrl,
    SinkKey{"namespace", "of the data stream; absent: the signal's tenant"},
    SinkKey{"index", "instead of the data stream logs-sentra.signal-<namespace>"},
    kEvidence,
    SinkKey{"api_key_file", "an API key as Elasticsearch encodes it, a file of 0600"},
    kUser,
    kPassword,
    kFormat,
});
constexpr auto kSplunkKeys = with_http(std::array{
    kUrl,
    SinkKey{"token_file", "the collector's token, a file of 0600", true},
    SinkKey{"index", "absent: the token's own"},
    SinkKey{"source", "sentra"},
    SinkKey{"sourcetype", "sentra:signal"},
    kEvidence,
    kFormat,
});
constexpr auto kClickHouseKeys = with_http(std::array{
    kUrl,
    SinkKey{"database", "sentra"},
    SinkKey{"table", "signals"},
    kUser,
    kPassword,
    SinkKey{"token_file", "a bearer's token instead, a file of 0600"},
    kFormat,
});

constexpr auto kWebhookKeys = with_http(std::array{
    kUrl,
    SinkKey{"key_file", "keys to sign with, one whsec_<base64> a line, a file of 0600"},
    SinkKey{"token_file", "a bearer's token besides, a file of 0600"},
    kUser,
    kPassword,
    kFormat,
});
// The URL itself is Slack's secret: it is taken from a file alone.
constexpr auto kSlackKeys = with_http(std::array<SinkKey, 0>{});
constexpr auto kPagerDutyKeys = with_http(std::array{
    SinkKey{"url", "https://events.pagerduty.com/v2/enqueue; the other regions' here"},
    SinkKey{"routing_key_file", "the integration's key, a file of 0600", true},
});

constexpr std::array kSyslogKeys = {
    SinkKey{"address", "tls://host:6514, tcp://host:514, unix:///dev/log, unix-stream:///path",
            true},
    SinkKey{"facility", "authpriv; a name or 0 to 23"},
    SinkKey{"app_name", "sentrad"},
    SinkKey{"enterprise", "your organisation's number at IANA, for the structured data"},
    SinkKey{"ca_file", "who may vouch for the collector, instead of those the system trusts"},
    SinkKey{"client_cert_file", "who we are, where the collector asks for a certificate"},
    SinkKey{"client_key_file", "its key, a file of 0600"},
    SinkKey{"pin", "base64 of the SHA-256 of the public key the collector must have"},
    SinkKey{"allow_loopback", "true: a name that resolves to this host itself is meant so"},
    SinkKey{"timeout", "how long one batch may take; 10s"},
    kFormat,
};
constexpr std::array kJournalKeys = {kFormat};
constexpr std::array kMailKeys = {
    SinkKey{"to", "addresses, with commas between them", true},
    SinkKey{"from", "the sender", true},
    SinkKey{"sendmail", "the MTA's program; /usr/sbin/sendmail"},
    SinkKey{"run_as", "the user it runs as; nobody"},
};

constexpr std::array kTypes = {
    SinkType{"file", "lines at the end of a file", "ndjson", kFileKeys, true, false, 500, false,
             open_file},
    SinkType{"stdout", "lines on standard output", "ndjson", kStdoutKeys, false, false, 500, false,
             open_stdout},
    SinkType{"elastic", "Elasticsearch or OpenSearch, by _bulk into a data stream", "ecs",
             kElasticKeys, true, false, 500, false, open_elastic},
    SinkType{"splunk", "Splunk's HTTP Event Collector", "ndjson", kSplunkKeys, true, false, 500,
             false, open_splunk},
    SinkType{"clickhouse", "rows of a ClickHouse table", "ndjson", kClickHouseKeys, true, false,
             500, false, open_clickhouse},
    SinkType{"webhook", "a signed POST a signal, as Standard Webhooks has it", "ndjson",
             kWebhookKeys, true, false, 10, false, open_webhook},
    SinkType{"slack", "messages in a Slack channel", "", kSlackKeys, true, true, 1, false,
             open_slack},
    SinkType{"pagerduty", "incidents in PagerDuty", "", kPagerDutyKeys, true, true, 1, false,
             open_pagerduty},
    SinkType{"syslog", "RFC 5424 over TLS, TCP or a socket of this host", "cef", kSyslogKeys, false,
             false, 500, false, open_syslog},
    SinkType{"journal", "entries in this host's journal", "ndjson", kJournalKeys, false, false, 500,
             false, open_journal},
    SinkType{"mail", "mails through this host's MTA", "", kMailKeys, true, true, 1, true,
             open_mail},
};

// "did you mean path?", else what there is.
std::string advice(std::string_view word, const std::vector<std::string_view> &known)
{
    if (const auto near = nearest(word, known); near)
        return "; did you mean " + std::string(*near) + "?";
    return "; there are " + join(known);
}

bool is_name(std::string_view name)
{
    return !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

Result<void> check_keys(const SinkType &type, const SinkSettings &settings)
{
    std::vector<std::string_view> known;
    for (const SinkKey &key : type.keys)
        known.push_back(key.name);
    if (type.is_notification)
        for (const SinkKey &key : notice_keys())
            known.push_back(key.name);
    for (const auto &[key, value] : settings.values)
        if (std::find(known.begin(), known.end(), key) == known.end())
            return failure("unknown key \"" + printable(key, 60) + "\"" + advice(key, known));
    for (const SinkKey &key : type.keys)
        if (key.is_needed && text_of(settings, key.name).empty())
            return failure(std::string(key.name) + " is missing: " + std::string(key.says));
    if (has(settings, "format"))
        if (auto format = format_of(settings); !format)
            return tl::unexpected(std::move(format.error()));
    if (type.is_notification)
        if (auto policy = notice_policy(settings); !policy)
            return tl::unexpected(std::move(policy.error()));
    return {};
}

// Opens anew what was opened before: files that were rotated, secrets and certificates that were
// changed, connections that a firewall forgot.
class Reopening final : public Transport {
public:
    Reopening(const SinkType &type, SinkSettings settings, std::unique_ptr<Transport> now)
        : type_(type), settings_(std::move(settings)), now_(std::move(now))
    {}
    Handover send(std::span<const Parcel> parcels) override
    {
        if (!now_) {
            auto opened = type_.open(settings_);
            if (!opened)
                return paused(parcels.size(), opened.error().text, "settings");
            now_ = std::move(*opened);
        }
        return now_->send(parcels);
    }
    void reopen() override { now_.reset(); }

private:
    const SinkType &type_;
    SinkSettings settings_;
    std::unique_ptr<Transport> now_;
};

Result<void> check_evidence(const SinkType &type, const SinkSettings &settings)
{
    const auto asked = switch_of(settings, "evidence");
    if (!asked)
        return tl::unexpected(asked.error());
    const Format *format = find_format(text_of(settings, "format", std::string(type.format)));
    if (*asked && format != nullptr && format->write_evidence == nullptr)
        return failure("evidence: the format " + std::string(format->name) +
                       " has no form for it; ndjson and ecs do");
    return {};
}

} // namespace

std::span<const SinkType> sink_types()
{
    return kTypes;
}

const SinkType *find_sink_type(std::string_view name)
{
    const auto *found = std::find_if(kTypes.begin(), kTypes.end(),
                                     [name](const SinkType &row) { return row.name == name; });
    return found == kTypes.end() ? nullptr : found;
}

Result<void> check_sink(const SinkSettings &settings)
{
    if (!is_name(settings.name))
        return failure("\"" + printable(settings.name, 60) +
                       "\" is no name of a sink: up to 40 of a-z, 0-9 and -");
    const SinkType *type = find_sink_type(settings.type);
    if (type == nullptr) {
        std::vector<std::string_view> known(kTypes.size());
        std::transform(kTypes.begin(), kTypes.end(), known.begin(),
                       [](const SinkType &row) { return row.name; });
        return failure("sink " + settings.name + ": unknown type \"" +
                       printable(settings.type, 40) + "\"" + advice(settings.type, known));
    }
    if (auto checked = check_keys(*type, settings); !checked)
        return failure("sink " + settings.name + ": " + checked.error().text);
    if (auto checked = check_evidence(*type, settings); !checked)
        return failure("sink " + settings.name + ": " + checked.error().text);
    return {};
}

bool wants_evidence(const SinkSettings &settings)
{
    return text_of(settings, "evidence") == "true";
}

Result<std::unique_ptr<Transport>> open_sink(const SinkSettings &settings)
{
    if (auto checked = check_sink(settings); !checked)
        return tl::unexpected(std::move(checked.error()));
    const SinkType &type = *find_sink_type(settings.type);
    auto opened = type.open(settings);
    if (!opened)
        return failure("sink " + settings.name + ": " + opened.error().text);
    return std::make_unique<Reopening>(type, settings, std::move(*opened));
}

void prepare_sink(const SinkSettings &settings)
{
    const SinkType *type = find_sink_type(settings.type);
    if (type != nullptr && type->needs_rights && check_sink(settings))
        static_cast<void>(type->open(settings)); // what it began stays when it is opened again
}

} // namespace sentra::output
