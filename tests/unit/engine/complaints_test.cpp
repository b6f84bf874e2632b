// SPDX-License-Identifier: MIT
// What an author reads when a rule is wrong: whole texts, with place and caret.
#include "lab.h"

namespace sentra::engine {
namespace {

const std::string kStep = "steps:\n  - a: {event: file.write, where: {file.path: /a}}\n";

std::string first_line(const std::string &text)
{
    return text.substr(0, text.find('\n'));
}

TEST(Complaints, ShowThePlace)
{
    EXPECT_EQ(lab::complaints({lab::rule("r", "steps:\n  - a: {event: file.write, where: "
                                              "{file.pth: /a}}\n")}),
              "rules/pack/a.yaml:4:36: unknown field \"file.pth\"; did you mean \"file.path\"?\n"
              "  4 |   - a: {event: file.write, where: {file.pth: /a}}\n"
              "    |                                    ^^^^^^^^");
}

TEST(Complaints, ListEverythingOfAllFiles)
{
    const std::string text = lab::complaints({lab::rule("one", "steps: [{a: {event: file.wirte}}]\n"
                                                               "intent: Persistance\n"),
                                              lab::rule("two", kStep + "attack: [T1098.005]\n")});
    EXPECT_EQ(
        text,
        "rules/pack/a.yaml:4:9: unknown intent \"Persistance\"; did you mean \"Persistence\"?\n"
        "  4 | intent: Persistance\n"
        "    |         ^^^^^^^^^^^\n"
        "rules/pack/a.yaml:3:21: unknown event \"file.wirte\"; did you mean \"file.write\"?\n"
        "  3 | steps: [{a: {event: file.wirte}}]\n"
        "    |                     ^^^^^^^^^^\n"
        "rules/pack/b.yaml:5:10: unknown ATT&CK technique \"T1098.005\"; did you mean "
        "\"T1098.004\"?\n"
        "  5 | attack: [T1098.005]\n"
        "    |          ^^^^^^^^^");
}

TEST(Complaints, OfEveryKind)
{
    struct Row {
        std::string body;
        const char *says; // the first line, after the place
    };
    const auto where = [](const std::string &condition) {
        return "steps:\n  - a: {event: file.write, where: " + condition + "}\n";
    };
    const auto narrative = [](const std::string &text) {
        return kStep + "signal:\n  merge: {by: [actor]}\n  action: x\n  narrative: " + text + "\n";
    };
    const auto merge = [](const std::string &text) {
        return kStep + "signal:\n  merge: " + text + "\n  action: x\n  narrative: x\n";
    };
    const auto term = [](const std::string &text) {
        return kStep + "risk:\n  base: [0.4, x]\n  terms: [" + text + "]\n";
    };
    const auto proof = [](const std::string &text) { return kStep + "proof:" + text + "\n"; };
    const Row rows[] = {
        {"", ":1:1: \"steps\" must be a list with at least one step"},
        {kStep + "stpes: 1\n", ":5:1: unknown key of a rule \"stpes\"; did you mean \"steps\"?"},
        {kStep + "until: x\n", ":5:8: \"until\" is a list: \"- {event: ..., where: ...}\""},
        {kStep + "until:\n  - {event: file.write}\n",
         ":6:3: \"until\" has nothing to end: one event is the whole behaviour"},
        {kStep + "then_absent: x\n",
         ":5:14: \"then_absent\" is a map: {event: auth.session, within: 8h}"},
        {kStep + "then_absent: {event: file.write}\n",
         ":5:14: \"within\" is missing: how long is waited for it?"},
        {kStep + "then_absent: {event: file.write, within: 8h, were: {}}\n",
         ":5:46: unknown key of then_absent \"were\"; did you mean \"where\"?"},
        {kStep + "then_absent: {event: file.write, where: {file.path|fieldref: b.file.path}, "
                 "within: 8h}\n",
         ":5:62: unknown field \"b.file.path\"; did you mean \"file.path\"?"},
        {"steps:\n  - a: {event: file.write, until: []}\n",
         ":4:28: \"until\" belongs to the rule, not to a step"},
        {"steps:\n  - any: []\n", ":4:10: a group of steps is a list of two or more: "
                                  "\"- any: [{a: {...}}, {b: {...}}]\""},
        {"within: 1m\nsteps:\n  - any: [{a: {event: file.write}}, {b: {event: file.read}}]\n",
         ":5:5: a group cannot be the last required step; write one step with \"any\": "
         "\"- done: {any: [{event: ...}, {event: ...}]}\""},
        {"within: 1m\nsteps:\n"
         "  - any: [{a: {event: file.write}}, {b: {event: file.read, optional: true}}]\n"
         "  - c: {event: file.write}\n",
         ":5:5: in a group, all steps are optional or none is"},
        {"steps:\n  - a: {any: file.write}\n",
         ":4:14: \"any\" is a list: \"- {event: ..., where: ...}\""},
        {"steps:\n  - a: {any: [{event: file.write}], where: {file.path: /a}}\n",
         ":4:44: \"where\" belongs into each of the alternatives of \"any\""},
        {"steps:\n  - a: {any: [{event: file.wirte}]}\n",
         ":4:23: unknown event \"file.wirte\"; did you mean \"file.write\"?"},
        {"steps:\n  - a: {any: [{event: file.write, where: {source.ip: 10.0.0.1}}]}\n",
         ":4:43: no file.write event has a field \"source.ip\""},
        {kStep + "by: [host, user.nme]\n",
         ":5:12: unknown field \"user.nme\"; did you mean \"user.name\"?"},
        {kStep + "by: [host, source.ip]\n", ":5:12: no file.write event has a field \"source.ip\""},
        {kStep + "by: host\nwithin: session\n", ":6:9: \"within: session\" needs \"by: session\""},
        {kStep + "except: [{when: {file.path: /b}}]\n", ":5:10: \"why\" is missing"},
        {kStep + "by: sesion\n",
         ":5:5: unknown word for \"by\" \"sesion\"; did you mean \"session\"?"},
        {kStep + "within: 10 minutes\n",
         ":5:9: not a time; write \"30s\", \"10m\", \"8h\" or \"2d\""},
        {kStep + "within: 32d\n", ":5:9: a time is from 1s to 31d"},
        {kStep + "family: B99\n", ":5:9: unknown family \"B99\"; did you mean \"B23\"?"},
        {kStep + "controls: {soc2: [CC61]}\n",
         ":5:19: unknown control of soc2 \"CC61\"; did you mean \"CC6.1\"?"},
        {kStep + "controls: {soc: [CC6.1]}\n",
         ":5:12: unknown framework \"soc\"; did you mean \"soc2\"?"},
        {kStep + "controls: {iso27001: [A.5.17]}\n",
         ":5:23: unknown control of iso27001 \"A.5.17\"; did you mean \"5.17\"?"},
        {kStep + "yields_to: [s]\n", ":5:13: unknown rule \"s\"; did you mean \"r\"?"},
        {kStep + "yields_to: [r]\n", ":5:13: a rule cannot yield to itself"},
        {kStep + "title: [a]\n", ":5:8: \"title\" must be a text, and this is a list"},
        {"steps:\n  - {a: {event: file.write}, b: {event: file.write}}\n",
         ":4:5: a step is a map with one key, its name: \"- written: {event: file.write}\""},
        {"steps:\n  - a: {event: file.write, optonal: true}\n",
         ":4:28: unknown key of a step \"optonal\"; did you mean \"optional\"?"},
        {"steps:\n  - a: {event: file.write, optional: true}\n",
         ":4:3: at least one step must not be optional"},
        {"steps:\n  - a: {event: file.write}\n  - b: {event: file.write}\n",
         ":1:1: \"within\" is missing: a sequence needs a time"},
        {"within: 1m\nsteps:\n  - a: {event: file.write}\n  - a: {event: file.write}\n",
         ":6:5: two steps are called \"a\""},
        {"steps:\n  - actor: {event: file.write}\n",
         ":4:5: a step cannot be called \"actor\": texts use the word for something else"},
        {"steps:\n  - a: {event: meta.tick}\n",
         ":4:16: meta.tick is the passing of time, and no event of the host"},
        {"steps:\n  - a: {event: file.write, count: {gte: 5}}\n",
         ":4:35: \"within\" is missing: in which time are they counted?"},
        {"steps:\n  - a: {event: file.write, count: {gte: 5000, within: 1m}}\n",
         ":4:41: a count is from 1 to 4096"},
        {"steps:\n  - a: {event: file.write, count: {gte: 5, distinct: user.nme, within: 1m}}\n",
         ":4:54: unknown field \"user.nme\"; did you mean \"user.name\"?"},
        // Conditions.
        {where("{file.path|contain: x}"),
         ":4:36: unknown modifier \"contain\"; did you mean \"contains\"?"},
        {where("{file.path|contains|endswith: x}"),
         ":4:36: two comparisons at once; \"endswith\" is the second"},
        {where("{file.path|re: '(a'}"), ":4:50: \"(a\" is refused: missing ): (a"},
        {where("{file.path|re: '(?=a)'}"),
         ":4:50: \"(?=a)\" is refused: invalid perl operator: (?="},
        {where("{file.path|contains|i: x}"), ":4:36: \"i\", \"m\" and \"s\" belong to \"re\""},
        {where("{process.stdio.peer.ip: 1.2.3.4}"),
         ":4:36: no file.write event has a field \"process.stdio.peer.ip\""},
        {where("{file.path: $editor}"),
         ":4:47: unknown macro \"editor\"; did you mean \"editors\"?"},
        {where("{file.path|expand: '%word%'}"),
         ":4:54: unknown list \"word\"; did you mean \"words\"?"},
        {where("{file.size: big}"), ":4:47: \"file.size\" is a number, and \"big\" is none"},
        {where("{file.size|gt: big}"), ":4:50: \"big\" is refused: not a number"},
        {where("{file.uid: 99999999999}"), ":4:46: \"file.uid\" can never be 99999999999"},
        {where("{file.created: yes}"), ":4:50: \"file.created\" is true or false"},
        {where("{file.path|new: soon}"),
         ":4:51: \"new\" is followed by a time of an hour or more, as in \"30d\""},
        {"within: 1m\nsteps:\n  - a: {event: file.write}\nunless:\n"
         "  - {event: file.write, where: {file.path|new: 30d}}\n",
         ":7:33: \"new\" can be asked of a step's event only"},
        {where("{file.path|exists: maybe}"), ":4:54: \"exists\" is followed by true or false"},
        {where("{file.path: []}"), ":4:47: an empty list matches nothing"},
        {where("{file.path|contains: null}"), ":4:56: nothing to compare with; write a value"},
        {where("{}"), ":4:35: an empty condition says nothing; leave it out"},
        {where("[]"),
         ":4:35: a condition must be a map of fields, or a list of such maps, and this is a list"},
        {where("{file.path: /a, file.path|startswith: /b}"),
         ":4:36: no event can match this: the conditions on \"file.path\" exclude each other"},
        {where("{file.size|gt: 5, file.size|lt: 3}"),
         ":4:36: no event can match this: the conditions on \"file.size\" exclude each other"},
        {where("{file.path: /a, not: {file.path: [/a, /b]}}"),
         ":4:36: no event can match this: the conditions on \"file.path\" exclude each other"},
        {where("{file.path: /a, file.path|exists: false}"),
         ":4:36: no event can match this: the conditions on \"file.path\" exclude each other"},
        {"steps:\n  - a: {event: auth.login, where: {event.outcome: failed}}\n",
         ":4:51: \"event.outcome\" is never \"failed\"; it is one of unknown success failure"},
        {"steps:\n  - a: {event: auth.login, where: {source.ip: home}}\n",
         ":4:47: \"source.ip\" is an address, and \"home\" is none"},
        {"steps:\n  - a: {event: auth.login, where: {source.ip|cidr: 10.0.0.0/40}}\n",
         ":4:52: \"10.0.0.0/40\" is refused: not an address or network"},
        {"steps:\n  - a: {event: [file.write, auth.login], where: {file.path: /a, auth.method: "
         "x}}\n",
         ":4:50: no event can match this: none of the step's events has all of these fields"},
        {"within: 1m\nsteps:\n  - a: {event: file.write}\n"
         "  - b: {event: file.write, where: {a.file.path: /x}}\n",
         ":6:36: a step's field cannot stand here; compare with it by \"field|fieldref: "
         "a.file.path\""},
        {"within: 1m\nsteps:\n  - a: {event: file.write}\n"
         "  - b: {event: file.write, where: {file.path|fieldref: a.file.pth}}\n",
         ":6:56: unknown field \"file.pth\"; did you mean \"file.path\"?"},
        {kStep + "unless:\n  - {event: file.write, were: {}}\n",
         ":6:25: unknown key of unless \"were\"; did you mean \"where\"?"},
        // Meaning.
        {kStep + "risk: {base: 0.4}\n",
         ":5:14: \"base\" is a number and its reason: [0.45, \"a login key was added\"]"},
        {kStep + "risk: {base: [1.4, x]}\n", ":5:15: a risk is from 0.00 to 1.00, two decimals"},
        {term("{when: {a.file.path: /a}, add: 0.333, why: x}"),
         ":7:42: a term adds from -1.00 to 1.00, two decimals"},
        {term("{when: {b.file.path: /a}, add: 0.3, why: x}"),
         ":7:19: unknown field \"b.file.path\"; did you mean \"file.path\"?"},
        {term("{when: {a.file.path: /a}, add: 0.3, why: x, intent: Acess}"),
         ":7:63: unknown intent \"Acess\"; did you mean \"Access\"?"},
        {term("{when: {a.file.path: /a}, add: 0.3, why: \"{story}\"}"),
         ":7:52: \"{story}\" belongs to the narrative and the title"},
        {term("{when: {a.file.path: /a}, why: x}"), ":7:11: \"add\" is missing"},
        {narrative("\"{a.file.pth}\""),
         ":8:14: unknown field \"file.pth\"; did you mean \"file.path\"?"},
        {narrative("\"{stroy}\""), ":8:14: unknown placeholder \"stroy\"; did you mean \"story\"?"},
        {narrative("\"{source.ip}\""), ":8:14: no file.write event has a field \"source.ip\""},
        {narrative("\"{story\""), ":8:14: a hole \"{\" is not closed; write \"{{\" for a brace"},
        {narrative("\"{a.file.path|nam}\""),
         ":8:14: \"{a.file.path|nam}\": after \"|\" only \"name\" is known"},
        {merge("{by: [actr]}"), ":6:16: unknown merge value \"actr\"; did you mean \"actor\"?"},
        {merge("{by: [a.count]}"), ":6:16: a count changes; it cannot tell signals apart"},
        {merge("{by: [actor], for: 2d}"), ":6:29: a merge window lasts a day (UTC) at most"},
        // Proofs.
        {proof(" []"), ":5:8: no proof makes the rule speak"},
        {proof("\n  - {name: x, stream: y, signals: [{}]}"),
         ":6:3: no proof shows the rule staying silent"},
        {proof("\n  - {name: x, stream: y, signals: []}"), ":6:3: no proof makes the rule speak"},
        {proof("\n  - {name: x, stream: y, signals: [{state: High}]}"),
         ":6:44: unknown state \"High\""},
        {proof("\n  - {name: x, stream: y, signals: [{risk: 2}]}"),
         ":6:43: a risk is from 0.00 to 1.00, two decimals"},
        {proof("\n  - {name: x, signals: []}"),
         ":6:5: a proof has either a \"stream\" or \"events\""},
        {proof("\n  - {name: x, signals: [], events: [{event: file.wirte}]}"),
         ":6:45: unknown event \"file.wirte\"; did you mean \"file.write\"?"},
    };
    for (const Row &row : rows) {
        const std::string text = lab::complaints({lab::rule("r", row.body)});
        EXPECT_EQ(first_line(text), std::string("rules/pack/a.yaml") + row.says)
            << row.body << text;
    }
}

TEST(Complaints, OfFilesAsAWhole)
{
    EXPECT_EQ(first_line(lab::complaints({lab::rule("r", kStep), lab::rule("r", kStep)})),
              "rules/pack/b.yaml:1:5: rule \"r\" is already in rules/pack/a.yaml:1:5");
    EXPECT_EQ(first_line(lab::complaints({lab::rule("Upper", kStep)})),
              "rules/pack/a.yaml:1:5: a rule's id is in small letters, digits and hyphens: "
              "\"ssh-key-added\"");
    EXPECT_EQ(first_line(lab::complaints({"- a\n"})),
              "rules/pack/a.yaml:1:1: a rule must be a map, and this is a list");
    EXPECT_EQ(first_line(lab::complaints({"a: [\n"})).substr(0, 27), "rules/pack/a.yaml:2:1: not ");
    EXPECT_EQ(first_line(lab::complaints({"a: 1\na: 2\n"})),
              "rules/pack/a.yaml:2:1: \"a\" is here twice");
    EXPECT_EQ(first_line(lab::complaints({"a: &x 1\nb: *x\n"})).substr(0, 60),
              "rules/pack/a.yaml:1:4: anchors and aliases (& and *) are not");
    EXPECT_EQ(first_line(lab::complaints({"a: 1\n---\nb: 1\n"})),
              "rules/pack/a.yaml:1:1: a file holds one document; \"---\" begins a second one");
    EXPECT_EQ(first_line(lab::complaints({std::string("a: \0b", 5)})),
              "rules/pack/a.yaml:1:1: not a text file: it holds a NUL byte");
    EXPECT_EQ(first_line(lab::complaints({std::string(300'000, ' ')})),
              "rules/pack/a.yaml:1:1: larger than 256 KiB");
    EXPECT_NE(lab::complaints({std::string(2000, '[')}), "");
    EXPECT_NE(lab::complaints({""}), "");
}

TEST(Complaints, OfTheVocabulary)
{
    const auto with = [](const char *name, const char *text) {
        auto files = lab::files({});
        files.push_back({std::string("site/") + name, name, text});
        auto made = Rules::compile(std::move(files));
        return made ? std::string() : first_line(made.error().text);
    };
    EXPECT_EQ(with("lists.yaml", "$editors: [/usr/bin/ed]\n"), ""); // adds
    EXPECT_EQ(
        with("lists.yaml", "$editors: {}\n"),
        "site/lists.yaml:1:11: $editors must be a text or a list of texts, and this is a map");
    EXPECT_EQ(with("lists.yaml", "$more: [$editors, $wrods]\n"),
              "site/lists.yaml:1:19: unknown list \"wrods\"; did you mean \"words\"?");
    EXPECT_EQ(with("lists.yaml", "$a: [$b]\n$b: [x, $c]\n$c: $a\n"),
              "site/lists.yaml:3:5: the list $a would hold itself");
    EXPECT_EQ(with("lists.yaml", "$a: $a\n"), "site/lists.yaml:1:5: the list $a would hold itself");
    EXPECT_EQ(with("lists.yaml", "$a: [[x]]\n"),
              "site/lists.yaml:1:6: $a must hold texts, and this is a list");
}

// Ten lists, each the one before it ten times.
TEST(Complaints, OfListsThatGrow)
{
    std::string text = "$l0: [x]\n";
    for (int i = 1; i < 10; ++i) {
        text += "$l" + std::to_string(i) + ": [";
        for (int k = 0; k < 10; ++k)
            text += "$l" + std::to_string(i - 1) + ", ";
        text += "y]\n";
    }
    auto files = lab::files({});
    files.push_back({"site/lists.yaml", "lists.yaml", text});
    const auto made = Rules::compile(std::move(files));
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().text.find("lists in lists: too deep"), std::string::npos);
}

} // namespace
} // namespace sentra::engine
