// SPDX-License-Identifier: MIT
// The floor under a sensor: loads floor.bpf.o, attaches the one program that is named, and drains
// its ring on a timer until SIGTERM. Says READY on standard error when it watches.
//   bench_floor OBJECT PROGRAM
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "sensor/tracepoints.h"

namespace {

volatile std::sig_atomic_t stopped = 0;

struct Close {
    void operator()(bpf_object *object) const { bpf_object__close(object); }
    void operator()(bpf_link *link) const { bpf_link__destroy(link); }
    void operator()(ring_buffer *ring) const { ring_buffer__free(ring); }
};

int fail(const char *what, const char *name)
{
    std::fprintf(stderr, "bench_floor: %s %s: %s\n", what, name, std::strerror(errno));
    return 1;
}

// As the sensor does it: also where tracefs is not mounted, which libbpf needs.
bpf_link *attach(const bpf_program *program)
{
    constexpr std::string_view syscalls = "tracepoint/";
    const std::string_view section = bpf_program__section_name(program);
    if (section.substr(0, syscalls.size()) != syscalls)
        return bpf_program__attach(program);
    const auto tracepoints = sentra::sensor::Tracepoints::open();
    const auto id = tracepoints
                        ? tracepoints->id(std::string(section.substr(syscalls.size())))
                        : sentra::Result<std::uint64_t>(tl::unexpected(tracepoints.error()));
    if (!id) {
        std::fprintf(stderr, "bench_floor: %s\n", id.error().text.c_str());
        return nullptr;
    }
    perf_event_attr attributes{};
    attributes.type = PERF_TYPE_TRACEPOINT;
    attributes.size = sizeof attributes;
    attributes.config = *id;
    const int event = static_cast<int>(
        syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC));
    return event < 0 ? nullptr : bpf_program__attach_perf_event(program, event);
}

int drop(void *, void *, std::size_t)
{
    return 0;
}

} // namespace

int main(int count, char **arguments)
{
    if (count != 3) {
        std::fputs("usage: bench_floor OBJECT PROGRAM\n", stderr);
        return 2;
    }
    const std::unique_ptr<bpf_object, Close> object(bpf_object__open_file(arguments[1], nullptr));
    if (!object)
        return fail("open", arguments[1]);
    bpf_program *chosen = bpf_object__find_program_by_name(object.get(), arguments[2]);
    if (chosen == nullptr)
        return fail("find", arguments[2]);
    bpf_program *program = nullptr;
    bpf_object__for_each_program(program, object.get())
        bpf_program__set_autoload(program, program == chosen);
    if (bpf_object__load(object.get()) != 0)
        return fail("load", arguments[1]);
    const std::unique_ptr<bpf_link, Close> link(attach(chosen));
    if (!link)
        return fail("attach", arguments[2]);
    const std::unique_ptr<ring_buffer, Close> ring(ring_buffer__new(
        bpf_object__find_map_fd_by_name(object.get(), "ring"), drop, nullptr, nullptr));
    if (!ring)
        return fail("map", "the ring");
    std::signal(SIGTERM, [](int) { stopped = 1; });
    std::fputs("READY\n", stderr);
    while (stopped == 0) {
        usleep(20'000);
        ring_buffer__consume(ring.get());
    }
    return 0;
}
