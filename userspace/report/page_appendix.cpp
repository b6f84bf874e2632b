// SPDX-License-Identifier: MIT
// The appendix: every signal, how the numbers come about, and what the words mean.
#include <algorithm>

#include "base/join.h"
#include "report/page_parts.h"
#include "report/words.h"

namespace sentra::report {

namespace {

constexpr std::size_t kRowsMost = 500;

constexpr std::pair<const char *, const char *> kGlossary[] = {
    {"Signal", "A behaviour that deserves a sentence. Many events make one signal."},
    {"Event", "One thing that the system did and Sentra saw, such as a program that was started."},
    {"State", "Low, Low (Reviewed) or Action Recommended. The most serious one counts."},
    {"Risk", "A number from 0 to 1, a sum of named reasons. From 0.5 on a signal asks for a look."},
    {"Intent", "What a behaviour is for, such as routine maintenance."},
    {"Reviewed", "A person decided about the signal, or a standing exception covers it."},
    {"Exception", "A decision that stands for a time, with a reason, an author and an end."},
    {"Session", "What one sign-in did, from its beginning to its end."},
    {"Root", "The account that may do everything on a server."},
    {"sudo", "The program by which a named person works with root's rights."},
    {"Gap", "A time in which something was not watched."},
    {"Control", "A point of a standard for which a signal supports evidence."},
};
static_assert(std::size(kGlossary) <= 12, "nobody reads a long glossary");

void put_signals(std::vector<Block> &page, const Weekly &report)
{
    page.emplace_back(Heading{2, "Appendix: all signals", "", true});
    if (report.rows.empty()) {
        page.emplace_back(Paragraph{"No signals. " + hours(report.watching.watched_ns) + " of " +
                                        hours(report.watching.period_ns) + " hours were watched.",
                                    false});
        return;
    }
    Table table{"Signals by their first event",
                {"Signal", "When", "Host", "What", "State", "Decision", "Supports evidence for"},
                {}};
    for (const Row &row : report.rows) {
        if (table.rows.size() == kRowsMost)
            break;
        table.rows.push_back(
            {row.id,
             {Text().id(row.id),
              stamp(row.first_ns, report.zone) + (row.is_earlier ? " (open from earlier)" : ""),
              row.host.empty() ? report.host : row.host, row.what, row.state,
              row.decision.empty() ? "none" : as_sentence(row.decision), join(row.controls, "; ")},
             row.is_open});
    }
    page.emplace_back(std::move(table));
    if (report.rows.size() > kRowsMost)
        page.emplace_back(Paragraph{number(report.rows.size() - kRowsMost) +
                                        " more are in the JSON form of this report.",
                                    false});
}

void put_method(std::vector<Block> &page, const Weekly &report)
{
    page.emplace_back(Heading{2, "How this report is made", "", false});
    Items items;
    items.items = {
        Text(
            "A signal belongs to the period in which its last event lies. Signals from before that "
            "still ask for a look are counted until somebody decides on them."),
        Text("Risk is the sum of named reasons, each with a number; ")
            .code("sentra explain ID")
            .plain(" prints them. From 0.5 on a signal asks for a look, unless a recorded decision "
                   "covers it."),
        Text("The most serious signal gives the verdict. Nothing is averaged, and how much of "
             "something "
             "there was never raises a state by itself."),
        Text("The same record and rules give the same report. No language model decides or writes "
             "any "
             "of "
             "it."),
        Text("Failed sign-ins are counted on days that had ten or more of them. Earlier weeks are "
             "compared only where they were watched throughout."),
        Text("A week of the charts that lies before Sentra's record begins is said to be not "
             "watched, "
             "not zero."),
        Text("Standards name controls. A signal supports evidence for them; whether a control is "
             "met is "
             "for people to say."),
        "Times in sentences quoted from signals are in UTC.",
    };
    if (report.redacted > 0)
        items.items.emplace_back(counted(report.redacted, "secret", "secrets") +
                                 " in command lines and texts were removed.");
    page.emplace_back(std::move(items));
    page.emplace_back(Heading{2, "Words", "", false});
    Pairs pairs;
    for (const auto &[word, meaning] : kGlossary)
        pairs.pairs.emplace_back(word, meaning);
    page.emplace_back(std::move(pairs));
    page.emplace_back(
        Paragraph{"Sentra " + report.version + ", report " + report.id + ", " + report.hash, true});
}

} // namespace

void put_appendix(std::vector<Block> &page, const Weekly &report)
{
    put_signals(page, report);
    put_method(page, report);
}

} // namespace sentra::report
