// SPDX-License-Identifier: MIT
// RFC 5424 records to a collector: octet counted over TLS, TCP or a stream socket of this host, one
// datagram each to a socket like /dev/log. Nobody confirms a record: what was handed to the network
// counts as delivered, and what was on its way when the connection broke is lost or sent again.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "base/time.h"
#include "output/http.h"
#include "output/syslog.h"

namespace sentra::output {

namespace {

constexpr std::array<std::string_view, 24> kFacilities = {
    "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
    "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
    "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"};

Result<unsigned> facility_of(const SinkSettings &settings)
{
    const std::string text = text_of(settings, "facility", "authpriv");
    const auto *found = std::find(kFacilities.begin(), kFacilities.end(), text);
    if (found != kFacilities.end())
        return static_cast<unsigned>(found - kFacilities.begin());
    if (const auto number = parse_number<unsigned>(text); number && *number < kFacilities.size())
        return *number;
    const auto near =
        nearest(text, std::vector<std::string_view>(kFacilities.begin(), kFacilities.end()));
    return failure("facility: there is no \"" + printable(text, 40) + "\"" +
                   (near ? "; did you mean " + std::string(*near) + "?" : ""));
}

// What stands in the record is named either by itself or by the whole ("syslog-ndjson").
Result<const Format *> message_format_of(const SinkSettings &settings)
{
    auto format = format_of(settings);
    if (!format || (*format)->name.substr(0, 6) != "syslog")
        return format;
    return find_format((*format)->name == "syslog" ? "cef" : "ndjson");
}

Result<SyslogSettings> record_settings_of(const SinkSettings &settings)
{
    const auto facility = facility_of(settings);
    if (!facility)
        return tl::unexpected(facility.error());
    SyslogSettings record;
    record.facility = *facility;
    record.app_name = text_of(settings, "app_name", record.app_name);
    record.enterprise = text_of(settings, "enterprise", record.enterprise);
    record.process_id = std::to_string(::getpid());
    if (!parse_number<std::uint32_t>(record.enterprise))
        return failure("enterprise: a number that IANA has given to your organisation");
    return record;
}

// A record of the parcel, whichever way it goes.
class Records {
public:
    Records(SyslogSettings settings, const Format &format)
        : settings_(std::move(settings)), format_(format)
    {}
    [[nodiscard]] std::string record(const Parcel &parcel) const
    {
        return to_syslog(parcel.signal, parcel.delivery, settings_, document_of(parcel, format_));
    }

private:
    SyslogSettings settings_;
    const Format &format_;
};

class Stream final : public Transport {
public:
    Stream(Records records, std::unique_ptr<Peer> peer)
        : records_(std::move(records)), peer_(std::move(peer))
    {}
    Handover send(std::span<const Parcel> parcels) override
    {
        std::string frames;
        for (const Parcel &parcel : parcels)
            frames += octet_counted(records_.record(parcel));
        Answer answer = peer_->write(frames);
        if (answer.trouble == Trouble::none)
            return all_alike(parcels.size(), Fate::delivered, "", "ok");
        return judge(answer, "", parcels.size(), 0);
    }

private:
    Records records_;
    std::unique_ptr<Peer> peer_;
};

class Datagrams final : public Transport {
public:
    Datagrams(Records records, std::string path, std::uint64_t timeout_ns)
        : records_(std::move(records)), path_(std::move(path)), timeout_ns_(timeout_ns)
    {}
    Handover send(std::span<const Parcel> parcels) override
    {
        Handover result;
        result.code = "ok";
        for (const Parcel &parcel : parcels) {
            const int wrong = send_one(records_.record(parcel));
            if (wrong == 0) {
                result.outcomes.push_back({Fate::delivered, ""});
                continue;
            }
            std::string why = system_failure(path_, wrong).value().text;
            if (wrong == EMSGSIZE) { // of this one alone
                result.outcomes.push_back({Fate::rejected, std::move(why)});
                continue;
            }
            result.code = wrong == EAGAIN ? "timeout" : "refused";
            result.outcomes.resize(parcels.size(), {Fate::retry, std::move(why)});
            break;
        }
        return result;
    }

private:
    int connect()
    {
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
        fd_ = Fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        const int room = 1 << 20;
        const timeval patience = {static_cast<time_t>(timeout_ns_ / kSecondNs),
                                  static_cast<suseconds_t>(timeout_ns_ % kSecondNs / 1000)};
        if (!fd_.is_open() ||
            ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0)
            return errno;
        // As much as the system allows: a document is larger than the smallest defaults.
        static_cast<void>(::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room));
        if (::connect(fd_.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0)
            return 0;
        const int wrong = errno;
        fd_.reset();
        return wrong;
    }
    // The one who listens may have been restarted: then once more, with a new connection.
    int send_one(const std::string &record)
    {
        for (int times = 0; times < 2; ++times) {
            if (!fd_.is_open())
                if (const int wrong = connect(); wrong != 0)
                    return wrong;
            if (::send(fd_.get(), record.data(), record.size(), MSG_NOSIGNAL) >= 0)
                return 0;
            if (errno == EMSGSIZE || errno == EAGAIN)
                return errno;
            fd_.reset();
        }
        return ECONNREFUSED;
    }

