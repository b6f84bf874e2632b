// SPDX-License-Identifier: MIT
// Ed25519 signatures (RFC 8032), by OpenSSL: the same bytes and the same key give the same
// signature.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sentra {

inline constexpr std::size_t kPublicKeyBytes = 32;
inline constexpr std::size_t kSignatureBytes = 64;

class SigningKey {
public:
    // A private key in PEM, as `openssl genpkey -algorithm ed25519` writes it; only its owner may
    // read it. One that is not there is made, for its owner alone.
    [[nodiscard]] static Result<SigningKey> open_or_make(const std::string &path);
    [[nodiscard]] static Result<SigningKey> parse(const std::string &pem);

    [[nodiscard]] Result<std::string> public_key() const;                 // kPublicKeyBytes
    [[nodiscard]] Result<std::string> sign(std::string_view bytes) const; // kSignatureBytes

private:
    struct Key;
    explicit SigningKey(std::shared_ptr<const Key> key) : key_(std::move(key)) {}
    std::shared_ptr<const Key> key_;
};

// False also where the key or the signature is none.
[[nodiscard]] bool is_signed(std::string_view bytes, std::string_view signature,
                             std::string_view public_key);

} // namespace sentra
