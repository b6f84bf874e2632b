// SPDX-License-Identifier: MIT
#include "pipeline/facts.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <sentra/event/meta.h>

#include "base/fd.h"
#include "base/hash.h"
#include "base/text.h"
#include "event/build.h"

namespace sentra::pipeline {

namespace {

template <typename Struct> event::Build<Struct> fact(sentra_type type)
{
    return event::Build<Struct>(type, SENTRA_SOURCE_META, 0, 0);
}

std::string first_line(const std::string &path)
{
    const auto text = read_file(path);
    return text ? std::string(trim(*text)) : std::string();
}

// The machine's id identifies it to others and must not leave it; its hash may.
std::string hashed_machine_id()
{
    const std::string id = first_line("/etc/machine-id");
    return id.empty() ? std::string() : sha256_hex(id);
}

// 4 MiB hold some 60,000 accounts. Of more, the first ones are known, in whole lines.
constexpr std::size_t kAccountBytesMax = std::size_t{4} << 20;

// The host's own file, and nothing that could make the loop wait: no NSS, no LDAP, no pipe.
std::optional<std::string> read_accounts(const std::string &path)
{
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat state {};
    if (!file.is_open() || ::fstat(file.get(), &state) != 0 || !S_ISREG(state.st_mode))
        return std::nullopt;
    std::string text;
    while (text.size() < kAccountBytesMax) {
        const std::size_t had = text.size();
        text.resize(had + 65536);
        const ssize_t got = ::read(file.get(), text.data() + had, 65536);
        text.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got == 0)
            return text;
        if (got < 0 && errno != EINTR)
            return std::nullopt;
    }
    text.resize(text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n'));
    return text;
}

std::string stamp_of(const std::string &path)
{
    struct stat state {};
    if (::stat(path.c_str(), &state) != 0)
        return "absent";
    std::string stamp;
    for (const auto part :
         {static_cast<long long>(state.st_dev), static_cast<long long>(state.st_ino),
          static_cast<long long>(state.st_size), static_cast<long long>(state.st_mtim.tv_sec),
          static_cast<long long>(state.st_mtim.tv_nsec),
          static_cast<long long>(state.st_ctim.tv_sec),
          static_cast<long long>(state.st_ctim.tv_nsec)})
        stamp += std::to_string(part) + " ";
    return stamp;
}

} // namespace

Result<std::uint32_t> namespace_number(const std::string &path_or_number)
{
    if (const auto number = parse_number<std::uint32_t>(path_or_number))
        return *number;
    struct stat state {};
    if (::stat(path_or_number.c_str(), &state) != 0)
        return system_failure("pid namespace " + path_or_number, errno);
    return static_cast<std::uint32_t>(state.st_ino);
}

std::string boot_id()
{
    std::string id = first_line("/proc/sys/kernel/random/boot_id");
    id.erase(std::remove(id.begin(), id.end(), '-'), id.end());
    return id;
}

event::Record host_fact(const std::string &tenant)
{
    utsname system{};
    if (::uname(&system) != 0)
        system = {};
    auto host = fact<sentra_host>(SENTRA_META_HOST);
    host->pid_namespace = namespace_number("/proc/self/ns/pid").value_or(0);
    // Only root may ask about the first process; without the answer nothing is compared with it.
    host->mount_namespace = namespace_number("/proc/1/ns/mnt").value_or(0);
    host.text(host->name, system.nodename)
        .text(host->machine_id, hashed_machine_id())
        .text(host->boot_id, boot_id())
        .text(host->kernel, system.release)
        .text(host->tenant, tenant)
        .text(host->version, SENTRA_VERSION);
    return host.finish();
}

event::Record gap_fact(sentra_source source, std::uint64_t from_ns, std::uint64_t to_ns,
                       std::string_view reason)
{
    auto gap = fact<sentra_gap>(SENTRA_META_GAP);
    gap->of_source = source;
    gap->from_ns = from_ns;
    gap->to_ns = to_ns;
    gap.text(gap->reason, reason);
    return gap.finish();
}

event::Record tamper_fact(sentra_tampering kind, std::string_view detail)
{
    auto sign = fact<sentra_tamper>(SENTRA_META_TAMPER);
    sign->kind = kind;
    sign.text(sign->detail, detail);
    return sign.finish();
}

event::Record trouble_fact(sentra_trouble_kind kind, std::string_view subject,
                           std::string_view detail)
{
    auto trouble = fact<sentra_trouble>(SENTRA_META_TROUBLE);
    trouble->kind = kind;
    trouble.text(trouble->subject, subject).text(trouble->detail, detail);
    return trouble.finish();
}

event::Record loss_fact(sentra_loss kind, std::uint64_t count, std::uint64_t total)
{
    auto loss = fact<sentra_lost>(SENTRA_META_LOSS);
    loss->kind = kind;
    loss->count = count;
    loss->total = total;
    return loss.finish();
}

// passwd(5): name:password:uid:gid:comment:home:shell. group(5): name:password:gid:members.
std::optional<Accounts::Account> Accounts::parse(std::string_view line, bool is_group)
{
    const auto fields = split(line, ':');
    if (fields.size() < (is_group ? 3u : 7u) || fields[0].empty())
        return std::nullopt;
    const auto id = parse_number<std::uint32_t>(fields[2]);
    if (!id)
        return std::nullopt;
    Account account{.name = std::string(fields[0]), .id = *id};
    if (is_group)
        return account;
    account.group_id = parse_number<std::uint32_t>(fields[3]).value_or(0);
    account.home = fields[5];
    account.shell = fields[6];
    return account;
}

void Accounts::look(File &file, std::vector<event::Record> &facts)
{
    const std::string stamp = stamp_of(file.path);
    if (stamp == file.stamp)
        return;
    const auto text = read_accounts(file.path);
    if (!text)
        return; // between two renames of an editor: the next look finds it
    file.stamp = stamp;

    const auto add = [&](const Account &account, bool removed) {
        auto name = fact<sentra_name>(SENTRA_META_ACCOUNT);
        name->id = account.id;
        name->group_id = account.group_id;
        name->is_group = file.is_group ? 1 : 0;
        name->removed = removed ? 1 : 0;
        name.text(name->name, account.name)
            .text(name->home, account.home)
            .text(name->shell, account.shell);
        facts.push_back(name.finish());
    };
    std::map<std::pair<std::string, std::uint32_t>, Account> now;
    std::vector<const Account *> in_order; // the first name of an id is the one getpwuid gives
    for (const std::string_view line : split(*text, '\n'))
        if (auto account = parse(line, file.is_group)) {
            const auto [at, is_new] = now.try_emplace({account->name, account->id}, *account);
            if (is_new)
                in_order.push_back(&at->second);
        }
    for (const auto &[key, account] : file.known)
        if (!now.contains(key))
            add(account, true);
    for (const Account *account : in_order) {
        const auto known = file.known.find({account->name, account->id});
        if (known == file.known.end() || known->second != *account)
            add(*account, false);
    }
    file.known = std::move(now);
}

std::vector<event::Record> Accounts::changed()
{
    if (files_.empty()) {
        files_.push_back({.path = root_ + "/etc/passwd", .is_group = false});
        files_.push_back({.path = root_ + "/etc/group", .is_group = true});
    }
    std::vector<event::Record> facts;
    for (File &file : files_)
        look(file, facts);
    return facts;
}

} // namespace sentra::pipeline
