// SPDX-License-Identifier: MIT
// The live reader against a real journald, run by hand in a mount namespace of its own. Needs root
// and systemd-journald; where either is missing the tests are skipped.
#include "collect.h"
#include "support.h"

#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/time.h"
#include "journal/reader.h"

namespace sentra::journal::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr const char *kJournald = "/lib/systemd/systemd-journald";

std::uint64_t clock_ns()
{
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * kSecondNs +
           static_cast<std::uint64_t>(now.tv_nsec);
}

template <typename Condition>
bool wait_for(Condition condition, std::chrono::milliseconds patience = 5s)
{
    const auto until = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < until) {
        if (condition())
            return true;
        std::this_thread::sleep_for(5ms);
    }
    return condition();
}

// journald with /run/log/journal and its sockets bound to a folder of ours.
class Journald {
public:
    Journald()
    {
        char name[] = "/tmp/sentra-journald-XXXXXX";
        root_ = mkdtemp(name);
        fs::permissions(root_, fs::perms(0755)); // other users speak here, too
        fs::create_directory(root_ / "log");
        fs::create_directory(root_ / "sockets");
        start();
    }
    ~Journald()
    {
        end();
        std::error_code ignored;
        fs::remove_all(root_, ignored);
    }
    Journald(const Journald &) = delete;
    Journald &operator=(const Journald &) = delete;

    void start()
    {
        fs::remove(root_ / "sockets/dev-log");
        child_ = fork();
        if (child_ == 0)
            become_journald();
        wait_for([&] { return fs::exists(root_ / "sockets/dev-log") && has_journal(); });
    }
    void end()
    {
        kill(child_, SIGTERM);
        waitpid(child_, nullptr, 0);
    }
    void rotate() const
    {
        kill(child_, SIGUSR2);
        std::this_thread::sleep_for(300ms);
    }
    [[nodiscard]] std::string directory() const { return (root_ / "log").string(); }

    // Sends a line as a process of that name, user and tag. The socket is journald's /dev/log.
    void say(std::string_view comm, uid_t uid, std::string_view tag, std::string_view text) const
    {
        const pid_t child = fork();
        if (child == 0) {
            prctl(PR_SET_NAME, std::string(comm).c_str());
            if (uid != 0 && setresuid(uid, uid, uid) != 0)
                _exit(1);
            const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
            sockaddr_un address{};
            address.sun_family = AF_UNIX;
            const std::string path = (root_ / "sockets/dev-log").string();
            path.copy(address.sun_path, sizeof address.sun_path - 1);
            const std::string line = "<38>Nov 23 01:02:29 " + std::string(tag) + "[" +
                                     std::to_string(getpid()) + "]: " + std::string(text);
            const bool sent =
                sendto(fd, line.data(), line.size(), 0, reinterpret_cast<sockaddr *>(&address),
                       sizeof address) == static_cast<ssize_t>(line.size());
            usleep(20000); // alive while journald reads /proc
            _exit(sent ? 0 : 1);
        }
        int status = 0;
        waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }
    void sign_in(std::string_view user) const
    {
        say("sshd", 0, "sshd",
            "Accepted password for " + std::string(user) + " from 192.0.2.7 port 5 ssh2");
    }

private:
    // The socket is there before the first file is.
    [[nodiscard]] bool has_journal() const
    {
        std::error_code ignored;
        for (const auto &entry : fs::recursive_directory_iterator(root_ / "log", ignored))
            if (entry.path().extension() == ".journal")
                return true;
        return false;
    }
    [[noreturn]] void become_journald() const
    {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        const std::string log = (root_ / "log").string(), sockets = (root_ / "sockets").string();
        const bool ready =
            unshare(CLONE_NEWNS) == 0 &&
            mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
            mount("tmpfs", "/run", "tmpfs", 0, nullptr) == 0 &&
            fs::create_directories("/run/log/journal") &&
            fs::create_directories("/run/systemd/journal") &&
            mount(log.c_str(), "/run/log/journal", nullptr, MS_BIND, nullptr) == 0 &&
            mount(sockets.c_str(), "/run/systemd/journal", nullptr, MS_BIND, nullptr) == 0 &&
            mount("tmpfs", "/var/log", "tmpfs", 0, nullptr) == 0;
        // Nothing of the machine's own: not its kernel log, and its auditing is left as it is.
        std::error_code ignored;
        fs::create_directories("/run/systemd/journald.conf.d", ignored);
        std::ofstream("/run/systemd/journald.conf.d/test.conf")
            << "[Journal]\nAudit=\nReadKMsg=no\nStorage=volatile\nForwardToSyslog=no\n";
        const int null = open("/dev/null", O_RDWR);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        if (ready)
            execl(kJournald, kJournald, nullptr);
        _exit(1);
    }
    fs::path root_;
    pid_t child_ = -1;
};

