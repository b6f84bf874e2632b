// SPDX-License-Identifier: MIT
// syslog over streams and datagrams, and mail.
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "base/encode.h"
#include "base/fd.h"
#include "base/text.h"
#include "base/time.h"
#include "output/format.h"
#include "output/mail.h"
#include "output/syslog.h"
#include "unit/output/sinks.h"

namespace sentra::output {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A socket of this host that listens, and what was said to it.
class Listener {
public:
    Listener(const std::string &path, int type) : fd_(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0))
    {
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        ::unlink(path.c_str());
        EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
        if (type == SOCK_STREAM) {
            EXPECT_EQ(::listen(fd_.get(), 4), 0);
        }
    }
    [[nodiscard]] Fd accept() const { return Fd(::accept4(fd_.get(), nullptr, nullptr, 0)); }
    [[nodiscard]] std::string receive() const { return receive(fd_); }
    [[nodiscard]] static std::string receive(const Fd &from)
    {
        std::string text(1 << 20, '\0');
        const ssize_t got = ::recv(from.get(), text.data(), text.size(), MSG_DONTWAIT);
        text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
        return text;
    }

private:
    Fd fd_;
};

std::string record_of(const Parcel &parcel, unsigned facility = 10)
{
    SyslogSettings settings;
    settings.facility = facility;
    settings.process_id = std::to_string(::getpid());
    return to_syslog(parcel.signal, parcel.delivery, settings,
                     to_cef(parcel.signal, parcel.delivery));
}

TEST(Syslog, CountsOctetsOverAStreamAndNoticesThatItWasClosed)
{
    const sinks::Folder folder;
    const Listener listener(folder / "s", SOCK_STREAM);
    const auto transport =
        sinks::opened(sinks::settings("syslog", {{"address", "unix-stream://" + (folder / "s")},
                                                 {"facility", "local3"},
                                                 {"timeout", "2s"}}));
    const auto parcels = sinks::parcels(2);
    EXPECT_EQ(sinks::fates(transport->send(parcels)), "dd");
    {
        const Fd first = listener.accept();
        EXPECT_EQ(Listener::receive(first), octet_counted(record_of(parcels[0], 19)) +
                                                octet_counted(record_of(parcels[1], 19)));
    }
    EXPECT_EQ(sinks::fates(transport->send({&parcels[0], 1})), "d");
    EXPECT_EQ(Listener::receive(listener.accept()), octet_counted(record_of(parcels[0], 19)));
    EXPECT_FALSE(find_sink_type("syslog")->is_acknowledged);
}

TEST(Syslog, SendsDatagramsAndFindsARestartedListener)
{
    const sinks::Folder folder;
    auto listener = std::make_unique<Listener>(folder / "log", SOCK_DGRAM);
    const auto transport = sinks::opened(
        sinks::settings("syslog", {{"address", "unix://" + (folder / "log")}, {"timeout", "1s"}}));
    const auto parcels = sinks::parcels(3);
    EXPECT_EQ(sinks::fates(transport->send({&parcels[0], 1})), "d");
    EXPECT_EQ(listener->receive(), record_of(parcels[0]));
    listener.reset();
    const Handover refused = transport->send({&parcels[1], 2});
    EXPECT_EQ(sinks::fates(refused), "rr");
    EXPECT_EQ(refused.code, "refused");
    listener = std::make_unique<Listener>(folder / "log", SOCK_DGRAM);
    EXPECT_EQ(sinks::fates(transport->send({&parcels[1], 2})), "dd");
    EXPECT_EQ(listener->receive(), record_of(parcels[1]));
    EXPECT_EQ(listener->receive(), record_of(parcels[2]));
}

TEST(Syslog, RefusesWhatIsNoAddress)
{
    const auto wrong = [](const char *address) {
        return sinks::error_of(sinks::settings("syslog", {{"address", address}}));
    };
    EXPECT_EQ(wrong("tls://log.example"), "");
    EXPECT_EQ(wrong("tcp://10.0.0.1:1514"), "");
    EXPECT_EQ(wrong("unix:///dev/log"), "");
    EXPECT_THAT(wrong("udp://log.example"), HasSubstr("address: its scheme"));
    EXPECT_THAT(wrong("unix://dev/log"), HasSubstr("whole path"));
    EXPECT_THAT(sinks::error_of(
                    sinks::settings("syslog", {{"address", "tls://x"}, {"facility", "authprv"}})),
                HasSubstr("did you mean authpriv?"));
    const auto parcel = sinks::parcel(1);
    const auto metadata =
        sinks::opened(sinks::settings("syslog", {{"address", "tcp://169.254.169.254"}}));
    EXPECT_EQ(metadata->send({&parcel, 1}).code, "forbidden");
    const auto nobody =
        sinks::opened(sinks::settings("syslog", {{"address", "tcp://127.0.0.1:1"}}));
    EXPECT_EQ(nobody->send({&parcel, 1}).code, "refused");
}

