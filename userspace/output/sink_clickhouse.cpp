// SPDX-License-Identifier: MIT
// ClickHouse over HTTP: rows of JSONEachRow. The table (README) replaces by (uid, revision), so
// what is sent twice counts once. Servers from 18.16 on.
#include "base/text.h"
#include "base/time.h"
#include "output/derive.h"
#include "output/http.h"

namespace sentra::output {

namespace {

bool is_identifier(std::string_view name)
{
    return !name.empty() && name.size() <= 100 && (name[0] < '0' || name[0] > '9') &&
           lower_ascii(name).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
               std::string::npos;
}

// "2026-03-02 10:15:42"; old servers know no fractions, and want it quoted.
std::string date_time(std::uint64_t time_ns)
{
    std::string text = format_rfc3339(time_ns).substr(0, 19);
    text[10] = ' ';
    return text;
}

class ClickHouse final : public Transport {
public:
    ClickHouse(SinkSettings settings, Connection connection)
        : settings_(std::move(settings)), connection_(std::move(connection))
    {
        const std::string table =
            text_of(settings_, "database", "sentra") + "." + text_of(settings_, "table", "signals");
        request_.path = "/?query=INSERT%20INTO%20" + table + "%20FORMAT%20JSONEachRow";
        request_.headers = {"Content-Type: application/x-ndjson"};
        if (!connection_.authorization.empty())
            request_.headers.push_back(connection_.authorization);
    }

    Handover send(std::span<const Parcel> parcels) override
    {
        std::vector<std::string> pieces;
        for (const Parcel &parcel : parcels)
            pieces.push_back(row(parcel));
        return in_requests(pieces, [this](std::size_t count, const std::string &body) {
            Request request = request_;
            request.body = body;
            const Answer answer = connection_.peer->post(request);
            return judge_clickhouse(answer, connection_.peer->excerpt(answer.body), count,
                                    now_ns_of(settings_));
        });
    }

private:
    [[nodiscard]] std::string row(const Parcel &parcel) const
    {
        const signal::Signal signal = shown(parcel);
        const Json columns = {{"uid", signal.uid},
                              {"revision", parcel.revision},
                              {"sequence", parcel.delivery.sequence},
                              {"is_test", parcel.is_test ? 1 : 0},
                              {"time", date_time(signal.last_ns)},
                              {"first_ms", milliseconds(signal.first_ns)},
                              {"last_ms", milliseconds(signal.last_ns)},
                              {"id", signal.id},
                              {"tenant", signal.tenant},
                              {"host_id", signal.host_id},
                              {"host", signal.host_name},
                              {"rule", signal.rule_id},
                              {"intent", signal.intent},
                              {"state", signal.state},
                              {"risk", signal.score},
                              {"title", signal.title},
                              {"narrative", signal.narrative},
                              {"document", document_of(parcel, *connection_.format)}};
        return line_of(columns) + "\n";
    }

    SinkSettings settings_;
    Connection connection_;
    Request request_;
};

} // namespace

Result<std::unique_ptr<Transport>> open_clickhouse(const SinkSettings &settings)
{
    for (const char *key : {"database", "table"})
        if (has(settings, key) && !is_identifier(text_of(settings, key)))
            return failure(std::string(key) + ": letters, digits and _ only, at most 100");
    auto connection = connection_of(settings, "token_file", "Bearer");
    if (!connection)
        return tl::unexpected(std::move(connection.error()));
    return std::make_unique<ClickHouse>(settings, std::move(*connection));
}

} // namespace sentra::output
