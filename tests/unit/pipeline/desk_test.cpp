// SPDX-License-Identifier: MIT
#include "pipeline/desk.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sqlite3.h>
#include <unistd.h>

#include "base/time.h"
#include "unit/signal/made.h"

namespace sentra::pipeline {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using Json = nlohmann::json;
using Verb = Request::Verb;

class DeskOverAStore : public testing::Test {
protected:
    DeskOverAStore()
    {
        folder_ =
            std::filesystem::temp_directory_path() / ("sentra-desk-" + std::to_string(::getpid()));
        open();
        signal_ = signal::compose(signal::made::key_match(), signal::made::host(),
                                  signal::made::kBundle, signal::Coverage{});
        store::Batch batch;
        batch.signals = {signal_};
        EXPECT_TRUE(store_->commit(batch));
        now_ns_ = signal_.last_ns + kHourNs;
    }
    ~DeskOverAStore() override { std::filesystem::remove_all(folder_); }

    void open()
    {
        desk_.reset();
        store_.reset();
        auto store = store::Store::open(path(), store::Store::Access::write);
        ASSERT_TRUE(store) << store.error().text;
        store_ = std::move(*store);
        auto desk = Desk::open(*store_);
        ASSERT_TRUE(desk) << desk.error().text;
        desk_.emplace(std::move(*desk));
    }
    [[nodiscard]] std::string path() const { return (folder_ / "sentra.db").string(); }

    Result<std::vector<std::string>> ask(Verb verb, const Json &body, const std::string &id = "")
    {
        Request request{.verb = verb, .body = body.dump(), .author = "maria as root"};
        request.query.id_prefix = id;
        return desk_->answer(request, now_ns_, told_);
    }
    [[nodiscard]] std::string complaint(Verb verb, const Json &body, const std::string &id = "")
    {
        const auto answer = ask(verb, body, id);
        return answer ? "taken" : answer.error().text;
    }
    [[nodiscard]] std::string state() const
    {
        const auto lines = store_->signals({});
        return lines && lines->size() == 1 ? Json::parse(lines->front())["state"] : "?";
    }

    std::filesystem::path folder_;
    std::unique_ptr<store::Store> store_;
    std::optional<Desk> desk_;
    signal::Signal signal_;
    std::vector<signal::Signal> told_;
    std::uint64_t now_ns_ = 0;
};

TEST_F(DeskOverAStore, AReviewIsStoredToldAndKept)
{
    EXPECT_EQ(state(), "Action Recommended");
    ASSERT_TRUE(ask(Verb::review, {{"verdict", "benign"}, {"note", "ours"}}, signal_.id));
    EXPECT_EQ(state(), "Low (Reviewed)");
    EXPECT_THAT(told_, SizeIs(1));
    open(); // another run
    signal::Signal again = signal_;
    desk_->apply(again);
    EXPECT_EQ(again.state, "Low (Reviewed)");
    EXPECT_EQ(again.decision->by, "maria as root");
    // The other way round: the same form as at first, and told all the same.
    ASSERT_TRUE(ask(Verb::review, {{"verdict", "suspicious"}, {"note", "look"}}, signal_.id));
    EXPECT_EQ(state(), "Action Recommended");
    EXPECT_THAT(told_, SizeIs(2));
    const auto exported = ask(Verb::reviews, Json::object());
    ASSERT_TRUE(exported);
    EXPECT_EQ(Json::parse(exported->front())[signal_.uid]["note"], "look");
}

TEST_F(DeskOverAStore, AnOverrideIsInForceUntilItEnds)
{
    Json body{{"kind", "expected-change"},
              {"rule", signal_.rule_id},
              {"reason", "new keys"},
              {"expires", format_rfc3339(now_ns_ + kDayNs)}};
    const auto added = ask(Verb::override_add, body);
    ASSERT_TRUE(added) << added.error().text;
    EXPECT_EQ(Json::parse(added->front())["id"], "ov-1");
    signal::Signal later = signal_;
    later.last_ns = now_ns_ + kHourNs;
    desk_->apply(later);
    EXPECT_EQ(later.state, "Low (Reviewed)");
    const auto checked = ask(Verb::override_check, Json::object(), signal_.id);
    ASSERT_TRUE(checked);
    EXPECT_THAT(checked->front(), HasSubstr("begins later")); // the stored one came before
    ASSERT_TRUE(ask(Verb::override_end, {{"override", "ov-1"}}));
    open();
    desk_->apply(later);
    EXPECT_EQ(later.state, "Action Recommended");
    EXPECT_THAT(complaint(Verb::override_end, {{"override", "ov-1"}}), HasSubstr("over already"));
}

TEST_F(DeskOverAStore, RefusesWhatIsNotADecision)
{
    EXPECT_THAT(complaint(Verb::review, {{"verdict", "fine"}, {"note", "x"}}, signal_.id),
                HasSubstr("no verdict; there are false-positive"));
    EXPECT_THAT(complaint(Verb::review, {{"verdict", "benign"}}, signal_.id),
                HasSubstr("needs a note"));
    EXPECT_THAT(complaint(Verb::review, {{"verdict", "benign"}, {"note", "x"}}, "000000"),
                HasSubstr("there is no signal"));
    EXPECT_THAT(complaint(Verb::override_add, {{"kind", "expected-change"},
                                               {"reason", "x"},
                                               {"expires", format_rfc3339(now_ns_ + kDayNs)}}),
                HasSubstr("covers everything"));
    EXPECT_THAT(complaint(Verb::override_end, {{"override", "ov-7"}}), HasSubstr("no override"));
    EXPECT_EQ(state(), "Action Recommended");
    const auto ledger = store_->ledger();
    ASSERT_TRUE(ledger);
    EXPECT_THAT(*ledger, SizeIs(0));
}

TEST_F(DeskOverAStore, AChangedLedgerShows)
{
    for (const char *note : {"one", "two", "three"})
        ASSERT_TRUE(ask(Verb::review, {{"verdict", "benign"}, {"note", note}}, signal_.id));
    EXPECT_EQ(store::verify(*store_->ledger()), "");
    const auto spoil = [&](const char *sql) {
        desk_.reset();
        store_.reset();
        sqlite3 *database = nullptr;
        ASSERT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(database);
        open();
    };
    spoil("UPDATE ledger SET json = replace(json, 'two', 'too') WHERE number = 2");
    EXPECT_THAT(desk_->wrong(), HasSubstr("entry 2 was changed"));
    spoil("DELETE FROM ledger WHERE number = 2");
    EXPECT_THAT(desk_->wrong(), HasSubstr("at least one was taken out"));
    signal::Signal again = signal_;
    desk_->apply(again); // what can be read still counts
    EXPECT_EQ(again.state, "Low (Reviewed)");
}

TEST_F(DeskOverAStore, NotesEachSetOfRulesOnce)
{
    for (const char *bundle : {"a", "a", "b", "b", "a"})
        ASSERT_TRUE(desk_->note_rules(bundle, 3, now_ns_));
    EXPECT_THAT(*store_->ledger(), SizeIs(3));
}

} // namespace
} // namespace sentra::pipeline
