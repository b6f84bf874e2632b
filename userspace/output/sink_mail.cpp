// SPDX-License-Identifier: MIT
// A mail a signal, through the host's own MTA.
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "output/http.h"
#include "output/mail.h"
#include "output/sink.h"

namespace sentra::output {

namespace {

// sysexits.h, as MTAs mean it.
Handover judge_exit(int result)
{
    const std::string code = std::to_string(result);
    const std::string why = "sendmail exited with " + code;
    switch (result) {
    case 0:
        return all_alike(1, Fate::delivered, "", code);
    case 64: // EX_USAGE
    case 65: // EX_DATAERR
        return all_alike(1, Fate::rejected, why, code);
    case 67: // EX_NOUSER
    case 68: // EX_NOHOST
    case 77: // EX_NOPERM
    case 78: // EX_CONFIG
    case 126:
    case 127:
        return paused(1, why, code);
    default: // EX_TEMPFAIL first of all
        return all_alike(1, Fate::retry, why, code);
    }
}

class Mail final : public Transport {
public:
    Mail(SinkSettings settings, MailSettings mail, std::shared_ptr<MailHelper> helper)
        : settings_(std::move(settings)), mail_(std::move(mail)), helper_(std::move(helper))
    {}
    Handover send(std::span<const Parcel> parcels) override
    {
        if (parcels.empty())
            return {};
        const auto result = helper_->run(to_mail(parcels.front(), mail_, now_ns_of(settings_)));
        Handover handover = result ? judge_exit(*result) : paused(1, result.error().text, "failed");
        handover.outcomes.resize(parcels.size(), {Fate::retry, "one mail at a time"});
        return handover;
    }

private:
    SinkSettings settings_;
    MailSettings mail_;
    std::shared_ptr<MailHelper> helper_;
};

} // namespace

Result<std::unique_ptr<Transport>> open_mail(const SinkSettings &settings)
{
    MailSettings mail;
    const std::string to = text_of(settings, "to");
    for (const std::string_view one : split(to, ','))
        mail.to.emplace_back(trim(one));
    mail.from = text_of(settings, "from");
    for (const std::string &one : mail.to)
        if (!is_mail_address(one))
            return failure("to: \"" + printable(one, 80) + "\" is no address");
    if (!is_mail_address(mail.from))
        return failure("from: \"" + printable(mail.from, 80) + "\" is no address");
    const std::string program = text_of(settings, "sendmail", "/usr/sbin/sendmail");
    if (program.front() != '/' || ::access(program.c_str(), X_OK) != 0)
        return failure("sendmail: " + printable(program, 200) +
                       " is no program; install an MTA, or name its sendmail");
    auto helper = MailHelper::begin(program, mail.from, text_of(settings, "run_as", "nobody"));
    if (!helper)
        return tl::unexpected(std::move(helper.error()));
    return std::make_unique<Mail>(settings, std::move(mail), std::move(*helper));
}

} // namespace sentra::output