std::string header(const std::string &mail, const std::string &name)
{
    const std::size_t at = mail.find("\n" + name + ": ");
    if (at == std::string::npos)
        return {};
    std::size_t end = mail.find('\n', at + 1);
    while (mail[end + 1] == ' ')
        end = mail.find('\n', end + 1);
    return mail.substr(at + name.size() + 3, end - at - name.size() - 3);
}

TEST(Mail, ThreadsTheFormsOfASignal)
{
    const MailSettings settings{"sentra@web-01.example", {"ops@example.org", "root"}};
    const Parcel first = sinks::parcel(7), third = sinks::parcel(7, 3);
    const std::uint64_t now_ns = 1772446542000000000U;
    const std::string one = to_mail(first, settings, now_ns);
    const std::string three = to_mail(third, settings, now_ns);
    EXPECT_EQ(header(one, "Date"), "Mon, 02 Mar 2026 10:15:42 +0000");
    EXPECT_EQ(header(three, "References"), header(one, "Message-ID"));
    EXPECT_NE(header(three, "Message-ID"), header(one, "Message-ID"));
    EXPECT_EQ(header(one, "References"), "");
    EXPECT_EQ(header(one, "Auto-Submitted"), "auto-generated");
    EXPECT_EQ(header(one, "To"), "ops@example.org,\n root");
    EXPECT_THAT(header(one, "Content-Type"), HasSubstr("multipart/alternative"));
    for (const std::string_view line : split(one, '\n'))
        EXPECT_LE(line.size(), 200U);
}

TEST(Mail, LetsNothingIntoAHeaderOrAsMarkup)
{
    Parcel parcel = sinks::parcel(1);
    parcel.signal.title = "<script>alert(1)</script>\r\nBcc: all@example.org \xc3\xa9";
    parcel.signal.narrative = "</p><img src=x onerror=\"y\">";
    parcel.signal.host_name = "h\nX-Evil: 1";
    const std::string mail = to_mail(parcel, {"a@b", {"c@d"}}, 0);
    EXPECT_EQ(mail.find('\r'), std::string::npos);
    EXPECT_EQ(header(mail, "Bcc"), "");
    EXPECT_EQ(header(mail, "X-Evil"), "");
    EXPECT_THAT(header(mail, "Subject"), StartsWith("=?UTF-8?B?"));
    EXPECT_EQ(mail.find("<script"), std::string::npos); // parts are base64
    const std::string escaped = "&lt;/p&gt;&lt;img src=x onerror=&quot;y&quot;&gt;";
    // Wherever it falls in the base64: the three alignments, without the ends that the rest shares.
    std::string joined;
    for (const std::string_view line : split(mail, '\n'))
        joined += line;
    bool found = false;
    for (std::size_t pad = 0; pad < 3; ++pad) {
        const std::string encoded = to_base64(std::string(pad, ' ') + escaped);
        found = found || joined.find(encoded.substr(4, encoded.size() - 8)) != std::string::npos;
    }
    EXPECT_TRUE(found);
}

TEST(Mail, EncodesHeadersAtCharacters)
{
    EXPECT_EQ(header_text("plain"), "plain");
    EXPECT_EQ(header_text("=?x?="), "=?UTF-8?B?PT94Pz0=?=");
    std::string text;
    for (int i = 0; i < 60; ++i)
        text += "\xc3\xa9";
    const std::string encoded = header_text(text);
    for (const std::string_view line : split(encoded, '\n')) {
        EXPECT_LE(line.size(), 76U);
        EXPECT_THAT(std::string(line), HasSubstr("=?UTF-8?B?w6nDqc"));
    }
    EXPECT_TRUE(is_mail_address("a.b+c@example.org"));
    EXPECT_TRUE(is_mail_address("root"));
    for (const char *odd : {"", "-f", "a b@c", "a@b\nBcc: c", "a,b@c", "<a@b>", "a@", "a@b@c"})
        EXPECT_FALSE(is_mail_address(odd)) << odd;
}

