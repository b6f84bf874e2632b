// SPDX-License-Identifier: MIT
#include "pipeline/metrics_port.h"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>

#include "base/ip.h"
#include "base/text.h"
#include "pipeline/metrics.h"

namespace sentra::pipeline {

namespace {

constexpr unsigned kConnectionsMost = 16;
constexpr unsigned kConnectionSeconds = 5;

// "[::1]:9109" or "127.0.0.1:9109".
struct Parts {
    std::string_view ip, port;
};
Parts parts_of(std::string_view text)
{
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return {};
    std::string_view ip = text.substr(0, colon);
    if (ip.size() > 2 && ip.front() == '[' && ip.back() == ']')
        ip = ip.substr(1, ip.size() - 2);
    return {ip, text.substr(colon + 1)};
}

bool fill(sockaddr_storage &address, const std::string &ip, std::uint16_t port)
{
    auto *v4 = reinterpret_cast<sockaddr_in *>(&address);
    auto *v6 = reinterpret_cast<sockaddr_in6 *>(&address);
    if (::inet_pton(AF_INET, ip.c_str(), &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        return true;
    }
    if (::inet_pton(AF_INET6, ip.c_str(), &v6->sin6_addr) != 1)
        return false;
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    return true;
}

MHD_Result respond(void *self, MHD_Connection *connection, const char *path, const char *method,
                   const char * /*version*/, const char * /*upload*/, std::size_t *upload_size,
                   void ** /*memory*/)
{
    if (*upload_size != 0) { // nobody has anything to tell here
        *upload_size = 0;
        return MHD_YES;
    }
    const auto answer =
        static_cast<const MetricsPort *>(self)->answer(method, path, MetricsPort::Clock::now());
    // The library copies the bytes; it takes them as void * for the variants that do not.
    MHD_Response *response = MHD_create_response_from_buffer(
        answer.body.size(), const_cast<char *>(answer.body.data()), MHD_RESPMEM_MUST_COPY);
    if (response == nullptr)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", answer.type.c_str());
    const MHD_Result queued = MHD_queue_response(connection, answer.status, response);
    MHD_destroy_response(response);
    return queued;
}

} // namespace

void MetricsPort::Stop::operator()(MHD_Daemon *daemon) const
{
    MHD_stop_daemon(daemon);
}

MetricsPort::~MetricsPort() = default;

Result<sockaddr_storage> MetricsPort::parse(const std::string &address)
{
    const Parts parts = parts_of(address);
    const auto ip = Ip::parse(parts.ip);
    const auto port = parse_number<std::uint16_t>(parts.port);
    sockaddr_storage parsed{};
    if (!ip || !port || !fill(parsed, std::string(parts.ip), *port))
        return failure("\"" + printable(address, 60) +
                       "\" is no address and port; write 127.0.0.1:9109");
    if (!ip->is_loopback())
        return failure(printable(address, 60) +
                       " is not on loopback; the figures are given to this host only");
    return parsed;
}

Result<std::unique_ptr<MetricsPort>> MetricsPort::make(const std::string &address)
{
    const auto parsed = parse(address);
    if (!parsed)
        return tl::unexpected(parsed.error());
    std::unique_ptr<MetricsPort> made(new MetricsPort());
    made->text_ = address;
    made->address_ = *parsed;
    return made;
}

Result<void> MetricsPort::start()
{
    const unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD |
                           (address_.ss_family == AF_INET6 ? MHD_USE_IPv6 : MHD_NO_FLAG);
    errno = 0;
    daemon_.reset(MHD_start_daemon(
        flags, 0, nullptr, nullptr, &respond, this, MHD_OPTION_SOCK_ADDR,
        reinterpret_cast<sockaddr *>(&address_), MHD_OPTION_CONNECTION_LIMIT, kConnectionsMost,
        MHD_OPTION_CONNECTION_TIMEOUT, kConnectionSeconds, MHD_OPTION_END));
    if (daemon_ == nullptr)
        return failure("listen on " + text_ + ": " +
                       (errno == 0 ? "it did not work" : std::strerror(errno)));
    return {};
}

std::uint16_t MetricsPort::port() const
{
    const MHD_DaemonInfo *info =
        daemon_ ? MHD_get_daemon_info(daemon_.get(), MHD_DAEMON_INFO_BIND_PORT) : nullptr;
    return info == nullptr ? std::uint16_t{0} : info->port;
}

void MetricsPort::offer(const Status &status, Clock::time_point now)
{
    std::string page = to_metrics(status);
    std::string wrong;
    if (!status.ready)
        wrong = "the sensor has not caught up with the past yet";
    else if (!status.store_error.empty())
        wrong = "nothing can be stored: " + printable(status.store_error, 300);
    else if (status.stalls > 0)
        wrong = "a source does not get on";
    const std::lock_guard lock(mutex_);
    page_ = std::move(page);
    wrong_ = std::move(wrong);
    offered_ = now;
}

std::string MetricsPort::trouble(Clock::time_point now) const
{
    if (page_.empty())
        return "the sensor is starting";
    if (now - offered_ > kHealthySilence)
        return "the sensor hangs: it has not got on for " +
               std::to_string(
                   std::chrono::duration_cast<std::chrono::seconds>(now - offered_).count()) +
               " seconds";
    return wrong_;
}

MetricsPort::Answer MetricsPort::answer(const std::string &method, const std::string &path,
                                        Clock::time_point now) const
{
    constexpr const char *kText = "text/plain; charset=utf-8";
    if (method != "GET" && method != "HEAD")
        return {MHD_HTTP_METHOD_NOT_ALLOWED, kText, "GET /metrics or GET /healthz\n"};
    const std::lock_guard lock(mutex_);
    if (path == "/metrics")
        return {page_.empty() ? unsigned{MHD_HTTP_SERVICE_UNAVAILABLE} : unsigned{MHD_HTTP_OK},
                "text/plain; version=0.0.4; charset=utf-8", page_};
    if (path != "/healthz")
        return {MHD_HTTP_NOT_FOUND, kText, "there are /metrics and /healthz\n"};
    const std::string wrong = trouble(now);
    return wrong.empty() ? Answer{MHD_HTTP_OK, kText, "ok\n"}
                         : Answer{MHD_HTTP_SERVICE_UNAVAILABLE, kText, wrong + "\n"};
}

} // namespace sentra::pipeline
