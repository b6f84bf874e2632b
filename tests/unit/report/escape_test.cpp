// SPDX-License-Identifier: MIT
#include "report/escape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sentra::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Escape, Html)
{
    EXPECT_EQ(html("maria"), "maria");
    EXPECT_EQ(html("<b a='1' c=\"2\">&amp;"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;");
    EXPECT_EQ(html("a\x1b[31mb\n"), "a\\x1b[31mb\\x0a");
    EXPECT_EQ(html("\xe2\x80\xae gnp.exe"), "\\u{202e} gnp.exe");
    EXPECT_EQ(html("\xc3\xa9\xff"), "\xc3\xa9\\xff");
    EXPECT_EQ(html("abcdef", 3), "abc\xe2\x80\xa6");
}

TEST(Escape, Markdown)
{
    EXPECT_EQ(markdown("maria signed in from 198.51.100.20."),
              "maria signed in from 198.51.100.20.");
    EXPECT_EQ(markdown("198.51.100.20"), "198.51.100.20");
    EXPECT_EQ(markdown("a|b `c` *d* _e_ ~f~"), "a\\|b \\`c\\` \\*d\\* \\_e\\_ \\~f\\~");
    EXPECT_EQ(markdown("[x](http://e.example)"), "\\[x\\](http\\://e.example)");
    EXPECT_EQ(markdown("see WWW.e.example"), "see WWW\\.e.example");
    EXPECT_EQ(markdown("<img>&lt;"), "&lt;img&gt;&amp;lt;");
    EXPECT_EQ(markdown("@all"), "&#64;all");
    EXPECT_EQ(markdown("# a"), "\\# a");
    EXPECT_EQ(markdown("- a - b"), "\\- a - b");
    EXPECT_EQ(markdown("1. a"), "1\\. a");
    EXPECT_EQ(markdown("12) a"), "12\\) a");
    EXPECT_EQ(markdown("a\n# b"), "a\\\\x0a# b") << "one line, and its backslash is text";
}

TEST(Escape, MarkdownCode)
{
    EXPECT_EQ(markdown_code("ls | grep `x`"), "`ls | grep 'x'`");
    EXPECT_EQ(markdown_code("ls | grep x", true), "`ls \\| grep x`");
    EXPECT_EQ(markdown_code(""), "");
}

TEST(Escape, CsvIsNoFormula)
{
    EXPECT_EQ(csv("maria"), "\"maria\"");
    EXPECT_EQ(csv("a \"b\", c"), "\"a \"\"b\"\", c\"");
    EXPECT_EQ(csv(""), "\"\"");
    for (const char *formula : {"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "  =1",
                                "\xef\xbc\x9d"
                                "1"})
        EXPECT_EQ(csv(formula).substr(0, 2), "\"'") << formula;
    // What is no plain text is shown as an escape and begins with a backslash.
    EXPECT_EQ(csv("\t=1"), "\"\\x09=1\"");
    EXPECT_EQ(csv("\r\n=1"), "\"\\x0d\\x0a=1\"");
}

TEST(Escape, AnAnchorIsHexOrNothing)
{
    EXPECT_EQ(anchor("381521c2a0c1"), "381521c2a0c1");
    EXPECT_EQ(anchor("381521C2A0C1"), "");
    EXPECT_EQ(anchor("a\" onclick=\"x"), "");
    EXPECT_EQ(anchor(std::string(65, 'a')), "");
    EXPECT_EQ(anchor(""), "");
}

} // namespace
} // namespace sentra::report
