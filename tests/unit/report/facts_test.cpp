// SPDX-License-Identifier: MIT
// Where the facts of a report come from, and where its files go.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/fd.h"
#include "base/hash.h"
#include "report/gather.h"
#include "unit/report/made.h"
#include "unit/report/plain.h"

namespace sentra::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Facts : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string name = (std::filesystem::temp_directory_path() / "facts-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    void put(const std::string &path, const std::string &text) const
    {
        std::filesystem::create_directories(std::filesystem::path(folder_ + path).parent_path());
        std::ofstream(folder_ + path) << text;
    }
    std::string folder_;
};

std::string said(const HostFacts &facts)
{
    std::string text;
    for (const Admin &admin : facts.admins) {
        text += admin.name + ":";
        for (const std::string &way : admin.ways)
            text += " " + way + ";";
        text += "\n";
    }
    return text;
}

TEST_F(Facts, AdministratorsAreThoseOfTheFiles)
{
    put("/etc/passwd", "root:x:0:0::/root:/bin/sh\nmaria:x:1001:27::/:/bin/sh\n"
                       "toor:x:0:0::/:/bin/sh\njonas:x:1002:1002::/:/bin/sh\nbroken\n");
    put("/etc/group", "sudo:x:27:bob,\ndocker:x:998:jonas\nstaff:x:50:eve\nops:x:51:carla\n");
    put("/etc/sudoers", "Defaults env_reset\nUser_Alias TEAM = a, b\n# eve ALL=(ALL) ALL\n"
                        "root ALL=(ALL) ALL\n%sudo ALL=(ALL) ALL\n%ops ALL=(ALL) ALL\n"
                        "%none ALL=(ALL) ALL\nTEAM ALL=(ALL) ALL\n@includedir /etc/sudoers.d\n");
    put("/etc/sudoers.d/deploy", "deploy \\\n ALL=(root) NOPASSWD: /usr/bin/x\n");
    put("/etc/sudoers.d/old.bak", "mallory ALL=(ALL) ALL\n");
    const HostFacts facts = host_facts(read_host_files(folder_), 7);
    EXPECT_EQ(said(facts), "root: is root;\nbob: member of sudo;\ncarla: member of ops;\n"
                           "deploy: named in /etc/sudoers.d/deploy;\njonas: member of docker;\n"
                           "maria: member of sudo;\ntoor: has root's id;\n");
    EXPECT_THAT(facts.unread, ElementsAre("/etc/sudoers: a rule for TEAM was not followed"));
}

TEST_F(Facts, FilesThatAreNotThereAreSaid)
{
    const HostFacts facts = host_facts(read_host_files(folder_), 7);
    EXPECT_THAT(facts.admins, IsEmpty());
    EXPECT_THAT(facts.unread,
                ElementsAre("/etc/passwd could not be read", "/etc/group could not be read"));
}

// A store that was brought from elsewhere does not get our administrators.
TEST_F(Facts, AHostIsKnownByItsMachineId)
{
    EXPECT_FALSE(is_host(folder_, ""));
    put("/etc/machine-id", "0123456789abcdef\n");
    EXPECT_TRUE(is_host(folder_, sha256_hex("0123456789abcdef")));
    EXPECT_FALSE(is_host(folder_, sha256_hex("another")));
}

TEST_F(Facts, AStoreBecomesAnInput)
{
    const Input week = made::week();
    auto store = store::Store::open(folder_ + "/s/sentra.db", store::Store::Access::write);
    ASSERT_TRUE(store) << store.error().text;
    EXPECT_EQ(gather(**store, "")->watched_from_ns, 0U) << "an empty store claims nothing";
    store::Batch batch;
    batch.signals = week.signals;
    batch.sessions = week.sessions;
    batch.gaps = week.gaps;
    batch.losses = week.losses;
    batch.entries = week.ledger;
    batch.position = store::Position{"c", week.watched_until_ns, "b00t", false};
    ASSERT_TRUE((*store)->commit(batch));
    auto input = gather(**store, "acme");
    ASSERT_TRUE(input) << input.error().text;
    EXPECT_EQ(input->host, "web-01");
    EXPECT_EQ(input->tenant, "acme");
    EXPECT_EQ(input->watched_from_ns, week.watched_from_ns);
    EXPECT_EQ(input->watched_until_ns, week.watched_until_ns);
    input->host_id = week.host_id;
    input->period = week.period;
    input->written_ns = week.written_ns;
    input->facts = week.facts;
    input->playbooks = week.playbooks;
    input->version = week.version;
    EXPECT_EQ(to_json(weekly(std::move(*input))), to_json(weekly(week)));
    EXPECT_THAT(gather(**store, "other").error().text, HasSubstr("nothing in this store"));
}

} // namespace
} // namespace sentra::report
