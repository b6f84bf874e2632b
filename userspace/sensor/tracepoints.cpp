// SPDX-License-Identifier: MIT
#include "sensor/tracepoints.h"

#include <array>
#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"

namespace sentra::sensor {

namespace {

// fsopen() and fsmount() have no wrappers before glibc 2.36.
Result<Fd> mount_unseen()
{
    const Fd context(static_cast<int>(syscall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC)));
    if (!context.is_open())
        return system_failure("open tracefs", errno);
    if (syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
        return system_failure("open tracefs", errno);
    Fd root(static_cast<int>(syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, 0)));
    if (!root.is_open())
        return system_failure("mount tracefs", errno);
    return root;
}

bool has_events(const Fd &root)
{
    return root.is_open() && faccessat(root.get(), "events/syscalls", F_OK, 0) == 0;
}

} // namespace

Result<Tracepoints> Tracepoints::open()
{
    Tracepoints tracepoints;
    for (const char *mounted : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
        Fd root(::open(mounted, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (has_events(root)) {
            tracepoints.root_ = std::move(root);
            return tracepoints;
        }
    }
    auto root = mount_unseen();
    if (!root)
        return tl::unexpected(root.error());
    if (!has_events(*root))
        return failure("tracefs has no events/syscalls: the kernel needs CONFIG_FTRACE_SYSCALLS");
    tracepoints.root_ = std::move(*root);
    return tracepoints;
}

Result<std::uint64_t> Tracepoints::id(const std::string &name) const
{
    const std::string path = "events/" + name + "/id";
    const Fd file(openat(root_.get(), path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open())
        return system_failure("this kernel has no tracepoint " + name, errno);
    std::array<char, 32> digits{};
    const ssize_t got = read(file.get(), digits.data(), digits.size());
    if (got <= 0)
        return system_failure("read " + path, got < 0 ? errno : EIO);
    const auto number =
        parse_number<std::uint64_t>(trim({digits.data(), static_cast<std::size_t>(got)}));
    if (!number)
        return failure(path + " holds no number");
    return *number;
}

} // namespace sentra::sensor
