// SPDX-License-Identifier: MIT
// The floor under a sensor: loads floor.bpf.o, attaches the one program that is named, and drains
// its ring on a timer until SIGTERM. Says READY on standard error when it watches.
//   bench_floor OBJECT PROGRAM
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>

#include <unistd.h>

#include <bpf/libbpf.h>

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
    const std::unique_ptr<bpf_link, Close> link(bpf_program__attach(chosen));
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
