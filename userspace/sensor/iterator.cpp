// SPDX-License-Identifier: MIT
#include "sensor/iterator.h"

#include <cerrno>

#include <unistd.h>

#include <bpf/bpf.h>

#include "base/fd.h"

namespace sentra::sensor {

namespace {

Result<Link> attach_iterator(const bpf_program *program)
{
    Link link(bpf_program__attach_iter(program, nullptr));
    if (!link)
        return system_failure("attach the task iterator", errno);
    return link;
}

} // namespace

Result<std::vector<std::byte>> read_iterator(const bpf_program *program)
{
    auto link = attach_iterator(program);
    if (!link)
        return tl::unexpected(link.error());
    const Fd fd(bpf_iter_create(bpf_link__fd(link->get())));
    if (!fd.is_open())
        return system_failure("open the task iterator", errno);
    std::vector<std::byte> all;
    for (;;) {
        const std::size_t had = all.size();
        all.resize(had + 65536);
        const ssize_t got = read(fd.get(), all.data() + had, 65536);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
            all.resize(had);
            continue;
        }
        if (got < 0)
            return system_failure("read the task iterator", errno);
        all.resize(had + static_cast<std::size_t>(got));
        if (got == 0)
            return all;
    }
}

} // namespace sentra::sensor
