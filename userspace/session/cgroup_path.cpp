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

struct Container {
    std::string_view name, runtime;
};

struct Mark {
    std::string_view text, runtime;
};

// What stands before an id in its component, and in the component above it.
constexpr Mark kPrefixes[] = {
    {"docker", "docker"},      {"cri-containerd", "containerd"},
    {"nerdctl", "containerd"}, {"crio", "cri-o"},
    {"libpod", "podman"},
};
constexpr Mark kFolders[] = {{"docker", "docker"}, {"libpod_parent", "podman"}};

template <std::size_t Count>
std::string_view runtime_of(const Mark (&marks)[Count], std::string_view text)
{
    const auto at = std::find_if(std::begin(marks), std::end(marks),
                                 [text](const Mark &mark) { return mark.text == text; });
    return at == std::end(marks) ? std::string_view{} : at->runtime;
}

// "docker-<id>.scope", "cri-containerd-<id>.scope", "kubepods-...:cri-containerd:<id>", "<id>".
Container container_by_id(std::string_view previous, std::string_view component)
{
    if (component.ends_with(".scope"))
        component.remove_suffix(6);
    const std::size_t before = component.find_last_of("-:");
    if (before == std::string_view::npos)
        return is_container_id(component) ? Container{component, runtime_of(kFolders, previous)}
                                          : Container{};
    const std::string_view id = component.substr(before + 1);
    std::string_view prefix = component.substr(0, before);
    // The monitor beside a podman or cri-o container runs on the host.
    if (!is_container_id(id) || prefix.ends_with("conmon"))
        return {};
    if (const std::size_t colon = prefix.rfind(':'); colon != std::string_view::npos)
        prefix.remove_prefix(colon + 1);
    return {id, runtime_of(kPrefixes, prefix)};
}

// The scopes of machinectl and libvirt. A virtual machine's is the host's own process.
Container machine_in(std::string_view name)
{
    if (name.starts_with("qemu\\x2d"))
        return {};
    return {name, name.starts_with("lxc\\x2d") ? "libvirt-lxc" : "systemd-nspawn"};
}

// A container where this component, given the ones around it, opens one.
Container container_in(std::string_view previous, std::string_view component, std::string_view next)
{
    if (const Container found = container_by_id(previous, component); !found.name.empty())
        return found;
    if (previous == "lxc")
        return {component, "lxc"};
    if (previous == "buildkit")
        return {component, "buildkit"};
    if (const auto name = between(component, "lxc.payload.", ""))
        return {*name, "lxc"};
    if (const auto name = between(component, "machine-", ".scope"))
        return machine_in(*name);
    // nspawn's own process stays in .../supervisor; the container is in .../payload.
    if (const auto name = between(component, "systemd-nspawn@", ".service");
        name && next == "payload")
        return {*name, "systemd-nspawn"};
    return {};
}

// "pod<uid>" below kubepods, "kubepods-burstable-pod<uid>.slice", the same before ":cri-...".
std::string_view pod_in(std::string_view component)
{
    if (component.starts_with("pod"))
        return component.substr(3);
    component = component.substr(0, component.find(':'));
    const std::size_t pods = component.find("kubepods-"), pod = component.rfind("-pod");
    if (pods == std::string_view::npos || pod == std::string_view::npos || pod < pods ||
        !component.ends_with(".slice"))
        return {};
    component.remove_suffix(6);
    return component.substr(pod + 4);
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

// What lies above a container belongs to the runtime, not to the container.
void enter(CgroupPlace &place, const Container &container, std::string_view pod, bool is_own)
{
    const auto owner = place.container.empty() ? place.user_manager : place.container_owner;
    place = {};
    if (is_own)
        return;
    place.container = container.name;
    place.runtime = container.runtime;
    place.pod = pod;
    place.container_owner = owner;
}

} // namespace

CgroupPlace parse_cgroup(std::string_view path, std::string_view own_container)
{
    CgroupPlace place;
    std::string_view previous, pod;
    bool in_kubernetes = false;
    while (!path.empty()) {
        const std::size_t slash = path.find('/');
        const std::string_view component = path.substr(0, slash);
        path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
        if (component.empty())
            continue;
        const std::string_view next = path.substr(0, path.find('/'));
        in_kubernetes |= component.find("kubepods") != std::string_view::npos;
        if (in_kubernetes && place.container.empty())
            if (const std::string_view found = pod_in(component); !found.empty())
                pod = found;
        const Container container = container_in(previous, component, next);
        if (container.name.empty())
            read_component(place, component);
        else
            enter(place, container, pod, container.name == own_container);
        previous = component;
    }
    return place;
}

} // namespace sentra::session
