// SPDX-License-Identifier: MIT
// What the rules need from the sensor, read off their conditions.
#include <set>

#include "engine/engine.h"
#include "engine/rule_files.h"

namespace sentra::engine {

namespace {

// Fields a kernel filter can compare before a record is made.
constexpr std::string_view kFilterable[] = {"file.path", "process.executable"};

std::optional<Need::How> how_of(const Pattern &pattern)
{
    if (!pattern.plain())
        return std::nullopt;
    switch (pattern.compare()) {
    case Compare::equals:
        return Need::How::is;
    case Compare::starts:
        return Need::How::begins;
    case Compare::ends:
        return Need::How::ends;
    case Compare::contains:
        return Need::How::contains;
    default:
        return std::nullopt;
    }
}

bool can_filter(const Test &test, const event::Type &type)
{
    if (test.kind != Test::Kind::patterns || test.place.step != kThisEvent || test.base_name ||
        !test.place.field.own || type.slot(*test.place.field.own) == nullptr)
        return false;
    bool known = false;
    for (const std::string_view name : kFilterable)
        known = known || test.place.field.name == name;
    for (const Pattern &pattern : test.patterns)
        known = known && how_of(pattern);
    return known;
}

void add_clause(const Clause &clause, const event::Type &type, std::set<Need> &needs)
{
    for (const Test &test : clause.tests) {
        if (!can_filter(test, type))
            continue;
        for (const Pattern &pattern : test.patterns)
            needs.insert({std::string(type.name), test.place.field.name, *how_of(pattern),
                          std::string(*pattern.plain())});
        return; // one test is enough to let the event through
    }
    needs.insert({std::string(type.name), "", Need::How::any, ""});
}

void add_where(const Where &where, const std::vector<const event::Type *> &types,
               std::set<Need> &needs)
{
    for (const event::Type *type : types) {
        if (where.any.empty())
            needs.insert({std::string(type->name), "", Need::How::any, ""});
        for (const Clause &clause : where.any)
            add_clause(clause, *type, needs);
    }
}

} // namespace

std::vector<Need> Rules::needs() const
{
    std::set<Need> needs;
    for (const CompiledRule &rule : compiled_->set->rules) {
        for (const Step &step : rule.steps)
            add_where(step.where, step.types, needs);
        for (const Unless &unless : rule.unless)
            add_where(unless.where, unless.types, needs);
    }
    return {needs.begin(), needs.end()};
}

std::vector<std::string> Rules::watched_reads() const
{
    std::set<std::string> globs;
    for (const Need &need : needs()) {
        if (need.event != "file.read")
            continue;
        switch (need.how) {
        case Need::How::is:
            globs.insert(need.value);
            break;
        case Need::How::begins:
            globs.insert(need.value + "*");
            break;
        case Need::How::ends:
            globs.insert("*" + need.value);
            break;
        case Need::How::contains:
            globs.insert("*" + need.value + "*");
            break;
        case Need::How::any:
            globs.insert("*");
            break;
        }
    }
    return {globs.begin(), globs.end()};
}

} // namespace sentra::engine