std::string fake_sendmail(const sinks::Folder &folder, const std::string &body)
{
    const std::string path = folder / "sendmail";
    std::ofstream(path) << "#!/bin/sh\n" << body;
    ::chmod(path.c_str(), 0755);
    ::chmod((folder / ".").c_str(), 0777);
    return path;
}

TEST(Mail, IsHandedToSendmailByNobody)
{
    const sinks::Folder folder;
    const std::string out = folder / "out";
    const auto settings = sinks::settings(
        "mail", {{"to", "ops@example.org"},
                 {"from", "sentra@example.org"},
                 {"sendmail",
                  fake_sendmail(folder, "{ id -u; echo \"$@\"; ls /proc/self/fd | wc -l; "
                                        "cat; } > " +
                                            out + "\nexit $(cat " + (folder / "code") + ")\n")}});
    std::ofstream(folder / "code") << "0\n";
    const auto transport = sinks::opened(settings);
    const auto parcel = sinks::parcel(1);
    EXPECT_EQ(sinks::fates(transport->send({&parcel, 1})), "d");
    const std::string said = sinks::slurp(out);
    const std::string who = ::geteuid() == 0 ? "65534" : std::to_string(::geteuid());
    // Its standard descriptors, and the one that lists them: nothing of ours.
    EXPECT_THAT(said, StartsWith(who + "\n-t -oi -f sentra@example.org\n4\nFrom: Sentra "));
    EXPECT_EQ(said.substr(said.find("From: ")),
              to_mail(parcel, {"sentra@example.org", {"ops@example.org"}}, 1772446542000000000U));
    const auto after = [&](const char *code) {
        std::ofstream(folder / "code") << code << "\n";
        return transport->send({&parcel, 1});
    };
    EXPECT_EQ(sinks::fates(after("75")), "r");
    EXPECT_EQ(sinks::fates(after("65")), "x");
    EXPECT_NE(after("78").pause, "");
    EXPECT_EQ(sinks::fates(after("0")), "d");
}

// What the daemon does once everything is open (pipeline/privileges.cpp), to the last capability.
bool drop_everything()
{
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[2] = {};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           ::syscall(SYS_capset, &header, none) == 0;
}

// MTAs reach their queues by programs with rights of their own, which a process that can never gain
// any cannot run; and it could not become nobody either.
[[noreturn]] void send_without_privileges(const sinks::Folder &folder)
{
    auto settings = sinks::settings(
        "mail",
        {{"to", "ops@example.org"},
         {"from", "late@example.org"},
         {"sendmail", fake_sendmail(folder, "{ id -u; grep NoNewPrivs /proc/self/status; } > " +
                                                (folder / "out") + "\n")}});
    prepare_sink(settings);
    if (!drop_everything())
        ::_exit(2);
    const auto transport = sinks::opened(settings);
    const auto parcel = sinks::parcel(1);
    if (sinks::fates(transport->send({&parcel, 1})) != "d")
        ::_exit(3);
    // Read again on SIGHUP: the same one goes on, another cannot be made any more.
    if (!open_sink(settings))
        ::_exit(4);
    settings.values["from"] = "other@example.org";
    const auto refused = open_sink(settings);
    if (refused || refused.error().text.find("restart it") == std::string::npos)
        ::_exit(5);
    ::_exit(0);
}

TEST(Mail, WorksAfterTheDaemonGaveUpItsPrivileges)
{
    if (::geteuid() != 0)
        GTEST_SKIP() << "root only";
    const sinks::Folder folder;
    EXPECT_EXIT(send_without_privileges(folder), ::testing::ExitedWithCode(0), "");
    EXPECT_EQ(sinks::slurp(folder / "out"), "65534\nNoNewPrivs:\t0\n");
}

TEST(Mail, RefusesWhatIsNoAddressOrProgram)
{
    const auto wrong = [](const char *to, const char *program) {
        return sinks::error_of(
            sinks::settings("mail", {{"to", to}, {"from", "a@b"}, {"sendmail", program}}));
    };
    EXPECT_THAT(wrong("a@b\nBcc: x", "/bin/true"), HasSubstr("to: "));
    EXPECT_THAT(wrong("a@b, -oX", "/bin/true"), HasSubstr("to: \"-oX\" is no address"));
    EXPECT_THAT(wrong("a@b", "/no/such"), HasSubstr("no program"));
}

} // namespace
} // namespace sentra::output
