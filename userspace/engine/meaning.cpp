// SPDX-License-Identifier: MIT
#include "engine/meaning.h"

#include <algorithm>
#include <cmath>

namespace sentra::engine {

namespace {

std::string field_of(const Step &step, const Taken &taken, std::string_view name,
                     const session::Session &session)
{
    if (const int at = kept_at(step, name); at >= 0)
        return taken.kept[static_cast<std::size_t>(at)];
    const auto field = session::find_field(name);
    if (!field)
        return {};
    session::Scratch scratch;
    return event::to_text(
        session::read(*field, *taken.bound.event, taken.bound.context, session, scratch));
}

} // namespace

Meaning meaning_of(const CompiledRule &rule, const std::vector<TakenPtr> &bound,
                   const session::Session &session, Buffers &buffers)
{
    Meaning made{bound, {}, 0, rule.rule->intent};
    const Taken &deciding = made.deciding(rule);
    const Asked asked{
        *deciding.bound.event, deciding.bound.context, session, bound, deciding.fresh, buffers};
    int sum = 0;
    for (std::size_t i = 0; i < rule.terms.size(); ++i) {
        const Term &term = rule.terms[i];
        if (!holds(term.when, asked))
            continue;
        made.terms.push_back(i);
        sum += static_cast<int>(std::lround(term.add * 100));
        if (!term.intent.empty())
            made.intent = term.intent;
    }
    made.hundredths = std::clamp(sum, 0, 100);
    return made;
}

bool is_excepted(const CompiledRule &rule, const std::vector<TakenPtr> &bound,
                 const session::Session &session, Buffers &buffers)
{
    const Taken &deciding = *bound[rule.deciding];
    const Asked asked{
        *deciding.bound.event, deciding.bound.context, session, bound, deciding.fresh, buffers};
    return std::any_of(rule.except.begin(), rule.except.end(),
                       [&](const Except &except) { return holds(except.when, asked); });
}

std::string text_of(const CompiledRule &rule, const std::vector<TakenPtr> &bound,
                    std::uint64_t count, const session::Session &session, std::string_view name)
{
    if (name == "count")
        return std::to_string(count);
    const Step &deciding = rule.steps[rule.deciding];
    const auto plain = session::find_field(name);
    const bool of_deciding =
        plain && std::any_of(deciding.types.begin(), deciding.types.end(),
                             [&](const event::Type *type) { return carries(*type, *plain); });
    const auto dot = name.find('.');
    for (std::size_t i = 0; !of_deciding && dot != std::string_view::npos && i < rule.steps.size();
         ++i) {
        if (rule.steps[i].name != name.substr(0, dot))
            continue;
        if (bound[i] == nullptr)
            return {};
        const std::string_view rest = name.substr(dot + 1);
        if (rest == "count")
            return std::to_string(bound[i]->bound.count);
        return field_of(rule.steps[i], *bound[i], rest, session);
    }
    return field_of(deciding, *bound[rule.deciding], name, session);
}

std::vector<std::string> merge_values_of(const CompiledRule &rule,
                                         const std::vector<TakenPtr> &bound,
                                         const session::Session &session)
{
    std::vector<std::string> values;
    for (const MergePart &part : rule.merge) {
        if (part.actor) {
            const auto &actor = bound[rule.deciding]->bound.context.actor;
            values.push_back(actor == nullptr ? std::string() : actor->canonical);
            continue;
        }
        const std::size_t at = part.place.step == kThisEvent
                                   ? rule.deciding
                                   : static_cast<std::size_t>(part.place.step);
        values.push_back(bound[at] == nullptr ? std::string()
                                              : field_of(rule.steps[at], *bound[at],
                                                         part.place.field.name, session));
    }
    return values;
}

} // namespace sentra::engine
