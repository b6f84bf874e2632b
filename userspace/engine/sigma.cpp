// SPDX-License-Identifier: MIT
#include "engine/sigma.h"

#include <algorithm>

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/number.h"
#include "engine/sigma_detection.h"
#include "engine/sigma_rule.h"

namespace sentra::engine {

namespace {

// The documents of a file, each with the others blanked out, so that lines keep their numbers.
std::vector<std::string> documents_of(const std::string &text)
{
    std::vector<std::string> documents(1);
    std::size_t line = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
        const std::string_view one = std::string_view(text).substr(at, end - at);
        at = end;
        ++line;
        if (trim(one) == "---" && one.front() == '-') {
            documents.emplace_back(line, '\n');
            continue;
        }
        documents.back() += one;
    }
    return documents;
}

std::string first_line(const std::string &text)
{
    return text.substr(0, text.find('\n'));
}

std::vector<std::string> texts_of(const Node *node)
{
    std::vector<std::string> texts;
    if (node != nullptr && node->is_scalar())
        texts.push_back(node->text);
    for (std::size_t i = 0; node != nullptr && i < node->items.size(); ++i)
        texts.push_back(node->items[i].text);
    return texts;
}

std::optional<SigmaCorrelation::Kind> kind_of(const std::string &name)
{
    using Kind = SigmaCorrelation::Kind;
    constexpr std::pair<std::string_view, Kind> kKinds[] = {
        {"event_count", Kind::event_count},
        {"value_count", Kind::value_count},
        {"temporal", Kind::temporal},
        {"temporal_ordered", Kind::temporal_ordered}};
    for (const auto &[word, kind] : kKinds)
        if (word == name)
            return kind;
    return std::nullopt;
}

} // namespace

bool SigmaReader::is_sigma(const Node &root)
{
    return root.find("detection") != nullptr || root.find("logsource") != nullptr ||
           root.find("correlation") != nullptr;
}

void SigmaReader::refuse(std::size_t report, const std::string &why)
{
    SigmaReport &one = reports_[report];
    one.state = SigmaReport::State::none;
    if (std::find(one.reasons.begin(), one.reasons.end(), why) == one.reasons.end())
        one.reasons.push_back(why);
}

void SigmaReader::read(const std::string &path, const std::string &text)
{
    for (std::string &document : documents_of(text)) {
        if (trim(document).empty())
            continue;
        sources_.push_back({path, std::move(document)});
        read_document(sources_.back());
    }
}

void SigmaReader::read_document(const Source &source)
{
    Complaints complaints;
    const auto root = read_yaml(source, kRuleBytesMax, complaints);
    const std::size_t report = reports_.size();
    reports_.emplace_back();
    reports_.back().place = source.path;
    if (!root)
        return refuse(report, first_line(complaints.error().text));
    if (root->is_null()) { // comments only
        reports_.pop_back();
        return;
    }
    reports_.back().place = root->mark.text().substr(0, root->mark.text().rfind(':'));
    reports_.back().title = printable(sigma_text(*root, "title"), 200);
    reports_.back().level = printable(sigma_text(*root, "level"), 40);
    if (root->find("correlation") != nullptr)
        read_correlation(*root, report);
    else if (root->find("detection") != nullptr)
        read_rule(*root, report);
    else
        refuse(report, "neither a rule (\"detection\") nor a correlation");
}

void SigmaReader::read_rule(const Node &root, std::size_t report)
{
    SigmaReport &told = reports_[report];
    Made made;
    made.rule = sigma_shell(root, root.mark.source->path, vocabulary_);
    made.report = report;
    told.id = made.rule.rule->id;
    SigmaDetection detection = read_sigma_detection(root, vocabulary_);
    told.source = detection.source.empty() ? "keywords" : detection.source;
    told.reasons = std::move(detection.reasons);
    made.rule.sigma->source = detection.source;
    made.rule.rule->digest = sha256_hex(root.mark.source->text);
    const bool known = by_reference_.count(told.id) != 0;
    const auto types = types_of(events_of(detection.logic));
    if (known || detection.logic.is_never() || types.empty()) {
        if (known)
            refuse(report, "its id is another rule's already");
        else if (told.reasons.empty())
            refuse(report, "no event can be all that it asks for");
        if (!known)
            why_not_[told.id] = why_not_[sigma_text(root, "name")] = "cannot be evaluated";
        return;
    }
    told.state = told.reasons.empty() ? SigmaReport::State::whole : SigmaReport::State::partly;
    add_sigma_step(made.rule, types, where_of(detection.logic, types));
    made_.push_back(std::move(made));
    by_reference_[told.id] = &made_.back();
    if (const std::string name = sigma_text(root, "name"); !name.empty())
        by_reference_.emplace(name, &made_.back());
}

