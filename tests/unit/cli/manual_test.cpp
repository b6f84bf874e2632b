// SPDX-License-Identifier: MIT
// The manual says everything that the tables hold, and the programs that show pages have nothing to
// say about them.
#include "cli/manual/pages.h"

#include <gtest/gtest.h>

#include "cli/manual/prose.h"
#include "cli/options.h"
#include "event/catalogue.h"
#include "output/transport.h"
#include "pipeline/config_keys.h"
#include "unit/cli/shell.h"

namespace sentra::cli {
namespace {

std::string page(std::string_view name)
{
    const PageRow *row = find_page(name);
    return row == nullptr ? "" : manual_page(*row);
}

// A word as it stands in a page.
void expect_in(const std::string &text, std::string_view word)
{
    EXPECT_NE(text.find(roff_code(word)), std::string::npos) << word;
}

TEST(Manual, HasEveryVerbAndEveryOption)
{
    const std::string sentra = page("sentra.1"), sentrad = page("sentrad.8");
    for (const VerbRow &verb : sentra_program().verbs) {
        EXPECT_NE(sentra.find("\\fBsentra\\fR \\fB" + roff_code(verb.name) + "\\fR"),
                  std::string::npos)
            << verb.name;
        for (const OptionRow &row : verb.options) {
            expect_in(sentra, row.name[0] == '-' ? row.name : row.value);
            EXPECT_NE(sentra.find(marked_up(row.says)), std::string::npos) << row.says;
        }
    }
    for (const OptionRow &row : sentrad_program().verbs.front().options)
        expect_in(sentrad, row.name);
    for (const ExitRow &row : exit_statuses())
        EXPECT_NE(sentra.find(marked_up(row.says)), std::string::npos) << row.says;
}

TEST(Manual, HasEveryEventFieldLossAndSink)
{
    const std::string events = page("sentra-events.7"), config = page("sentra.yaml.5");
    for (const event::Type &type : event::Catalogue::get().types()) {
        expect_in(events, type.name);
        for (const event::Slot &slot : type.slots)
            expect_in(events, slot.name);
    }
#define SENTRA_LOSS(symbol, name, says) expect_in(events, name);
#include <sentra/losses.def>
#undef SENTRA_LOSS
    for (const pipeline::ConfigKey &key : pipeline::config_keys()) {
        expect_in(config, pipeline::name_in_section(key));
        EXPECT_NE(config.find(marked_up(key.says)), std::string::npos) << key.name;
    }
    for (const output::SinkType &type : output::sink_types()) {
        expect_in(config, type.name);
        for (const output::SinkKey &key : type.keys)
            expect_in(config, key.name);
    }
}

TEST(Manual, HasTheRuleLanguage)
{
    const std::string rules = page("sentra-rules");
    for (const char *word : {"id: ssh-key-added", "then_absent", "yields_to", "fieldref",
                             "disable: true", "playbooks.yaml"})
        expect_in(rules, word);
    EXPECT_EQ(rules.find("| rule |"), std::string::npos);
}

TEST(Manual, PagesAreFoundByNameAndSection)
{
    EXPECT_EQ(find_page("sentra")->section, "1");
    EXPECT_EQ(find_page("sentra.7")->section, "7");
    EXPECT_EQ(find_page("sentra(7)")->section, "7");
    EXPECT_EQ(find_page("sentra.yaml")->section, "5");
    EXPECT_EQ(find_page("sentra.8"), nullptr);
    EXPECT_EQ(find_page(""), nullptr);
}

TEST(Manual, EveryPageIsWhatManReads)
{
    const bool has_mandoc = has_program("mandoc"), has_groff = has_program("groff");
    if (!has_mandoc && !has_groff)
        GTEST_SKIP() << "neither mandoc nor groff is installed";
    for (const PageRow &row : manual_pages()) {
        const ScratchFile file(manual_page(row));
        if (has_mandoc) {
            EXPECT_EQ(run_shell("mandoc -T lint -W warning " + file.path()).words, "") << row.name;
        }
        if (has_groff) { // an unknown escape or request is a warning
            EXPECT_EQ(run_shell("groff -man -Tutf8 -ww -z " + file.path()).words, "") << row.name;
        }
    }
}

TEST(Manual, TextsAreNoRequests)
{
    EXPECT_EQ(roff_text("a\\b 'c' \"d\" - ~^`"), "a\\eb \\(aqc\\(aq \\(dqd\\(dq - \\(ti\\(ha\\(ga");
    EXPECT_EQ(roff_code("--json"), "\\-\\-json");
    EXPECT_EQ(roff_text("é–"), "\\[u00E9]\\[u2013]");
    EXPECT_EQ(marked_up("`a-b` **c** *d* 2 * 3"), "\\fBa\\-b\\fR \\fBc\\fR \\fId\\fR 2 * 3");
    Roff roff("x", "1");
    roff.paragraph(".so /etc/passwd");
    roff.code(".so /etc/passwd\n'x");
    const std::string text = std::move(roff).page();
    EXPECT_EQ(text.find("\n.so"), std::string::npos);
    EXPECT_EQ(text.find("\n'"), std::string::npos);
}

} // namespace
} // namespace sentra::cli
