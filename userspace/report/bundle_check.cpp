// SPDX-License-Identifier: MIT
// Everything in here was made by somebody who may want to be believed: sizes, names, JSON.
#include "base/encode.h"
#include "report/bundle.h"

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/text.h"
#include "signal/json_parts.h"

namespace sentra::report {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char *kManifest = "manifest.json";
constexpr const char *kSignature = "manifest.json.sig";
constexpr const char *kArchive = "the archive";

class Check {
public:
    Check(std::string_view archive, std::string_view fingerprint)
        : archive_(archive), wanted_(fingerprint)
    {}
    Checked run()
    {
        auto unpacked = unpack(archive_);
        if (!unpacked) {
            wrong(kArchive, unpacked.error().text);
            return std::move(checked_);
        }
        for (const Unpacked::Broken &broken : unpacked->broken)
            wrong(broken.name, "cannot be read: " + broken.why);
        for (Member &member : unpacked->members)
            if (const auto [at, is_new] =
                    members_.emplace(std::move(member.name), std::move(member.bytes));
                !is_new)
                wrong(at->first, "is there twice");
        take_manifest();
        compare_files();
        compare_ledger();
        compare_deliveries();
        compare_seal();
        return std::move(checked_);
    }

private:
    void wrong(const std::string &file, const std::string &what)
    {
        constexpr std::size_t kFaultsMost = 100;
        if (checked_.faults.size() < kFaultsMost)
            checked_.faults.push_back({printable(file, 200), printable(what, 300)});
    }
    [[nodiscard]] const std::string *find(const std::string &name) const
    {
        const auto at = members_.find(name);
        return at == members_.end() ? nullptr : &at->second;
    }

    void take_manifest();
    void compare_files();
    void compare_file(const Json &file);
    void compare_ledger();
    void compare_deliveries();
    void compare_seal();

    std::string_view archive_, wanted_;
    std::map<std::string, std::string> members_;
    Json manifest_;
    std::string public_key_;
    Checked checked_;
};

void Check::take_manifest()
{
    const std::string *text = find(kManifest);
    const std::string *signature = find(kSignature);
    if (text == nullptr || signature == nullptr)
        return wrong(text == nullptr ? kManifest : kSignature, "is not there");
    manifest_ = Json::parse(*text, nullptr, false);
    if (!manifest_.is_object() || signal::text_of(manifest_, "schema") != kBundleSchema)
        return wrong(kManifest, "is not a manifest of " + std::string(kBundleSchema));
    checked_.from = printable(signal::text_of(manifest_, "from"), 40);
    checked_.to = printable(signal::text_of(manifest_, "to"), 40);
    if (manifest_.contains("host"))
        checked_.host = printable(signal::text_of(manifest_["host"], "name"), 300);
    public_key_ = from_hex(signal::text_of(manifest_, "public_key"));
    checked_.fingerprint = fingerprint_of(public_key_);
    if (!wanted_.empty() && checked_.fingerprint != wanted_)
        wrong(kManifest, "was signed with the key " + checked_.fingerprint + ", not with " +
                             std::string(wanted_));
    if (!signature->ends_with('\n') ||
        !is_signed(*text, from_hex(std::string_view(*signature).substr(0, signature->size() - 1)),
                   public_key_))
        wrong(kSignature, "is not the key's signature of manifest.json");
}

void Check::compare_file(const Json &file)
{
    const std::string name = signal::text_of(file, "name");
    const std::string *bytes = find(name);
    if (bytes == nullptr)
        return wrong(name, "is named by the manifest and not there");
    if (sha256_hex(*bytes) != signal::text_of(file, "sha256"))
        return wrong(name, "was changed: its SHA-256 is not the manifest's");
    if (name.starts_with("evidence/"))
        checked_.signals += 1;
}

void Check::compare_files()
{
    std::set<std::string> named{kManifest, kSignature};
    if (manifest_.is_object() && manifest_.contains("files") && manifest_["files"].is_array())
        for (const Json &file : manifest_["files"]) {
            named.insert(signal::text_of(file, "name"));
            compare_file(file);
        }
    for (const auto &[name, bytes] : members_)
        if (named.count(name) == 0)
            wrong(name, "is not named by the manifest");
    checked_.files = members_.size();
}

void Check::compare_ledger()
{
    constexpr const char *kLedger = "population/ledger.txt";
    const std::string *text = find(kLedger);
    if (text == nullptr)
        return; // compare_files has said it, where the manifest names one
    std::vector<store::Entry> ledger;
    for (std::string_view rest = *text; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const std::size_t space = line.find(' ');
        if (space == std::string_view::npos)
            return wrong(kLedger, "has a line that is no entry");
        ledger.push_back(store::entry_from(std::string(line.substr(space + 1)),
                                           std::string(line.substr(0, space))));
    }
    checked_.decisions = ledger.size();
    if (const std::string why = store::verify(ledger); !why.empty())
        wrong(kLedger, why);
    const std::string head = ledger.empty() ? "" : ledger.back().hash;
    if (manifest_.is_object() && manifest_.contains("ledger") &&
        signal::text_of(manifest_["ledger"], "head") != head)
        wrong(kLedger, "does not end with the entry that the manifest names");
}

// Each sink is brought what it gets in the order of its numbers.
void Check::compare_deliveries()
{
    constexpr const char *kOutbox = "delivery/outbox.csv";
    const std::string *text = find(kOutbox);
    if (text == nullptr)
        return;
    std::map<std::string, std::uint64_t> last; // by sink
    std::string_view rest = *text;
    rest.remove_prefix(std::min(rest.size(), rest.find('\n') + 1));
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const std::vector<std::string_view> fields = split(line, ',');
        constexpr std::size_t kSink = 3;
        if (fields.size() <= kSink || fields[0].size() < 3)
            return wrong(kOutbox, "has a line that is no delivery");
        const auto number = parse_number<std::uint64_t>(fields[0].substr(1, fields[0].size() - 2));
        if (!number)
            return wrong(kOutbox, "has a line without a number");
        std::uint64_t &before = last[std::string(fields[kSink])];
        if (*number <= before)
            wrong(kOutbox, "is not in order at number " + std::to_string(*number));
        before = *number;
    }
}

// Last, so that a member that was changed is named first.
void Check::compare_seal()
{
    const auto seal = seal_of(archive_);
    if (!seal)
        return wrong(kArchive, seal.error().text);
    if (seal->digest != seal->found)
        wrong(kArchive, "was changed: its SHA-256 is not the one in its seal");
    else if (!is_signed(seal->digest, seal->signature, public_key_))
        wrong(kArchive, "has a seal that the key did not sign");
}

} // namespace

Checked check_bundle(std::string_view archive, std::string_view fingerprint)
{
    return Check(archive, fingerprint).run();
}

} // namespace sentra::report
