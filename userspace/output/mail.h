// SPDX-License-Identifier: MIT
// A signal as a mail: text and HTML, threaded by its uid. And the process that hands mails to the
// host's MTA: made while this one may still change its user, it keeps nothing of ours but a socket,
// runs as nobody, and can do one thing: run sendmail.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "output/transport.h"

namespace sentra::output {

struct MailSettings {
    std::string from;
    std::vector<std::string> to;
};
// Lines end with \n, as sendmail takes them. now_ns is the date of the mail.
[[nodiscard]] std::string to_mail(const Parcel &parcel, const MailSettings &settings,
                                  std::uint64_t now_ns);
// One line of a header: as it is where it is plain ASCII, else encoded words (RFC 2047), folded.
[[nodiscard]] std::string header_text(std::string_view text);
// "name@host" or "name": nothing that a header or a command line could take for more.
[[nodiscard]] bool is_mail_address(std::string_view text);

class MailHelper {
public:
    // One for all who ask for the same program, sender and user: later on none could be made.
    [[nodiscard]] static Result<std::shared_ptr<MailHelper>>
    begin(const std::string &program, const std::string &from, const std::string &user);
    MailHelper(const MailHelper &) = delete;
    MailHelper &operator=(const MailHelper &) = delete;
    ~MailHelper() = default; // it ends when its socket does

    // What sendmail exited with; 128 + n where a signal ended it. An error: the helper is gone, or
    // did not answer.
    [[nodiscard]] Result<int> run(std::string_view message);

private:
    MailHelper() = default;
    Fd socket_;
};

} // namespace sentra::output
