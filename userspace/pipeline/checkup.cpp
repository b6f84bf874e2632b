// SPDX-License-Identifier: MIT
#include "pipeline/checkup.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <tuple>

#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "base/join.h"
#include "base/text.h"
#include "engine/engine.h"

namespace sentra::pipeline {

namespace {

namespace fs = std::filesystem;
using Level = Finding::Level;

// A store of a quiet year is some tens of megabytes; a full disk stops the journal as well.
constexpr std::uint64_t kEnoughBytes = std::uint64_t{256} << 20U;

Finding good(std::string what)
{
    return {Level::good, std::move(what), "", ""};
}

bool is_bpf_file_system(const char *path)
{
    struct statfs facts {};
    return statfs(path, &facts) == 0 && static_cast<std::uint64_t>(facts.f_type) == BPF_FS_MAGIC;
}

// The nearest folder of a path that is there already.
fs::path existing(fs::path path)
{
    std::error_code error;
    while (!path.empty() && path != path.root_path() && !fs::exists(path, error))
        path = path.parent_path();
    return path;
}

} // namespace

std::vector<Finding> check_kernel(const sensor::Features &features)
{
    std::vector<Finding> found;
    if (const auto enough = features.sufficient(); !enough)
        found.push_back(
            {Level::trouble, enough.error().text,
             "nothing the kernel does is seen: programs, files, connections",
             "until then sentrad reads the journal alone: sign-ins, sudo, user changes"});
    else
        found.push_back(good("kernel " + features.kernel + ", with type information"));
    found.push_back(good("lockdown: " + features.lockdown));
    if (!features.security_modules.empty() &&
        features.security_modules.find("bpf") == std::string::npos)
        found.push_back(
            {Level::note,
             "bpf is not among the security modules (" + features.security_modules + ")",
             "security hooks are the surest and cheapest way to see files",
             "add bpf to lsm= on the kernel command line: lsm=" + features.security_modules +
                 ",bpf"});
    if (!features.first_pid_namespace)
        found.push_back({Level::note, "runs in a pid namespace of its own",
                         "processes outside of it are not told",
                         "run sentrad on the host itself, not in a container"});
    if (!is_bpf_file_system("/sys/fs/bpf"))
        found.push_back({Level::note, "/sys/fs/bpf is not a BPF file system",
                         "a crash of sentrad loses what the kernel half has just seen",
                         "mount -t bpf bpf /sys/fs/bpf (systemd does it at boot)"});
    return found;
}

std::vector<Finding> check_journal(const Config &config)
{
    if (!config.journal.enabled)
        return {{Level::note, "the journal is switched off in the configuration",
                 "sign-ins, sudo and user changes are not seen", "set journal.enabled to true"}};
    std::error_code error;
    const std::string named = config.journal.directory;
    const bool is_kept = fs::exists(named.empty() ? "/var/log/journal" : named, error);
    const bool is_there = is_kept || (named.empty() && fs::exists("/run/log/journal", error));
    if (!is_there)
        return {{Level::trouble, "there is no journal" + (named.empty() ? "" : " at " + named),
                 "sign-ins, sudo and user changes are not seen",
                 "start systemd-journald, or name its directory in journal.directory"}};
    if (!is_kept)
        return {{Level::note, "the journal is kept in memory only",
                 "after a restart of the host the sign-ins before it are not known",
                 "mkdir /var/log/journal, or Storage=persistent in journald.conf"}};
    return {good("the journal is kept on disk")};
}

std::vector<Finding> check_state(const Config &config)
{
    const fs::path place = existing(config.state_dir);
    struct statvfs space {};
    if (statvfs(place.c_str(), &space) != 0)
        return {{Level::trouble, "the state directory " + config.state_dir + " cannot be looked at",
                 "signals are kept there", "check that it exists and that you may read it"}};
    const std::uint64_t free_bytes = std::uint64_t{space.f_bavail} * space.f_frsize;
    const std::string says =
        std::to_string(free_bytes >> 20U) + " MiB free for " + config.state_dir;
    if (free_bytes < kEnoughBytes)
        return {{Level::trouble, says, "a full disk stops signals from being kept",
                 "make room, or move the state with state_dir"}};
    return {good(says)};
}

std::vector<Finding> check_clock()
{
    timex state{};
    const int answer = adjtimex(&state);
    if (answer >= 0 && (state.status & STA_UNSYNC) == 0)
        return {good("the clock is synchronised")};
    return {{Level::note, "nothing keeps the clock right",
             "times in signals cannot be compared with those of other hosts",
             "timedatectl set-ntp true, or run chrony"}};
}

std::vector<Finding> check_rules(const Config &config)
{
    const auto directories = config.rules.empty() ? default_rules() : config.rules;
    if (directories.empty())
        return {{Level::trouble, "no rules are installed", "without rules nothing is told",
                 "name their directory in rules, or install the package anew"}};
    const auto rules = engine::Rules::load(directories);
    if (!rules)
        return {{Level::trouble,
                 "the rules have a fault: " +
                     rules.error().text.substr(0, rules.error().text.find('\n')),
                 "sentrad does not start with them", "sentra rules check says it in full"}};
    return {good(std::to_string((*rules)->all().size()) + " rules, bundle " +
                 (*rules)->bundle().substr(0, 12))};
}

std::vector<sensor::Watch> try_watches()
{
    struct Nowhere : event::Sink {
        bool put(event::Record) override { return true; }
        void watermark(std::uint64_t) override {}
    } nowhere;
    event::Losses losses;
    const auto sensor = sensor::Sensor::open({}, nowhere, losses);
    return sensor ? (*sensor)->watches() : std::vector<sensor::Watch>();
}

std::vector<Finding> check_file_watches(const sensor::FileWatches &watches)
{
    if (!watches.are_needed)
        return {};
    if (!watches.reason.empty())
        return {{Level::note, "protected files have no watch of their own: " + watches.reason,
                 "a change through io_uring or a 32-bit call is not seen", ""}};
    const std::string says = "changes that no hook shows are seen in " +
                             std::to_string(watches.directories) +
                             " directories of protected files";
    if (watches.refused != 0)
        return {{Level::note, says + ", and not in " + std::to_string(watches.refused) + " more",
                 "a change there through io_uring or a 32-bit call is not seen", ""}};
    return {good(says)};
}

std::vector<Finding> check_watches(const std::vector<sensor::Watch> &watches)
{
    std::vector<Finding> found;
    std::error_code error;
    const bool has_modules = fs::exists("/proc/modules", error);
    std::map<std::string, std::vector<std::string>> by_rung;
    // What is the same for many events is said once.
    struct Why {
        std::string blind, reason, better;
        bool operator<(const Why &other) const
        {
            return std::tie(blind, reason, better) <
                   std::tie(other.blind, other.reason, other.better);
        }
    };
    std::map<Why, std::vector<std::string>> blind;
    for (const sensor::Watch &watch : watches) {
        if (watch.event == "kernel.module" && !has_modules) {
            found.push_back(good("this kernel can load no modules"));
            continue;
        }
        if (watch.rung == "not watched") {
            found.push_back(
                {Level::trouble, std::string(watch.event) + " is not watched",
                 watch.reason.empty() ? "no hook of this kernel shows it" : watch.reason,
                 watch.better});
            continue;
        }
        by_rung[watch.rung].emplace_back(watch.event);
        if (!watch.blind.empty())
            blind[{join(watch.blind), watch.reason, watch.better}].emplace_back(watch.event);
    }
    for (const auto &[rung, events] : by_rung)
        found.push_back(good("watched by " + rung + ": " + join(events)));
    for (const auto &[why, events] : blind)
        found.push_back({Level::note, "not seen of " + join(events) + ": " + why.blind,
                         why.reason.empty() ? "" : "no better hook works here: " + why.reason,
                         why.better});
    return found;
}

} // namespace sentra::pipeline
