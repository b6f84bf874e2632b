// SPDX-License-Identifier: MIT
#include "sensor/account.h"

#include <algorithm>

#include "event/catalogue.h"

namespace sentra::sensor {

namespace {

// Types of the kernel's families that the ring carries; the snapshot comes by another way.
bool is_counted(std::uint16_t type)
{
    return (type >> 8U) < SENTRA_ROWS / SENTRA_ROWS_PER_FAMILY && type != SENTRA_PROCESS_SNAPSHOT;
}

std::uint16_t type_named(std::string_view name)
{
    const event::Type *type = event::Catalogue::get().find_type(name);
    return type == nullptr ? std::uint16_t{0} : static_cast<std::uint16_t>(type->id);
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

std::vector<Missed> missed_runs(const std::vector<ProgramRow> &programs)
{
    std::vector<Missed> all;
    for (const ProgramRow &row : programs) {
        const std::uint16_t type = type_named(row.event);
        const auto known = std::find_if(all.begin(), all.end(), [&row](const Missed &missed) {
            return missed.program == row.program;
        });
        if (known == all.end())
            all.push_back({row.program, type, row.recursion_misses});
        else if (known->of_type != type)
            known->of_type = 0;
    }
    return all;
}

std::uint64_t recursion_total(const std::vector<ProgramRow> &programs)
{
    std::uint64_t total = 0;
    for (const Missed &missed : missed_runs(programs))
        total += missed.runs;
    return total;
}

std::uint64_t untold_events(const LossCounts &counts)
{
    std::uint64_t untold = 0;
    for (const sentra_account_row &row : counts.rows)
        untold += row.lost + row.state_gone;
    for (const std::uint32_t type :
         {SENTRA_PROCESS_EXEC, SENTRA_PROCESS_FORK, SENTRA_CRED_CHANGE}) {
        const sentra_account_row &row = counts.rows[SENTRA_ROW(type)];
        untold += row.repeated + row.unwanted + row.trusted;
    }
    for (const Missed &missed : counts.missed)
        untold += missed.runs;
    for (const std::uint64_t dropped : counts.dropped)
        untold += dropped;
    return untold;
}

bool shakes_process_tree(const LossStep &step)
{
    switch (step.kind) {
    case SENTRA_LOSS_TRUNCATED:
    case SENTRA_LOSS_UNRESOLVED:
        return false; // handed over all the same
    default:
        break;
    }
    switch (step.of_type) {
    case 0: // may be any
    case SENTRA_PROCESS_EXEC:
    case SENTRA_PROCESS_FORK:
    case SENTRA_PROCESS_EXIT:
    case SENTRA_CRED_CHANGE:
        return true;
    default:
        return false;
    }
}

void LossLedger::compare(std::vector<LossStep> &steps, LossStep step, std::uint64_t &told) const
{
    if (step.total <= told)
        return;
    step.count = step.total - told;
    step.from_ns = std::min(looked_ns_, step.to_ns);
    told = step.total;
    steps.push_back(step);
}

std::vector<LossStep> LossLedger::step(const LossCounts &counts, std::uint64_t now_ns)
{
    std::vector<LossStep> steps;
    const auto look = [&](sentra_loss kind, std::uint16_t type, std::uint64_t &told,
                          std::uint64_t now) {
        compare(steps, {.kind = kind, .of_type = type, .total = now, .to_ns = now_ns}, told);
    };
    for (const event::Type &type : event::Catalogue::get().types()) {
        const auto id = static_cast<std::uint16_t>(type.id);
        if (!is_counted(id))
            continue;
        const sentra_account_row &now = counts.rows[SENTRA_ROW(id)];
        sentra_account_row &told = told_[SENTRA_ROW(id)];
        std::uint64_t lost = told.lost, truncated = told.truncated, unresolved = told.unresolved,
                      state_gone = told.state_gone;
        look(SENTRA_LOSS_RING_FULL, id, lost, now.lost);
        look(SENTRA_LOSS_TRUNCATED, id, truncated, now.truncated);
        look(SENTRA_LOSS_UNRESOLVED, id, unresolved, now.unresolved);
        look(SENTRA_LOSS_STATE_FULL, id, state_gone, now.state_gone);
        told = now;
    }
    std::map<std::uint16_t, std::uint64_t> missed = missed_;
    for (const Missed &program : counts.missed) {
        std::uint64_t &told = told_programs_[program.program];
        missed[program.of_type] += program.runs - std::min(told, program.runs);
        told = std::max(told, program.runs);
    }
    for (const auto &[type, runs] : missed)
        look(SENTRA_LOSS_RECURSION, type, missed_[type], runs);
    for (std::size_t kind = 0; kind < SENTRA_LOSS_COUNT; ++kind)
        look(static_cast<sentra_loss>(kind), 0, told_dropped_[kind], counts.dropped[kind]);
    looked_ns_ = now_ns;
    return steps;
}

} // namespace sentra::sensor
