// SPDX-License-Identifier: MIT
// What the ring holds, made a record as the treaty wants it outside the kernel: trimmed, paths
// turned round and joined, padding zero. Knows no kernel: hand-made bytes do as well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "event/catalogue.h"
#include "event/record.h"
#include "sensor/packages.h"

namespace sentra::sensor {

// "leaf\0parent\0" -> "/parent/leaf", in place, the same number of bytes. Without the last NUL the
// walk did not reach the root: "parent/leaf", which is not absolute.
void turn_path(std::span<char> path, std::vector<char> &scratch);

// A path as a caller gave it, from the kernel's directory: the working directory or descriptor for
// a relative one, the caller's root for an absolute one. ".." goes by text: a claim, not a fact.
[[nodiscard]] std::string join_given(std::string_view directory, std::string_view given);

// "pts3" -> "pts/3": the name in /dev.
[[nodiscard]] std::string device_name(std::string_view tty);

// Turns ring bytes into records; keeps its buffers, so one per thread.
class Receiver {
public:
    // Whom to ask for the packages of programs; nobody: they are not known.
    void use(Packages *packages) { packages_ = packages; }
    // boot_to_unix_ns is added to head.time_ns. The loss: short_record, unknown_type, bad_record.
    [[nodiscard]] tl::expected<event::Record, sentra_loss>
    receive(std::span<const std::byte> bytes, std::uint64_t sequence, std::int64_t boot_to_unix_ns);
    // The same with arguments that lie outside the bytes: the snapshot's.
    [[nodiscard]] tl::expected<event::Record, sentra_loss>
    receive_snapshot(std::span<const std::byte> bytes, std::string_view args,
                     std::uint64_t sequence, std::int64_t boot_to_unix_ns);

private:
    [[nodiscard]] tl::expected<const event::Type *, sentra_loss>
    take(std::span<const std::byte> bytes, std::uint64_t sequence, std::int64_t boot_to_unix_ns);
    [[nodiscard]] event::Record finish(const event::Type &type);
    [[nodiscard]] event::Record join_names();
    void tell_package(std::uint64_t boot_ns);
    void set_text(std::size_t slice_offset, std::string_view text);
    [[nodiscard]] std::string_view text(const sentra_text &slice) const;
    [[nodiscard]] std::byte *first() { return reinterpret_cast<std::byte *>(words_.data()); }
    [[nodiscard]] sentra_head &head() { return *reinterpret_cast<sentra_head *>(words_.data()); }
    template <typename Struct> [[nodiscard]] Struct &as()
    {
        return *reinterpret_cast<Struct *>(words_.data());
    }

    std::vector<std::uint64_t> words_; // aligned for any struct of the treaty
    std::vector<char> scratch_;
    Packages *packages_ = nullptr;
};

} // namespace sentra::sensor
