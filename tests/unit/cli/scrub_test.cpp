// SPDX-License-Identifier: MIT
#include "cli/scrub.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/output_of.h"

namespace sentra::cli {
namespace {

const Scrub kScrub({"maria", "ops-team"});

TEST(Scrub, TakesOutAddressesMailAndPeople)
{
    EXPECT_EQ(kScrub("from 203.0.113.7, by maria."), "from [address], by [user].");
    EXPECT_EQ(kScrub("203.0.113.7:22 10.0.0.0/8 [2001:db8::1]:443 fe80::1%eth0"),
              "[address]:22 [address]/8 [[address]]:443 [address]");
    EXPECT_EQ(kScrub("to ops@example.org, root"), "to [mail], root");
    EXPECT_EQ(kScrub("https://x:y@203.0.113.7 @203.0.113.7:9200 -203.0.113.7 ::1"),
              "https://x:[redacted]@[address] @[address]:9200 -[address] [address]");
    EXPECT_EQ(kScrub("/home/maria/x user:maria maria-laptop ops-team \"maria\""),
              "/home/[user]/x user:[user] [user]-laptop [user] \"[user]\"");
    EXPECT_EQ(kScrub("mysql --password=hunter2 x").find("hunter2"), std::string::npos);
}

TEST(Scrub, LeavesWhatIsNeither)
{
    for (const char *text :
         {"10:11:03 0.1.0 6.1.0-40-amd64 marianne", "2026-03-02T10:11:00Z lost 3",
          "elastic: 401; sentra.yaml:3:5: x", "https://siem.example.com:9200/a-b_c", ""})
        EXPECT_EQ(kScrub(text), text);
}

TEST(Scrub, JsonStaysJson)
{
    const std::string line = R"({"a":["203.0.113.7","maria"],"n":1.5,"t":"x \"maria\"\n"})";
    const auto json = nlohmann::json::parse(kScrub(line), nullptr, false);
    ASSERT_TRUE(json.is_object());
    EXPECT_EQ(json["a"][0], "[address]");
    EXPECT_EQ(json["n"], 1.5);
}

TEST(Scrub, PeopleAreAccountsOfPeople)
{
    const auto people = people_in("root:x:0:0::/root:/bin/sh\nsshd:x:101:65534::/:/x\n"
                                  "maria:x:1000:1000::/home/maria:/bin/sh\n"
                                  "nobody:x:65534:65534::/:/x\nbroken\n");
    EXPECT_EQ(people.size(), 1u);
    EXPECT_TRUE(people.contains("maria"));
}

TEST(Scrub, LinesAboutSignalsAreKnown)
{
    EXPECT_TRUE(is_about_a_signal("2026 info: 381521c2a0c1 Action Recommended 0.85 maria"));
    EXPECT_TRUE(is_about_a_signal("381521c2a0c1 Low 0.05 x"));
    EXPECT_FALSE(is_about_a_signal("info: the battery is Low today, all of it"));
    EXPECT_FALSE(is_about_a_signal("118 rules, bundle 381521c2a0c1"));
}

TEST(OutputOf, IsWhatAProgramSays)
{
    EXPECT_EQ(output_of({"/bin/echo", "a b", "$HOME"}, 100, 5000).value(), "a b $HOME\n");
    EXPECT_EQ(output_of({"/bin/echo", "abcdef"}, 3, 5000).value(), "abc");
    EXPECT_EQ(output_of({"/bin/sleep", "30"}, 3, 50).value(), "");
    EXPECT_FALSE(output_of({"/nowhere/x"}, 3, 50));
}

} // namespace
} // namespace sentra::cli
