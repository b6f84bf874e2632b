// SPDX-License-Identifier: MIT
// The house's own line (signal/signal.schema.json): nothing is left out, so nothing is added.
#include "base/hash.h"
#include "base/time.h"
#include "output/derive.h"
#include "output/format.h"

namespace sentra::output {

std::string to_ndjson(const signal::Signal &signal, const Delivery & /*delivery*/)
{
    return signal::to_json(signal);
}

std::string evidence_id(const signal::Signal &signal, const signal::Evidence &piece)
{
    return sha256_hex(signal.uid + "\n" + std::to_string(piece.time_ns) + "\n" + piece.event +
                      "\n" + piece.ref + "\n" + piece.text);
}

std::string evidence_to_ndjson(const signal::Signal &signal, const signal::Evidence &piece)
{
    Json host = Json::object();
    put(host, "name", signal.host_name);
    put(host, "id", signal.host_id);
    Json document = {{"schema", "sentra.evidence/1"}, {"id", evidence_id(signal, piece)}};
    document["signal"] = {{"id", signal.id}, {"uid", signal.uid}};
    put(document, "tenant", signal.tenant);
    put(document, "host", std::move(host));
    document["time"] = format_rfc3339(piece.time_ns);
    put(document, "event", piece.event);
    put(document, "text", piece.text);
    put(document, "ref", piece.ref);
    return line_of(document);
}

} // namespace sentra::output
