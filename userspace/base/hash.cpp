// SPDX-License-Identifier: MIT
#include "base/hash.h"

#include <array>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "base/encode.h"

namespace sentra {

std::string sha256_hex(std::string_view bytes)
{
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    // OpenSSL takes bytes as unsigned char; the view's are char.
    SHA256(reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size(), digest.data());
    return to_hex({reinterpret_cast<const char *>(digest.data()), digest.size()});
}

std::string hmac_sha256(std::string_view key, std::string_view bytes)
{
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size(), digest.data(),
         nullptr);
    return {digest.begin(), digest.end()};
}

} // namespace sentra