bool SigmaReader::read_condition(const Node &body, SigmaCorrelation &made, std::string &field,
                                 std::string &why)
{
    const bool counts = made.kind == SigmaCorrelation::Kind::event_count ||
                        made.kind == SigmaCorrelation::Kind::value_count;
    const Node *condition = body.find("condition");
    if (!counts) {
        if (condition != nullptr)
            why = "a condition on a temporal correlation is not known";
        return condition == nullptr;
    }
    if (condition == nullptr || !condition->is_map()) {
        why = "\"condition\" must be a map with \"gte\"";
        return false;
    }
    bool is_bounded = false;
    for (const Entry &entry : condition->entries) {
        if (entry.key == "field") {
            field = entry.value.is_list() && entry.value.items.size() == 1
                        ? entry.value.items.front().text
                        : entry.value.text;
            continue;
        }
        constexpr std::uint64_t kMost = 4096; // what is remembered of one group
        const auto number = parse_number<std::uint64_t>(entry.value.text);
        if ((entry.key != "gte" && entry.key != "gt") || !number || *number >= kMost) {
            why = "\"" + printable(entry.key, 40) +
                  "\": counts are compared by gt and gte, with less than 4096";
            return false;
        }
        made.at_least = std::max<std::uint64_t>(1, *number + (entry.key == "gt" ? 1 : 0));
        is_bounded = true;
    }
    if (!is_bounded || (made.kind == SigmaCorrelation::Kind::value_count && field.empty())) {
        why = is_bounded ? "value_count needs the \"field\" whose values it counts"
                         : "the condition has no \"gte\"";
        return false;
    }
    return true;
}

void SigmaReader::read_correlation(const Node &root, std::size_t report)
{
    const Node &body = *root.find("correlation");
    SigmaReport &told = reports_[report];
    told.source = "correlation";
    Made made;
    made.report = report;
    made.rule = sigma_shell(root, root.mark.source->path, vocabulary_);
    made.rule.rule->digest = sha256_hex(root.mark.source->text);
    told.id = made.rule.rule->id;
    SigmaCorrelation correlation;
    const std::string type = sigma_text(body, "type");
    const auto kind = kind_of(type);
    if (!kind)
        return refuse(report, "the correlation type \"" + printable(type, 40) +
                                  "\" is not known; there are event_count, value_count, temporal "
                                  "and temporal_ordered");
    correlation.kind = *kind;
    const auto span_ns = parse_duration(sigma_text(body, "timespan"));
    if (!span_ns || *span_ns == 0 || *span_ns > 31 * kDayNs)
        return refuse(report, "\"timespan\" is from 1s to 31d");
    correlation.span_ns = *span_ns;
    std::string why;
    if (!read_condition(body, correlation, made.value, why))
        return refuse(report, why);
    made.parts = texts_of(body.find("rules"));
    made.keys = texts_of(body.find("group-by"));
    made.generates = sigma_text(body, "generate") == "true";
    if (made.parts.empty() || made.parts.size() > 32)
        return refuse(report, "\"rules\" names from 1 to 32 rules");
    if (const Node *aliases = body.find("aliases"))
        for (const Entry &alias : aliases->entries)
            for (const Entry &field : alias.value.entries)
                made.aliases[alias.key][field.key] = field.value.text;
    if (by_reference_.count(told.id) != 0)
        return refuse(report, "its id is another rule's already");
    made.rule.sigma->correlation = std::move(correlation);
    made_.push_back(std::move(made));
    by_reference_[told.id] = &made_.back();
    if (const std::string name = sigma_text(root, "name"); !name.empty())
        by_reference_.emplace(name, &made_.back());
}

