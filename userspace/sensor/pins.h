// SPDX-License-Identifier: MIT
// What outlives the sensor: the maps and hooks of its kernel half, pinned in a BPF file system.
//
//   DIR/                   0700, root's; locked by the sensor that uses it
//     <version>/           a generation: one kernel half, by the version of its programs
//       manifest           what is needed to use the rest; a map of one row that holds text
//       told               which losses have been told, likewise
//       map_<name>         every map
//       link_<number>      every hook that holds a program, as the manifest numbers them
//
// A generation is made under another name and renamed when it is whole; one that goes is renamed
// first. So what lies under a version's name is whole, or somebody else took it apart. Nothing
// outlives the host's own restart: the file system is memory.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "sensor/handles.h"

namespace sentra::sensor {

struct Manifest {
    std::string treaty;      // the shape of its records: treaty_version()
    std::uint64_t since_ns;  // boot time; what happened before is told by the generation before it
    std::string words;       // the map whose word at paused_at makes the programs deaf
    std::uint32_t paused_at; // bytes
    std::vector<std::string> hooks;              // attached: number -> label
    std::map<std::string, std::string> failures; // hooks that could not be had, and why

    [[nodiscard]] std::string to_text() const;
    [[nodiscard]] static Result<Manifest> parse(std::string_view text);
};

// Sixteen hexadecimal digits that change with any type or field of a record.
[[nodiscard]] std::string treaty_version();

// A generation as whoever comes later finds it. Every object is checked for what it says it is.
class Generation {
public:
    [[nodiscard]] static Result<Generation> read(const std::string &path);

    [[nodiscard]] const Manifest &manifest() const { return manifest_; }
    [[nodiscard]] Result<Fd> map(std::string_view name) const;
    [[nodiscard]] Result<Link> link(std::size_t number) const;
    // Whether its programs are deaf: somebody was about to take it away.
    [[nodiscard]] Result<bool> is_paused() const;
    [[nodiscard]] Result<void> pause() const;
    // Empty: nothing has been told.
    [[nodiscard]] std::string told() const;

private:
    std::string path_;
    Manifest manifest_;
};

class Pins {
public:
    // Makes the directory. Errors: no BPF file system, not root's alone, another sensor's.
    [[nodiscard]] static Result<Pins> open(const std::string &directory);
    // The same again, after somebody removed the directory.
    [[nodiscard]] static Result<Pins> reopen(Pins old);
    // Removes what an ended sensor left there; false: there was nothing.
    [[nodiscard]] static Result<bool> forget(const std::string &directory);

    // Names of whole generations. What is not whole is removed.
    [[nodiscard]] std::vector<std::string> versions() const;
    [[nodiscard]] std::string path(std::string_view version) const;

    // All or nothing. maps: name -> descriptor.
    [[nodiscard]] Result<void> keep(const std::string &version, const Manifest &manifest,
                                    const std::map<std::string, int> &maps,
                                    const std::vector<int> &links) const;
    [[nodiscard]] Result<void> tell(const std::string &version, const Manifest &manifest) const;
    [[nodiscard]] Result<void> told(const std::string &version, const std::string &text) const;
    // Whether everything that was kept is still there.
    [[nodiscard]] bool is_whole(const std::string &version, std::size_t maps,
                                std::size_t links) const;
    void rename(const std::string &version, const std::string &other) const;
    void remove(const std::string &version) const;
    // Nothing is left: also the directory goes.
    void remove_all() const;

private:
    Pins(std::string directory, Fd lock) : directory_(std::move(directory)), lock_(std::move(lock))
    {}
    [[nodiscard]] Result<void> keep_in(const std::string &place, const Manifest &manifest,
                                       const std::map<std::string, int> &maps,
                                       const std::vector<int> &links) const;
    std::string directory_;
    Fd lock_;
};

} // namespace sentra::sensor
