// SPDX-License-Identifier: MIT
// How a thing that can fail says so. Sentra's own code throws nothing: a failure is a value whose
// text is a lower-case clause that composes ("open rules: rules/x.yaml:14:3: unknown field ...").
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace sentra {

struct Error {
    std::string text;

    // "what: text": the caller says what it was doing.
    [[nodiscard]] Error within(std::string_view what) &&
    {
        text.insert(0, ": ").insert(0, what);
        return std::move(*this);
    }
};

template <typename T> using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> failure(std::string text)
{
    return tl::unexpected<Error>(Error{std::move(text)});
}

// "what: strerror(error_number)". error_number is a positive errno.
[[nodiscard]] tl::unexpected<Error> system_failure(std::string_view what, int error_number);

} // namespace sentra
