// SPDX-License-Identifier: MIT
#include "engine/catalogues.h"

#include <algorithm>

#include <re2/re2.h>

#include "base/text.h"

namespace sentra::engine {

namespace {

struct Form {
    std::string_view framework;
    const char *ids; // whole
    std::string_view example;
};

// SOC 2: TSC 2017. ISO/IEC 27001:2022 Annex A, written without "A.". PCI DSS v4.0.1.
// NIS2: Directive (EU) 2022/2555, or "CIR" and a point of Implementing Regulation (EU) 2024/2690.
constexpr Form kForms[] = {
    {"soc2", R"((CC[1-9]\.[0-9]{1,2}|A1\.[1-3]|C1\.[12]|PI1\.[1-5]|P[1-8]\.[0-9]))", "CC6.1"},
    {"iso27001", R"([5-8]\.[0-9]{1,2})", "8.15"},
    {"pci", R"([0-9]{1,2}(\.[0-9]{1,2}){1,4})", "10.2.1.4"},
    {"nis2", R"((21\(2\)\([a-j]\)|23(\([0-9]+\))?|CIR [0-9]{1,2}(\.[0-9]{1,2}){1,3}))", "21(2)(b)"},
    {"hipaa", R"(164\.[0-9]{3}(\([a-zA-Z0-9]+\))*)", "164.312(b)"},
};

constexpr std::size_t kStepsMin = 3; // look, decide, act
constexpr std::size_t kStepsMax = 7; // more are not read by somebody in a hurry
constexpr std::size_t kStepBytesMax = 400;

const re2::RE2 &technique_form()
{
    static const re2::RE2 kForm(R"(T[0-9]{4}(\.[0-9]{3})?)");
    return kForm;
}

void refuse_other_keys(const Node &map, std::string_view what,
                       const std::vector<std::string_view> &known, Complaints &complaints)
{
    for (const Entry &entry : map.entries)
        if (std::find(known.begin(), known.end(), entry.key) == known.end())
            complaints.add_unknown(entry.mark, std::string("key of ").append(what), entry.key,
                                   known);
}

// The text behind the key, which must be there.
std::string needed_text(const Entry &entry, std::string_view key, Complaints &complaints)
{
    const Node *node = entry.value.find(key);
    if (node != nullptr && node->is_scalar() && !node->text.empty())
        return node->text;
    complaints.add(node == nullptr ? entry.mark : node->mark,
                   entry.key + " needs a text behind \"" + std::string(key) + "\"");
    return {};
}

std::string no_technique(const std::string &id)
{
    return "\"" + printable(id, 80) + "\" is no technique id; one looks like \"T1098.004\"";
}

Technique read_technique(const Entry &entry, Complaints &complaints)
{
    static const re2::RE2 kTacticForm(R"(TA[0-9]{4})");
    Technique technique{entry.key, {}, {}, {}};
    refuse_other_keys(entry.value, "a technique", {"name", "tactics", "was"}, complaints);
    if (const Node *name = entry.value.find("name"); name != nullptr && name->is_scalar())
        technique.name = name->text;
    if (const Node *tactics = entry.value.find("tactics"))
        technique.tactics = read_texts(*tactics, "tactics", complaints);
    if (const Node *was = entry.value.find("was"))
        technique.was = read_texts(*was, "was", complaints);
    if (technique.name.empty() || technique.tactics.empty())
        complaints.add(entry.mark, "a technique has a name and tactics");
    for (const std::string &tactic : technique.tactics)
        if (!re2::RE2::FullMatch(tactic, kTacticForm))
            complaints.add(entry.mark, "\"" + printable(tactic, 80) +
                                           "\" is no tactic id; one looks like \"TA0003\"");
    return technique;
}

// An old id stands for one technique, and is nobody's present one.
void note_renamed(const Technique &technique, const Mark &mark, Catalogues &catalogues,
                  Complaints &complaints)
{
    for (const std::string &old : technique.was) {
        if (!re2::RE2::FullMatch(old, technique_form()))
            complaints.add(mark, no_technique(old));
        else if (catalogues.attack.count(old) != 0)
            complaints.add(mark, old + " is a technique of its own");
        else if (!catalogues.renamed.emplace(old, technique.id).second)
            complaints.add(mark, old + " became " + catalogues.renamed[old] + " already");
    }
}

void read_controls_of(const Entry &entry, const Form &form, Framework &framework,
                      std::vector<CatalogueEntry> &written, Complaints &complaints)
{
    const Node *controls = entry.value.find("controls");
    if (controls == nullptr || !controls->is_map()) {
        complaints.add(entry.mark, entry.key + " needs a map behind \"controls\"");
        return;
    }
    const re2::RE2 ids(form.ids);
    for (const Entry &control : controls->entries) {
        if (!re2::RE2::FullMatch(control.key, ids))
            complaints.add(control.mark, "\"" + printable(control.key, 80) +
                                             "\" is no control id of " + entry.key +
                                             "; one looks like \"" + std::string(form.example) +
                                             "\"");
        else if (!control.value.is_scalar() || control.value.text.empty())
            complaints.add(control.mark, control.key + " needs a title");
        else if (!framework.controls.emplace(control.key, control.value.text).second)
            complaints.add(control.mark, control.key + " is in an earlier controls.yaml");
        else
            written.push_back(
                {CatalogueEntry::Kind::control, entry.key + " " + control.key, control.mark});
    }
}

void read_steps(const Entry &entry, Playbook &playbook, Complaints &complaints)
{
    const Node *steps = entry.value.find("steps");
    if (steps == nullptr || !steps->is_list()) {
        complaints.add(entry.mark, entry.key + " needs a list behind \"steps\"");
        return;
    }
    playbook.steps = read_texts(*steps, "steps", complaints);
    if (playbook.steps.size() < kStepsMin || playbook.steps.size() > kStepsMax)
        complaints.add(steps->mark, "a playbook has three to seven steps, and this one has " +
                                        std::to_string(playbook.steps.size()));
    for (std::size_t i = 0; i < steps->items.size() && i < playbook.steps.size(); ++i)
        if (playbook.steps[i].empty() || playbook.steps[i].size() > kStepBytesMax)
            complaints.add(steps->items[i].mark, "a step has 1 to 400 letters");
}

} // namespace

const Technique *Catalogues::technique(std::string_view id) const
{
    const auto found = attack.find(current(id));
    return found == attack.end() ? nullptr : &found->second;
}

std::string_view Catalogues::current(std::string_view id) const
{
    const auto found = renamed.find(id);
    return found == renamed.end() ? id : std::string_view(found->second);
}

const Playbook *Catalogues::playbook(std::string_view id) const
{
    const auto found = playbooks.find(id);
    return found == playbooks.end() ? nullptr : &found->second;
}

bool expect_map(const Node &node, std::string_view what, Complaints &complaints)
{
    if (node.is_map())
        return true;
    if (!node.is_null())
        complaints.add(node.mark,
                       std::string(what) + " must be a map, and this is " + node.kind_name());
    return false;
}

std::vector<std::string> read_texts(const Node &node, std::string_view what, Complaints &complaints)
{
    std::vector<std::string> texts;
    if (node.is_scalar()) {
        texts.push_back(node.text);
        return texts;
    }
    if (!node.is_list()) {
        complaints.add(node.mark, std::string(what) + " must be a text or a list of texts, and " +
                                      "this is " + node.kind_name());
        return texts;
    }
    for (const Node &item : node.items) {
        if (item.is_scalar())
            texts.push_back(item.text);
        else
            complaints.add(item.mark,
                           std::string(what) + " must hold texts, and this is " + item.kind_name());
    }
    return texts;
}

void read_attack(const Node &root, Catalogues &catalogues, Complaints &complaints)
{
    if (!expect_map(root, "attack", complaints))
        return;
    std::vector<std::pair<const Technique *, Mark>> read;
    for (const Entry &entry : root.entries) {
        if (entry.key == "version" && entry.value.is_scalar())
            continue;
        if (!re2::RE2::FullMatch(entry.key, technique_form())) {
            complaints.add(entry.mark, no_technique(entry.key));
            continue;
        }
        if (!expect_map(entry.value, "a technique", complaints))
            continue;
        const auto [at, is_new] =
            catalogues.attack.emplace(entry.key, read_technique(entry, complaints));
        if (is_new)
            read.emplace_back(&at->second, entry.mark);
        else
            complaints.add(entry.mark, entry.key + " is in an earlier attack.yaml");
    }
    for (const auto &[technique, mark] : read)
        note_renamed(*technique, mark, catalogues, complaints);
}

void read_frameworks(const Node &root, Catalogues &catalogues, std::vector<CatalogueEntry> &written,
                     Complaints &complaints)
{
    if (!expect_map(root, "controls", complaints))
        return;
    for (const Entry &entry : root.entries) {
        const auto *form = std::find_if(std::begin(kForms), std::end(kForms), [&](const Form &one) {
            return one.framework == entry.key;
        });
        if (form == std::end(kForms)) {
            std::vector<std::string_view> known;
            for (const Form &one : kForms)
                known.push_back(one.framework);
            complaints.add_unknown(entry.mark, "framework", entry.key, known);
            continue;
        }
        if (!expect_map(entry.value, "a framework", complaints))
            continue;
        refuse_other_keys(entry.value, "a framework", {"name", "edition", "controls"}, complaints);
        // A site adds controls to a framework, and does not call it anything else.
        const auto [at, is_new] = catalogues.frameworks.try_emplace(entry.key);
        if (is_new)
            at->second = {entry.key,
                          needed_text(entry, "name", complaints),
                          needed_text(entry, "edition", complaints),
                          {}};
        else if (entry.value.find("name") != nullptr || entry.value.find("edition") != nullptr)
            complaints.add(entry.mark, entry.key + " has its name and edition from an earlier "
                                                   "controls.yaml");
        read_controls_of(entry, *form, at->second, written, complaints);
    }
}

void read_playbooks(const Node &root, Catalogues &catalogues, std::vector<CatalogueEntry> &written,
                    Complaints &complaints)
{
    static const re2::RE2 kForm("[a-z0-9]+(-[a-z0-9]+)*");
    if (!expect_map(root, "playbooks", complaints))
        return;
    for (const Entry &entry : root.entries) {
        if (!re2::RE2::FullMatch(entry.key, kForm)) {
            complaints.add(entry.mark, "a playbook's id is in small letters, digits and hyphens: "
                                       "\"unknown-ssh-key\"");
            continue;
        }
        if (!expect_map(entry.value, "a playbook", complaints))
            continue;
        refuse_other_keys(entry.value, "a playbook", {"title", "when", "steps"}, complaints);
        Playbook playbook{entry.key,
                          needed_text(entry, "title", complaints),
                          needed_text(entry, "when", complaints),
                          {}};
        read_steps(entry, playbook, complaints);
        if (catalogues.playbooks.emplace(entry.key, std::move(playbook)).second)
            written.push_back({CatalogueEntry::Kind::playbook, entry.key, entry.mark});
        else
            complaints.add(entry.mark, entry.key + " is in an earlier playbooks.yaml");
    }
}

Controls read_controls(const Node &node, const Catalogues &catalogues, Complaints &complaints)
{
    Controls controls;
    if (!expect_map(node, "controls", complaints))
        return controls;
    for (const Entry &entry : node.entries) {
        const auto framework = catalogues.frameworks.find(entry.key);
        if (framework == catalogues.frameworks.end()) {
            complaints.add_unknown(entry.mark, "framework", entry.key,
                                   keys_of(catalogues.frameworks));
            continue;
        }
        const auto &known = framework->second.controls;
        std::vector<std::string> ids = read_texts(entry.value, entry.key, complaints);
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const bool has_own_mark = entry.value.is_list() && i < entry.value.items.size();
            if (known.find(ids[i]) != known.end())
                controls[entry.key].push_back(std::move(ids[i]));
            else
                complaints.add_unknown(has_own_mark ? entry.value.items[i].mark : entry.value.mark,
                                       "control of " + entry.key, ids[i], keys_of(known));
        }
    }
    return controls;
}

} // namespace sentra::engine
