// SPDX-License-Identifier: MIT
// A folder of its own for each test of the store, and signals to put into it.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "base/hash.h"
#include "store/store.h"

namespace sentra::store::made {

inline signal::Signal signal_of(const std::string &name, std::uint64_t last_ns = 2'000'000'000)
{
    signal::Signal signal;
    signal.uid = sha256_hex(name);
    signal.id = signal.uid.substr(0, 12);
    signal.first_ns = 1'000'000'000;
    signal.last_ns = last_ns;
    signal.rule_id = "ssh-key-added";
    signal.rule_version = 1;
    signal.intent = "Persistence";
    signal.title = name;
    signal.narrative = "On 2 March at 10:11 UTC, maria did it.";
    signal.action_text = "No action is needed.";
    signal.state = "Low";
    signal.score = 0.45;
    signal.terms = {{"base", 0.45, "a login key was added"}};
    signal.confidence = "high";
    signal.count = 1;
    signal.evidence = {{1'000'000'000, "auth.login", "maria signed in", "rec:journal:1"},
                       {last_ns, "file.write", "opened /x for writing", "rec:kernel:2"}};
    return signal;
}

inline Batch batch_of(std::vector<signal::Signal> signals)
{
    Batch batch;
    batch.signals = std::move(signals);
    return batch;
}

class StoreTest : public ::testing::Test {
protected:
    void SetUp() override
    {
        std::string name = (std::filesystem::temp_directory_path() / "store-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
        path_ = folder_ + "/state/sentra.db";
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::unique_ptr<Store> open(Store::Access access = Store::Access::write) const
    {
        auto store = Store::open(path_, access);
        EXPECT_TRUE(store) << store.error().text;
        return store ? std::move(*store) : nullptr;
    }
    [[nodiscard]] std::string refusal(Store::Access access = Store::Access::write) const
    {
        const auto store = Store::open(path_, access);
        return store ? "opened" : store.error().text;
    }
    // Behind the store's back, as a person with the sqlite3 program would.
    std::string sql(const std::string &text) const
    {
        sqlite3 *handle = nullptr;
        EXPECT_EQ(sqlite3_open(path_.c_str(), &handle), SQLITE_OK);
        std::string rows;
        const auto take = [](void *into, int columns, char **values, char **) {
            for (int i = 0; i < columns; ++i)
                static_cast<std::string *>(into)
                    ->append(values[i] == nullptr ? "NULL" : values[i])
                    .append("|");
            return 0;
        };
        EXPECT_EQ(sqlite3_exec(handle, text.c_str(), take, &rows, nullptr), SQLITE_OK)
            << sqlite3_errmsg(handle);
        sqlite3_close(handle);
        return rows;
    }

    std::string folder_, path_;
};

} // namespace sentra::store::made
