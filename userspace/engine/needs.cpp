// SPDX-License-Identifier: MIT
// What the rules need from the sensor, read off their conditions.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "base/time.h"
#include "engine/engine.h"
#include "engine/rule_files.h"
#include "engine/sigma.h"

namespace sentra::engine {

namespace {

// The kernel counts the same fact again for ten seconds instead of telling it (sensor/filter.cpp):
// a rule that waits for less than a few times that would see it too late.
constexpr std::uint64_t kPatienceNs = 40 * kSecondNs;

// What a condition asks of a path, whichever field it asks it of.
struct Sought {
    Need::How how = Need::How::any;
    std::string value;
};

// Where people and programs work: all files there are more than those of one name anywhere.
constexpr std::string_view kBusyPlaces[] = {"/",         "/home/", "/root/", "/tmp/", "/var/tmp/",
                                            "/dev/shm/", "/srv/",  "/opt/",  "/var/", "/var/www/"};

// Which files a need leaves: few first. A need without a slash may be met in any directory.
int rank(const Sought &asked)
{
    const bool has_slash = asked.value.find('/') != std::string::npos;
    switch (asked.how) {
    case Need::How::is:
        return 0;
    case Need::How::ends:
        return has_slash ? 1 : 4;
    case Need::How::begins:
        return std::find(std::begin(kBusyPlaces), std::end(kBusyPlaces), asked.value) ==
                       std::end(kBusyPlaces)
                   ? 2
                   : 5;
    case Need::How::contains:
        return has_slash ? 3 : 5;
    case Need::How::any:
        break;
    }
    return 6;
}

// A pattern as one comparison that holds wherever the pattern does.
Sought sought_by(const Pattern &pattern)
{
    if (const auto plain = pattern.plain()) {
        const std::string value = lower_ascii(*plain);
        switch (pattern.compare()) {
        case Compare::equals:
            return {Need::How::is, value};
        case Compare::starts:
            return {Need::How::begins, value};
        case Compare::ends:
            return {Need::How::ends, value};
        default:
            return {Need::How::contains, value};
        }
    }
    const std::vector<std::string> pieces = pattern.pieces();
    Sought best;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (pieces[i].empty())
            continue;
        const Sought piece{i == 0                   ? Need::How::begins
                           : i + 1 == pieces.size() ? Need::How::ends
                                                    : Need::How::contains,
                           lower_ascii(pieces[i])};
        if (rank(piece) < rank(best) ||
            (rank(piece) == rank(best) && piece.value.size() > best.value.size()))
            best = piece;
    }
    return best;
}

// What is asked of a part of the path that begins behind `before` ("/" for a name, "." for an
// extension) and ends with the path.
Sought of_last_part(Sought asked, char before)
{
    switch (asked.how) {
    case Need::How::is:
        return {Need::How::ends, before + asked.value};
    case Need::How::begins:
        return {Need::How::contains, before + asked.value};
    default:
        return asked;
    }
}

// What is asked of the directory: it ends at a slash.
Sought of_directory(Sought asked)
{
    const bool has_slash = !asked.value.empty() && asked.value.back() == '/'; // only "/" has one
    switch (asked.how) {
    case Need::How::is:
        return {Need::How::begins, has_slash ? asked.value : asked.value + '/'};
    case Need::How::ends:
        return {Need::How::contains, has_slash ? asked.value : asked.value + '/'};
    default:
        return asked;
    }
}

// nullopt: it asks something else, or something no comparison stands for.
std::optional<Sought> sought_in_path(const Test &test, const Pattern &pattern)
{
    const std::string &field = test.place.field.name;
    Sought asked = sought_by(pattern);
    if (asked.how == Need::How::any || asked.value.empty())
        return std::nullopt;
    if (field == "file.name" || test.base_name)
        return of_last_part(std::move(asked), '/');
    if (field == "file.extension")
        return of_last_part(std::move(asked), '.');
    if (field == "file.directory")
        return of_directory(std::move(asked));
    return asked;
}

// Fields a kernel filter can compare before a record is made, and those that are made of one.
std::string_view told_field(const Test &test, const event::Type &type)
{
    const std::string &field = test.place.field.name;
    const bool is_file = type.body_bytes == sizeof(sentra_file) && type.id >> 8U == 3;
    if (is_file && (field == "file.path" || field == "file.name" || field == "file.extension" ||
                    field == "file.directory"))
        return "file.path";
    const bool is_own = test.place.field.own && type.slot(*test.place.field.own) != nullptr;
    if (is_own && field == "file.origin.path" && !test.base_name)
        return "file.origin.path";
    if (is_own && field == "process.executable" && !test.base_name)
        return "process.executable";
    return {};
}

// The needs that let every event through for which the test holds; empty: it is of no use.
std::vector<Need> needs_of(const Test &test, const event::Type &type)
{
    const std::string_view field = told_field(test, type);
    if (test.kind != Test::Kind::patterns || test.place.step != kThisEvent || field.empty())
        return {};
    std::vector<Need> needs;
    for (const Pattern &pattern : test.patterns) {
        const auto asked = sought_in_path(test, pattern);
        if (!asked && test.all)
            continue; // another of them will do
        if (!asked)
            return {};
        needs.push_back({std::string(type.name), std::string(field), asked->how, asked->value});
    }
    return needs;
}

int worst_rank(const std::vector<Need> &needs)
{
    int worst = 0;
    for (const Need &need : needs)
        worst = std::max(worst, rank({need.how, need.value}));
    return worst;
}

// Asks for another type than this, or for a field that this type does not have.
bool is_of_another_type(const Test &test, const event::Type &type)
{
    if (test.place.step != kThisEvent || test.kind == Test::Kind::absent ||
        (test.kind == Test::Kind::exists && !test.wanted))
        return false;
    if (test.kind == Test::Kind::patterns && test.place.field.name == "event.name") {
        std::string buffer;
        const auto names_it = [&](const Pattern &pattern) {
            return pattern.matches_text(type.name, buffer);
        };
        return std::none_of(test.patterns.begin(), test.patterns.end(), names_it);
    }
    return !carries(type, test.place.field);
}

void add_clause(const Clause &clause, const event::Type &type, bool each, std::set<Need> &needs)
{
    std::vector<Need> best;
    for (const Test &test : clause.tests) {
        if (is_of_another_type(test, type))
            return;
        std::vector<Need> found = needs_of(test, type);
        // One test is enough to let the event through: the one that lets the fewest others.
        if (!found.empty() && (best.empty() || worst_rank(found) < worst_rank(best)))
            best = std::move(found);
    }
    if (best.empty())
        best.push_back({std::string(type.name), "", Need::How::any, ""});
    for (Need &need : best) {
        need.each = each;
        needs.insert(std::move(need));
    }
}

void add_where(const Where &where, const std::vector<const event::Type *> &types, bool each,
               std::set<Need> &needs)
{
    for (const event::Type *type : types) {
        if (where.any.empty())
            needs.insert({std::string(type->name), "", Need::How::any, "", each});
        for (const Clause &clause : where.any)
            add_clause(clause, *type, each, needs);
    }
}

bool is_impatient(const CompiledRule &rule)
{
    const auto is_short = [](std::uint64_t within_ns) {
        return within_ns != 0 && within_ns < kPatienceNs;
    };
    bool impatient = !rule.is_single() && is_short(rule.within_ns);
    for (const Step &step : rule.steps)
        impatient = impatient || (step.count && is_short(step.count->within_ns));
    for (const Unless &unless : rule.unless)
        impatient = impatient || is_short(unless.within_ns);
    return impatient || (rule.then_absent && is_short(rule.then_absent->within_ns));
}

} // namespace

std::vector<Need> Rules::needs() const
{
    std::set<Need> needs;
    for (const CompiledRule &rule : compiled_->set->rules) {
        if (rule.sigma && rule.sigma->correlation)
            continue; // its parts say what they need
        const bool impatient =
            is_impatient(rule) || (rule.sigma && !rule.sigma->counted_by.empty());
        for (const Step &step : rule.steps)
            add_where(step.where, step.types, impatient || (step.count && !step.count->distinct),
                      needs);
        for (const Unless &unless : rule.unless)
            add_where(unless.where, unless.types, impatient, needs);
        // What ends or answers must come after what it ends, though it came before as well.
        for (const Until &until : rule.until)
            add_where(until.where, until.types, true, needs);
        if (rule.then_absent)
            add_where(rule.then_absent->where, rule.then_absent->types, true, needs);
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
