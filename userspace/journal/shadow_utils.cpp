// SPDX-License-Identifier: MIT
// useradd, usermod, userdel, groupadd, gpasswd, passwd, chage, chsh, newgrp, vipw: what changed in
// the account files. Many of them write one line for the file and one for its shadow: the shadow's
// is known and no record.
#include "journal/line.h"

namespace sentra::journal {

namespace {

struct Change {
    sentra_type type = SENTRA_IAM_USER;
    sentra_account_action action = SENTRA_ACCOUNT_CHANGED;
    std::string_view user, group, by, home, shell, detail;
    std::uint32_t user_id = SENTRA_UNSET;
    std::uint32_t group_id = SENTRA_UNSET;
    bool failed = false;
};

Verdict emit(Line &line, const Change &change, const char *wording)
{
    auto account = line.begin<sentra_account>(change.type);
    account.text(account->user, change.user)
        .text(account->group, change.group)
        .text(account->by, change.by)
        .text(account->home, change.home)
        .text(account->shell, change.shell)
        .text(account->detail, change.detail);
    account->user_id = change.user_id;
    account->group_id = change.group_id;
    account->action = change.action;
    account->outcome = change.failed ? SENTRA_OUTCOME_FAILURE : SENTRA_OUTCOME_SUCCESS;
    return line.emit(account, wording);
}

std::uint32_t to_id(std::string_view digits)
{
    return parse_number<std::uint32_t>(digits).value_or(SENTRA_UNSET);
}

// "name=U, UID=N, GID=N, home=H, shell=S[, from=TTY]"
Verdict read_new_user(Line &line, Scan scan)
{
    const auto name = scan.until(", UID=");
    const auto uid = scan.until(", GID=");
    const auto gid = scan.until(", home=");
    const auto home = scan.until(", shell=");
    if (!name || !uid || !gid || !home)
        return unknown();
    const std::string_view shell = scan.rest().substr(0, scan.rest().rfind(", from="));
    return emit(line,
                {.action = SENTRA_ACCOUNT_CREATED,
                 .user = *name,
                 .home = *home,
                 .shell = shell,
                 .user_id = to_id(*uid),
                 .group_id = to_id(*gid)},
                "shadow.new-user");
}

Verdict read_new_group(Line &line, Scan scan)
{
    const auto name = scan.until(", GID=");
    return name ? emit(line,
                       {.type = SENTRA_IAM_GROUP,
                        .action = SENTRA_ACCOUNT_CREATED,
                        .group = *name,
                        .group_id = to_id(scan.rest())},
                       "shadow.new-group")
                : unknown();
}

// "U' to group 'G'", "U' to shadow group 'G'"
Verdict read_membership(Line &line, Scan scan, std::string_view word, sentra_account_action action)
{
    const auto user = scan.until("' ");
    if (!user || !scan.take(word))
        return unknown();
    if (scan.take(" shadow group "))
        return known("shadow.shadow-twin");
    const auto group = between(scan.rest(), " group '", "'");
    return group
               ? emit(line,
                      {.type = SENTRA_IAM_GROUP, .action = action, .user = *user, .group = *group},
                      "shadow.membership")
               : unknown();
}

// "change user 'U' WHAT[ from 'a' to 'b']"
Verdict read_change(Line &line, Scan scan)
{
    const auto user = scan.until("' ");
    if (!user)
        return unknown();
    Change change{.user = *user, .detail = scan.rest()};
    if (scan.rest() == "password")
        change.action = SENTRA_ACCOUNT_PASSWORD_CHANGED;
    const auto arrow = scan.rest().rfind("' to '");
    if (arrow != std::string_view::npos && scan.rest().ends_with('\'')) {
        const std::string_view value =
            scan.rest().substr(arrow + 6, scan.rest().size() - arrow - 7);
        if (scan.rest().starts_with("UID "))
            change.user_id = to_id(value);
        else if (scan.rest().starts_with("GID "))
            change.group_id = to_id(value);
        else if (scan.rest().starts_with("shell "))
            change.shell = value;
        else if (scan.rest().starts_with("home "))
            change.home = value;
    }
    return emit(line, change, "shadow.change-user");
}

// "a' to 'b'"
Verdict read_rename(Line &line, Scan scan)
{
    const auto user = scan.until("' to '");
    return user ? emit(line, {.user = *user, .detail = line.text}, "shadow.rename-user")
                : unknown();
}

// "U added by A to group G", "U removed by A from group G"
Verdict read_gpasswd(Line &line, Scan scan)
{
    const bool added = scan.rest().find(" added by ") != std::string_view::npos;
    const auto user = scan.until(added ? " added by " : " removed by ");
    const auto by = scan.until(added ? " to group " : " from group ");
    if (!user || !by)
        return unknown();
    return emit(line,
                {.type = SENTRA_IAM_GROUP,
                 .action = added ? SENTRA_ACCOUNT_MEMBER_ADDED : SENTRA_ACCOUNT_MEMBER_REMOVED,
                 .user = *user,
                 .group = scan.rest(),
                 .by = *by},
                "shadow.gpasswd");
}

// "members of group G set by A to ...", "password of group G changed by A", ...
Verdict read_group_change(Line &line, Scan scan)
{
    const std::string_view detail = line.text;
    const auto group = scan.until(" ");
    const auto by_at = scan.rest().find("by ");
    if (!group || by_at == std::string_view::npos)
        return unknown();
    const std::string_view by = scan.rest().substr(by_at + 3);
    return emit(line,
                {.type = SENTRA_IAM_GROUP,
                 .group = *group,
                 .by = by.substr(0, by.find(' ')),
                 .detail = detail},
                "shadow.group-change");
}

// "group changed in /etc/group (group G/1002[, new name: H])"
Verdict read_groupmod(Line &line, Scan scan)
{
    const auto group = scan.until("/");
    const auto gid = scan.number<std::uint32_t>();
    return group ? emit(line,
                        {.type = SENTRA_IAM_GROUP,
                         .group = *group,
                         .detail = line.text,
                         .group_id = gid.value_or(SENTRA_UNSET)},
                        "shadow.group-change")
                 : unknown();
}

// "G' removed from /etc/group", "G' removed from /etc/gshadow", "G' removed": the first that names
// the group itself counts, versions differ in which they write.
Verdict read_group_removed(Line &line, Scan scan)
{
    const auto group = scan.until("' removed");
    if (!group)
        return unknown();
    if (scan.rest() != " from /etc/group" && !scan.done())
        return known("shadow.shadow-twin");
    if (line.recent.recall("groupdel", line.entry.pid, line.entry.realtime_ns, *group))
        return known("shadow.group-removed-twin");
    line.recent.remember("groupdel", line.entry.pid, line.entry.realtime_ns, *group);
    return emit(line, {.type = SENTRA_IAM_GROUP, .action = SENTRA_ACCOUNT_DELETED, .group = *group},
                "shadow.group-removed");
}

// "U' changed by 'A'"
Verdict read_password(Line &line, Scan scan)
{
    const auto user = scan.until("' changed by '");
    if (!user || !scan.rest().ends_with('\''))
        return unknown();
    return emit(line,
                {.action = SENTRA_ACCOUNT_PASSWORD_CHANGED,
                 .user = *user,
                 .by = scan.rest().substr(0, scan.rest().size() - 1)},
                "shadow.password");
}

// "user 'U' (login 'L' on T) switched to group 'G'"; older: `U'.
Verdict read_newgrp(Line &line, Scan scan)
{
    const auto user = scan.until("' (login ");
    const auto tty_end = scan.until(") switched to group ");
    if (!user || !tty_end)
        return known("shadow.newgrp");
    std::string_view group = scan.rest();
    if (group.size() >= 2)
        group = group.substr(1, group.size() - 2);
    const auto on = tty_end->rfind(" on ");
    auto asked = line.begin<sentra_elevation>(SENTRA_AUTH_ELEVATION);
    asked.text(asked->user, *user).text(asked->target_group, group).text(asked->service, "newgrp");
    if (on != std::string_view::npos)
        asked.text(asked->tty, tty_end->substr(on + 4));
    asked->outcome = SENTRA_OUTCOME_SUCCESS;
    return line.emit(asked, "shadow.newgrp");
}

Verdict read_edited(Line &line, Scan scan)
{
    const auto file = between(scan.rest(), "", " edited");
    if (!file)
        return unknown();
    const bool is_group = file->ends_with("group") || file->ends_with("gshadow");
    return emit(line,
                {.type = is_group ? SENTRA_IAM_GROUP : SENTRA_IAM_USER,
                 .action = SENTRA_ACCOUNT_FILE_EDITED,
                 .detail = *file},
                "shadow.edited");
}

// "U'[ password| ...]" for a fixed action.
Verdict read_user(Line &line, Scan scan, sentra_account_action action, const char *wording,
                  bool failed = false)
{
    const auto user = scan.until("'");
    return user ? emit(line, {.action = action, .user = *user, .failed = failed}, wording)
                : unknown();
}

struct Reading {
    std::string_view begin;
    Verdict (*read)(Line &line, Scan rest);
};

// The longer beginning first, where one is the beginning of another.
constexpr Reading kReadings[] = {
    {"new user: name=", read_new_user},
    {"new group: name=", read_new_group},
    {"add '",
     [](Line &line, Scan scan) {
         return read_membership(line, scan, "to", SENTRA_ACCOUNT_MEMBER_ADDED);
     }},
    {"delete '",
     [](Line &line, Scan scan) {
         return read_membership(line, scan, "from", SENTRA_ACCOUNT_MEMBER_REMOVED);
     }},
    {"delete user '",
     [](Line &line, Scan scan) {
         const auto user = scan.until("'");
         // "delete user 'U' home" and the like follow the deletion itself.
         if (!user || !scan.done())
             return known("shadow.delete-user");
         return emit(line, {.action = SENTRA_ACCOUNT_DELETED, .user = *user}, "shadow.delete-user");
     }},
    {"failed adding user '",
     [](Line &line, Scan scan) {
         return read_user(line, scan, SENTRA_ACCOUNT_CREATED, "shadow.new-user-failed", true);
     }},
    {"change user name '", read_rename},
    {"change user '", read_change},
    {"lock user '",
     [](Line &line, Scan scan) {
         return read_user(line, scan, SENTRA_ACCOUNT_LOCKED, "shadow.lock");
     }},
    {"unlock user '",
     [](Line &line, Scan scan) {
         return read_user(line, scan, SENTRA_ACCOUNT_UNLOCKED, "shadow.unlock");
     }},
    {"password locked for '",
     [](Line &line, Scan scan) {
         return read_user(line, scan, SENTRA_ACCOUNT_LOCKED, "shadow.lock");
     }},
    {"password unlocked for '",
     [](Line &line, Scan scan) {
         return read_user(line, scan, SENTRA_ACCOUNT_UNLOCKED, "shadow.unlock");
     }},
    {"password for '", read_password},
    {"changed password expiry for ",
     [](Line &line, Scan scan) {
         return emit(line, {.user = scan.rest(), .detail = "password expiry"}, "shadow.expiry");
     }},
    {"changed user '",
     [](Line &line, Scan scan) {
         const auto user = scan.until("' ");
         if (!user)
             return unknown();
         Change change{.user = *user, .detail = scan.rest()};
         if (const auto shell = between(scan.rest(), "shell to '", "'"))
             change.shell = *shell;
         return emit(line, change, "shadow.self-change");
     }},
    {"removed group '",
     [](Line &line, Scan scan) {
         const auto group = scan.until("'");
         return group ? emit(line,
                             {.type = SENTRA_IAM_GROUP,
                              .action = SENTRA_ACCOUNT_DELETED,
                              .group = *group},
                             "shadow.group-removed")
                      : unknown();
     }},
    {"group '", read_group_removed},
    {"group changed in /etc/group (group ", read_groupmod},
    {"user '", read_newgrp},
    {"user `", read_newgrp},
    {"user ", read_gpasswd},
    {"members of group ", read_group_change},
    {"administrators of group ", read_group_change},
    {"password of group ", read_group_change},
    {"access to group ", read_group_change},
    {"file ", read_edited},
};

constexpr Prefix kKnown[] = {
    {"group added to ", "shadow.shadow-twin"},
    {"group changed in ", "shadow.shadow-twin"},
    {"removed shadow group '", "shadow.shadow-twin"},
    {"change '", "shadow.shadow-twin"},
    {"change admin '", "shadow.shadow-twin"},
    {"changed password expiry", "shadow.expiry"},
    {"failed ", "shadow.failed"},
    {"cannot ", "shadow.failed"},
    {"can't ", "shadow.failed"},
    {"can not ", "shadow.failed"},
    {"Adding ", "shadow.adduser"},
    {"Creating home directory", "shadow.adduser"},
    {"Copying files from ", "shadow.adduser"},
    {"Not creating home directory", "shadow.adduser"},
    {"The home dir ", "shadow.adduser"},
    {"The user `", "shadow.adduser"},
    {"The group `", "shadow.adduser"},
    {"The system user `", "shadow.adduser"},
    {"Removing ", "shadow.adduser"},
    {"Selecting UID", "shadow.adduser"},
    {"Selecting GID", "shadow.adduser"},
    {"Done.", "shadow.adduser"},
    {"info: ", "shadow.adduser"},
    {"warn: ", "shadow.adduser"},
    {"fatal: ", "shadow.adduser"},
    {"err: ", "shadow.adduser"},
    {"no changes", "shadow.no-change"},
    {"no change", "shadow.no-change"},
    {"running ", "shadow.other"},
    {"Invalid ", "shadow.failed"},
};

} // namespace

Verdict parse_shadow(Line &line)
{
    if (const Verdict pam = parse_pam(line); pam.kind != Kind::not_ours)
        return pam;
    for (const Reading &reading : kReadings) {
        Scan scan(line.text);
        if (scan.take(reading.begin))
            return reading.read(line, scan);
    }
    return known_prefix(line.text, kKnown);
}

} // namespace sentra::journal
