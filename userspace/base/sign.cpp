// SPDX-License-Identifier: MIT
#include "base/sign.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/fd.h"

namespace sentra {

namespace {

template <auto kFree> struct Free {
    template <typename T> void operator()(T *it) const { kFree(it); }
};
using Pkey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;

const unsigned char *bytes_of(std::string_view text)
{
    // OpenSSL takes bytes as unsigned char; the view's are char.
    return reinterpret_cast<const unsigned char *>(text.data());
}

Result<std::string> new_key_as_pem()
{
    const Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    const Bio out(BIO_new(BIO_s_mem()));
    if (key == nullptr || out == nullptr ||
        PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return failure("make a signing key: OpenSSL would not");
    char *text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return std::string(text, static_cast<std::size_t>(size));
}

// Whole or not at all: a key that was half written would be no key for ever.
Result<void> write_new(const std::string &path, const std::string &text)
{
    const std::string beside = path + ".new";
    {
        (void)::unlink(beside.c_str());
        const Fd file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                             S_IRUSR | S_IWUSR));
        if (!file.is_open())
            return failure(beside + ": " + std::strerror(errno));
        if (auto written = write_all(file, text); !written)
            return written;
        if (::fsync(file.get()) != 0)
            return failure(beside + ": " + std::strerror(errno));
    }
    // link and not rename: whoever came first has made the key that counts.
    const bool is_ours = ::link(beside.c_str(), path.c_str()) == 0;
    const int why = errno;
    (void)::unlink(beside.c_str());
    if (!is_ours && why != EEXIST)
        return failure(path + ": " + std::strerror(why));
    return {};
}

} // namespace

struct SigningKey::Key {
    Pkey key;
};

Result<SigningKey> SigningKey::parse(const std::string &pem)
{
    const Bio in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    auto key = std::make_shared<Key>();
    if (in != nullptr) // an empty password: never ask a terminal for one
        key->key.reset(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, const_cast<char *>("")));
    if (key->key == nullptr || EVP_PKEY_get_base_id(key->key.get()) != EVP_PKEY_ED25519)
        return failure("not an Ed25519 private key in PEM");
    return SigningKey(std::move(key));
}

Result<SigningKey> SigningKey::open_or_make(const std::string &path)
{
    struct stat about = {};
    if (::lstat(path.c_str(), &about) != 0 && errno == ENOENT) {
        auto made = new_key_as_pem();
        if (!made)
            return tl::unexpected(std::move(made.error()));
        if (auto written = write_new(path, *made); !written)
            return tl::unexpected(std::move(written.error()));
    } else if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return failure(path + ": others than its owner may read this key; chmod 600 it");
    }
    auto text = read_file(path);
    if (!text)
        return tl::unexpected(std::move(text.error()));
    auto key = parse(*text);
    if (!key)
        return tl::unexpected(std::move(key.error()).within(path));
    return key;
}

Result<std::string> SigningKey::public_key() const
{
    std::array<unsigned char, kPublicKeyBytes> raw{};
    std::size_t size = raw.size();
    if (EVP_PKEY_get_raw_public_key(key_->key.get(), raw.data(), &size) != 1 || size != raw.size())
        return failure("read the public key: OpenSSL would not");
    return std::string(raw.begin(), raw.end());
}

Result<std::string> SigningKey::sign(std::string_view bytes) const
{
    std::array<unsigned char, kSignatureBytes> raw{};
    std::size_t size = raw.size();
    const Digest digest(EVP_MD_CTX_new());
    if (digest == nullptr ||
        EVP_DigestSignInit(digest.get(), nullptr, nullptr, nullptr, key_->key.get()) != 1 ||
        EVP_DigestSign(digest.get(), raw.data(), &size, bytes_of(bytes), bytes.size()) != 1)
        return failure("sign: OpenSSL would not");
    return std::string(raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>(size));
}

bool is_signed(std::string_view bytes, std::string_view signature, std::string_view public_key)
{
    if (public_key.size() != kPublicKeyBytes || signature.size() != kSignatureBytes)
        return false;
    const Pkey key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key),
                                               public_key.size()));
    const Digest digest(EVP_MD_CTX_new());
    return key != nullptr && digest != nullptr &&
           EVP_DigestVerifyInit(digest.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(digest.get(), bytes_of(signature), signature.size(), bytes_of(bytes),
                            bytes.size()) == 1;
}

} // namespace sentra
