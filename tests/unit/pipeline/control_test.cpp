// SPDX-License-Identifier: MIT
#include "pipeline/control.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace sentra::pipeline {
namespace {

TEST(Request, IsReadAndWritten)
{
    const auto request = parse_request(
        R"({"verb":"signals","since_ns":5,"until_ns":9,"id":"38ab","most":99999999})");
    ASSERT_TRUE(request) << request.error().text;
    EXPECT_EQ(request->verb, Request::Verb::signals);
    EXPECT_EQ(request->query.since_ns, 5u);
    EXPECT_EQ(request->query.until_ns, 9u);
    EXPECT_EQ(request->query.id_prefix, "38ab");
    EXPECT_EQ(request->query.most, 10'000u); // bounded
    const auto again = parse_request(to_line(*request));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->query.id_prefix, "38ab");
    EXPECT_EQ(to_line(*again), to_line(*request));
}

TEST(Request, WhatCannotBeReadIsRefusedWithAReason)
{
    const auto complaint = [](std::string_view line) {
        const auto request = parse_request(line);
        return request ? "none" : request.error().text;
    };
    EXPECT_EQ(complaint("status"), "a request is one JSON object");
    EXPECT_EQ(complaint("[]"), "a request is one JSON object");
    EXPECT_EQ(complaint("{\"verb\":3}"), "\"verb\" is a text");
    EXPECT_EQ(complaint("{\"verb\":\"signals\",\"since_ns\":-1}"),
              "\"since_ns\" is a number that is not negative");
    EXPECT_EQ(complaint("{\"verb\":\"drop\"}"),
              "unknown verb \"drop\"; there are status, signals, show, sessions, reload, "
              "review, reviews, override-add, override-list, override-check, override-end, ledger, "
              "sink-list, sink-test, sink-pause, sink-resume, sink-requeue, sink-dead");
    EXPECT_EQ(complaint("{\"verb\":\"status\",\"x\":1}"), "unknown member \"x\"");
    EXPECT_EQ(complaint("{\"verb\":\"show\"}"), "show needs an \"id\"");
    EXPECT_EQ(complaint("{\"verb\":\"show\",\"id\":\"*\"}"), "an id is up to 64 hex digits");
    EXPECT_EQ(complaint(std::string(5000, ' ')), "a request has at most 4096 bytes");
    EXPECT_EQ(complaint(std::string(4000, '[')), "a request is one JSON object");
}

class Door : public testing::Test {
protected:
    Door()
    {
        folder_ =
            std::filesystem::temp_directory_path() / ("sentra-door-" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder_);
    }
    ~Door() override { std::filesystem::remove_all(folder_); }
    [[nodiscard]] std::string path() const { return (folder_ / "s.sock").string(); }

