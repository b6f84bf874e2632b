// SPDX-License-Identifier: MIT
// What fits on a screen: no line wider than it, no character and no escape cut in two, hostile text
// inert.
#include "cli/watch_page.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace sentra::cli {
namespace {

// Without what colours it.
std::string bare(std::string text)
{
    for (std::size_t at = 0; (at = text.find("\x1b[", at)) != std::string::npos;) {
        const auto end = text.find('m', at);
        EXPECT_NE(end, std::string::npos) << "an escape is cut";
        if (end == std::string::npos)
            break;
        text.erase(at, end + 1 - at);
    }
    return text;
}

std::string signal_line(const std::string &title, const std::string &narrative,
                        const std::string &uid = "u1", int count = 1)
{
    signal::Signal signal;
    signal.id = "381521c2a0c1";
    signal.uid = uid;
    signal.first_ns = signal.last_ns = 1'772'445'063'000'000'000;
    signal.title = title;
    signal.narrative = narrative;
    signal.state = "Action Recommended";
    signal.score = 0.85;
    signal.action_needed = true;
    signal.action_text = "Ask maria whether she did that.";
    signal.count = static_cast<std::uint64_t>(count);
    return signal::to_json(signal);
}

std::vector<std::string> shown(const std::string &line, const Screen &screen)
{
    Seen seen;
    const auto news = seen.take({line});
    EXPECT_TRUE(news) << news.error().text;
    return news && !news->empty() ? signal_lines(news->front(), screen)
                                  : std::vector<std::string>();
}

TEST(Screen, CountsColumns)
{
    EXPECT_EQ(columns_of("abc"), 3u);
    EXPECT_EQ(columns_of("\u65e5\u672c"), 4u);
    EXPECT_EQ(columns_of("e\u0301"), 1u);
    EXPECT_EQ(clipped("\u65e5\u672c\u8a9e", 4), "\u65e5\u2026");
    EXPECT_EQ(clipped("e\u0301e\u0301", 2), "e\u0301e\u0301");
    EXPECT_EQ(clipped("abc", 3), "abc");
    EXPECT_EQ(clipped("abcd", 3), "ab\u2026");
    EXPECT_EQ(padded("\u65e5", 4), "\u65e5  ");
}

TEST(Screen, WrapsBetweenWordsWhereItCan)
{
    EXPECT_EQ(wrapped("one two three", 7), (std::vector<std::string>{"one two", "three"}));
    EXPECT_EQ(wrapped("one two three", 9, 2), (std::vector<std::string>{"one two", "  three"}));
    EXPECT_EQ(wrapped("abcdefgh", 3), (std::vector<std::string>{"abc", "def", "gh"}));
    EXPECT_EQ(wrapped("", 10), std::vector<std::string>{""});
    for (std::size_t columns = 2; columns < 30; ++columns)
        for (const std::string &line : wrapped(
                 "a \u65e5\u672c\u8a9e\u306e\u6587\u5b57 verylongwordwithoutanyend b", columns, 3))
            EXPECT_LE(columns_of(line), std::max<std::size_t>(columns, 5)) << line;
}

TEST(Screen, ColourIsAroundText)
{
    const Screen grey{80, true, false}, coloured{80, true, true};
    EXPECT_EQ(toned(grey, Tone::attention, "x"), "x");
    EXPECT_EQ(toned(coloured, Tone::attention, "x"), "\x1b[1;33mx\x1b[0m");
    EXPECT_EQ(toned(coloured, Tone::plain, "x"), "x");
}

TEST(Watch, EveryLineFitsAtEveryWidth)
{
    const std::string line =
        signal_line("The SSH keys of \u65e5\u672c\u8a9e were changed",
                    "maria signed in from 203.0.113.7 and wrote /home/" + std::string(120, 'x') +
                        "/.ssh/authorized_keys, e\u0301\u0301 and \u65e5\u672c\u8a9e.");
    for (std::size_t columns = 20; columns <= 130; ++columns)
        for (const bool has_colour : {false, true})
            for (const std::string &row : shown(line, {columns, true, has_colour})) {
                EXPECT_LE(columns_of(bare(row)), columns) << row;
                EXPECT_EQ(printable(bare(row)), bare(row)) << "a character is cut";
            }
}

TEST(Watch, SaysEverythingAtAnyWidth)
{
    for (const std::size_t columns : {std::size_t{40}, std::size_t{120}}) {
        std::string all;
        for (const std::string &row :
             shown(signal_line("Five failed sign-ins", "Somebody tried."), {columns, false, false}))
            all += row + "\n";
        for (const char *word : {"09:51:03", "Action Recommended", "0.85", "Five failed sign-ins",
                                 "Somebody tried.", "Ask maria", "381521c2a0c1"})
            EXPECT_NE(all.find(word), std::string::npos) << word << " in\n" << all;
    }
}

TEST(Watch, HostileTextIsInert)
{
    for (const std::string &row :
         shown(signal_line("\x1b]0;owned\x07\x1b[2J", "a\r\nb\u202e\x1b[31m"), {80, true, true})) {
        const std::string text = bare(row);
        EXPECT_EQ(text.find_first_of("\x1b\x07\r\n"), std::string::npos) << text;
        EXPECT_EQ(text.find("\u202e"), std::string::npos);
    }
}

TEST(Watch, WhatHasGrownIsAnUpdateAndWhatHasNotIsNothing)
{
    Seen seen;
    const std::string one = signal_line("a", "b"), two = signal_line("c", "d", "u2");
    EXPECT_EQ(seen.take({one})->size(), 1u);
    EXPECT_EQ(seen.take({one})->size(), 0u);
    const auto news = seen.take({one, two, signal_line("a", "b", "u1", 5)});
    ASSERT_EQ(news->size(), 2u);
    EXPECT_FALSE((*news)[0].is_update);
    EXPECT_TRUE((*news)[1].is_update);
    const auto rows = signal_lines((*news)[1], {80, false, false});
    EXPECT_EQ(rows.back(), "  381521c2a0c1, update");
    EXPECT_FALSE(seen.take({"{"}));
}

TEST(Watch, TheStateIsOneLineThatFits)
{
    const State state = state_in(
        R"({"running":true,"health":"degraded","line":"seen 5, lost 1","troubles":["a\u001b[31mb","c"],)"
        R"("sensor":{"state":"watching"},"journal":{"state":"reading"},"engine":{"rules":118}})");
    EXPECT_EQ(state_line(state, {100, true, false}),
              "degraded: a\\x1b[31mb (1 more); seen 5, lost 1, kernel watching, journal reading, "
              "118 rules");
    for (std::size_t columns = 20; columns < 110; ++columns)
        EXPECT_LT(columns_of(bare(state_line(state, {columns, true, true}))), columns);
    EXPECT_EQ(state_line(State{}, {80, true, false}), "sentrad does not answer; waiting for it");
    EXPECT_FALSE(state_in("[]").is_there);
}

} // namespace
} // namespace sentra::cli
