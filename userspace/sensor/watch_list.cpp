// SPDX-License-Identifier: MIT
#include "sensor/watch_list.h"

#include <algorithm>

#include <glob.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/text.h"
#include "sensor/sensor.h"

namespace sentra::sensor {

namespace {

bool is_pattern(std::string_view text)
{
    return text.find_first_of("*?[") != std::string_view::npos;
}

void add_files(const std::string &pattern, std::vector<sentra_watched_file> &files)
{
    glob_t found{};
    if (glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0) {
        for (std::size_t i = 0; i < found.gl_pathc && files.size() < SENTRA_WATCHED_MAX; ++i) {
            struct stat facts {};
            if (stat(found.gl_pathv[i], &facts) == 0 && S_ISREG(facts.st_mode))
                files.push_back({facts.st_ino, major(facts.st_dev), minor(facts.st_dev)});
        }
    }
    globfree(&found);
}

} // namespace

// What holds secrets or says who may do what. Public keys and passwd are read by everything.
std::vector<std::string> default_watched_reads()
{
    return {"/etc/shadow",
            "/etc/gshadow",
            "/etc/shadow-",
            "/etc/gshadow-",
            "/etc/sudoers",
            "/etc/sudoers.d/*",
            "/etc/security/opasswd",
            "/etc/krb5.keytab",
            "/etc/ssh/ssh_host_*_key",
            "/root/.ssh/id_*",
            "/home/*/.ssh/id_*",
            "/root/.ssh/authorized_keys",
            "/home/*/.ssh/authorized_keys",
            "id_rsa",
            "id_ed25519",
            "id_ecdsa",
            "id_dsa"};
}

WatchList expand(std::span<const std::string> patterns)
{
    WatchList list;
    for (const std::string &pattern : patterns) {
        const bool is_path = pattern.find('/') != std::string::npos;
        if (is_path)
            add_files(pattern, list.files);
        const std::string name(is_path ? base_name(pattern) : std::string_view(pattern));
        if (!is_pattern(name) && !name.empty() && name.size() < sizeof(sentra_watched_name::name) &&
            list.names.size() < SENTRA_WATCHED_MAX &&
            std::find(list.names.begin(), list.names.end(), name) == list.names.end())
            list.names.push_back(name);
    }
    return list;
}

} // namespace sentra::sensor
