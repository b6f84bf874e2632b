// SPDX-License-Identifier: MIT
// An HTTP server of one thread on a free port of 127.0.0.1, which answers what a test tells it to,
// byte by byte, and keeps what it was asked.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"

namespace sentra::output::sinks {

struct Asked {
    std::string head, body;
    [[nodiscard]] std::string header(const std::string &name) const
    {
        for (const std::string_view line : split(head, '\n'))
            if (const auto colon = line.find(':');
                colon != std::string_view::npos &&
                equals_ignoring_case(line.substr(0, colon), name))
                return std::string(trim(line.substr(colon + 1)));
        return {};
    }
};

inline std::string answer(int status, const std::string &body, const std::string &headers = "")
{
    return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class HttpPeer {
public:
    // What it returns is sent as it is; empty: nothing is, and the connection stays open (it
    // hangs). "CLOSE" at the end ends the connection after what stands before it.
    using Answering = std::function<std::string(const Asked &, std::size_t number)>;

    explicit HttpPeer(Answering answering) : answering_(std::move(answering))
    {
        listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        ::bind(listening_, reinterpret_cast<sockaddr *>(&address), size);
        ::listen(listening_, 8);
        ::getsockname(listening_, reinterpret_cast<sockaddr *>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    HttpPeer(const HttpPeer &) = delete;
    HttpPeer &operator=(const HttpPeer &) = delete;
    ~HttpPeer()
    {
        is_over_ = true;
        thread_.join();
        ::close(listening_);
    }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] int connections() const { return connections_; }
    [[nodiscard]] std::vector<Asked> asked() const
    {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

private:
    bool is_readable(int socket)
    {
        pollfd one = {socket, POLLIN, 0};
        while (!is_over_)
            if (::poll(&one, 1, 20) > 0)
                return true;
        return false;
    }
    void serve()
    {
        while (is_readable(listening_)) {
            const int socket = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
            ++connections_;
            talk(socket);
            ::close(socket);
        }
    }
    void talk(int socket)
    {
        std::string got;
        char buffer[65536];
        while (is_readable(socket)) {
            const ssize_t size = ::recv(socket, buffer, sizeof buffer, 0);
            if (size <= 0)
                return;
            got.append(buffer, static_cast<std::size_t>(size));
            const std::size_t end = got.find("\r\n\r\n");
            if (end == std::string::npos)
                continue;
            Asked asked{got.substr(0, end), got.substr(end + 4)};
            const auto length = parse_number<std::size_t>(asked.header("Content-Length"));
            if (asked.body.size() < length.value_or(0))
                continue;
            got.clear();
            if (!say(socket, asked))
                return;
        }
    }
    bool say(int socket, const Asked &asked)
    {
        std::size_t number = 0;
        {
            const std::lock_guard lock(mutex_);
            number = asked_.size();
            asked_.push_back(asked);
        }
        std::string text = answering_(asked, number);
        const bool closes = text.size() >= 5 && text.substr(text.size() - 5) == "CLOSE";
        if (closes)
            text.resize(text.size() - 5);
        ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
        return !closes;
    }

    Answering answering_;
    int listening_ = -1, port_ = 0;
    std::atomic<bool> is_over_{false};
    std::atomic<int> connections_{0};
    mutable std::mutex mutex_;
    std::vector<Asked> asked_;
    std::thread thread_;
};

} // namespace sentra::output::sinks
