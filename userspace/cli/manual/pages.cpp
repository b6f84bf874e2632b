// SPDX-License-Identifier: MIT
#include "cli/manual/pages.h"

#include <algorithm>
#include <array>

#include "cli/manual/prose.h"
#include "cli/manual/texts.h"

namespace sentra::cli {

namespace {

constexpr std::array kPages = {
    PageRow{"sentra", "1", "ask and direct the security sensor of this host", kText_sentra_1},
    PageRow{"sentrad", "8", "the security sensor of this host", kText_sentrad_8},
    PageRow{"sentra.yaml", "5", "configuration of sentrad and sentra", kText_sentra_yaml_5},
    PageRow{"sentra-rules", "5", "the rules by which sentrad tells a behaviour",
            kText_sentra_rules_5},
    PageRow{"sentra-events", "7", "the events that rules see, and their fields",
            kText_sentra_events_7},
    PageRow{"sentra", "7", "what Sentra is, and how its parts belong together", kText_sentra_7},
};

struct FillRow {
    std::string_view name;
    void (*fill)(Roff &page);
};

// The rule language is described once, beside the rules.
void fill_rule_language(Roff &page)
{
    const std::string_view readme = kText_rules_readme;
    const auto from = readme.find("## A rule\n");
    const auto to = readme.find("## How to write one\n");
    add_prose(page, readme.substr(from, to - from), [](Roff &, std::string_view) {});
}

constexpr std::array kFills = {
    FillRow{"verbs", fill_verbs},
    FillRow{"common options", fill_common_options},
    FillRow{"daemon options", fill_daemon_options},
    FillRow{"exit statuses", fill_exit_statuses},
    FillRow{"events", fill_events},
    FillRow{"losses", fill_losses},
    FillRow{"sinks", fill_sinks},
    FillRow{"keys", fill_keys},
    FillRow{"rule language", fill_rule_language},
};

} // namespace

std::span<const PageRow> manual_pages()
{
    return kPages;
}

const PageRow *find_page(std::string_view name)
{
    const auto *found = std::find_if(kPages.begin(), kPages.end(), [name](const PageRow &row) {
        const std::string page(row.name), section(row.section);
        return name == page || name == page + "." + section || name == page + "(" + section + ")";
    });
    return found == kPages.end() ? nullptr : found;
}

std::string manual_page(const PageRow &row)
{
    Roff page(row.name, row.section);
    page.heading("name");
    page.paragraph(roff_code(row.name) + " \\- " + roff_text(row.says));
    add_prose(page, row.prose, [](Roff &into, std::string_view name) {
        const auto *found = std::find_if(kFills.begin(), kFills.end(),
                                         [name](const FillRow &fill) { return fill.name == name; });
        if (found != kFills.end())
            found->fill(into);
    });
    page.heading("see also");
    std::string others;
    for (const PageRow &other : kPages)
        if (&other != &row)
            others += std::string(others.empty() ? "" : ", ") + "\\fB" + roff_code(other.name) +
                      "\\fR(" + std::string(other.section) + ")";
    page.paragraph(others);
    return std::move(page).page();
}

} // namespace sentra::cli
