// SPDX-License-Identifier: MIT
#include "report/archive.h"

#include <memory>
#include <optional>

#include <zip.h>

#include "base/encode.h"
#include "base/hash.h"

namespace sentra::report {

namespace {

constexpr std::string_view kMark = "sentra.audit/1 ";
constexpr std::size_t kDigestDigits = 64;
constexpr std::size_t kSealBytes = kMark.size() + kDigestDigits + 1 + 2 * kSignatureBytes;
// The first day a ZIP archive knows; any later one would come from a clock or a time zone.
constexpr zip_uint16_t kFirstDay = 1U << 5U | 1U;
constexpr zip_uint32_t kReadable = 0100640U << 16U; // a plain file, as stat(2) has it

struct DiscardZip {
    void operator()(zip_t *zip) const { zip_discard(zip); }
};
using Zip = std::unique_ptr<zip_t, DiscardZip>;
struct FreeSource {
    void operator()(zip_source_t *source) const { zip_source_free(source); }
};
using Source = std::unique_ptr<zip_source_t, FreeSource>;
struct CloseFile {
    void operator()(zip_file_t *file) const { zip_fclose(file); }
};
using File = std::unique_ptr<zip_file_t, CloseFile>;

tl::unexpected<Error> wrong(const std::string &what, zip_t *zip)
{
    return failure(what + ": " + zip_error_strerror(zip_get_error(zip)));
}

Result<void> add(zip_t *zip, const Member &member)
{
    zip_source_t *source =
        zip_source_buffer(zip, member.bytes.data(), member.bytes.size(), /*freep=*/0);
    if (source == nullptr)
        return wrong(member.name, zip);
    const zip_int64_t at =
        zip_file_add(zip, member.name.c_str(), source, ZIP_FL_ENC_UTF_8 | ZIP_FL_OVERWRITE);
    if (at < 0) {
        zip_source_free(source);
        return wrong(member.name, zip);
    }
    const auto index = static_cast<zip_uint64_t>(at);
    if (zip_file_set_dostime(zip, index, 0, kFirstDay, 0) != 0 ||
        zip_file_set_external_attributes(zip, index, 0, ZIP_OPSYS_UNIX, kReadable) != 0)
        return wrong(member.name, zip);
    return {};
}

Result<std::string> bytes_of(zip_source_t *source)
{
    if (zip_source_open(source) != 0)
        return failure("read the archive that was made");
    std::string bytes;
    std::string part(std::size_t{1} << 16U, '\0');
    for (;;) {
        const zip_int64_t got = zip_source_read(source, part.data(), part.size());
        if (got < 0) {
            zip_source_close(source);
            return failure("read the archive that was made");
        }
        if (got == 0)
            break;
        bytes.append(part, 0, static_cast<std::size_t>(got));
    }
    zip_source_close(source);
    return bytes;
}

// With room for a comment of so many bytes at its end.
Result<std::string> pack_unsealed(const std::vector<Member> &members, std::size_t comment_bytes)
{
    zip_error_t error = {};
    Source source(zip_source_buffer_create(nullptr, 0, 0, &error));
    if (source == nullptr)
        return failure(std::string("make an archive: ") + zip_error_strerror(&error));
    Zip zip(zip_open_from_source(source.get(), ZIP_CREATE | ZIP_TRUNCATE, &error));
    if (zip == nullptr)
        return failure(std::string("make an archive: ") + zip_error_strerror(&error));
    zip_source_keep(source.get()); // closing the archive gives up its own hold
    for (const Member &member : members)
        if (auto added = add(zip.get(), member); !added)
            return tl::unexpected(std::move(added.error()).within("make an archive"));
    const std::string room(comment_bytes, '0');
    if (zip_set_archive_comment(zip.get(), room.data(), static_cast<zip_uint16_t>(room.size())) !=
        0)
        return wrong("make an archive", zip.get());
    if (zip_close(zip.get()) != 0)
        return wrong("make an archive", zip.get());
    (void)zip.release();
    return bytes_of(source.get());
}

// nullopt: it cannot be read; why says why.
std::optional<std::string> read_member(zip_t *zip, zip_uint64_t index, std::size_t most,
                                       std::string &why)
{
    const File file(zip_fopen_index(zip, index, 0));
    if (file == nullptr) {
        why = zip_error_strerror(zip_get_error(zip));
        return std::nullopt;
    }
    std::string bytes;
    std::string part(std::size_t{1} << 16U, '\0');
    for (;;) {
        const zip_int64_t got = zip_fread(file.get(), part.data(), part.size());
        if (got < 0) {
            why = zip_error_strerror(zip_file_get_error(file.get()));
            return std::nullopt;
        }
        if (got == 0)
            return bytes;
        bytes.append(part, 0, static_cast<std::size_t>(got));
        if (bytes.size() > most) {
            why = "larger than a bundle may be";
            return std::nullopt;
        }
    }
}

} // namespace

Result<std::string> pack(const std::vector<Member> &members, const SigningKey &key)
{
    auto archive = pack_unsealed(members, kSealBytes);
    if (!archive)
        return archive;
    const std::string room(kSealBytes, '0');
    if (!archive->ends_with(room))
        return failure("make an archive: no room for its seal");
    archive->resize(archive->size() - kSealBytes);
    const std::string digest = sha256_hex(*archive);
    auto signature = key.sign(digest);
    if (!signature)
        return tl::unexpected(std::move(signature.error()));
    archive->append(kMark).append(digest).append(" ").append(to_hex(*signature));
    return archive;
}

Result<std::string> pack(const std::vector<Member> &members)
{
    return pack_unsealed(members, 0);
}

Result<Seal> seal_of(std::string_view archive)
{
    if (archive.size() < kSealBytes)
        return failure("shorter than its seal");
    const std::string_view seal = archive.substr(archive.size() - kSealBytes);
    const std::string_view rest = seal.substr(kMark.size());
    Seal found{std::string(rest.substr(0, kDigestDigits)), from_hex(rest.substr(kDigestDigits + 1)),
               sha256_hex(archive.substr(0, archive.size() - kSealBytes))};
    if (!seal.starts_with(kMark) || rest[kDigestDigits] != ' ' || found.signature.empty())
        return failure("no seal at its end");
    return found;
}

Result<Unpacked> unpack(std::string_view archive)
{
    zip_error_t error = {};
    Source source(zip_source_buffer_create(archive.data(), archive.size(), 0, &error));
    if (source == nullptr)
        return failure(zip_error_strerror(&error));
    const Zip zip(zip_open_from_source(source.get(), ZIP_RDONLY, &error));
    if (zip == nullptr)
        return failure(zip_error_strerror(&error));
    (void)source.release(); // the archive's now
    Unpacked all;
    std::size_t left = kUnpackedBytesMost;
    const zip_int64_t count = zip_get_num_entries(zip.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
        const auto index = static_cast<zip_uint64_t>(i);
        const char *name = zip_get_name(zip.get(), index, ZIP_FL_ENC_RAW);
        std::string why;
        auto bytes = read_member(zip.get(), index, left, why);
        const std::string known = name != nullptr ? name : "entry " + std::to_string(i + 1);
        if (!bytes) {
            all.broken.push_back({known, why});
            continue;
        }
        left -= bytes->size();
        all.members.push_back({known, std::move(*bytes)});
    }
    return all;
}

} // namespace sentra::report
