// SPDX-License-Identifier: MIT
#include "journal/translate.h"

#include <algorithm>

#include "base/text.h"
#include "journal/line.h"
#include "journal/trust.h"

namespace sentra::journal {

namespace {

struct Voice {
    std::string_view program;
    Verdict (*parse)(Line &line);
};

constexpr Voice kVoices[] = {
    {"sshd", parse_sshd},     {"sudo", parse_sudo},       {"su", parse_su},
    {"login", parse_login},   {"shadow", parse_shadow},   {"cron", parse_cron},
    {"logind", parse_logind}, {"systemd", parse_systemd}, {"polkit", parse_polkit},
    {"pkexec", parse_pkexec}, {"chkpwd", parse_chkpwd},   {"journald", parse_journald},
};

constexpr std::string_view kOldPam = "(pam_unix)";
constexpr std::string_view kMoreFollows = " [...]";
constexpr std::string_view kGoesOn = "[...] ";
constexpr std::size_t kMostParts = 64;
// The parts of one command are written within one call; a second is an age.
constexpr std::uint64_t kPartPatienceNs = kSecondNs;

// rsyslog's "message repeated N times: [ TEXT]". TEXT is a whole line of its own.
std::string_view unwrap(std::string_view text, std::uint32_t &repeated)
{
    Scan scan(text);
    if (!scan.take("message repeated "))
        return text;
    const auto times = scan.number<std::uint32_t>();
    if (!times || *times == 0 || !scan.take(" times: [") || !scan.rest().ends_with(']'))
        return text;
    repeated = *times;
    return trim(scan.rest().substr(0, scan.rest().size() - 1));
}

Verdict speak(const Program &program, Line &line)
{
    for (const Voice &voice : kVoices)
        if (voice.program == program.name)
            return voice.parse(line);
    return {};
}

bool is_of_sudo(const Entry &entry)
{
    const Program *program = find_program(entry.identifier);
    return program != nullptr && program->name == "sudo";
}

} // namespace

Verdict Translator::keep(Verdict verdict, sentra_source source, std::vector<event::Record> &fresh,
                         std::vector<event::Record> &out)
{
    for (event::Record &record : fresh) {
        if (record.head().type == SENTRA_META_GAP)
            losses_.count(SENTRA_LOSS_JOURNAL_GAP);
        record.head().sequence = next_sequence(source);
        out.push_back(std::move(record));
    }
    if (verdict.kind == Kind::unknown)
        losses_.count(SENTRA_LOSS_JOURNAL_UNKNOWN);
    return verdict;
}

Verdict Translator::read(const Entry &entry, sentra_source source, std::vector<event::Record> &out)
{
    std::vector<event::Record> fresh;
    Line line{.entry = entry,
              .text = trim(entry.message),
              .identifier = entry.identifier,
              .source = source,
              .recent = recent_,
              .out = fresh};
    line.text = unwrap(line.text, line.repeated);
    const Program *program = find_program(entry.identifier);
    if (program == nullptr) {
        const bool old = entry.plain_log && entry.identifier.ends_with(kOldPam);
        const auto trust = own_name_entitlement(entry);
        if (!trust)
            return {};
        line.trust = *trust;
        const auto name =
            line.identifier.substr(0, line.identifier.size() - (old ? kOldPam.size() : 0));
        return keep(old ? parse_old_pam(line, name) : parse_pam(line), source, fresh, out);
    }
    const auto trust = entitlement(entry, *program);
    // A forger must not steer what we remember: his line is read with a memory of its own.
    Recent nothing;
    Line judged{.entry = entry,
                .text = line.text,
                .identifier = line.identifier,
                .repeated = line.repeated,
                .source = source,
                .trust = trust.value_or(SENTRA_TRUST_NONE),
                .recent = trust ? recent_ : nothing,
                .out = fresh};
    const Verdict verdict = speak(*program, judged);
    if (trust)
        return keep(verdict, source, fresh, out);
    // sshd's child that has become the user says only what no record is made of, and early in the
    // boot systemd and journald speak through the kernel's log: no forgery.
    const auto &names = program->names;
    const bool is_child =
        !entry.comm.empty() && std::find(names.begin(), names.end(), entry.comm) != names.end();
    const bool harmless = verdict.kind == Kind::known && (is_child || entry.transport == "kernel");
    if (harmless || verdict.kind == Kind::unknown || verdict.kind == Kind::not_ours)
        return harmless ? verdict : Verdict{};
    losses_.count(SENTRA_LOSS_JOURNAL_FORGED);
    return {Kind::forged, verdict.wording};
}

// Puts the parts of one sudo-rs line together. Nothing: a part, more is to come. The entry itself
// where it is no part.
std::optional<Entry> Translator::join(const Entry &entry, sentra_source source,
                                      std::vector<event::Record> &out)
{
    // One after the other: in "[...] [...]" the two marks would share a blank.
    std::string_view text = entry.message;
    const bool goes_on = text.starts_with(kGoesOn);
    if (goes_on)
        text.remove_prefix(kGoesOn.size());
    const bool is_continued = text.ends_with(kMoreFollows);
    if (is_continued)
        text.remove_suffix(kMoreFollows.size());
    if (!is_continued && !goes_on)
        return entry;
    const Program *program = find_program(entry.identifier);
    if (!is_of_sudo(entry) || !entitlement(entry, *program))
        return entry;
    const auto begun = std::find_if(parts_.begin(), parts_.end(), [&](const Part &part) {
        return part.entry.pid == entry.pid && part.entry.uid == entry.uid && part.source == source;
    });
    if (begun == parts_.end() || !goes_on) {
        if (!is_continued)
            return entry;
        if (parts_.size() == kMostParts)
            flush(parts_.front().entry.realtime_ns + 1, out);
        parts_.push_back({entry, source});
        parts_.back().entry.message = text;
        return std::nullopt;
    }
    Entry &whole = begun->entry;
    if (whole.message.size() + text.size() <= SENTRA_ARGS_MAX)
        whole.message.append(text);
    else
        whole.cut = true;
    if (is_continued)
        return std::nullopt;
    Entry joined = std::move(whole);
    parts_.erase(begun);
    return joined;
}

Verdict Translator::translate(const Entry &entry, sentra_source source,
                              std::vector<event::Record> &out)
{
    if (!parts_.empty() && entry.realtime_ns > kPartPatienceNs)
        flush(entry.realtime_ns - kPartPatienceNs, out);
    if (entry.cut)
        losses_.count(SENTRA_LOSS_TRUNCATED);
    const auto whole = join(entry, source, out);
    return whole ? read(*whole, source, out) : known("sudo.part");
}

void Translator::flush(std::uint64_t before_ns, std::vector<event::Record> &out)
{
    for (auto part = parts_.begin(); part != parts_.end();) {
        if (part->entry.realtime_ns >= before_ns) {
            ++part;
            continue;
        }
        Part cut = std::move(*part);
        part = parts_.erase(part);
        cut.entry.cut = true;
        losses_.count(SENTRA_LOSS_TRUNCATED);
        (void)read(cut.entry, cut.source, out);
    }
}

} // namespace sentra::journal