// A reader on a thread of its own.
class Running {
public:
    Running(ReaderOptions options)
    {
        auto opened = Reader::open(std::move(options), sink, losses);
        EXPECT_TRUE(opened) << (opened ? "" : opened.error().text);
        reader_ = std::move(*opened);
        thread_ = std::thread([this] {
            const auto ended = reader_->run();
            EXPECT_TRUE(ended) << (ended ? "" : ended.error().text);
        });
        // Begun once the first watermark has come.
        wait_for([&] { return sink.watermark_ns() != 0; });
    }
    ~Running() { stop(); }
    Running(const Running &) = delete;
    Running &operator=(const Running &) = delete;
    void stop()
    {
        reader_->stop();
        if (thread_.joinable())
            thread_.join();
    }
    [[nodiscard]] bool has_entries() const { return reader_->has_entries(); }
    [[nodiscard]] std::string last_cursor() const
    {
        std::string cursor;
        sink.each([&](const event::Event &event) {
            if (event.origin() != nullptr)
                cursor = event.text(event.origin()->cursor);
        });
        return cursor;
    }

    Collect sink;
    event::Losses losses;

private:
    std::unique_ptr<Reader> reader_;
    std::thread thread_;
};

class Live : public testing::Test {
protected:
    void SetUp() override
    {
        if (geteuid() != 0 || !fs::exists(kJournald))
            GTEST_SKIP() << "needs root and " << kJournald;
        const pid_t child = fork();
        if (child == 0)
            _exit(unshare(CLONE_NEWNS) == 0 ? 0 : 1);
        int status = 0;
        waitpid(child, &status, 0);
        if (status != 0)
            GTEST_SKIP() << "may not make a mount namespace here";
        journald_.emplace();
    }
    [[nodiscard]] ReaderOptions options() const
    {
        ReaderOptions options;
        options.directory = journald_->directory();
        return options;
    }
    [[nodiscard]] static bool saw(const Running &running, std::string_view user, int times = 1)
    {
        return wait_for(
            [&] { return running.sink.count("auth.login", "user.name", user) >= times; });
    }
    std::optional<Journald> journald_;
};

TEST_F(Live, NewLinesComeAndTheForgedDoNot)
{
    journald_->sign_in("before");
    std::this_thread::sleep_for(200ms);
    Running running(options());
    journald_->say("logger", 65534, "sshd",
                   "Accepted password for forged from 8.8.8.8 port 22 ssh2");
    journald_->say("sshd", 65534, "sshd", "Accepted password for forged from 8.8.8.8 port 22 ssh2");
    journald_->sign_in("alice");
    EXPECT_TRUE(saw(running, "alice"));
    EXPECT_EQ(running.sink.count("auth.login", "user.name", "before"), 0);
    EXPECT_EQ(running.sink.count("auth.login", "user.name", "forged"), 0);
    EXPECT_EQ(running.losses.total(SENTRA_LOSS_JOURNAL_FORGED), 2U);
    EXPECT_EQ(running.sink.count("auth.login", "event.trust", "journal"), 1);
    EXPECT_EQ(running.sink.late(), 0U);
}

TEST_F(Live, TheWatermarkFollowsTheClockWhileIdle)
{
    Running running(options());
    const std::uint64_t first = running.sink.watermark_ns();
    std::this_thread::sleep_for(500ms);
    const std::uint64_t second = running.sink.watermark_ns();
    EXPECT_GT(second, first + 200'000'000);
    EXPECT_LT(second, clock_ns());
    EXPECT_GT(second + 700'000'000, clock_ns());
}

TEST_F(Live, ARecordIsThereWellWithinASecond)
{
    Running running(options());
    for (int i = 0; i < 5; ++i) {
        const std::uint64_t said = clock_ns();
        const std::string user = "u" + std::to_string(i);
        journald_->sign_in(user);
        ASSERT_TRUE(saw(running, user));
        wait_for([&] { return running.sink.watermark_ns() > said; });
        EXPECT_LT(clock_ns() - said, 900'000'000U);
    }
    EXPECT_EQ(running.sink.late(), 0U);
}

TEST_F(Live, GoesOnBehindTheCursor)
{
    std::string cursor;
    {
        Running running(options());
        journald_->sign_in("one");
        ASSERT_TRUE(saw(running, "one"));
        cursor = running.last_cursor();
    }
    journald_->sign_in("two");
    ReaderOptions again = options();
    again.cursor = cursor;
    Running running(again);
    EXPECT_TRUE(saw(running, "two"));
    EXPECT_EQ(running.sink.count("auth.login", "user.name", "one"), 0);
    EXPECT_EQ(running.losses.total(SENTRA_LOSS_JOURNAL_GAP), 0U);
    EXPECT_EQ(running.sink.types()["meta.gap"], 0);
}