    // Writes bytes as they are and reads what comes.
    [[nodiscard]] std::string talk(std::string_view bytes) const
    {
        const Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path().copy(address.sun_path, sizeof address.sun_path - 1);
        if (::connect(fd.get(), reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
            return "no connection";
        (void)::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        std::string all;
        char buffer[4096];
        for (ssize_t got = 1; (got = ::recv(fd.get(), buffer, sizeof buffer, 0)) > 0;)
            all.append(buffer, static_cast<std::size_t>(got));
        return all;
    }
    static Result<std::vector<std::string>> echo(const Request &request)
    {
        if (request.verb == Request::Verb::show)
            return failure("not here");
        return std::vector<std::string>{to_line(request), "{\"second\":true}"};
    }

private:
    std::filesystem::path folder_;
};

TEST_F(Door, AnswersLineByLine)
{
    const auto server = ControlServer::open(path(), echo);
    ASSERT_TRUE(server) << server.error().text;
    const auto lines = ask(path(), {.verb = Request::Verb::status});
    ASSERT_TRUE(lines) << lines.error().text;
    EXPECT_EQ(*lines, (std::vector<std::string>{"{\"verb\":\"status\"}", "{\"second\":true}"}));
    const auto refused = ask(path(), {.verb = Request::Verb::show, .query = {.id_prefix = "ab"}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().text, "not here");
    EXPECT_EQ(refused.error().why, Unreachable::Why::broken);
}

TEST_F(Door, IsForItsOwnUserAndTheGroupOnly)
{
    const auto server = ControlServer::open(path(), echo);
    ASSERT_TRUE(server);
    struct stat state {};
    ASSERT_EQ(::stat(path().c_str(), &state), 0);
    EXPECT_EQ(state.st_mode & 0117u, 0u); // nobody else, and never executable
}

TEST_F(Door, HostileBytesGetARefusalAndTheNextIsServed)
{
    const auto server = ControlServer::open(path(), echo);
    ASSERT_TRUE(server);
    EXPECT_EQ(talk("garbage\n"), "{\"ok\":false,\"error\":\"a request is one JSON object\"}\n");
    EXPECT_NE(talk(std::string(100'000, 'x')).find("no request of at most 4096 bytes"),
              std::string::npos);
    EXPECT_TRUE(ask(path(), {.verb = Request::Verb::status}));
}

// What a rude visitor leaves at the door: a connection, and some bytes.
Fd knock(const std::string &path, std::string_view bytes)
{
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    (void)::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return fd;
}

TEST_F(Door, NobodyWaitsForTheSlow)
{
    const auto server = ControlServer::open(path(), [](const Request &request) {
        if (request.verb == Request::Verb::sessions)
            return Result<std::vector<std::string>>({std::string(std::size_t{8} << 20, 'x')});
        return echo(request);
    });
    ASSERT_TRUE(server);
    const Fd silent = knock(path(), "");
    const Fd half = knock(path(), "{\"verb\":");
    const Fd unread = knock(path(), "{\"verb\":\"sessions\"}\n");
    const auto began = std::chrono::steady_clock::now();
    for (int times = 0; times < 10; ++times)
        EXPECT_TRUE(ask(path(), {.verb = Request::Verb::status}));
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(1500));
}

TEST_F(Door, TheSlowAreSentAwayInTheEnd)
{
    const auto server = ControlServer::open(
        path(),
        [](const Request &) {
            return Result<std::vector<std::string>>({std::string(std::size_t{8} << 20, 'x')});
        },
        {.to_ask = std::chrono::milliseconds(100), .to_read = std::chrono::milliseconds(100)});
    ASSERT_TRUE(server);
    const Fd half = knock(path(), "{\"verb\":");
    const Fd unread = knock(path(), "{\"verb\":\"status\"}\n");
    char buffer[200];
    const ssize_t got = ::recv(half.get(), buffer, sizeof buffer, 0); // comes without our doing
    ASSERT_GT(got, 0);
    EXPECT_NE(std::string(buffer, static_cast<std::size_t>(got)).find("came in time"),
              std::string::npos);
    for (int tries = 0; server.value()->refused() < 2 && tries < 200; ++tries)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    EXPECT_EQ(server.value()->refused(), 2u);
}

TEST_F(Door, OneUserHasHisShareAndNoMore)
{
    constexpr uid_t kNobodyIsUnbound = 4'000'000'000;
    const auto server = ControlServer::open(
        path(), echo,
        {.of_one_user = 3, .a_second = 1, .in_a_row = 2, .unbound = kNobodyIsUnbound});
    ASSERT_TRUE(server);
    {
        const Fd first = knock(path(), ""), second = knock(path(), ""), third = knock(path(), "");
        EXPECT_NE(talk("{\"verb\":\"status\"}\n").find("too many are asking at once"),
                  std::string::npos);
    }
    std::size_t answered = 0, refused = 0;
    for (int times = 0; times < 20; ++times) {
        const std::string said = talk("{\"verb\":\"status\"}\n");
        answered += said.rfind("{\"ok\":true", 0) == 0 ? 1U : 0U;
        refused += said.find("too many requests") != std::string::npos ? 1U : 0U;
    }
    EXPECT_GE(answered, 2u);
    EXPECT_GE(refused, 10u);
    EXPECT_GT(server.value()->refused(), refused);
}

TEST_F(Door, RootTakesThePlaceOfOthersOnly)
{
    const auto full = ControlServer::open(path(), echo, {.at_once = 2, .unbound = ::geteuid()});
    ASSERT_TRUE(full);
    const Fd first = knock(path(), ""), second = knock(path(), "");
    EXPECT_NE(talk("{\"verb\":\"status\"}\n").find("too many are asking at once"),
              std::string::npos); // both places are held by the unbound user itself
}

TEST(DoorAnswer, IsReadAsAnybodyMayHaveWrittenIt)
{
    EXPECT_TRUE(parse_answer("{\"ok\":true,\"lines\":1}\nx\n"));
    for (const char *const broken :
         {"", "\n", "{}", "[]", "{\"ok\":1}", "{\"ok\":true}", "{\"ok\":true,\"lines\":\"x\"}\n",
          "{\"ok\":true,\"lines\":-1}\n", "{\"ok\":true,\"lines\":18446744073709551615}\n",
          "{\"ok\":true,\"lines\":2}\nx\n", "{\"ok\":false,\"error\":7}\n"})
        EXPECT_FALSE(parse_answer(broken)) << broken;
    EXPECT_EQ(parse_answer("{\"ok\":false,\"error\":\"a\\u001bb\"}\n").error().text, "a\\x1bb");
}

TEST_F(Door, ASecondDaemonIsRefusedAndADeadOnesSocketIsTaken)
{
    {
        const auto first = ControlServer::open(path(), echo);
        ASSERT_TRUE(first);
        const auto second = ControlServer::open(path(), echo);
        ASSERT_FALSE(second);
        EXPECT_NE(second.error().text.find("another sentrad"), std::string::npos);
    }
    EXPECT_FALSE(std::filesystem::exists(path())); // it tidied up
    {
        const Fd dead(::socket(AF_UNIX, SOCK_STREAM, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path().copy(address.sun_path, sizeof address.sun_path - 1);
        ASSERT_EQ(::bind(dead.get(), reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    }
    EXPECT_TRUE(ControlServer::open(path(), echo));
}

TEST_F(Door, AFileInTheWayIsLeftAlone)
{
    std::ofstream(path()) << "mine";
    const auto server = ControlServer::open(path(), echo);
    ASSERT_FALSE(server);
    EXPECT_EQ(std::filesystem::file_size(path()), 4u);
}

TEST_F(Door, NobodyThereIsTold)
{
    const auto lines = ask(path(), {.verb = Request::Verb::status});
    ASSERT_FALSE(lines);
    EXPECT_EQ(lines.error().why, Unreachable::Why::nobody_there);
    const auto too_long = ask("/" + std::string(200, 'x'), {.verb = Request::Verb::status});
    ASSERT_FALSE(too_long);
    EXPECT_NE(too_long.error().text.find("at most 107 bytes"), std::string::npos);
    const auto too_much =
        ask(path(), {.verb = Request::Verb::review, .body = "\"" + std::string(5000, 'x') + "\""});
    ASSERT_FALSE(too_much);
    EXPECT_NE(too_much.error().text.find("make it shorter"), std::string::npos);
}

} // namespace
} // namespace sentra::pipeline
