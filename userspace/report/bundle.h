// SPDX-License-Identifier: MIT
// The audit bundle: everything an auditor asks for of one host and one period, in files that a
// spreadsheet opens, with its digests and a signature. Complete populations, never a sample. In:
// what the store holds, handed in as for a report. Out: members of an archive (report/archive.h);
// the same input gives the same members to the byte. bundle_check says of any such archive whether
// it is as it was made, on any machine, with nothing but itself.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/catalogues.h"
#include "report/archive.h"
#include "report/weekly.h"

namespace sentra::report {

inline constexpr std::string_view kBundleSchema = "sentra.audit/1";

// One form of one signal at one sink.
struct Delivered {
    std::uint64_t sequence = 0, revision = 0;
    std::string uid, sink, state; // "delivered", "pending", "dead"
    std::uint64_t attempts = 0, queued_ns = 0, delivered_ns = 0;
    std::string why;
};

struct BundleInput {
    Input facts;
    std::vector<Delivered> delivered; // in order of sequence and sink
    std::map<std::string, engine::Framework, std::less<>> frameworks;
    std::string rule_bundle; // in force
};

// The manifest is the last but one, its signature the last.
[[nodiscard]] Result<std::vector<Member>> bundle(const BundleInput &input, const SigningKey &key);

struct Checked {
    struct Fault {
        std::string file, what; // file: a member's name, or "the archive"
    };
    std::vector<Fault> faults; // none: it is as it was made
    std::string host, from, to, fingerprint;
    std::size_t files = 0, signals = 0, decisions = 0;
};

// fingerprint: of the key that must have signed; empty: whichever the bundle names.
[[nodiscard]] Checked check_bundle(std::string_view archive, std::string_view fingerprint = {});

// How people compare keys: 64 hex digits, the SHA-256 of the public key.
[[nodiscard]] std::string fingerprint_of(std::string_view public_key);

} // namespace sentra::report
