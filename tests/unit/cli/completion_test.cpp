// SPDX-License-Identifier: MIT
// The scripts are put to the shells themselves.
#include "cli/completion/completion.h"

#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "unit/cli/shell.h"

namespace sentra::cli {
namespace {

// What bash offers after these words, the last of which is being typed.
std::set<std::string> offered(const ScratchFile &script, const std::string &words,
                              const std::string &program = "sentra")
{
    // What the script asks sentra for, a stand-in answers.
    const Said said = run_shell("bash -c 'sentra() { echo \"$2-one $2-two\"; }; . " +
                                script.path() + "; COMP_WORDS=(" + program + " " + words +
                                "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _" + program +
                                "; printf \"%s\\n\" \"${COMPREPLY[@]}\"'");
    std::set<std::string> found;
    std::istringstream lines(said.words);
    for (std::string line; std::getline(lines, line);)
        if (!line.empty())
            found.insert(line);
    return found;
}

using Words = std::set<std::string>;

TEST(Completion, BashOffersEveryVerbAndEveryOption)
{
    const ScratchFile script(bash_completion());
    const auto &program = sentra_program();
    Words firsts{"--help", "--version"};
    for (const WordRow &row : first_words(program))
        firsts.insert(row.word);
    EXPECT_EQ(offered(script, "\"\""), firsts);
    for (const VerbRow &verb : program.verbs) {
        Words options{"--help"};
        for (const OptionRow &row : verb.options)
            if (!is_positional(row))
                options.insert(row.name);
        const auto found = offered(script, std::string(verb.name) + " -");
        EXPECT_EQ(found, options) << verb.name;
    }
}

TEST(Completion, BashKnowsWhatBelongsWhere)
{
    const ScratchFile script(bash_completion());
    EXPECT_EQ(offered(script, "sig"), Words{"signals"});
    EXPECT_EQ(offered(script, "sink re"), (Words{"resume", "requeue"}));
    EXPECT_EQ(offered(script, "signals --j"), Words{"--json"});
    EXPECT_EQ(offered(script, "review x --verdict tr"), Words{"true-positive"});
    EXPECT_EQ(offered(script, "report weekly --format h"), Words{"html"});
    EXPECT_EQ(offered(script, "explain signals-o"), Words{"signals-one"});
    EXPECT_EQ(offered(script, "explain --socket /x \"\""), (Words{"signals-one", "signals-two"}));
    EXPECT_EQ(offered(script, "sink pause \"\""), (Words{"sinks-one", "sinks-two"}));
    EXPECT_EQ(offered(script, "sink pause x --reason \"\""), Words{}) << "a text is nobody's guess";
    EXPECT_EQ(offered(script, "override end \"\""), (Words{"overrides-one", "overrides-two"}));
    EXPECT_EQ(offered(script, "rules show \"\""), (Words{"rules-one", "rules-two"}));
    EXPECT_EQ(offered(script, "replay /etc/host"), offered(script, "record /etc/host"));
    EXPECT_TRUE(offered(script, "replay /etc/pass").contains("/etc/passwd"));
    EXPECT_TRUE(offered(script, "signals --state-dir /et").contains("/etc"));
    EXPECT_FALSE(offered(script, "signals --state-dir /etc/pass").contains("/etc/passwd"));
    EXPECT_EQ(offered(script, "--pri", "sentrad"), Words{"--print"});
    EXPECT_TRUE(offered(script, "--config /etc/pass", "sentrad").contains("/etc/passwd"));
}

TEST(Completion, EveryShellReadsItsScript)
{
    const ScratchFile bash(bash_completion()), zsh(zsh_completion()), fish(fish_completion());
    for (const auto &[shell, script] :
         {std::pair{"bash", &bash}, std::pair{"zsh", &zsh}, std::pair{"fish", &fish}}) {
        if (!has_program(shell))
            continue; // bash is always there
        const Said said = run_shell(std::string(shell) + " -n " + script->path());
        EXPECT_EQ(said.status, 0) << shell << ": " << said.words;
        EXPECT_EQ(said.words, "") << shell;
    }
    for (const VerbRow &verb : sentra_program().verbs)
        for (const OptionRow &row : verb.options) {
            const std::string name = row.name;
            if (name.rfind("--", 0) != 0)
                continue;
            EXPECT_NE(zsh_completion().find(name + "["), std::string::npos) << name;
            EXPECT_NE(fish_completion().find("-l " + name.substr(2) + " "), std::string::npos)
                << name;
        }
}

TEST(Completion, FishOffersWhatBelongsThere)
{
    if (!has_program("fish"))
        GTEST_SKIP() << "fish is not installed";
    const ScratchFile script(fish_completion());
    const auto asked = [&](const std::string &line) {
        return run_shell("HOME=/tmp fish --no-config -c 'function sentra; echo $argv[2]-one; end; "
                         "source " +
                         script.path() + "; complete -C \"" + line + "\"'")
            .words;
    };
    EXPECT_NE(asked("sentra sig").find("signals"), std::string::npos) << asked("sentra sig");
    EXPECT_NE(asked("sentra sink pau").find("pause"), std::string::npos);
    EXPECT_EQ(asked("sentra sink pau").find("signals"), std::string::npos);
    EXPECT_NE(asked("sentra sink pause s").find("sinks-one"), std::string::npos);
    EXPECT_NE(asked("sentra review x --verdict t").find("test"), std::string::npos);
}

} // namespace
} // namespace sentra::cli