    Records records_;
    std::string path_;
    std::uint64_t timeout_ns_;
    Fd fd_;
};

// What follows "<scheme>://" of a socket of this host.
std::optional<std::string> path_after(std::string_view scheme, const std::string &address)
{
    if (address.substr(0, scheme.size()) != scheme)
        return std::nullopt;
    return address.substr(scheme.size());
}

Result<std::unique_ptr<Transport>> open_stream(const SinkSettings &settings, Records records,
                                               const std::string &socket_path)
{
    SinkSettings as_http = settings;
    if (!socket_path.empty()) {
        as_http.values["url"] = "http://localhost/";
    } else {
        const auto url = parse_url(text_of(settings, "address"), "tls tcp");
        if (!url)
            return failure("address: " + url.error().text +
                           "; write tls://host:6514, tcp://host:514, unix:///dev/log or "
                           "unix-stream:///path");
        const bool is_tls = url->scheme == "tls";
        // The peer knows TLS by https; a plain one is checked below, not by the rule for HTTP.
        as_http.values["url"] = "https://" + url->host + ":" +
                                (!url->port.empty() ? url->port
                                 : is_tls           ? "6514"
                                                    : "514");
    }
    auto peer_settings = peer_settings_of(as_http);
    if (!peer_settings)
        return tl::unexpected(std::move(peer_settings.error()));
    peer_settings->unix_path = socket_path;
    if (text_of(settings, "address").substr(0, 6) == "tcp://") {
        peer_settings->url.scheme = "http";
        peer_settings->url.text.replace(0, 5, "http");
    }
    peer_settings->url.shown = printable(text_of(settings, "address"), 300);
    auto peer = Peer::make(std::move(*peer_settings));
    if (!peer)
        return tl::unexpected(std::move(peer.error()));
    return std::make_unique<Stream>(std::move(records), std::move(*peer));
}

} // namespace

Result<std::unique_ptr<Transport>> open_syslog(const SinkSettings &settings)
{
    const auto format = message_format_of(settings);
    auto record_settings = record_settings_of(settings);
    const auto timeout_ns = duration_ns_of(settings, "timeout", 10 * kSecondNs);
    if (!format || !record_settings)
        return tl::unexpected(!format ? format.error() : record_settings.error());
    if (!timeout_ns)
        return tl::unexpected(timeout_ns.error());
    Records records(std::move(*record_settings), **format);
    const std::string address = text_of(settings, "address");
    const auto datagrams = path_after("unix://", address);
    const auto stream = path_after("unix-stream://", address);
    for (const auto &path : {datagrams, stream})
        if (path && (path->size() < 2 || path->front() != '/' ||
                     path->size() >= sizeof(sockaddr_un::sun_path)))
            return failure("address: write the whole path of the socket, as unix:///dev/log");
    if (datagrams)
        return std::make_unique<Datagrams>(std::move(records), *datagrams, *timeout_ns);
    return open_stream(settings, std::move(records), stream.value_or(""));
}

} // namespace sentra::output
