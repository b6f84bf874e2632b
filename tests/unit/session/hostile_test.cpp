// SPDX-License-Identifier: MIT
// Records that contradict each other: pids and ids drawn from so few that everything collides.
// Nothing crashes, an actor is always given, no table grows past its bound, and the same input
// gives the same.
#include <random>

#include <gtest/gtest.h>

#include "world.h"

namespace sentra::session::test {
namespace {

class Storm {
public:
    explicit Storm(std::uint32_t seed) : random_(seed) {}

    event::Record next(std::uint64_t sequence)
    {
        time_ns_ += draw(3) == 0 ? draw(40) * kSecond : draw(1000);
        // Now and then something comes late.
        const std::uint64_t time_ns = draw(20) == 0 ? time_ns_ - draw(15) * kSecond : time_ns_;
        const auto types = event::Catalogue::get().types();
        const event::Type &type = types[draw(static_cast<std::uint32_t>(types.size()))];
        std::vector<std::byte> body(type.body_bytes);
        std::vector<std::pair<std::size_t, std::string>> texts;
        for (std::size_t at = sizeof(sentra_head); at + 4 <= body.size(); at += 4) {
            const std::uint32_t word = draw(3) == 0 ? SENTRA_UNSET : draw(5);
            std::memcpy(body.data() + at, &word, sizeof word);
        }
        for (const std::uint16_t offset : type.texts)
            texts.emplace_back(offset, words_[draw(static_cast<std::uint32_t>(words_.size()))]);
        sentra_head head{};
        head.time_ns = time_ns;
        head.sequence = sequence;
        head.type = static_cast<std::uint16_t>(type.id);
        head.source = static_cast<std::uint8_t>(draw(5));
        std::memcpy(body.data(), &head, sizeof head);
        return event::lay_out(body, texts);
    }

private:
    std::uint32_t draw(std::uint32_t below)
    {
        return static_cast<std::uint32_t>(random_() % below);
    }

    std::mt19937 random_;
    std::uint64_t time_ns_ = kBootNs;
    std::vector<std::string> words_ = {
        "",
        "root",
        "maria",
        "sshd",
        "cron",
        "sudo",
        "/usr/sbin/sshd",
        "/usr/sbin/cron",
        "/usr/bin/sudo",
        "systemd-logind",
        "1",
        "2",
        "c3",
        "boot-a",
        "/lxc/x",
        "/system.slice/a.service",
        "/",
        std::string(5000, 'x'),
        "session-1.scope",
        "/usr/lib/systemd/systemd",
    };
};

struct Told {
    std::string told;
    Session::Sizes sizes;
};

Told run(std::uint32_t seed, std::uint64_t events)
{
    event::Losses losses;
    Session session(losses);
    Storm storm(seed);
    Scratch scratch;
    Told result;
    for (std::uint64_t i = 1; i <= events; ++i) {
        const event::Record record = storm.next(i);
        const auto event = event::Event::decode(record);
        if (!event)
            continue;
        const Context context = session.apply(*event);
        if (context.actor == nullptr) {
            ADD_FAILURE() << "no actor for event " << i;
            break;
        }
        EXPECT_EQ(context.actor->kind == ActorKind::unknown,
                  !context.actor->unknown_reason.empty());
        EXPECT_FALSE(context.actor->key.empty());
        EXPECT_FALSE(context.actor->canonical.empty());
        if (i % 16 == 0)
            for (const DerivedField &field : derived_fields())
                result.told +=
                    to_text(read(*find_field(field.name), *event, context, session, scratch));
        result.told += context.actor->canonical + (context.vetoed ? "!" : ";");
    }
    result.sizes = session.sizes();
    return result;
}

TEST(Hostile, ContradictionsNeitherCrashNorGrow)
{
    for (std::uint32_t seed = 1; seed <= 6; ++seed) {
        const Told first = run(seed, 4000);
        EXPECT_LE(first.sizes.sessions, 8192U);
        EXPECT_EQ(first.told, run(seed, 4000).told) << seed;
    }
}

} // namespace
} // namespace sentra::session::test
