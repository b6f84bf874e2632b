// SPDX-License-Identifier: MIT
// A bundle as an auditor gets it, and what is said of it when somebody had his hands on it.
#include <algorithm>

#include "base/encode.h"
#include "base/hash.h"
#include "base/sign.h"
#include "report/bundle.h"
#include "unit/report/made.h"

namespace sentra::report {
namespace {

// Made with `openssl genpkey -algorithm ed25519`, for this test.
constexpr const char *kPem = "-----BEGIN PRIVATE KEY-----\n"
                             "MC4CAQAwBQYDK2VwBCIEIBRTlNZ2Ao9usUYeR/DtkAAwf5cuqPix7W5+QO8I70Zy\n"
                             "-----END PRIVATE KEY-----\n";

const SigningKey &key()
{
    static const SigningKey kKey = SigningKey::parse(kPem).value();
    return kKey;
}

BundleInput input()
{
    BundleInput input;
    input.facts = made::week();
    input.rule_bundle = "b00d1e";
    input.frameworks["soc2"] = {
        "soc2", "SOC 2", "2017", {{"CC6.1", "Access"}, {"CC0.0", "Nothing of it was seen"}}};
    const std::uint64_t at_ns = input.facts.period.from_ns + kHourNs;
    for (std::uint64_t i = 1; i <= 3; ++i)
        input.delivered.push_back(
            {i, 1, input.facts.signals[i].uid, "siem", "delivered", 1, at_ns, at_ns + i, ""});
    return input;
}

std::string archive()
{
    static const std::string kArchive = pack(bundle(input(), key()).value(), key()).value();
    return kArchive;
}

const Member &member(const std::vector<Member> &members, const std::string &name)
{
    const auto at = std::find_if(members.begin(), members.end(),
                                 [&](const Member &one) { return one.name == name; });
    EXPECT_NE(at, members.end()) << name;
    return *at;
}

std::string faults_of(const Checked &checked)
{
    std::string text;
    for (const Checked::Fault &fault : checked.faults)
        text += fault.file + " " + fault.what + "\n";
    return text;
}

TEST(Bundle, IsWholeAndSaysWhoseItIs)
{
    const Checked checked = check_bundle(archive());
    EXPECT_EQ(faults_of(checked), "");
    EXPECT_EQ(checked.host, made::week().host);
    EXPECT_EQ(checked.fingerprint, fingerprint_of(key().public_key().value()));
    EXPECT_GT(checked.signals, 10U);
    EXPECT_EQ(checked.decisions, made::week().ledger.size());
    EXPECT_TRUE(check_bundle(archive(), checked.fingerprint).faults.empty());
    EXPECT_FALSE(check_bundle(archive(), std::string(64, '0')).faults.empty());
}

TEST(Bundle, IsTheSameFromTheSame)
{
    ::setenv("TZ", "Pacific/Auckland", 1);
    ::tzset();
    const std::string again = pack(bundle(input(), key()).value(), key()).value();
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    EXPECT_EQ(sha256_hex(again), sha256_hex(archive()));
}

TEST(Bundle, HasEverySignalOfThePeriodAndRowsOfZero)
{
    const auto members = bundle(input(), key()).value();
    const std::string &signals = member(members, "population/signals.csv").bytes;
    const Period period = input().facts.period;
    for (const signal::Signal &signal : input().facts.signals) {
        const bool is_in = signal.last_ns >= period.from_ns && signal.last_ns < period.to_ns;
        EXPECT_EQ(signals.find(signal.uid) != std::string::npos, is_in) << signal.title;
    }
    const std::string &controls = member(members, "controls.csv").bytes;
    EXPECT_NE(controls.find(R"("CC0.0","Nothing of it was seen","supports evidence for","0")"),
              std::string::npos);
    EXPECT_NE(member(members, "population/reviews.csv").bytes.find("\"anna"), std::string::npos);
}

// The archive's own records as well as the files: whatever byte it is, somebody is told which file.
TEST(Bundle, NoByteChangesUnnoticed)
{
    const std::string whole = archive();
    for (std::size_t i = 0; i < whole.size(); i += std::max<std::size_t>(1, whole.size() / 400)) {
        std::string changed = whole;
        changed[i] = static_cast<char>(changed[i] ^ 0x20);
        const Checked checked = check_bundle(changed);
        ASSERT_FALSE(checked.faults.empty()) << "byte " << i << " of " << whole.size();
        EXPECT_FALSE(checked.faults.front().file.empty());
    }
    for (std::size_t i = whole.size() - 600; i < whole.size(); ++i) { // all of the seal
        std::string changed = whole;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(check_bundle(changed).faults.empty()) << "byte " << i;
    }
    EXPECT_FALSE(check_bundle(whole.substr(0, whole.size() - 1)).faults.empty());
    EXPECT_FALSE(check_bundle(whole + "x").faults.empty());
    EXPECT_FALSE(check_bundle("").faults.empty());
}

TEST(Bundle, NamesTheFileThatWasChangedAndPackedAgain)
{
    for (const std::string name :
         {"population/signals.csv", "population/ledger.txt", "controls.csv", "manifest.json"}) {
        auto members = bundle(input(), key()).value();
        const_cast<Member &>(member(members, name)).bytes[20] ^= 1;
        const Checked checked = check_bundle(pack(members, key()).value());
        ASSERT_FALSE(checked.faults.empty()) << name;
        EXPECT_NE(faults_of(checked).find(name), std::string::npos) << faults_of(checked);
    }
}

TEST(Bundle, NamesWhatWasTakenOutOrPutIn)
{
    auto members = bundle(input(), key()).value();
    members.erase(members.begin() + 2);
    const std::string gone = bundle(input(), key()).value()[2].name;
    members.push_back({"population/extra.csv", "x\n"});
    const std::string faults = faults_of(check_bundle(pack(members, key()).value()));
    EXPECT_NE(faults.find(gone + " is named by the manifest and not there"), std::string::npos)
        << faults;
    EXPECT_NE(faults.find("population/extra.csv is not named by the manifest"), std::string::npos)
        << faults;
}

// Who signs anew what he changed shows by his key alone: its fingerprint is another.
TEST(Bundle, OfAnotherKeyHasAnotherFingerprint)
{
    const std::string path = ::testing::TempDir() + "/audit.key";
    ::unlink(path.c_str());
    const auto other = SigningKey::open_or_make(path);
    ASSERT_TRUE(other) << other.error().text;
    const std::string forged = pack(bundle(input(), *other).value(), *other).value();
    EXPECT_TRUE(check_bundle(forged).faults.empty());
    EXPECT_FALSE(check_bundle(forged, fingerprint_of(key().public_key().value())).faults.empty());
    const auto again = SigningKey::open_or_make(path);
    ASSERT_TRUE(again) << again.error().text;
    EXPECT_EQ(again->public_key().value(), other->public_key().value());
    ::chmod(path.c_str(), 0644);
    EXPECT_FALSE(SigningKey::open_or_make(path));
    ::unlink(path.c_str());
}

} // namespace
} // namespace sentra::report
