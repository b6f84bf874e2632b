// SPDX-License-Identifier: MIT
// The weekly summary as a page: what a site owner reads in 90 seconds first, what an auditor looks
// up behind it.
#include "report/weekly.h"

#include <algorithm>

#include "base/text.h"
#include "report/page_parts.h"
#include "report/words.h"

namespace sentra::report {

namespace {

using Blocks = std::vector<Block>;

void heading(Blocks &page, const char *text, bool new_page = false)
{
    page.emplace_back(Heading{2, text, "", new_page});
}

void say(Blocks &page, Text text)
{
    page.emplace_back(Paragraph{std::move(text), false});
}

void aside(Blocks &page, Text text)
{
    page.emplace_back(Paragraph{std::move(text), true});
}

// Texts of our own write commands between backticks.
Text with_code(const std::string &text)
{
    Text out;
    bool is_code = false;
    for (const std::string_view part : split(text, '`')) {
        is_code ? out.code(std::string(part)) : out.plain(std::string(part));
        is_code = !is_code;
    }
    return out;
}

Text with_ids(Text text, const std::vector<std::string> &ids)
{
    for (std::size_t at = 0; at < ids.size(); ++at)
        text.plain(" ").id(ids[at]);
    return text;
}

void put_header(Blocks &page, const Weekly &report)
{
    page.emplace_back(Heading{1, "Weekly security summary: " + report.host, "", false});
    Pairs pairs;
    if (!report.tenant.empty())
        pairs.pairs.emplace_back("Customer", report.tenant);
    pairs.pairs.emplace_back("Host", report.host);
    pairs.pairs.emplace_back("Period", span(report.period, report.zone) + ", times in " +
                                           zone_in_words(report.zone, report.period.from_ns));
    pairs.pairs.emplace_back("Written", dated(report.written_ns, report.zone));
    pairs.pairs.emplace_back("Report",
                             Text().code(report.id).plain(", content hash ").code(report.hash));
    page.emplace_back(std::move(pairs));
}

// What makes a calm verdict weaker stands above it.
void put_notices(Blocks &page, const Weekly &report)
{
    const Watching &watching = report.watching;
    if (!watching.ledger_wrong.empty())
        page.emplace_back(Notice{"The record of decisions is not whole.",
                                 "Its chain does not hold: " + watching.ledger_wrong +
                                     ". Do not rely on what is said to be reviewed below."});
    if (!watching.blind.empty())
        page.emplace_back(
            Notice{"Not everything is watched right now.", as_sentence(watching.blind) + "."});
    if (watching.is_enough())
        return;
    Text text("We watched " + hours(watching.watched_ns) + " of " + hours(watching.period_ns) +
              " hours (" + percent(watching.watched_ns, watching.period_ns) + " %).");
    if (watching.longest)
        text.plain(" The longest gap was " +
                   lasting(watching.longest->to_ns - watching.longest->from_ns) + ", from " +
                   moment(watching.longest->from_ns, report.zone) + ": " +
                   watching.longest->reason + ".");
    text.plain(" What happened in those hours we could not see in full; the verdict below is about "
               "the rest.");
    page.emplace_back(Notice{"Part of this period was not watched.", std::move(text)});
}

void put_needs(Blocks &page, const Weekly &report)
{
    heading(page, "What we need from you");
    if (report.needs.empty())
        return say(page, "Nothing this week.");
    for (const Need &need : report.needs)
        page.emplace_back(Card{need.title,
                               {{{"When", need.when},
                                 {"What we saw", need.saw},
                                 {"Who to ask", need.who},
                                 {"What to check", need.check},
                                 {"How to tell it is fine", need.fine},
                                 {"By", need.by},
                                 {"Otherwise", need.otherwise},
                                 {"Signal", Text().id(need.id)}}}});
    if (report.further_needs > 0)
        say(page, counted(report.further_needs, "more signal asks", "more signals ask") +
                      " for a look. The table at the end marks them.");
}

void put_happened(Blocks &page, const Weekly &report)
{
    heading(page, "What happened");
    if (report.happened.empty())
        return say(page, report.watching.is_enough()
                             ? "We saw nothing that deserves a sentence, and no sign-in."
                             : "We saw nothing that deserves a sentence in the hours we watched.");
    Items items;
    for (const Happened &fact : report.happened)
        items.items.push_back(
            with_ids(Text().strong(fact.what).plain(" " + fact.details), fact.ids));
    page.emplace_back(std::move(items));
}

void put_noise(Blocks &page, const Weekly &report)
{
    heading(page, "Background noise");
    constexpr std::size_t shown = 3;
    std::vector<std::string> ids = report.noise.ids;
    ids.resize(std::min(ids.size(), shown));
    Text text =
        with_ids(Text(report.noise.sentence +
                      (report.noise.comparison.empty() ? "" : " " + report.noise.comparison)),
                 ids);
    if (report.noise.ids.size() > shown)
        text.plain(" and " + number(report.noise.ids.size() - shown) + " more");
    say(page, std::move(text));
}

void put_access(Blocks &page, const Weekly &report)
{
    const Access &access = report.access;
    heading(page, "Who has administrator access");
    if (!access.is_read) {
        say(page, "Which accounts have administrator access was not read for this report. What "
                  "follows is what we saw.");
    } else {
        Table table{"Accounts with administrator access on " + dated(access.read_ns, report.zone),
                    {"Account", "Because"},
                    {}};
        for (const Admin &admin : access.admins)
            table.rows.push_back({"", {admin.name, listed(admin.ways, 6)}, false});
        page.emplace_back(std::move(table));
        if (!access.unread.empty())
            say(page, "We could not see all of it: " + listed(access.unread, 6) + ".");
    }
    if (access.used.empty()) {
        say(page, "We saw nobody sign in and use root's rights.");
    } else {
        Table table{"Who used root's rights after signing in",
                    {"Who", "Sessions", "First", "Last", "From"},
                    {}};
        for (const Access::Use &use : access.used)
            table.rows.push_back({"",
                                  {use.user, number(use.sessions), stamp(use.first_ns, report.zone),
                                   stamp(use.last_ns, report.zone),
                                   use.sources.empty() ? "not known" : listed(use.sources, 6)},
                                  false});
        page.emplace_back(std::move(table));
    }
    if (access.changes.empty())
        return say(page, "We saw no change to users, groups, SSH keys or the rules for sudo.");
    Table table{"What changed", {"What", "When", "Who", "Signal"}, {}};
    for (const Access::Change &change : access.changes)
        table.rows.push_back(
            {"",
             {change.what, stamp(change.time_ns, report.zone), change.who, Text().id(change.id)},
             false});
    page.emplace_back(std::move(table));
}

void put_decided(Blocks &page, const Weekly &report)
{
    heading(page, "Reviewed items and exceptions");
    if (report.decided.empty()) {
        say(page, "Nobody recorded a decision in this period.");
    } else {
        Table table{"Decisions", {"What", "When", "Who", "Why", "Signal"}, {}};
        for (const Decided &decided : report.decided)
            table.rows.push_back({"",
                                  {decided.what, stamp(decided.time_ns, report.zone), decided.who,
                                   decided.why, Text().id(decided.id)},
                                  false});
        page.emplace_back(std::move(table));
    }
    if (report.overrides.empty())
        return say(page, "No standing exceptions.");
    Table table{"Standing exceptions", {"Exception", "Reason", "Set by", "Ends", "Used"}, {}};
    for (const Standing &standing : report.overrides) {
        std::string ends = stamp(standing.expires_ns, report.zone);
        ends += standing.is_over ? " (over)" : standing.expires_soon ? " (within 14 days)" : "";
        table.rows.push_back(
            {"",
             {standing.kind + " " + standing.id, standing.reason, standing.author, ends,
              standing.used == 0 ? "unused" : counted(standing.used, "signal", "signals")},
             false});
    }
    page.emplace_back(std::move(table));
}

void put_course(Blocks &page, const Weekly &report)
{
    heading(page, "Timeline");
    if (report.timeline.empty()) {
        say(page, "Nothing stands on the timeline.");
    } else {
        Table table{"In order of time", {"When", "What", "Signal"}, {}};
        for (const Moment &one : report.timeline)
            table.rows.push_back(
                {"", {stamp(one.time_ns, report.zone), one.what, Text().id(one.id)}, false});
        page.emplace_back(std::move(table));
        if (report.further_moments > 0)
            aside(page, number(report.further_moments) + " later entries are in the table of "
                                                         "signals only.");
    }
    heading(page, "Handover notes");
    if (report.handover.empty())
        say(page, "Nothing is open.");
    else {
        Items items;
        for (const std::string &line : report.handover)
            items.items.emplace_back(line);
        page.emplace_back(std::move(items));
    }
    heading(page, "Playbooks for what is open");
    if (report.playbooks.empty())
        say(page, "None is needed.");
    for (const engine::Playbook &playbook : report.playbooks) {
        page.emplace_back(Heading{3, playbook.title, "", false});
        say(page, playbook.when);
        Items items{{}, true};
        for (const std::string &step : playbook.steps)
            items.items.push_back(with_code(step));
        page.emplace_back(std::move(items));
    }
}

} // namespace

Document page(const Weekly &report)
{
    Document document{
        "Weekly security summary: " + report.host + ", " + span(report.period, report.zone), {}};
    Blocks &blocks = document.blocks;
    put_header(blocks, report);
    put_notices(blocks, report);
    blocks.emplace_back(Verdict{report.state, report.verdict, report.sentence});
    put_needs(blocks, report);
    put_happened(blocks, report);
    put_noise(blocks, report);
    put_access(blocks, report);
    put_watching(blocks, report);
    put_decided(blocks, report);
    put_trend(blocks, report);
    put_course(blocks, report);
    put_appendix(blocks, report);
    return document;
}

} // namespace sentra::report
