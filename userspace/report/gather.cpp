// SPDX-License-Identifier: MIT
#include "report/gather.h"

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace sentra::report {

namespace {

store::Query all()
{
    return {.most = std::numeric_limits<std::int32_t>::max()};
}

// The host's names as the latest record has them.
template <typename Record>
void take_names(Input &input, std::uint64_t &latest_ns, const Record &record)
{
    if (record.last_ns < latest_ns || record.host_name.empty())
        return;
    latest_ns = record.last_ns;
    input.host = record.host_name;
    input.host_id = record.host_id;
    input.tenant = record.tenant;
}

Result<void> take_records(store::Store &store, Input &input)
{
    const auto signals = store.signals(all());
    if (!signals)
        return tl::unexpected(signals.error());
    const auto sessions = store.sessions(all());
    if (!sessions)
        return tl::unexpected(sessions.error());
    std::uint64_t latest_ns = 0;
    for (const std::string &line : *signals) {
        auto signal = signal::from_json(line);
        if (!signal)
            return tl::unexpected(std::move(signal.error()).within("stored signal"));
        take_names(input, latest_ns, *signal);
        input.signals.push_back(std::move(*signal));
    }
    for (const std::string &line : *sessions) {
        auto session = signal::summary_from_json(line);
        if (!session)
            return tl::unexpected(std::move(session.error()).within("stored session"));
        take_names(input, latest_ns, *session);
        input.sessions.push_back(std::move(*session));
    }
    return {};
}

Result<void> keep_only(Input &input, const std::string &tenant)
{
    const auto is_other = [&](const auto &record) { return record.tenant != tenant; };
    const std::size_t before = input.signals.size() + input.sessions.size();
    std::erase_if(input.signals, is_other);
    std::erase_if(input.sessions, is_other);
    if (before > 0 && input.signals.empty() && input.sessions.empty())
        return failure("nothing in this store is of the tenant \"" + printable(tenant, 60) + "\"");
    input.tenant = tenant;
    return {};
}

// The first entry of the ledger is written when the sensor starts for the first time.
void take_times(Input &input, const store::Position &position)
{
    std::uint64_t first_ns = std::numeric_limits<std::uint64_t>::max();
    for (const store::Entry &entry : input.ledger)
        if (entry.kind == "rules")
            first_ns = std::min(first_ns, entry.time_ns);
    const bool is_known = first_ns != std::numeric_limits<std::uint64_t>::max();
    input.watched_from_ns = is_known ? first_ns : 0;
    input.watched_until_ns = position.watermark_ns;
}

} // namespace

Result<Input> gather(store::Store &store, const std::string &tenant)
{
    Input input;
    if (auto taken = take_records(store, input); !taken)
        return tl::unexpected(std::move(taken.error()));
    if (!tenant.empty())
        if (auto kept = keep_only(input, tenant); !kept)
            return tl::unexpected(std::move(kept.error()));
    auto ledger = store.ledger();
    auto gaps = store.gaps(0);
    auto losses = store.losses();
    const auto position = store.position();
    const auto sinks = store.outbox().accounts();
    if (!ledger)
        return tl::unexpected(std::move(ledger.error()));
    if (!gaps)
        return tl::unexpected(std::move(gaps.error()));
    if (!losses)
        return tl::unexpected(std::move(losses.error()));
    if (!position)
        return tl::unexpected(position.error());
    if (!sinks)
        return tl::unexpected(sinks.error());
    input.ledger = std::move(*ledger);
    input.gaps = std::move(*gaps);
    input.losses = std::move(*losses);
    take_times(input, *position);
    for (const store::SinkAccount &account : *sinks)
        input.deliveries.push_back(
            {printable(account.sink.name, 60), account.waiting, account.dead});
    return input;
}

} // namespace sentra::report