TEST_F(Live, ReadsAgainFromATime)
{
    const std::uint64_t since = clock_ns();
    std::string cursor;
    {
        Running running(options());
        journald_->sign_in("one");
        journald_->sign_in("two");
        ASSERT_TRUE(saw(running, "two"));
        cursor = running.last_cursor();
    }
    ReaderOptions again = options();
    again.cursor = cursor;
    again.since_ns = since;
    Running running(again);
    EXPECT_TRUE(saw(running, "one"));
    EXPECT_TRUE(saw(running, "two"));
    EXPECT_EQ(running.sink.types()["meta.gap"], 0);
    EXPECT_EQ(running.sink.late(), 0U);
}

TEST_F(Live, RotationAndRestartLoseNothing)
{
    Running running(options());
    journald_->sign_in("one");
    journald_->rotate();
    journald_->sign_in("two");
    ASSERT_TRUE(saw(running, "two"));
    journald_->end();
    journald_->start();
    journald_->sign_in("three");
    EXPECT_TRUE(saw(running, "three"));
    for (const char *user : {"one", "two", "three"})
        EXPECT_EQ(running.sink.count("auth.login", "user.name", user), 1) << user;
}

TEST_F(Live, ACursorThatIsGoneIsAGap)
{
    std::string cursor;
    {
        Running running(options());
        journald_->sign_in("one");
        ASSERT_TRUE(saw(running, "one"));
        cursor = running.last_cursor();
    }
    journald_->end();
    for (const auto &entry : fs::directory_iterator(journald_->directory()))
        fs::remove_all(entry.path());
    std::this_thread::sleep_for(20ms);
    journald_->start();
    journald_->sign_in("two");
    ReaderOptions again = options();
    again.since_ns = cursor_time_ns(cursor);
    {
        Running waiting(again); // until journald has written what was sent
        ASSERT_TRUE(saw(waiting, "two"));
    }
    again.since_ns = 0;
    again.cursor = cursor;
    Running running(again);
    EXPECT_TRUE(saw(running, "two"));
    EXPECT_EQ(running.sink.types()["meta.gap"], 1);
    EXPECT_EQ(running.losses.total(SENTRA_LOSS_JOURNAL_GAP), 1U);
    running.sink.each([&](const event::Event &event) {
        if (!event.is(SENTRA_META_GAP))
            return;
        EXPECT_EQ(event.as<sentra_gap>().from_ns, cursor_time_ns(cursor));
        EXPECT_GT(event.as<sentra_gap>().to_ns, event.as<sentra_gap>().from_ns);
    });
}

TEST_F(Live, ADirectoryThatComesLaterIsWaitedFor)
{
    ReaderOptions later = options();
    const fs::path link = fs::path(later.directory).parent_path() / "later";
    later.directory = link.string();
    Running running(later);
    EXPECT_EQ(running.sink.types()["meta.gap"], 1);
    EXPECT_FALSE(running.has_entries());
    fs::create_directory_symlink(journald_->directory(), link);
    std::this_thread::sleep_for(300ms);
    journald_->sign_in("alice");
    EXPECT_TRUE(saw(running, "alice"));
    EXPECT_TRUE(running.has_entries());
    EXPECT_EQ(running.sink.types()["meta.gap"], 1);
}

// The figure behind kWatermarkSlackNs; a busy journald is the worst there is to be met here.
TEST_F(Live, DelayUnderLoad)
{
    Running running(options());
    std::thread noise([this] {
        for (int i = 0; i < 60; ++i)
            journald_->say("noise", 0, "noise", "line " + std::to_string(i));
    });
    for (int i = 0; i < 20; ++i)
        journald_->sign_in("x");
    noise.join();
    EXPECT_TRUE(saw(running, "x", 20));
    EXPECT_EQ(running.sink.late(), 0U);
}

TEST(Cursor, ItsTime)
{
    EXPECT_EQ(cursor_time_ns("s=b5;i=1;b=c5;m=d4;t=660e7255cd2a1;x=2b"), 0x660e7255cd2a1ULL * 1000);
    EXPECT_EQ(cursor_time_ns("garbage"), 0U);
    EXPECT_EQ(cursor_time_ns("t=zz;t="), 0U);
    EXPECT_EQ(cursor_time_ns("t=ffffffffffffffff"), 0U);
}

} // namespace
} // namespace sentra::journal::test
