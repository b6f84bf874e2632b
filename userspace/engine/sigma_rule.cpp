// SPDX-License-Identifier: MIT
#include "engine/sigma_rule.h"

#include <algorithm>

#include <re2/re2.h>

#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/compile.h"
#include "engine/sigma_table.h"

namespace sentra::engine {

namespace {

struct Level {
    std::string_view name;
    int hundredths; // of risk: below what asks for action, however high
    bool raises;
};
constexpr Level kLevels[] = {{"informational", 5, false},
                             {"low", 10, false},
                             {"medium", 20, false},
                             {"high", 35, true},
                             {"critical", 45, true}};

const Level &level_of(std::string_view name)
{
    for (const Level &level : kLevels)
        if (level.name == name)
            return level;
    return kLevels[1];
}

std::string id_of(const Node &root, const std::string &file)
{
    static const re2::RE2 kForm("[a-z0-9]+(-[a-z0-9]+)*");
    std::string id = lower_ascii(sigma_text(root, "id"));
    if (re2::RE2::FullMatch(id, kForm))
        return id;
    std::string made = "sigma";
    bool gap = true;
    std::string_view stem = base_name(file);
    stem = stem.substr(0, stem.rfind('.'));
    for (const char c : lower_ascii(stem)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain && gap)
            made += '-';
        if (plain)
            made += c;
        gap = !plain;
    }
    return made;
}

// Titles are other people's: no hole in them is ours.
std::string as_literal(std::string_view text)
{
    std::string made;
    for (const char c : text)
        made.append(c == '{' ? 2 : 1, c);
    return made;
}

const SigmaTactic *tactic_of(std::string_view tag)
{
    for (const SigmaTactic &row : sigma_tactics())
        if (row.tag == tag)
            return &row;
    return nullptr;
}

// An old id and its new one are one technique.
void add_once(std::vector<std::string> &ids, std::string_view id)
{
    if (std::find(ids.begin(), ids.end(), id) == ids.end())
        ids.emplace_back(id);
}

void add_techniques(const std::vector<std::string> &tags, const Vocabulary &vocabulary, Rule &rule)
{
    static const re2::RE2 kForm("t([0-9]{4}(\\.[0-9]{3})?)");
    const SigmaTactic *worst = nullptr;
    std::vector<std::string> tactics;
    for (const std::string &tag : tags) {
        std::string name = lower_ascii(tag);
        if (name.rfind("attack.", 0) != 0)
            continue;
        name.erase(0, 7);
        std::replace(name.begin(), name.end(), '_', '-');
        if (re2::RE2::FullMatch(name, kForm))
            add_once(rule.attack, vocabulary.catalogues.current("T" + name.substr(1)));
        const SigmaTactic *row = tactic_of(name);
        if (row == nullptr)
            continue;
        tactics.emplace_back(row->id);
        worst = worst == nullptr || row < worst ? row : worst;
    }
    rule.intent = worst == nullptr ? "Execution" : std::string(worst->intent);
    for (const std::string &id : rule.attack) {
        const Technique *known = vocabulary.catalogues.technique(id);
        rule.techniques.push_back(known != nullptr ? *known : Technique{id, "", tactics, {}});
    }
}

std::vector<std::string> tags_of(const Node &root)
{
    std::vector<std::string> tags;
    if (const Node *node = root.find("tags"))
        for (const Node &item : node->items)
            tags.push_back(item.text);
    return tags;
}

} // namespace

std::string sigma_text(const Node &map, std::string_view key)
{
    const Node *node = map.find(key);
    return node != nullptr && node->is_scalar() ? node->text : std::string();
}

CompiledRule sigma_shell(const Node &root, const std::string &file, const Vocabulary &vocabulary)
{
    constexpr std::size_t kTitleBytes = 200;
    CompiledRule made;
    made.rule = std::make_shared<Rule>();
    made.sigma = std::make_shared<SigmaTraits>();
    Rule &rule = *made.rule;
    const std::string level = lower_ascii(sigma_text(root, "level"));
    const std::string title = printable(sigma_text(root, "title"), kTitleBytes);
    rule.id = id_of(root, file);
    rule.pack = "sigma";
    rule.file = file;
    rule.title = as_literal(title.empty() ? rule.id : title);
    add_techniques(tags_of(root), vocabulary, rule);
    rule.narrative = "{story} did what a Sigma rule looks for: \"" + rule.title + "\".";
    rule.action = "Ask whoever is responsible for this host whether it was intended.";
    rule.merge = {{"actor"}, kDayNs};
    made.by = {By::actor};
    MergePart actor;
    actor.actor = true;
    made.merge.push_back(std::move(actor));
    made.sigma->level = level_of(level).name;
    made.sigma->raises = level_of(level).raises;
    Term base;
    base.name = "base";
    base.add = level_of(level).hundredths / 100.0;
    if (auto why = Template::parse("a Sigma rule of level " + made.sigma->level + " matched"))
        base.why = std::move(*why);
    made.terms.push_back(std::move(base));
    return made;
}

void add_sigma_step(CompiledRule &made, std::vector<const event::Type *> types, Where where)
{
    Step step;
    step.name = "seen";
    step.types = std::move(types);
    step.where = std::move(where);
    made.steps.push_back(std::move(step));
    note_needs(made);
}

} // namespace sentra::engine