SigmaReader::Made *SigmaReader::find(const std::string &reference)
{
    const auto at = by_reference_.find(reference);
    return at == by_reference_.end() ? nullptr : at->second;
}

// Looks up what a correlation names; above: the correlations it is part of.
bool SigmaReader::join(Made &made, std::set<std::string> &above)
{
    SigmaCorrelation &correlation = *made.rule.sigma->correlation;
    const std::string own_id = made.rule.rule->id;
    if (!correlation.parts.empty() || !made.rule.steps.empty())
        return reports_[made.report].reasons.empty();
    if (!above.insert(own_id).second) {
        refuse(made.report, "it is a part of itself");
        return false;
    }
    EventSet events = 0;
    for (const std::string &reference : made.parts) {
        Made *part = find(reference);
        if (part == nullptr || (part->rule.sigma->correlation && !join(*part, above))) {
            refuse(made.report,
                   "the rule \"" + printable(reference, 80) + "\" that it names " +
                       (part == nullptr && why_not_.count(reference) == 0 ? "is not there"
                                                                          : "cannot be evaluated"));
            continue;
        }
        const std::string &source = part->rule.sigma->source;
        made.rule.sigma->source = source;
        SigmaCorrelation::Part one{part->rule.rule->id, 0, {}, {}};
        for (const std::string &key : made.keys) {
            const auto alias = made.aliases.find(key);
            const bool renamed = alias != made.aliases.end() && alias->second.count(reference) != 0;
            const auto field = sigma_field(source, renamed ? alias->second.at(reference) : key);
            if (field)
                one.keys.push_back(*field);
            else
                refuse(made.report, "no field is like \"" + printable(key, 80) + "\"");
        }
        if (!made.value.empty())
            one.value = sigma_field(source, made.value);
        if (!made.value.empty() && !one.value)
            refuse(made.report, "no field is like \"" + printable(made.value, 80) + "\"");
        for (const event::Type *type : part->rule.steps.front().types)
            events |= events_named(type->name);
        correlation.parts.push_back(std::move(one));
    }
    above.erase(own_id);
    if (!reports_[made.report].reasons.empty())
        return false;
    reports_[made.report].state = SigmaReport::State::whole;
    for (const std::string &reference : made.parts)
        find(reference)->is_used = find(reference)->is_used || !made.generates;
    add_sigma_step(made.rule, types_of(events), {});
    return true;
}

std::vector<CompiledRule> SigmaReader::rules()
{
    std::set<std::string> above;
    for (Made &made : made_)
        if (made.rule.sigma->correlation)
            (void)join(made, above);
    std::map<std::string, CompiledRule> in_order;
    for (Made &made : made_) {
        if (reports_[made.report].state == SigmaReport::State::none)
            continue;
        made.rule.sigma->tells = !made.is_used;
        made.rule.sigma->raises = made.rule.sigma->raises && !made.is_used;
        in_order.emplace(made.rule.rule->id, std::move(made.rule));
    }
    std::vector<CompiledRule> rules;
    for (auto &[id, rule] : in_order)
        rules.push_back(std::move(rule));
    return rules;
}

void link_sigma(RuleSet &set)
{
    std::map<std::string_view, std::uint32_t> numbers;
    for (std::uint32_t i = 0; i < set.rules.size(); ++i)
        numbers.emplace(set.rules[i].rule->id, i);
    for (std::uint32_t i = 0; i < set.rules.size(); ++i) {
        if (!set.rules[i].sigma || !set.rules[i].sigma->correlation)
            continue;
        for (SigmaCorrelation::Part &part : set.rules[i].sigma->correlation->parts) {
            const auto number = numbers.find(part.id);
            if (number == numbers.end())
                continue; // the site disabled it
            part.rule = number->second;
            std::vector<std::uint32_t> &counted = set.rules[part.rule].sigma->counted_by;
            if (std::find(counted.begin(), counted.end(), i) == counted.end())
                counted.push_back(i);
        }
    }
}

} // namespace sentra::engine
