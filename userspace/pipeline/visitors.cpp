// SPDX-License-Identifier: MIT
#include "pipeline/visitors.h"

#include <algorithm>
#include <cerrno>
#include <thread>

#include <grp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "pipeline/author.h"
#include "pipeline/control.h"

namespace sentra::pipeline {

namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;

// A page asks once a second; a loop in a script must not keep the store busy.
constexpr milliseconds kBetweenRequests(10);
// Descriptors may be had again when somebody leaves; asking in a circle brings none.
constexpr milliseconds kWithoutDescriptors(100);
constexpr std::size_t kAllowancesMost = 256;

bool is_of_group(const Fd &peer, const ucred &who)
{
    const group *allowed = ::getgrnam(kDoorGroup);
    if (allowed == nullptr)
        return false;
    if (who.gid == allowed->gr_gid)
        return true;
    std::vector<gid_t> groups(256);
    auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    if (::getsockopt(peer.get(), SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) != 0)
        return false;
    groups.resize(size / sizeof(gid_t));
    return std::find(groups.begin(), groups.end(), allowed->gr_gid) != groups.end();
}

std::string refusal(const std::string &why)
{
    Json json;
    json["ok"] = false;
    json["error"] = why;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string in_lines(const std::vector<std::string> &lines)
{
    std::string all = "{\"ok\":true,\"lines\":" + std::to_string(lines.size()) + "}\n";
    for (const std::string &line : lines)
        all.append(line).push_back('\n');
    return all;
}

bool is_to_be_tried_again(int error)
{
    return error == EAGAIN || error == EINTR;
}

// What is left unread makes the kernel end the connection before the other side has read why.
void drain(const Fd &peer)
{
    char buffer[16'384];
    for (int reads = 0; reads < 16; ++reads)
        if (::recv(peer.get(), buffer, sizeof buffer, MSG_DONTWAIT) <= 0)
            return;
}

} // namespace

void Visitors::run(const Fd &listener, const Fd &wake, const std::atomic<bool> &stopping)
{
    while (!stopping) {
        std::vector<pollfd> all = waits(listener, wake);
        if (::poll(all.data(), all.size(), patience_ms()) < 0) {
            if (errno != EINTR)
                return;
            continue;
        }
        if (stopping)
            return;
        turn(all);
        if ((all.front().revents & POLLIN) != 0)
            let_in(listener);
    }
}

std::vector<pollfd> Visitors::waits(const Fd &listener, const Fd &wake) const
{
    std::vector<pollfd> all{{listener.get(), POLLIN, 0}, {wake.get(), POLLIN, 0}};
    for (const Visitor &visitor : visitors_) {
        const bool waits_for_us = !visitor.is_asking && visitor.answer.empty();
        const int what = visitor.is_asking ? POLLIN : waits_for_us ? 0 : POLLOUT;
        all.push_back({visitor.fd.get(), static_cast<short>(what), 0});
    }
    return all;
}

// Until somebody's time is over.
int Visitors::patience_ms() const
{
    if (visitors_.empty())
        return -1;
    auto first = Clock::time_point::max();
    for (const Visitor &visitor : visitors_)
        first = std::min({first, visitor.until, visitor.at_most});
    const auto left = std::chrono::ceil<milliseconds>(first - Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 10'000));
}

void Visitors::turn(const std::vector<pollfd> &waits)
{
    for (std::size_t at = 0; at < visitors_.size(); ++at) {
        const short events = waits[at + 2].revents;
        Visitor &visitor = visitors_[at];
        if (visitor.is_asking && (events & (POLLIN | POLLHUP | POLLERR)) != 0)
            take(visitor);
        else if (!visitor.answer.empty() && (events & (POLLOUT | POLLHUP | POLLERR)) != 0)
            send(visitor);
        else if ((events & (POLLHUP | POLLERR)) != 0)
            visitor.fd.reset(); // gone while he waited for his turn
    }
    for (Visitor &visitor : visitors_)
        if (visitor.has_asked && visitor.fd.is_open() &&
            (visitor.uid == limits_.unbound || untold() < limits_.untold_bytes))
            serve(visitor);
    see_off(Clock::now());
}

void Visitors::let_in(const Fd &listener)
{
    Fd peer(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!peer.is_open()) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
            ++refused_;
            std::this_thread::sleep_for(kWithoutDescriptors);
        }
        return;
    }
    ucred who{};
    socklen_t size = sizeof who;
    const bool is_known =
        ::getsockopt(peer.get(), SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 && size == sizeof who;
    const bool is_entitled =
        is_known && (who.uid == 0 || who.uid == ::geteuid() || is_of_group(peer, who));
    if (!is_entitled) {
        turn_away(peer, "only root and members of the group sentra may ask");
        return;
    }
    if (!make_room(who.uid)) {
        turn_away(peer, "too many are asking at once; ask again in a moment");
        return;
    }
    const auto now = Clock::now();
    visitors_.push_back({.fd = std::move(peer),
                         .uid = who.uid,
                         .until = now + limits_.to_ask,
                         .at_most = now + limits_.to_leave,
                         .asked = {},
                         .answer = {}});
}

// Root takes the place of whoever else has been there for longest.
bool Visitors::make_room(uid_t uid)
{
    const bool is_bound = uid != limits_.unbound;
    const auto of_him = static_cast<std::size_t>(std::count_if(
        visitors_.begin(), visitors_.end(), [uid](const Visitor &v) { return v.uid == uid; }));
    if (is_bound && of_him >= limits_.of_one_user)
        return false;
    if (visitors_.size() < limits_.at_once)
        return true;
    const auto other = std::find_if(visitors_.begin(), visitors_.end(),
                                    [this](const Visitor &v) { return v.uid != limits_.unbound; });
    if (is_bound || other == visitors_.end())
        return false;
    ++refused_;
    visitors_.erase(other);
    return true;
}

void Visitors::turn_away(const Fd &peer, const std::string &why)
{
    ++refused_;
    const std::string text = refusal(why);
    (void)::send(peer.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    drain(peer);
}

void Visitors::refuse(Visitor &visitor, const std::string &why)
{
    ++refused_;
    visitor.is_asking = visitor.has_asked = false;
    visitor.answer = refusal(why);
    visitor.told = 0;
    visitor.until = Clock::now() + limits_.to_read;
    send(visitor);
}

// Some of a request: up to the newline.
void Visitors::take(Visitor &visitor)
{
    char buffer[1024];
    const ssize_t got = ::recv(visitor.fd.get(), buffer, sizeof buffer, 0);
    if (got < 0 && is_to_be_tried_again(errno))
        return;
    if (got < 0) {
        visitor.fd.reset();
        return;
    }
    visitor.asked.append(buffer, static_cast<std::size_t>(got));
    const auto end = visitor.asked.find('\n');
    if (end == std::string::npos && got > 0 && visitor.asked.size() <= kRequestBytesMost)
        return;
    if (end == std::string::npos) {
        refuse(visitor, "no request of at most " + std::to_string(kRequestBytesMost) +
                            " bytes and a newline came in time");
        return;
    }
    visitor.asked.resize(end);
    visitor.is_asking = false;
    visitor.has_asked = true;
    if (!may_ask(visitor.uid))
        refuse(visitor, "too many requests, at most " + std::to_string(limits_.a_second) +
                            " a second; ask again in a moment");
}

void Visitors::serve(Visitor &visitor)
{
    const auto began = Clock::now();
    visitor.has_asked = false;
    auto request = parse_request(visitor.asked);
    if (request)
        request->author = author_of(visitor.fd);
    const auto lines = request ? answer_(*request)
                               : Result<std::vector<std::string>>(tl::unexpected(request.error()));
    visitor.answer = lines ? in_lines(*lines) : refusal(lines.error().text);
    visitor.until = Clock::now() + limits_.to_read;
    send(visitor);
    std::this_thread::sleep_for(kBetweenRequests);
    // Nobody's time runs while another is answered.
    for (Visitor &other : visitors_)
        other.until += Clock::now() - began;
}

void Visitors::send(Visitor &visitor) const
{
    const std::string &text = visitor.answer;
    while (visitor.told < text.size()) {
        const ssize_t sent = ::send(visitor.fd.get(), text.data() + visitor.told,
                                    text.size() - visitor.told, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && is_to_be_tried_again(errno))
            return;
        if (sent <= 0) {
            visitor.fd.reset();
            return;
        }
        visitor.told += static_cast<std::size_t>(sent);
        visitor.until = Clock::now() + limits_.to_read;
    }
    drain(visitor.fd);
    visitor.fd.reset();
}

// Whose time is over; whoever has been told, or has gone.
void Visitors::see_off(Clock::time_point now)
{
    for (Visitor &visitor : visitors_) {
        if (!visitor.fd.is_open() || (now < visitor.until && now < visitor.at_most))
            continue;
        if (!visitor.answer.empty()) {
            ++refused_;
        } else if (visitor.has_asked) {
            refuse(visitor, "others do not read their answers; ask again in a moment");
        } else {
            refuse(visitor, "no request of at most " + std::to_string(kRequestBytesMost) +
                                " bytes and a newline came in time");
        }
        visitor.fd.reset();
    }
    visitors_.erase(std::remove_if(visitors_.begin(), visitors_.end(),
                                   [](const Visitor &v) { return !v.fd.is_open(); }),
                    visitors_.end());
}

bool Visitors::may_ask(uid_t uid)
{
    if (uid == limits_.unbound)
        return true;
    if (allowances_.size() >= kAllowancesMost)
        allowances_.clear();
    const auto now = Clock::now();
    const auto most = static_cast<double>(limits_.in_a_row);
    auto &allowance = allowances_.try_emplace(uid, Allowance{most, now}).first->second;
    const std::chrono::duration<double> since = now - allowance.at;
    allowance.at = now;
    allowance.left =
        std::min(most, allowance.left + since.count() * static_cast<double>(limits_.a_second));
    if (allowance.left < 1)
        return false;
    allowance.left -= 1;
    return true;
}

std::size_t Visitors::untold() const
{
    std::size_t bytes = 0;
    for (const Visitor &visitor : visitors_)
        bytes += visitor.answer.size() - visitor.told;
    return bytes;
}

} // namespace sentra::pipeline
