// SPDX-License-Identifier: MIT
// What a cgroup's path says: unit, container, login scope. Pure: text in, views into it out.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sentra::session {

struct CgroupPlace {
    std::string_view unit;                     // innermost "x.service"; empty without one
    std::optional<std::uint32_t> user_manager; // the unit runs below user@N.service
    std::string_view container; // innermost container's id or name, as its runtime gives it
    // docker, containerd, cri-o, podman, lxc, libvirt-lxc, systemd-nspawn, buildkit; empty: the
    // path does not say whose it is.
    std::string_view runtime;
    std::string_view pod; // Kubernetes' uid of it, as the path writes it: '_' may stand for '-'
    // The container is below user@N.service: that user may call it what he likes.
    std::optional<std::uint32_t> container_owner;
    std::optional<std::uint32_t>
        session; // of session-N.scope: logind's number, the audit session's
};

// own_container: the one the sensor itself (its pid 1) is in; what is only in that is not
// contained.
[[nodiscard]] CgroupPlace parse_cgroup(std::string_view path, std::string_view own_container = {});

} // namespace sentra::session
