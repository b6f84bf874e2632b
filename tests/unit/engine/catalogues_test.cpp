// SPDX-License-Identifier: MIT
// The words behind rules: what each catalogue refuses, and what it is asked for.
#include "engine/catalogues.h"

#include <set>

#include "engine/intent.h"
#include "engine/sigma.h"
#include "lab.h"

namespace sentra::engine {
namespace {

const std::string kStep = "steps:\n  - a: {event: file.write, where: {file.path: /a}}\n";
const std::string kPlaybook = "  title: A title\n  when: Something happened.\n";

// The first complaint about one more file of the site's; empty where there is none.
std::string with(const std::string &name, const std::string &text,
                 const std::vector<std::string> &rules = {})
{
    auto files = lab::files(rules);
    files.push_back({"site/" + name, name, text, 1});
    const auto made = Rules::compile(std::move(files));
    return made ? std::string() : made.error().text.substr(0, made.error().text.find('\n'));
}

std::shared_ptr<const Rules> rules_with(const std::string &name, const std::string &text,
                                        const std::vector<std::string> &rules = {})
{
    auto files = lab::files(rules);
    files.push_back({"site/" + name, name, text, 1});
    auto made = Rules::compile(std::move(files));
    EXPECT_TRUE(made) << made.error().text;
    return made ? *made : nullptr;
}

TEST(Attack, Refuses)
{
    struct Row {
        const char *text, *says;
    };
    const Row rows[] = {
        {"T1110: {name: x, tactics: [TA0001]}", ":1:1: T1110 is in an earlier attack.yaml"},
        {"T11: {name: x, tactics: [TA0001]}",
         ":1:1: \"T11\" is no technique id; one looks like \"T1098.004\""},
        {"T1111: {name: x, tactics: [TA1]}",
         ":1:1: \"TA1\" is no tactic id; one looks like \"TA0003\""},
        {"T1111: {tactics: [TA0001]}", ":1:1: a technique has a name and tactics"},
        {"T1111: {name: x}", ":1:1: a technique has a name and tactics"},
        {"T1111: {name: x, tactics: [TA0001], wsa: []}",
         ":1:37: unknown key of a technique \"wsa\"; did you mean \"was\"?"},
        {"T1111: {name: x, tactics: [TA0001], was: [T1]}",
         ":1:1: \"T1\" is no technique id; one looks like \"T1098.004\""},
        {"T1111: {name: x, tactics: [TA0001], was: [T1110]}",
         ":1:1: T1110 is a technique of its own"},
        {"T1111: {name: x, tactics: [TA0001], was: [T1562]}", ":1:1: T1562 became T1685 already"},
        {"T1111: x", ":1:8: a technique must be a map, and this is a text"},
        {"[T1111]", ":1:1: attack must be a map, and this is a list"},
    };
    for (const Row &row : rows)
        EXPECT_EQ(with("attack.yaml", row.text), std::string("site/attack.yaml") + row.says);
    EXPECT_EQ(with("attack.yaml", "# nothing yet\n"), "");
}

TEST(Attack, TellsARuleTheNewIdForAnOldOne)
{
    EXPECT_NE(lab::complaints({lab::rule("r", kStep + "attack: [T1562.001]\n")})
                  .find(":5:10: \"T1562.001\" is an ATT&CK technique of before v19; did you mean "
                        "\"T1685\"?"),
              std::string::npos);
}

TEST(Attack, IsAskedByOldAndNewIds)
{
    const auto rules = lab::compiled({});
    ASSERT_NE(rules, nullptr);
    const Catalogues &known = rules->catalogues();
    for (const char *id : {"T1562.001", "T1562", "T1685"}) {
        const Technique *technique = known.technique(id);
        ASSERT_NE(technique, nullptr) << id;
        EXPECT_EQ(technique->id, "T1685");
        EXPECT_EQ(technique->was.front(), "T1562.001"); // for those that still speak v18
    }
    EXPECT_EQ(known.current("T1562.001"), "T1685");
    EXPECT_EQ(known.current("T1098.004"), "T1098.004");
    EXPECT_EQ(known.current("T9999"), "T9999");
    EXPECT_EQ(known.technique("T9999"), nullptr);
}

TEST(Attack, TellsSigmasTagsByTheirNewIdsOnce)
{
    const char *sigma = "title: Auditing stopped\n"
                        "id: 11111111-2222-4333-8444-555555555555\n"
                        "logsource: {product: linux, category: process_creation}\n"
                        "detection: {sel: {Image|endswith: /auditctl}, condition: sel}\n"
                        "tags: [attack.defense-evasion, attack.t1562.001, attack.t1685, "
                        "attack.t1098.004]\n";
    const auto rules = rules_with("sigma/a.yml", sigma);
    ASSERT_NE(rules, nullptr);
    ASSERT_EQ(rules->all().size(), 1U);
    EXPECT_EQ(rules->all().front()->attack, (std::vector<std::string>{"T1685", "T1098.004"}));
    EXPECT_EQ(rules->all().front()->techniques.front().name, "Disable or Modify Tools");
}

TEST(Frameworks, Refuse)
{
    struct Row {
        const char *text, *says;
    };
    const Row rows[] = {
        {"soc3: {controls: {CC6.1: x}}",
         ":1:1: unknown framework \"soc3\"; did you mean \"soc2\"?"},
        {"soc2: {controls: {CC6.1: x}}", ":1:19: CC6.1 is in an earlier controls.yaml"},
        {"soc2: {controls: {CC61: x}}",
         ":1:19: \"CC61\" is no control id of soc2; one looks like \"CC6.1\""},
        {"soc2: {controls: {CC6.2: }}", ":1:19: CC6.2 needs a title"},
        {"soc2: {name: x, controls: {CC6.2: x}}",
         ":1:1: soc2 has its name and edition from an earlier controls.yaml"},
        {"soc2: {controls: [CC6.2]}", ":1:1: soc2 needs a map behind \"controls\""},
        {"pci: {edition: 4.0.1, controls: {}}", ":1:1: pci needs a text behind \"name\""},
        {"pci: {name: PCI DSS, controls: {}}", ":1:1: pci needs a text behind \"edition\""},
        {"soc2: {contorls: {}}",
         ":1:8: unknown key of a framework \"contorls\"; did you mean \"controls\"?"},
        {"soc2: x", ":1:7: a framework must be a map, and this is a text"},
    };
    for (const Row &row : rows)
        EXPECT_EQ(with("controls.yaml", row.text), std::string("site/controls.yaml") + row.says);
}

TEST(Frameworks, HoldWhatFamiliesMayName)
{
    EXPECT_EQ(with("families.yaml", "B24: {iso27001: [\"5.17\", \"5.71\"]}\n"),
              "site/families.yaml:1:26: unknown control of iso27001 \"5.71\"; did you mean "
              "\"5.17\"?");
    EXPECT_EQ(with("families.yaml", "B24: {sco2: [CC6.1]}\n"),
              "site/families.yaml:1:7: unknown framework \"sco2\"; did you mean \"soc2\"?");
    EXPECT_EQ(with("families.yaml", "B23: {soc2: [CC6.1]}\n"),
              "site/families.yaml:1:1: family B23 is in an earlier families.yaml");
    const auto rules = rules_with("controls.yaml", "soc2: {controls: {CC6.2: Accounts}}\n",
                                  {lab::rule("r", kStep + "controls: {soc2: [CC6.2]}\n")});
    ASSERT_NE(rules, nullptr);
    const Framework &soc2 = rules->catalogues().frameworks.at("soc2");
    EXPECT_EQ(soc2.name, "SOC 2");
    EXPECT_EQ(soc2.controls.at("CC6.2"), "Accounts");
    EXPECT_EQ(soc2.controls.size(), 2U);
}

TEST(Playbooks, Refuse)
{
    struct Row {
        std::string text;
        const char *says;
    };
    const Row rows[] = {
        {"Ask:\n" + kPlaybook + "  steps: [a, b, c]\n",
         ":1:1: a playbook's id is in small letters, digits and hyphens: \"unknown-ssh-key\""},
        {"look:\n" + kPlaybook + "  steps: [a, b, c]\n",
         ":1:1: look is in an earlier playbooks.yaml"},
        {"ask:\n  when: x\n  steps: [a, b, c]\n", ":1:1: ask needs a text behind \"title\""},
        {"ask:\n  title: x\n  steps: [a, b, c]\n", ":1:1: ask needs a text behind \"when\""},
        {"ask:\n" + kPlaybook, ":1:1: ask needs a list behind \"steps\""},
        {"ask:\n" + kPlaybook + "  steps: [a, b]\n",
         ":4:10: a playbook has three to seven steps, and this one has 2"},
        {"ask:\n" + kPlaybook + "  steps: [a, b, c, d, e, f, g, h]\n",
         ":4:10: a playbook has three to seven steps, and this one has 8"},
        {"ask:\n" + kPlaybook + "  steps: [a, \"\", c]\n", ":4:14: a step has 1 to 400 letters"},
        {"ask:\n" + kPlaybook + "  steps: [a, b, " + std::string(401, 'c') + "]\n",
         ":4:17: a step has 1 to 400 letters"},
        {"ask:\n" + kPlaybook + "  step: [a, b, c]\n",
         ":4:3: unknown key of a playbook \"step\"; did you mean \"steps\"?"},
        {"ask: x\n", ":1:6: a playbook must be a map, and this is a text"},
    };
    for (const Row &row : rows)
        EXPECT_EQ(with("playbooks.yaml", row.text), std::string("site/playbooks.yaml") + row.says);
}

TEST(Playbooks, AreNamedByRules)
{
    const auto rule = [](const std::string &playbook) {
        return lab::rule("r", kStep +
                                  "signal:\n  merge: {by: [actor]}\n  narrative: x\n  action: "
                                  "x\n  playbook: " +
                                  playbook + "\n");
    };
    EXPECT_NE(lab::complaints({rule("lok")})
                  .find(":9:13: unknown playbook \"lok\"; did you mean \"look\"?"),
              std::string::npos);
    const auto rules = lab::compiled({rule("look")});
    ASSERT_NE(rules, nullptr);
    EXPECT_TRUE(rules->unnamed().empty());
    const Playbook *playbook = rules->catalogues().playbook(rules->all().front()->playbook);
    ASSERT_NE(playbook, nullptr);
    EXPECT_EQ(playbook->title, "Look");
    EXPECT_EQ(playbook->steps, (std::vector<std::string>{"Look.", "Ask.", "Decide."}));
    EXPECT_EQ(rules->catalogues().playbook("no-such"), nullptr);
}

TEST(Catalogues, TellWhatNobodyNames)
{
    const auto none = lab::compiled({});
    ASSERT_NE(none, nullptr);
    EXPECT_EQ(none->unnamed(), (std::vector<std::string>{
                                   "rules/playbooks.yaml:1:1: no rule names the playbook \"look\"",
                                   "rules/families.yaml:1:1: no rule names the family \"B23\""}));
    const auto more = rules_with("controls.yaml", "soc2: {controls: {CC6.2: Accounts}}\n");
    ASSERT_NE(more, nullptr);
    EXPECT_EQ(more->unnamed().front(), "site/controls.yaml:1:19: no family and no rule names the "
                                       "control \"soc2 CC6.2\"");
}

TEST(Intents, AreListedInOneOrderAndChosenInAnother)
{
    // In the order in which the product lists them; the schema of signals has the same words.
    EXPECT_EQ(intent_names(),
              (std::vector<std::string_view>{
                  "Routine maintenance", "Identity management", "Configuration change", "Access",
                  "Credential access", "Initial access (web shell)", "Execution", "Persistence",
                  "Privilege escalation", "Stealth", "Defense impairment", "Discovery",
                  "Lateral movement", "Collection and exfiltration", "Command and control",
                  "Resource hijacking", "Impact"}));
    std::set<int> places;
    for (const Intent &intent : kIntents) {
        places.insert(intent.precedence);
        EXPECT_EQ(precedence_of(intent.name), intent.precedence);
        EXPECT_EQ(find_intent(intent.name), &intent);
        EXPECT_EQ(intent.says.substr(0, 3), "to ") << intent.name;
    }
    EXPECT_EQ(places.size(), kIntents.size());
    EXPECT_EQ(*places.begin(), 1);
    EXPECT_EQ(*places.rbegin(), static_cast<int>(kIntents.size()));
    EXPECT_LT(precedence_of("Impact"), precedence_of("Persistence"));
    EXPECT_LT(precedence_of("Persistence"), precedence_of("Access"));
    EXPECT_EQ(precedence_of("Sorcery"), 18);
    EXPECT_EQ(find_intent("impact"), nullptr);
}

} // namespace
} // namespace sentra::engine
