// SPDX-License-Identifier: MIT
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <map>
#include <mutex>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "output/mail.h"

namespace sentra::output {

namespace {

constexpr int kPatienceMs = 30000; // of sendmail
constexpr int kLongerMs = 35000;   // of the one who waits for the helper
constexpr int kSocket = 3;         // in the helper
constexpr char kReady = 'r', kFailed = 'f';

// Everything below, up to the next line like this one, runs in a process made by fork() of one with
// threads: system calls only, no memory is asked for.

struct Orders {
    const char *program;
    std::array<char *, 6> arguments;
    bool changes_user;
    uid_t user;
    gid_t group;
};

int receive_message()
{
    char byte = 0;
    iovec piece = {&byte, 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message = {};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t got = ::recvmsg(kSocket, &message, MSG_CMSG_CLOEXEC);
    const cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (got <= 0 || head == nullptr || head->cmsg_type != SCM_RIGHTS)
        ::_exit(0); // the daemon has gone
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(head), sizeof descriptor);
    return descriptor;
}

[[noreturn]] void become_sendmail(const Orders &orders, int message)
{
    char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", language[] = "LC_ALL=C";
    char *environment[] = {path, language, nullptr};
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ::lseek(message, 0, SEEK_SET);
    if (::dup2(message, 0) != 0 || ::dup2(nothing, 1) != 1 || ::dup2(nothing, 2) != 2)
        ::_exit(71);
    ::close_range(3, ~0U, 0);
    ::execve(orders.program, orders.arguments.data(), environment);
    ::_exit(errno == ENOENT ? 127 : 126);
}

int wait_for(pid_t process)
{
    int status = 0;
    const timespec nap = {0, 20'000'000};
    for (int waited_ms = 0; ::waitpid(process, &status, WNOHANG) == 0; waited_ms += 20) {
        if (waited_ms == kPatienceMs)
            ::kill(process, SIGKILL);
        ::nanosleep(&nap, nullptr);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

[[noreturn]] void serve(const Orders &orders)
{
    for (int number = 1; number < NSIG; ++number)
        ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::prctl(PR_SET_NAME, "sentra-mail");
    char said = kReady;
    if (orders.changes_user &&
        (::setgroups(0, nullptr) != 0 || ::setgid(orders.group) != 0 || ::setuid(orders.user) != 0))
        said = kFailed;
    if (::chdir("/") != 0 || ::write(kSocket, &said, 1) != 1 || said == kFailed)
        ::_exit(1);
    for (;;) {
        const int message = receive_message();
        const pid_t process = ::_Fork();
        if (process == 0)
            become_sendmail(orders, message);
        ::close(message);
        const int result = process < 0 ? 75 : wait_for(process);
        if (::send(kSocket, &result, sizeof result, MSG_NOSIGNAL) != sizeof result)
            ::_exit(0);
    }
}

// Up to here.

// In the helper from its first moment: it must not keep the daemon's locks and sockets.
[[noreturn]] void begin_serving(const Orders &orders, int socket)
{
    if (::dup2(socket, kSocket) != kSocket || ::close_range(kSocket + 1, ~0U, 0) != 0)
        ::_exit(1);
    serve(orders);
}

struct Account {
    uid_t user;
    gid_t group;
};

Result<Account> account_of(const std::string &user)
{
    std::array<char, 16384> buffer{};
    passwd entry = {};
    passwd *found = nullptr;
    if (::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 ||
        found == nullptr)
        return failure("run_as: there is no " + user);
    if (entry.pw_uid == 0)
        return failure("run_as: mail is handed over by somebody without rights, not by root");
    return Account{entry.pw_uid, entry.pw_gid};
}

bool is_ready(const Fd &socket)
{
    char said = 0;
    pollfd one = {socket.get(), POLLIN, 0};
    return ::poll(&one, 1, kPatienceMs) == 1 && ::recv(socket.get(), &said, 1, 0) == 1 &&
           said == kReady;
}

Result<Fd> in_memory(std::string_view message)
{
    Fd file(::memfd_create("sentra-mail", MFD_CLOEXEC));
    if (!file.is_open())
        return system_failure("memfd", errno);
    if (auto written = write_all(file, message); !written)
        return tl::unexpected(std::move(written.error()));
    return file;
}

bool hand_over(const Fd &socket, int file)
{
    char byte = 'm';
    iovec piece = {&byte, 1};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message = {};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof file);
    std::memcpy(CMSG_DATA(head), &file, sizeof file);
    return ::sendmsg(socket.get(), &message, MSG_NOSIGNAL) == 1;
}

} // namespace

Result<std::shared_ptr<MailHelper>>
MailHelper::begin(const std::string &program, const std::string &from, const std::string &user)
{
    static std::mutex mutex;
    static std::map<std::string, std::shared_ptr<MailHelper>> begun;
    const std::lock_guard lock(mutex);
    auto &helper = begun[program + "\n" + from + "\n" + user];
    if (helper)
        return helper;
    Account account{};
    const bool changes_user = ::geteuid() == 0;
    if (changes_user) {
        const auto found = account_of(user);
        if (!found)
            return tl::unexpected(found.error());
        account = *found;
        // MTAs reach their queues by set-user-ID or set-group-ID programs.
        if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
            return failure("mail can only be set up when the daemon starts, and not in a unit "
                           "with NoNewPrivileges=; restart it");
    }
    int pair[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return system_failure("socketpair", errno);
    std::shared_ptr<MailHelper> made(new MailHelper);
    made->socket_ = Fd(pair[0]);
    const Fd theirs(pair[1]);
    std::string name = "sendmail", sender = from;
    char recipients[] = "-t", dots[] = "-oi", as[] = "-f";
    const Orders orders = {program.c_str(),
                           {name.data(), recipients, dots, as, sender.data(), nullptr},
                           changes_user,
                           account.user,
                           account.group};
    const pid_t process = ::_Fork();
    if (process == 0)
        begin_serving(orders, theirs.get());
    if (process < 0)
        return system_failure("fork", errno);
    if (!is_ready(made->socket_))
        return failure("mail: the one who hands it over could not become " + user);
    helper = made;
    return made;
}

Result<int> MailHelper::run(std::string_view message)
{
    const auto file = in_memory(message);
    if (!file)
        return tl::unexpected(file.error());
    if (!hand_over(socket_, file->get()))
        return system_failure("the process that hands mail over", errno);
    int result = 0;
    pollfd one = {socket_.get(), POLLIN, 0};
    if (::poll(&one, 1, kLongerMs) != 1 ||
        ::recv(socket_.get(), &result, sizeof result, 0) != sizeof result)
        return failure("the process that hands mail over has gone; restart the daemon");
    return result;
}

} // namespace sentra::output
