// SPDX-License-Identifier: MIT
#include "base/text.h"

#include <gtest/gtest.h>

namespace sentra {
namespace {

TEST(Printable, LeavesOrdinaryTextAlone)
{
    EXPECT_EQ(printable("maria signed in"), "maria signed in");
    EXPECT_EQ(printable("Müller 東京 🙂"), "Müller 東京 🙂");
}

TEST(Printable, ShowsWhatWouldMoveTheCursorOrTheReader)
{
    EXPECT_EQ(printable("a\nb\tc\x1b[31m"), "a\\x0ab\\x09c\\x1b[31m");
    EXPECT_EQ(printable("x\u202etxt.exe"), "x\\u{202e}txt.exe");
    EXPECT_EQ(printable("zero\u200bwidth"), "zero\\u{200b}width");
    EXPECT_EQ(printable("\u0085"), "\\x85");
    EXPECT_EQ(printable(std::string_view("nul\0here", 8)), "nul\\x00here");
}

TEST(Printable, EscapesWhatIsNotUtf8)
{
    EXPECT_EQ(printable("\xff\xfe"), "\\xff\\xfe");
    EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");          // overlong slash
    EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80"); // surrogate
    EXPECT_EQ(printable("cut \xe6\x9d"), "cut \\xe6\\x9d");
}

TEST(Printable, CutsAtACharacterBoundary)
{
    EXPECT_EQ(printable("abcdef", 3), "abc\u2026");
    EXPECT_EQ(printable("東京", 3), "東\u2026");
    EXPECT_EQ(printable("abc", 3), "abc");
}

TEST(Paths, NamesAndFolders)
{
    EXPECT_EQ(base_name("/usr/bin/vim.basic"), "vim.basic");
    EXPECT_EQ(base_name("plain"), "plain");
    EXPECT_EQ(directory_name("/x"), "/");
    EXPECT_EQ(directory_name("/a/b/c"), "/a/b");
    EXPECT_EQ(directory_name("plain"), "");
}

TEST(Paths, JoinResolvesDotsByText)
{
    EXPECT_EQ(join_path("/root", ".ssh/authorized_keys"), "/root/.ssh/authorized_keys");
    EXPECT_EQ(join_path("/root/x", "../.ssh/./k"), "/root/.ssh/k");
    EXPECT_EQ(join_path("/root", "/etc//passwd"), "/etc/passwd");
    EXPECT_EQ(join_path("/", "../../.."), "/");
    EXPECT_EQ(join_path("", ""), "/");
}

TEST(Numbers, WholeTextOrNothing)
{
    EXPECT_EQ(parse_number<int>("42"), 42);
    EXPECT_FALSE(parse_number<int>("42x"));
    EXPECT_FALSE(parse_number<int>(""));
    EXPECT_FALSE(parse_number<std::uint8_t>("256"));
    EXPECT_EQ(parse_number<unsigned>("ff", 16), 255U);
}

TEST(Nearest, FindsTheSlipAndNothingFarFetched)
{
    const std::vector<std::string_view> known = {"process.name", "process.args", "file.path"};
    EXPECT_EQ(nearest("proces.nme", known), "process.name");
    EXPECT_FALSE(nearest("zzz", known));
}

TEST(Split, KeepsEmptyParts)
{
    const std::vector<std::string_view> expected = {"a", "", "b", ""};
    EXPECT_EQ(split("a::b:", ':'), expected);
    EXPECT_EQ(trim("  x \n"), "x");
    EXPECT_EQ(trim(" \t"), "");
    EXPECT_TRUE(equals_ignoring_case("SSHD", "sshd"));
}

} // namespace
} // namespace sentra
