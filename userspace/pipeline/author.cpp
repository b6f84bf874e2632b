// SPDX-License-Identifier: MIT
#include "pipeline/author.h"

#include <charconv>
#include <fstream>
#include <vector>

#include <pwd.h>
#include <sys/socket.h>

#include "base/text.h"

namespace sentra::pipeline {

namespace {

constexpr std::size_t kNameBytes = 200;

std::string name_of(uid_t uid)
{
    std::vector<char> buffer(16'384);
    passwd entry{};
    passwd *found = nullptr;
    if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
        return printable(found->pw_name, kNameBytes);
    return "uid " + std::to_string(uid);
}

// Whom the process signed in as; the uid itself where nobody did.
uid_t signed_in_as(pid_t pid, uid_t uid)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/loginuid");
    std::string text;
    std::getline(file, text);
    uid_t login = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), login);
    const bool is_set = error == std::errc() && login != static_cast<uid_t>(-1);
    return is_set ? login : uid;
}

} // namespace

std::string author_of(uid_t uid, pid_t pid)
{
    const uid_t login = signed_in_as(pid, uid);
    return login == uid ? name_of(uid) : name_of(login) + " as " + name_of(uid);
}

std::string author_of(const Fd &peer)
{
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(peer.get(), SOL_SOCKET, SO_PEERCRED, &who, &size) != 0)
        return "somebody unknown";
    return author_of(who.uid, who.pid);
}

} // namespace sentra::pipeline
