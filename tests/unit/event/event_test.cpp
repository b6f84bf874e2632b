// SPDX-License-Identifier: MIT
#include "event/event.h"

#include <set>

#include <gtest/gtest.h>

#include "event/build.h"
#include "event/encode.h"
#include "event/json.h"

namespace sentra::event {
namespace {

Record login_record()
{
    Build<sentra_login> build(SENTRA_AUTH_LOGIN, SENTRA_SOURCE_JOURNAL, 1772446263412000000, 7);
    build->source = to_address(*Ip::parse("203.0.113.7"), 50022);
    build->outcome = SENTRA_OUTCOME_SUCCESS;
    build->origin.audit_session = SENTRA_UNSET;
    build->origin.loginuid = SENTRA_UNSET;
    build->origin.uid = 0;
    build.text(build->user, "maria").text(build->method, "password");
    return build.finish();
}

TEST(Catalogue, EveryTypeHasAStructAndANameOfItsOwn)
{
    std::set<std::string_view> names;
    for (const Type &type : Catalogue::get().types()) {
        EXPECT_TRUE(names.insert(type.name).second) << type.name;
        EXPECT_EQ(Catalogue::get().find_type(type.name), &type);
        EXPECT_EQ(Catalogue::get().find_type(static_cast<std::uint16_t>(type.id)), &type);
        EXPECT_EQ(type.body_bytes % 8, 0U) << type.name;
        EXPECT_FALSE(type.slots.empty());
    }
    EXPECT_EQ(Catalogue::get().find_type(0xffff), nullptr);
    EXPECT_EQ(Catalogue::get().find_type("process.exce"), nullptr);
}

TEST(Catalogue, NoTypeNamesAFieldTwice)
{
    for (const Type &type : Catalogue::get().types()) {
        std::set<std::string_view> names;
        for (const Slot &slot : type.slots)
            EXPECT_TRUE(names.insert(slot.name).second) << type.name << " " << slot.name;
    }
}

TEST(Event, ReadsWhatWasBuilt)
{
    const Record record = login_record();
    const auto event = Event::decode(record);
    ASSERT_TRUE(event);
    EXPECT_TRUE(event->is(SENTRA_AUTH_LOGIN));
    EXPECT_EQ(to_text(event->get("user.name")), "maria");
    EXPECT_EQ(to_text(event->get("source.ip")), "203.0.113.7");
    EXPECT_EQ(to_text(event->get("source.port")), "50022");
    EXPECT_EQ(to_text(event->get("event.outcome")), "success");
    EXPECT_EQ(to_text(event->get("log.user.id")), "0");
    EXPECT_FALSE(is_known(event->get("audit.session.id")));
    EXPECT_FALSE(is_known(event->get("auth.key.fingerprint")));
    EXPECT_FALSE(is_known(event->get("file.path"))); // another type's field
    EXPECT_EQ(event->actor(), nullptr);
    ASSERT_NE(event->origin(), nullptr);
    EXPECT_EQ(event->origin()->uid, 0U);
}

TEST(Event, JsonLineIsInTheOrderOfTheRegister)
{
    const Record record = login_record();
    EXPECT_EQ(
        to_json_line(*Event::decode(record)),
        R"({"time":"2026-03-02T10:11:03.412Z","event":"auth.login","source":"journal","sequence":7,)"
        R"("log.pid":0,"log.user.id":0,"log.pid_namespace":0,"event.trust":"text","user.name":"maria",)"
        R"("auth.method":"password","source.ip":"203.0.113.7","source.port":50022,)"
        R"("event.outcome":"success","event.count":0})");
}

TEST(Event, RefusesEveryCutAndEveryWildSlice)
{
    const Record whole = login_record();
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(Event::decode(whole.bytes().first(size))) << size;
    for (std::size_t at = sizeof(sentra_head); at + 4 <= sizeof(sentra_login); at += 4) {
        std::vector<std::byte> bytes(whole.bytes().begin(), whole.bytes().end());
        const std::uint32_t wild = 0xfffffff0;
        std::memcpy(bytes.data() + at, &wild, sizeof wild);
        const auto event = Event::decode(bytes);
        EXPECT_TRUE(!event || !to_json_line(*event).empty()); // whatever is accepted can be read
    }
}

TEST(Event, NamesTheLoss)
{
    Record record = login_record();
    record.head().type = 0x7777;
    EXPECT_EQ(Event::decode(record).error(), SENTRA_LOSS_UNKNOWN_TYPE);
    record.head().type = SENTRA_META_TICK;
    EXPECT_EQ(Event::decode(record).error(), SENTRA_LOSS_SHORT_RECORD);
}

TEST(Owned, OutlivesItsRecord)
{
    std::unique_ptr<Owned> owned;
    {
        const Record record = login_record();
        owned = std::make_unique<Owned>(*Event::decode(record));
    }
    EXPECT_EQ(to_text((**owned).get("user.name")), "maria");
}

TEST(Encode, RoundTripsEveryFieldOfEveryType)
{
    for (const Type &type : Catalogue::get().types()) {
        for (const Slot &slot : type.slots) {
            std::vector<std::string> values = {"1"};
            if (slot.kind == Kind::flag)
                values = {"true"};
            else if (slot.kind == Kind::choice)
                values = {slot.choices.back()};
            else if (slot.kind == Kind::ip)
                values = {"2001:db8::7"};
            else if (slot.kind == Kind::list)
                values = {"a b", "c"};
            const Assignment assignment{std::string(slot.name), values};
            const auto record = encode(type, SENTRA_SOURCE_STREAM, 1, 1, {&assignment, 1});
            ASSERT_TRUE(record) << type.name << " " << slot.name << ": " << record.error().text;
            const auto event = Event::decode(*record);
            ASSERT_TRUE(event) << type.name;
            const std::string expected = slot.kind == Kind::list ? "a b c" : values.front();
            EXPECT_EQ(to_text(event->get(slot.name)), expected) << type.name << " " << slot.name;
        }
    }
}

TEST(Encode, RefusesWithAReason)
{
    const Type &exec = *Catalogue::get().find_type("process.exec");
    const auto error = [&](const Assignment &assignment) {
        const auto record = encode(exec, SENTRA_SOURCE_STREAM, 1, 1, {&assignment, 1});
        return record ? std::string() : record.error().text;
    };
    EXPECT_EQ(error({"proces.pid", {"1"}}), "event process.exec has no field \"proces.pid\"");
    EXPECT_EQ(error({"process.pid", {"x"}}),
              "field \"process.pid\" cannot be \"x\": it takes a number of 4 bytes");
    EXPECT_EQ(error({"process.pid", {"4294967296"}}),
              "field \"process.pid\" cannot be \"4294967296\": it takes a number of 4 bytes");
    EXPECT_EQ(error({"process.memfd", {"yes"}}),
              "field \"process.memfd\" cannot be \"yes\": it takes true or false");
    EXPECT_EQ(error({"process.executable", {"a", "b"}}),
              "field \"process.executable\" takes one value");
}

TEST(Build, CutsWhatNoRecordCanHoldAndSaysSo)
{
    Build<sentra_login> build(SENTRA_AUTH_LOGIN, SENTRA_SOURCE_JOURNAL, 1, 1);
    build.text(build->user, std::string(200000, 'u')).text(build->method, std::string(200000, 'm'));
    const Record record = build.finish();
    EXPECT_LE(record.size(), std::size_t{SENTRA_RECORD_MAX});
    EXPECT_NE(record.head().flags & SENTRA_RECORD_TRUNCATED, 0);
    EXPECT_TRUE(Event::decode(record));
}

} // namespace
} // namespace sentra::event
