// SPDX-License-Identifier: MIT
// What the paths of control groups say, as hosts and runtimes write them.
#include <algorithm>

#include <gtest/gtest.h>

#include "session/cgroup_path.h"

namespace sentra::session::test {
namespace {

constexpr std::string_view kId = "5f2a6bd3c1e04f7c9a1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdef";

std::string path_with(std::string_view before, std::string_view after)
{
    return std::string(before) + std::string(kId) + std::string(after);
}

struct PathCase {
    std::string path;
    std::string unit, container;
    std::optional<std::uint32_t> user_manager, session;
};

TEST(Cgroup, PathsSayUnitContainerAndSession)
{
    const std::string id(kId);
    const PathCase cases[] = {
        {"", "", "", {}, {}},
        {"/", "", "", {}, {}},
        {"/init.scope", "", "", {}, {}},
        {"/system.slice/nginx.service", "nginx.service", "", {}, {}},
        {"/system.slice/system-postgresql.slice/postgresql@14-main.service",
         "postgresql@14-main.service",
         "",
         {},
         {}},
        {"/user.slice/user-1001.slice/session-42.scope", "", "", {}, 42},
        {"/user.slice/user-1001.slice/session-c2.scope", "", "", {}, {}},
        {"/user.slice/user-1001.slice/user@1001.service/init.scope",
         "user@1001.service",
         "",
         1001,
         {}},
        {"/user.slice/user-1001.slice/user@1001.service/app.slice/sync.service",
         "sync.service",
         "",
         1001,
         {}},
        {path_with("/system.slice/docker-", ".scope"), "", id, {}, {}},
        {path_with("/docker/", ""), "", id, {}, {}},
        {path_with("/docker/", "/system.slice/nginx.service"), "nginx.service", id, {}, {}},
        {path_with("/machine.slice/libpod-", ".scope/container"), "", id, {}, {}},
        {path_with("/machine.slice/libpod-conmon-", ".scope"), "", "", {}, {}},
        {path_with("/kubepods.slice/kubepods-burstable.slice/cri-containerd-", ".scope"),
         "",
         id,
         {},
         {}},
        {path_with("/system.slice/containerd.service/kubepods-besteffort:cri-containerd:", ""),
         "",
         id,
         {},
         {}},
        {path_with("/kubepods/burstable/pod1/crio-", ".scope"), "", id, {}, {}},
        {"/lxc/web/system.slice/ssh.service", "ssh.service", "web", {}, {}},
        {"/lxc.payload.web/init.scope", "", "web", {}, {}},
        {"/machine.slice/machine-debian.scope", "", "debian", {}, {}},
        {"/machine.slice/systemd-nspawn@web.service/payload/init.scope", "", "web", {}, {}},
        {"/machine.slice/systemd-nspawn@web.service/supervisor",
         "systemd-nspawn@web.service",
         "",
         {},
         {}},
        {"/system.slice/docker-short.scope", "", "", {}, {}},
        {"////", "", "", {}, {}},
    };
    for (const PathCase &c : cases) {
        const CgroupPlace place = parse_cgroup(c.path);
        EXPECT_EQ(place.unit, c.unit) << c.path;
        EXPECT_EQ(place.container, c.container) << c.path;
        EXPECT_EQ(place.user_manager, c.user_manager) << c.path;
        EXPECT_EQ(place.session, c.session) << c.path;
    }
}

struct RuntimeCase {
    std::string path;
    std::string container, runtime, pod;
    std::optional<std::uint32_t> owner;
};

// As the hosts write them: Ubuntu 20.04 (hybrid), 22.04 and 24.04 (v2), kubelet with both drivers.
TEST(Cgroup, PathsSayRuntimeAndPod)
{
    const std::string id(kId);
    const std::string uid = "0b1c6b1e-8d3f-4a63-9c1d-2f0a5b6c7d8e";
    std::string escaped = uid;
    std::replace(escaped.begin(), escaped.end(), '-', '_');
    const RuntimeCase cases[] = {
        {"/docker/" + id, id, "docker", "", {}},
        {"/system.slice/docker-" + id + ".scope", id, "docker", "", {}},
        {"/docker/buildkit/xk2r8l9h5s5vfg3c0z4xd1b7q",
         "xk2r8l9h5s5vfg3c0z4xd1b7q",
         "buildkit",
         "",
         {}},
        {"/kubepods/burstable/pod" + uid + "/" + id, id, "", uid, {}},
        {"/kubepods/pod" + uid + "/crio-" + id, id, "cri-o", uid, {}},
        {"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + escaped +
             ".slice/cri-containerd-" + id + ".scope",
         id,
         "containerd",
         escaped,
         {}},
        {"/kubepods.slice/kubepods-pod" + escaped + ".slice/crio-" + id + ".scope/container",
         id,
         "cri-o",
         escaped,
         {}},
        {"/kubepods.slice/kubepods-pod" + escaped + ".slice/crio-conmon-" + id + ".scope",
         "",
         "",
         "",
         {}},
        {"/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/"
         "kubelet-kubepods-besteffort-pod" +
             escaped + ".slice/docker-" + id + ".scope",
         id,
         "docker",
         escaped,
         {}},
        {"/system.slice/containerd.service/kubepods-besteffort-pod" + escaped +
             ".slice:cri-containerd:" + id,
         id,
         "containerd",
         escaped,
         {}},
        {"/machine.slice/libpod-" + id + ".scope/container", id, "podman", "", {}},
        {"/libpod_parent/libpod-" + id, id, "podman", "", {}},
        {"/user.slice/user-1001.slice/user@1001.service/user.slice/libpod-" + id +
             ".scope/container",
         id, "podman", "", 1001},
        {"/default/nerdctl-" + id + ".scope", id, "containerd", "", {}},
        {"/ecs/0123456789abcdef/" + id, id, "", "", {}},
        {"/lxc.payload.web/system.slice/ssh.service", "web", "lxc", "", {}},
        {"/lxc.monitor.web", "", "", "", {}},
        {"/machine.slice/machine-debian.scope/payload", "debian", "systemd-nspawn", "", {}},
        {"/machine.slice/machine-lxc\\x2d1\\x2dweb.scope",
         "lxc\\x2d1\\x2dweb",
         "libvirt-lxc",
         "",
         {}},
        {"/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator", "", "", "", {}},
        {"/user.slice/user-1000.slice/session-3.scope", "", "", "", {}},
        {"/pods/podman/podx/" + id, id, "", "", {}},
    };
    for (const RuntimeCase &c : cases) {
        const CgroupPlace place = parse_cgroup(c.path);
        EXPECT_EQ(place.container, c.container) << c.path;
        EXPECT_EQ(place.runtime, c.runtime) << c.path;
        EXPECT_EQ(place.pod, c.pod) << c.path;
        EXPECT_EQ(place.container_owner, c.owner) << c.path;
    }
}

TEST(Cgroup, TheSensorsOwnContainerIsNone)
{
    const std::string path = path_with("/docker/", "/system.slice/nginx.service");
    const CgroupPlace place = parse_cgroup(path, kId);
    EXPECT_EQ(place.container, "");
    EXPECT_EQ(place.unit, "nginx.service");
}

} // namespace
} // namespace sentra::session::test
