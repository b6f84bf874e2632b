// SPDX-License-Identifier: MIT
// Files in a ZIP archive, in memory (libzip). The same files give the same bytes with the same
// libzip, whatever the clock and the time zone say. At its end stands a seal: a comment with the
// SHA-256 of every byte before it and a signature of that, so that no byte can change unnoticed,
// those between the files neither.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/sign.h"

namespace sentra::report {

struct Member {
    std::string name; // "population/signals.csv"
    std::string bytes;
};

// In the order given.
[[nodiscard]] Result<std::string> pack(const std::vector<Member> &members, const SigningKey &key);

// Without a seal: an archive that proves nothing.
[[nodiscard]] Result<std::string> pack(const std::vector<Member> &members);

struct Unpacked {
    std::vector<Member> members;
    struct Broken {
        std::string name, why;
    };
    std::vector<Broken> broken; // members that cannot be read
};
// At most kUnpackedBytesMost in all, whatever the archive says of itself.
inline constexpr std::size_t kUnpackedBytesMost = std::size_t{1} << 30U;
[[nodiscard]] Result<Unpacked> unpack(std::string_view archive);

// The seal at the end of an archive, as far as there is one.
struct Seal {
    std::string digest;    // what it says; 64 hex digits
    std::string signature; // kSignatureBytes
    std::string found;     // the digest of what stands before it
};
[[nodiscard]] Result<Seal> seal_of(std::string_view archive);

} // namespace sentra::report
