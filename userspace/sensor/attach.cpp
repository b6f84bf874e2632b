// SPDX-License-Identifier: MIT
#include "sensor/attach.h"

#include <cerrno>

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sentra::sensor {

namespace {

// Tracepoints with kernel objects for arguments, functions and security hooks: the program's own
// section names what it is attached to.
Result<Link> attach_by_section(const bpf_program *program)
{
    Link link(bpf_program__attach(program));
    if (!link)
        return system_failure("attach", errno);
    return link;
}

Result<Link> attach_syscall(const bpf_program *program, std::uint64_t tracepoint)
{
    perf_event_attr attributes{};
    attributes.type = PERF_TYPE_TRACEPOINT;
    attributes.size = sizeof attributes;
    attributes.config = tracepoint;
    // One CPU is named because one has to be; the program runs on all of them.
    const int event = static_cast<int>(
        syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC));
    if (event < 0)
        return system_failure("perf_event_open", errno);
    Link link(bpf_program__attach_perf_event(program, event)); // owns the descriptor if it succeeds
    if (!link) {
        const int error_number = errno;
        close(event);
        return system_failure("attach", error_number);
    }
    return link;
}

Result<Link> attach_kprobe(const bpf_program *program, const std::string &function)
{
    Link link(bpf_program__attach_kprobe(program, false, function.c_str()));
    if (!link)
        return system_failure("attach a kprobe to " + function, errno);
    return link;
}

} // namespace

Attacher Attacher::ask()
{
    Attacher attacher;
    attacher.tracepoints_ = Tracepoints::open();
    return attacher;
}

Result<Link> Attacher::attach(const Hook &hook, const bpf_program *program) const
{
    if (program == nullptr)
        return failure("the sensor was built without this program");
    if (hook.rung == Rung::kprobe)
        return attach_kprobe(program, std::string(hook.name));
    if (!hook.is_syscall())
        return attach_by_section(program);
    if (!tracepoints_)
        return tl::unexpected(tracepoints_.error());
    const auto id = tracepoints_->id(std::string(hook.category) + "/" + std::string(hook.name));
    if (!id)
        return tl::unexpected(id.error());
    return attach_syscall(program, *id);
}

} // namespace sentra::sensor
