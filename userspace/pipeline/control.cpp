// SPDX-License-Identifier: MIT
#include "pipeline/control.h"

#include <cerrno>
#include <cstring>

#include <grp.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "pipeline/given_socket.h"

namespace sentra::pipeline {

namespace {

using Json = nlohmann::ordered_json;

constexpr timeval kWritePatience{.tv_sec = 10, .tv_usec = 0};
constexpr int kBacklog = 16;
Result<sockaddr_un> address_of(const std::string &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path)
        return failure("socket " + printable(path, 200) + ": a socket's path has at most " +
                       std::to_string(sizeof address.sun_path - 1) +
                       " bytes; choose another with --socket");
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

Result<Fd> new_socket()
{
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd.is_open())
        return system_failure("socket", errno);
    return fd;
}

int connect_to(const Fd &fd, const sockaddr_un &address)
{
    return ::connect(fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0
               ? 0
               : errno;
}

void be_patient(const Fd &fd, const timeval &reading, const timeval &writing)
{
    // Failing leaves the default, which is to wait; the peer is entitled by then.
    (void)::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &reading, sizeof reading);
    (void)::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &writing, sizeof writing);
}

bool send_all(const Fd &fd, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

// Group `sentra` may enter where there is one; else only the daemon's own user.
Result<void> bind_at(const Fd &listener, const sockaddr_un &address, const std::string &path)
{
    const mode_t before = ::umask(0177);
    const int bound =
        ::bind(listener.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address);
    const int bind_error = errno;
    ::umask(before);
    if (bound != 0)
        return system_failure("socket " + path, bind_error);
    if (const group *allowed = ::getgrnam(kDoorGroup); allowed != nullptr && ::geteuid() == 0)
        if (::chown(path.c_str(), 0, allowed->gr_gid) != 0 || ::chmod(path.c_str(), 0660) != 0)
            return system_failure("socket " + path, errno);
    if (::listen(listener.get(), kBacklog) != 0)
        return system_failure("socket " + path, errno);
    return {};
}

Result<void> make_way(const sockaddr_un &address, const std::string &path)
{
    auto probe = new_socket();
    if (!probe)
        return tl::unexpected(std::move(probe.error()));
    if (connect_to(*probe, address) == 0)
        return failure("socket " + path + ": another sentrad answers there");
    struct stat state {};
    if (::lstat(path.c_str(), &state) != 0)
        return {};
    if (!S_ISSOCK(state.st_mode))
        return failure("socket " + path + ": something that is not a socket is in the way");
    if (::unlink(path.c_str()) != 0)
        return system_failure("socket " + path, errno);
    return {};
}

Result<Fd> bound_socket(const sockaddr_un &address, const std::string &path)
{
    if (auto way = make_way(address, path); !way)
        return tl::unexpected(std::move(way.error()));
    auto listener = new_socket();
    if (!listener)
        return listener;
    if (auto bound = bind_at(*listener, address, path); !bound)
        return tl::unexpected(std::move(bound.error()));
    return listener;
}

} // namespace

ControlServer::ControlServer(Fd listener, Fd wake, std::string path, Answer answer,
                             DoorLimits limits)
    : listener_(std::move(listener)),
      wake_(std::move(wake)),
      path_(std::move(path)),
      answer_(std::move(answer)),
      limits_(limits),
      thread_([this] { Visitors(answer_, limits_, refused_).run(listener_, wake_, stopping_); })
{}

Result<std::unique_ptr<ControlServer>> ControlServer::open(const std::string &path, Answer answer,
                                                           DoorLimits limits)
{
    const auto address = address_of(path);
    if (!address)
        return tl::unexpected(address.error());
    auto given = given_socket(path);
    if (!given)
        return tl::unexpected(std::move(given.error()));
    const bool is_ours = !given->has_value();
    auto listener = is_ours ? bound_socket(*address, path) : Result<Fd>(std::move(**given));
    if (!listener)
        return tl::unexpected(std::move(listener.error()));
    Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake.is_open())
        return system_failure("eventfd", errno);
    return std::unique_ptr<ControlServer>(new ControlServer(
        std::move(*listener), std::move(wake), is_ours ? path : "", std::move(answer), limits));
}

ControlServer::~ControlServer()
{
    stopping_ = true;
    const std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
    thread_.join();
    if (!path_.empty())
        ::unlink(path_.c_str());
}

namespace {

Asked unreachable(Unreachable::Why why, std::string text)
{
    return tl::unexpected(Unreachable{why, std::move(text)});
}

} // namespace

Asked parse_answer(std::string_view all)
{
    const auto broken = [](const char *why) { return unreachable(Unreachable::Why::broken, why); };
    const auto rows = split(all, '\n'); // the last one, behind the last newline, is empty
    const Json head = Json::parse(rows.front(), nullptr, false);
    if (!head.is_object() || !head.contains("ok") || !head["ok"].is_boolean())
        return broken("the daemon's answer cannot be read");
    if (!head["ok"].get<bool>()) {
        const bool has_reason = head.contains("error") && head["error"].is_string();
        const std::string error =
            has_reason ? head["error"].get<std::string>() : "no reason was given";
        const bool refused = error.rfind("only root", 0) == 0;
        std::string text;
        for (const std::string_view line : split(std::string_view(error).substr(0, 20'000), '\n'))
            text.append(text.empty() ? "" : "\n").append(printable(line, 400));
        return unreachable(refused ? Unreachable::Why::not_allowed : Unreachable::Why::broken,
                           std::move(text));
    }
    if (!head.contains("lines") || !head["lines"].is_number_unsigned())
        return broken("the daemon's answer cannot be read");
    if (rows.size() < 2 || rows.size() - 2 != head["lines"].get<std::uint64_t>())
        return broken("the daemon's answer was cut");
    return std::vector<std::string>(rows.begin() + 1, rows.end() - 1);
}

Asked ask(const std::string &path, const Request &request)
{
    const std::string line = to_line(request) + "\n";
    if (line.size() > kRequestBytesMost)
        return unreachable(Unreachable::Why::broken,
                           "that is " + std::to_string(line.size()) + " bytes to say, at most " +
                               std::to_string(kRequestBytesMost) + " are taken: make it shorter");
    const auto address = address_of(path);
    if (!address)
        return unreachable(Unreachable::Why::broken, address.error().text);
    const auto fd = new_socket();
    if (!fd)
        return unreachable(Unreachable::Why::broken, fd.error().text);
    be_patient(*fd, {.tv_sec = 30, .tv_usec = 0}, kWritePatience);
    if (const int error = connect_to(*fd, *address); error != 0) {
        const bool refused = error == EACCES || error == EPERM;
        return unreachable(refused ? Unreachable::Why::not_allowed : Unreachable::Why::nobody_there,
                           "socket " + path + ": " + std::strerror(error));
    }
    if (!send_all(*fd, line))
        return unreachable(Unreachable::Why::broken, "the daemon closed the door");
    std::string all;
    char buffer[65536];
    for (;;) {
        const ssize_t got = ::recv(fd->get(), buffer, sizeof buffer, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return unreachable(Unreachable::Why::broken, "the daemon did not answer in time");
        if (got == 0)
            return parse_answer(all);
        all.append(buffer, static_cast<std::size_t>(got));
    }
}

} // namespace sentra::pipeline
