// SPDX-License-Identifier: MIT
// Elasticsearch and OpenSearch: _bulk into a data stream. A document's id is its signal's uid and
// revision, and a data stream takes an id once: what is sent twice is there once.
#include "base/text.h"
#include "output/derive.h"
#include "output/http.h"

namespace sentra::output {

namespace {

class Elastic final : public Transport {
public:
    Elastic(SinkSettings settings, Connection connection)
        : settings_(std::move(settings)),
          connection_(std::move(connection)),
          index_(text_of(settings_, "index")),
          namespace_(text_of(settings_, "namespace"))
    {
        request_.path = "/_bulk?filter_path=took,errors,items.*.status,items.*.error";
        request_.headers = {"Content-Type: application/x-ndjson"};
        if (!connection_.authorization.empty())
            request_.headers.push_back(connection_.authorization);
        request_.answer_most = std::size_t{1} << 20U;
    }

    Handover send(std::span<const Parcel> parcels) override
    {
        std::vector<std::string> pieces;
        for (const Parcel &parcel : parcels)
            pieces.push_back(piece(parcel));
        return in_requests(pieces, [this](std::size_t count, const std::string &body) {
            Request request = request_;
            request.body = body;
            const Answer answer = connection_.peer->post(request);
            return judge_elastic(answer, connection_.peer->excerpt(answer.body), count,
                                 now_ns_of(settings_));
        });
    }

private:
    // The name of a data stream and the document's own word for it must agree: templates make that
    // field constant.
    [[nodiscard]] std::string piece(const Parcel &parcel) const
    {
        std::string document = document_of(parcel, *connection_.format);
        std::string index = index_;
        if (index.empty()) {
            Json parsed = Json::parse(document, nullptr, false);
            Json &stream = parsed["data_stream"];
            if (!namespace_.empty())
                stream["namespace"] = namespace_;
            index = "logs-" + stream["dataset"].get<std::string>() + "-" +
                    stream["namespace"].get<std::string>();
            if (!namespace_.empty())
                document = line_of(parsed);
        }
        const Json action = {{"create", {{"_index", index}, {"_id", key_of(parcel)}}}};
        return line_of(action) + "\n" + document + "\n";
    }

    SinkSettings settings_;
    Connection connection_;
    std::string index_, namespace_;
    Request request_;
};

// What Elasticsearch takes as a namespace or the name of an index.
bool is_index_name(std::string_view name, std::string_view besides)
{
    return name.size() <= 100 &&
           name.find_first_not_of(
               std::string("abcdefghijklmnopqrstuvwxyz0123456789._").append(besides)) ==
               std::string_view::npos;
}

} // namespace

Result<std::unique_ptr<Transport>> open_elastic(const SinkSettings &settings)
{
    const std::string index = text_of(settings, "index");
    if (!is_index_name(text_of(settings, "namespace"), ""))
        return failure("namespace: lower-case letters, digits, _ and . only, at most 100");
    if (!is_index_name(index, "-"))
        return failure("index: lower-case letters, digits, -, _ and . only, at most 100");
    auto connection = connection_of(settings, "api_key_file", "ApiKey", true);
    if (!connection)
        return tl::unexpected(std::move(connection.error()));
    if (connection->format->name != "ecs" && index.empty())
        return failure("index is missing: data streams take ecs, other formats an index of theirs");
    return std::make_unique<Elastic>(settings, std::move(*connection));
}

} // namespace sentra::output
