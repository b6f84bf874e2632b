// SPDX-License-Identifier: MIT
#include "session/cgroup_path.h"

#include <algorithm>

#include "base/text.h"

namespace sentra::session {

namespace {

constexpr std::size_t kIdDigits =
    64; // docker, podman, containerd and cri-o all use SHA-256 sized ids

bool is_container_id(std::string_view text)
{
    return text.size() == kIdDigits && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

// "prefix<middle>suffix" -> middle; nothing when it is not of that form.
std::optional<std::string_view> between(std::string_view text, std::string_view prefix,
                                        std::string_view suffix)
{
    if (!text.starts_with(prefix) || !text.ends_with(suffix) ||
        text.size() <= prefix.size() + suffix.size())
        return std::nullopt;
    return text.substr(prefix.size(), text.size() - prefix.size() - suffix.size());
}

// "docker-<id>.scope", "cri-containerd-<id>.scope", "kubepods-...:cri-containerd:<id>", "<id>".
std::string_view id_in(std::string_view component)
{
    if (component.ends_with(".scope"))
        component.remove_suffix(6);
    const std::size_t before = component.find_last_of("-:");
    if (before == std::string_view::npos)
        return is_container_id(component) ? component : std::string_view{};
    const std::string_view id = component.substr(before + 1);
    // The monitor beside a podman container runs on the host.
    const bool is_monitor = component.substr(0, before).ends_with("conmon");
    return is_container_id(id) && !is_monitor ? id : std::string_view{};
}

// A container's name where this component, given the ones around it, opens a container.
std::string_view container_in(std::string_view previous, std::string_view component,
                              std::string_view next)
{
    if (const std::string_view id = id_in(component); !id.empty())
        return id;
    if (previous == "lxc")
        return component;
    if (const auto name = between(component, "lxc.payload.", ""))
        return *name;
    // The scopes of machinectl and libvirt; "qemu" ones are virtual machines, not our processes.
    if (const auto name = between(component, "machine-", ".scope"))
        return *name;
    // nspawn's own process stays in .../supervisor; the container is in .../payload.
    if (const auto name = between(component, "systemd-nspawn@", ".service");
        name && next == "payload")
        return *name;
    return {};
}

void read_component(CgroupPlace &place, std::string_view component)
{
    if (const auto number = between(component, "session-", ".scope")) {
        place.session = parse_number<std::uint32_t>(*number);
        return;
    }
    if (!component.ends_with(".service"))
        return;
    place.unit = component;
    if (const auto uid = between(component, "user@", ".service"))
        place.user_manager = parse_number<std::uint32_t>(*uid);
}

} // namespace

CgroupPlace parse_cgroup(std::string_view path, std::string_view own_container)
{
    CgroupPlace place;
    std::string_view previous;
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        const std::string_view component = path.substr(0, slash);
        path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
        if (component.empty())
            continue;
        const std::string_view next = path.substr(0, path.find('/'));
        const std::string_view container = container_in(previous, component, next);
        if (container.empty()) {
            read_component(place, component);
        } else {
            // What lies above belongs to the runtime, not to the container.
            place = {};
            if (container != own_container)
                place.container = container;
        }
        previous = component;
    }
    return place;
}

} // namespace sentra::session
