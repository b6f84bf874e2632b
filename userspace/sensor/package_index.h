// SPDX-License-Identifier: MIT
// Which package brought which path, by one reading of dpkg's database. Paths are kept as hashes, 8
// bytes each (144,000 paths of 858 packages: 1.2 MB); the hash is keyed at random, so that nobody
// can look for a name of his own that collides with a package's. Immutable once it is sealed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"

namespace sentra::sensor {

struct PackageLimits {
    // Ten times a large server; 16 MB.
    std::size_t paths = 2'000'000;
    // The number of a package has 16 bits beside the hash. Debian as a whole has some 65,000.
    std::size_t packages = 65'536;
    // The longest list of Debian 12 has 3 MB.
    std::size_t file_bytes = std::size_t{32} << 20;
};

class PackageIndex {
public:
    explicit PackageIndex(PackageLimits limits = {});

    // Below root; "" is this host. Error: there is no dpkg database. Pieces that are missing or too
    // large leave the index incomplete.
    [[nodiscard]] static Result<PackageIndex> read(const std::string &root,
                                                   PackageLimits limits = {});

    // In this order, then seal(). A directory that is a symbolic link: "/bin" is "/usr/bin".
    void alias(std::string_view from, std::string_view to);
    // The text of var/lib/dpkg/diversions: three lines each, from, to, and the package that keeps
    // `from` (":": none does).
    void divert(std::string_view text);
    // The text of a package's .list: a path per line.
    void add(std::string_view package, std::string_view list);
    void mark_incomplete() { complete_ = false; }
    void seal();

    // Empty: no package brought it; a fact only of a complete index.
    [[nodiscard]] std::string_view owner(std::string_view path) const;
    [[nodiscard]] bool is_complete() const { return complete_; }
    [[nodiscard]] std::size_t paths() const { return entries_.size(); }

private:
    struct Diversion {
        std::string to, keeper;
    };
    [[nodiscard]] std::uint64_t hash(std::string_view path) const;
    // As the kernel would call it; may point into scratch.
    [[nodiscard]] std::string_view fold(std::string_view path, std::string &scratch) const;

    PackageLimits limits_;
    std::array<std::uint64_t, 2> key_{};
    std::vector<std::pair<std::string, std::string>> aliases_;
    std::unordered_map<std::uint64_t, Diversion> diversions_;
    std::vector<std::string> names_;
    std::vector<std::uint64_t> entries_; // 48 bits of hash, 16 of the package's number
    bool complete_ = true;
};

// "libc6:amd64.list" -> "libc6"; empty when that is not the name of a list.
[[nodiscard]] std::string_view package_of_list(std::string_view file_name);

} // namespace sentra::sensor
