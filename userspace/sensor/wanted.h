// SPDX-License-Identifier: MIT
// What of the kernel's events some rule can use. In: what the rules need. Out: which types are told
// at all, which only where a rule can find something, and the verdict on a directory. Pure and
// immutable; a verdict never leaves out what a need could match.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sentra/wire.h>

namespace sentra::sensor {

// Something that is looked for in the events of a type: all of them, or those with such a path.
struct Need {
    enum class How : std::uint8_t { any, is, begins, ends, contains };
    std::string event; // "file.write"
    How how = How::any;
    std::string value; // of file.path (or file.origin.path); compares without regard to case
    bool each = false; // every single one: something counts them, or waits for seconds only
};

// What may be asked of a file's directory: nothing in it is wanted, what has a wanted name or
// ending, all.
enum class Verdict : std::uint8_t { quiet, names, all };

class Wanted {
public:
    // The sensor and the session need some types whatever the rules ask: those are wanted too.
    explicit Wanted(std::vector<Need> needs);
    // What either asks for.
    [[nodiscard]] static std::shared_ptr<const Wanted> both(const Wanted &a, const Wanted &b);

    // Bits by SENTRA_ROW.
    [[nodiscard]] std::uint64_t unwanted_types() const { return unwanted_; }
    [[nodiscard]] std::uint64_t placed_types() const { return placed_; }
    [[nodiscard]] std::uint64_t repeating_types() const { return repeating_; }

    // directory: whole and absolute, with or without its last slash.
    [[nodiscard]] Verdict verdict(std::string_view directory) const;
    // In lower case, each once; what Verdict::names goes by.
    [[nodiscard]] const std::vector<std::string> &names() const { return names_; }
    [[nodiscard]] const std::vector<std::string> &endings() const { return endings_; }

private:
    void take_types();
    void take_names();
    std::vector<Need> needs_;
    std::vector<Need> places_; // with a path, of the placed types
    std::vector<std::string> names_, endings_;
    std::uint64_t unwanted_ = 0, placed_ = 0, repeating_ = 0;
};

} // namespace sentra::sensor
