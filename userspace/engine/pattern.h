// SPDX-License-Identifier: MIT
// One value of a condition against one value of an event, as Sigma means it: texts without regard
// to case, "*" and "?" as wildcards with "\" before a literal one, numbers as numbers, addresses as
// addresses. Time is linear in the value's length (RE2; a glob backs up to its last star only).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/result.h"
#include "event/value.h"

namespace re2 {
class RE2;
}

namespace sentra::engine {

enum class Compare : std::uint8_t {
    equals,
    contains,
    starts,
    ends, // texts, with wildcards
    regex,
    network,
    greater,
    at_least,
    less,
    at_most,
};

// By one of the first four ways, letters as they are and without wildcards.
[[nodiscard]] bool texts_compare(std::string_view text, std::string_view part, Compare compare);

// A whole number with its sign: wide enough for both of Value's kinds.
struct Number {
    bool negative = false;
    std::uint64_t magnitude = 0;

    // Decimal, or hexadecimal after "0x", or octal after "0o" (file modes).
    [[nodiscard]] static std::optional<Number> parse(std::string_view text);
};
[[nodiscard]] int order(const Number &a, const Number &b); // <0, 0, >0

class Pattern {
public:
    // cased: letters must be the same. For regex, flags is a subset of "ims".
    [[nodiscard]] static Result<Pattern> make(Compare compare, std::string_view text, bool cased,
                                              std::string_view flags = {});

    // buffer: where a text is put into lower case; its contents mean nothing afterwards.
    [[nodiscard]] bool matches(const event::Value &value, std::string &buffer) const;
    [[nodiscard]] bool matches_text(std::string_view text, std::string &buffer) const;

    // Of a text that is in lower case already. Only where is_lowered().
    [[nodiscard]] bool matches_lowered(std::string_view text) const;
    [[nodiscard]] bool is_lowered() const { return compare_ <= Compare::ends && !cased_; }

    [[nodiscard]] Compare compare() const { return compare_; }
    // The text without wildcards (lower case unless cased); nullopt where it has some, or is no
    // text.
    [[nodiscard]] std::optional<std::string_view> plain() const;
    // Of a text with wildcards: what stands before, between and after them. The first is how every
    // match begins, the last how it ends; both may be empty. Empty where there are no wildcards.
    [[nodiscard]] std::vector<std::string> pieces() const;
    // Of an expression: texts in lower case, of which at least one is part of whatever it matches,
    // as few and as long as can be. Empty where none can be told.
    [[nodiscard]] const std::vector<std::string> &needles() const { return needles_; }
    [[nodiscard]] bool cased() const { return cased_; }
    [[nodiscard]] const std::optional<Number> &number() const { return number_; }
    [[nodiscard]] const std::optional<Ip> &ip() const { return ip_; }
    [[nodiscard]] const std::string &written() const { return written_; }

private:
    Pattern() = default;
    [[nodiscard]] bool glob(std::string_view text) const;
    [[nodiscard]] bool matches_number(const Number &number) const;

    Compare compare_ = Compare::equals;
    bool cased_ = false;
    std::string written_;
    std::string text_;                // plain form
    std::vector<std::uint16_t> glob_; // with wildcards: bytes, kAnyOne, kAnyRun
    std::optional<Number> number_;
    std::optional<Ip> ip_;
    std::optional<Network> network_;
    std::shared_ptr<const re2::RE2> regex_;
    std::vector<std::string> needles_;
};

// ASCII lower case into buffer; a view of it.
[[nodiscard]] std::string_view lower_into(std::string_view text, std::string &buffer);

// Sigma's transforming modifiers: each value becomes the texts that are looked for instead.
[[nodiscard]] std::vector<std::string> windash_forms(std::string_view text);
[[nodiscard]] std::vector<std::string> base64_offset_forms(std::string_view bytes);
[[nodiscard]] std::string
utf16_of(std::string_view text); // little-endian; ASCII and Latin-1 in UTF-8

} // namespace sentra::engine
