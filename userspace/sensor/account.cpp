// SPDX-License-Identifier: MIT
#include "sensor/account.h"

#include <algorithm>
#include <set>

#include "event/catalogue.h"

namespace sentra::sensor {

namespace {

// Types of the kernel's families that the ring carries; the snapshot comes by another way.
bool is_counted(std::uint16_t type)
{
    return (type >> 8U) < SENTRA_ROWS / SENTRA_ROWS_PER_FAMILY && type != SENTRA_PROCESS_SNAPSHOT;
}

void add(Row &to, const Row &row)
{
    to.seen += row.seen;
    to.handed += row.handed;
    to.filtered += row.filtered;
    to.lost += row.lost;
    to.own += row.own;
    to.elsewhere += row.elsewhere;
    to.repeated += row.repeated;
    to.unwanted += row.unwanted;
    to.trusted += row.trusted;
    to.truncated += row.truncated;
    to.unresolved += row.unresolved;
    to.state_gone += row.state_gone;
}

} // namespace

std::vector<Row> to_rows(const AccountRows &rows)
{
    std::vector<Row> out;
    Row total;
    total.event = "total";
    for (const event::Type &type : event::Catalogue::get().types()) {
        const auto id = static_cast<std::uint16_t>(type.id);
        if (!is_counted(id))
            continue;
        const sentra_account_row &from = rows[SENTRA_ROW(id)];
        Row row;
        row.event = type.name;
        row.seen = from.seen;
        row.handed = from.handed;
        row.lost = from.lost;
        row.own = from.own;
        row.elsewhere = from.elsewhere;
        row.repeated = from.repeated;
        row.unwanted = from.unwanted;
        row.trusted = from.trusted;
        row.filtered = from.own + from.elsewhere + from.repeated + from.unwanted + from.trusted;
        row.truncated = from.truncated;
        row.unresolved = from.unresolved;
        row.state_gone = from.state_gone;
        add(total, row);
        out.push_back(row);
    }
    out.push_back(total);
    return out;
}

bool balances(const AccountRows &rows)
{
    return std::all_of(rows.begin(), rows.end(), [](const sentra_account_row &row) {
        return row.seen == row.handed + row.lost + row.own + row.elsewhere + row.repeated +
                               row.unwanted + row.trusted;
    });
}

std::uint64_t recursion_total(const std::vector<ProgramRow> &programs)
{
    std::set<std::string_view> counted;
    std::uint64_t total = 0;
    for (const ProgramRow &row : programs)
        if (counted.insert(row.program).second)
            total += row.recursion_misses;
    return total;
}

void LossLedger::compare(std::vector<LossStep> &steps, sentra_loss kind, std::uint16_t type,
                         std::uint64_t &told, std::uint64_t now)
{
    if (now <= told)
        return;
    steps.push_back({kind, type, now - told, now});
    told = now;
}

std::vector<LossStep> LossLedger::step(const AccountRows &rows, std::uint64_t recursion)
{
    std::vector<LossStep> steps;
    for (const event::Type &type : event::Catalogue::get().types()) {
        const auto id = static_cast<std::uint16_t>(type.id);
        if (!is_counted(id))
            continue;
        const sentra_account_row &now = rows[SENTRA_ROW(id)];
        sentra_account_row &told = told_[SENTRA_ROW(id)];
        std::uint64_t lost = told.lost, truncated = told.truncated, unresolved = told.unresolved,
                      state_gone = told.state_gone;
        compare(steps, SENTRA_LOSS_RING_FULL, id, lost, now.lost);
        compare(steps, SENTRA_LOSS_TRUNCATED, id, truncated, now.truncated);
        compare(steps, SENTRA_LOSS_UNRESOLVED, id, unresolved, now.unresolved);
        compare(steps, SENTRA_LOSS_STATE_FULL, id, state_gone, now.state_gone);
        told = now;
    }
    compare(steps, SENTRA_LOSS_RECURSION, 0, told_recursion_, recursion);
    return steps;
}

} // namespace sentra::sensor
