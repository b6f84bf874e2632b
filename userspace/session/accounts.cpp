// SPDX-License-Identifier: MIT
#include "session/accounts.h"

#include <algorithm>

namespace sentra::session {

namespace {

// What /etc/passwd gives as homes of accounts that have none: a file there is nobody's.
constexpr std::string_view kNoHomes[] = {
    "",          "/",    "/bin",         "/boot",    "/dev",     "/etc",       "/home",
    "/lib",      "/mnt", "/nonexistent", "/opt",     "/proc",    "/run",       "/sbin",
    "/srv",      "/sys", "/tmp",         "/usr",     "/usr/bin", "/usr/games", "/usr/lib",
    "/usr/sbin", "/var", "/var/cache",   "/var/lib", "/var/log", "/var/run",   "/var/spool",
};

bool is_home(std::string_view path)
{
    return path.starts_with('/') &&
           std::find(std::begin(kNoHomes), std::end(kNoHomes), path) == std::end(kNoHomes);
}

std::string_view without_final_slashes(std::string_view path)
{
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    return path;
}

std::string_view first_name(const std::map<std::uint32_t, std::vector<std::string>> &names,
                            std::uint32_t id)
{
    const auto at = names.find(id);
    return at == names.end() || at->second.empty() ? std::string_view{} : at->second.front();
}

void drop_name(std::map<std::uint32_t, std::vector<std::string>> &names, std::uint32_t id,
               std::string_view name)
{
    const auto at = names.find(id);
    if (at == names.end())
        return;
    std::erase(at->second, name);
    if (at->second.empty())
        names.erase(at);
}

} // namespace

void Accounts::take(const event::Event &event)
{
    const auto &body = event.as<sentra_name>();
    const std::string name(event.text(body.name));
    if (body.is_group != 0) {
        const auto known = groups_.find(name);
        if (known != groups_.end() && known->second == body.id && body.removed == 0)
            return;
        forget_group(name);
        if (body.removed != 0)
            return;
        groups_.emplace(name, body.id);
        group_names_[body.id].push_back(name);
        return;
    }
    const std::string home(without_final_slashes(event.text(body.home)));
    const auto known = users_.find(name);
    if (known != users_.end() && known->second.id == body.id && known->second.home == home &&
        body.removed == 0)
        return;
    forget_user(name);
    if (body.removed != 0)
        return;
    users_.emplace(name, User{body.id, home});
    user_names_[body.id].push_back(name);
    if (is_home(home))
        homes_[home].emplace(body.id, name);
}

void Accounts::forget_user(std::string_view name)
{
    const auto at = users_.find(name);
    if (at == users_.end())
        return;
    drop_name(user_names_, at->second.id, name);
    if (const auto home = homes_.find(at->second.home); home != homes_.end()) {
        if (const auto owner = home->second.find(at->second.id);
            owner != home->second.end() && owner->second == name)
            home->second.erase(owner);
        if (home->second.empty())
            homes_.erase(home);
    }
    users_.erase(at);
}

void Accounts::forget_group(std::string_view name)
{
    const auto at = groups_.find(name);
    if (at == groups_.end())
        return;
    drop_name(group_names_, at->second, name);
    groups_.erase(at);
}

std::string_view Accounts::user_name(std::uint32_t uid) const
{
    return first_name(user_names_, uid);
}

std::string_view Accounts::group_name(std::uint32_t gid) const
{
    return first_name(group_names_, gid);
}

std::optional<std::uint32_t> Accounts::user_id(std::string_view name) const
{
    const auto at = users_.find(name);
    return at == users_.end() ? std::nullopt : std::optional(at->second.id);
}

std::string_view Accounts::home_owner(std::string_view path) const
{
    for (path = without_final_slashes(path); !path.empty();) {
        if (const auto at = homes_.find(path); at != homes_.end())
            return at->second.begin()->second;
        const std::size_t slash = path.rfind('/');
        if (slash == std::string_view::npos)
            break;
        path = path.substr(0, slash);
    }
    return {};
}

} // namespace sentra::session
