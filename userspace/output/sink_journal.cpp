// SPDX-License-Identifier: MIT
// Entries in this host's journal, by journald's own protocol: fields that journalctl filters by,
// the whole document in one of them. journald confirms nothing.
#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "output/derive.h"
#include "output/sink.h"

namespace sentra::output {

namespace {

// What the library writes to; where it is not there, the library says that all went well.
constexpr const char *kSocket = "/run/systemd/journal/socket";
// Names this kind of entry for journalctl's catalogue and MESSAGE_ID= matches.
constexpr const char *kMessageId = "6c1d8f3be2a74d0f9d0c3a5be18e47f2";

class Journal final : public Transport {
public:
    explicit Journal(const Format &format) : format_(format) {}
    Handover send(std::span<const Parcel> parcels) override
    {
        Handover result;
        result.code = "ok";
        for (const Parcel &parcel : parcels) {
            const int wrong = ::access(kSocket, F_OK) != 0 ? -errno : send_one(parcel);
            if (wrong < 0) {
                result.code = "refused";
                const std::string why = system_failure("the journal", -wrong).value().text;
                result.outcomes.resize(parcels.size(), {Fate::retry, why});
                break;
            }
            result.outcomes.push_back({Fate::delivered, ""});
        }
        return result;
    }

private:
    [[nodiscard]] int send_one(const Parcel &parcel) const
    {
        const signal::Signal signal = shown(parcel);
        std::vector<std::string> fields = {
            "MESSAGE=" + signal.title + ": " + signal.narrative,
            std::string("MESSAGE_ID=") + kMessageId,
            "PRIORITY=" + std::to_string(severity_of(signal.score).syslog),
            "SYSLOG_IDENTIFIER=sentra-signal",
            "SENTRA_UID=" + signal.uid,
            "SENTRA_REVISION=" + std::to_string(parcel.revision),
            "SENTRA_SEQUENCE=" + std::to_string(parcel.delivery.sequence),
            "SENTRA_SIGNAL=" + signal.id,
            "SENTRA_STATE=" + signal.state,
            "SENTRA_RISK=" + decimal(signal.score),
            "SENTRA_RULE=" + signal.rule_id,
            "SENTRA_DOCUMENT=" + document_of(parcel, format_)};
        if (parcel.is_test)
            fields.emplace_back("SENTRA_TEST=1");
        std::vector<iovec> pieces;
        for (std::string &field : fields)
            pieces.push_back({field.data(), field.size()});
        return ::sd_journal_sendv(pieces.data(), static_cast<int>(pieces.size()));
    }

    const Format &format_;
};

} // namespace

Result<std::unique_ptr<Transport>> open_journal(const SinkSettings &settings)
{
    const auto format = format_of(settings);
    if (!format)
        return tl::unexpected(format.error());
    return std::make_unique<Journal>(**format);
}

} // namespace sentra::output
