// SPDX-License-Identifier: MIT
// The host's names: users, groups and homes, from meta.account records. Several names may share one
// id (`useradd -o -u 0 x`): the id is called by the name that was known first, so a second "root"
// does not rename the first.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/event.h"

namespace sentra::session {

class Accounts {
public:
    void take(const event::Event &event); // a meta.account

    // Empty when unknown. Valid until the next take().
    [[nodiscard]] std::string_view user_name(std::uint32_t uid) const;
    [[nodiscard]] std::string_view group_name(std::uint32_t gid) const;
    [[nodiscard]] std::optional<std::uint32_t> user_id(std::string_view name) const;
    [[nodiscard]] std::string_view home_owner(std::string_view path) const;

private:
    struct User {
        std::uint32_t id = 0;
        std::string home;
    };
    void forget_user(std::string_view name);
    void forget_group(std::string_view name);

    using Names = std::map<std::uint32_t, std::vector<std::string>>;
    std::map<std::string, User, std::less<>> users_;
    std::map<std::string, std::uint32_t, std::less<>> groups_;
    Names user_names_, group_names_;
    std::map<std::string, std::map<std::uint32_t, std::string>, std::less<>>
        homes_; // lowest id first
};

} // namespace sentra::session
