// SPDX-License-Identifier: MIT
// The table of programs: what is to be seen (a concern), on which rung, by which program at which
// hook. A concern is one thing that is seen on one rung at a time: two rungs at once would tell it
// twice. The ladder (ladder.h) chooses for each concern.
//
// To add a rung to a concern: write the program in bpf/<family>_hooks.bpf.c around the body that
// the other rungs use, add its rows to kHooks (all those without which the rung is not worth
// having, and those it can do without as optional), and, if it is blind to something, a row to
// kBlind. To add a concern: a name here, a row in kConcerns with the events it tells, and its rows.
// SEC() of an fentry, lsm or tp_btf program names its hook: one program each. A SEC("kprobe") or
// SEC("tracepoint") program can be attached to several.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <sentra/wire.h>

#include "sensor/sensor.h"

namespace sentra::sensor {

inline constexpr std::array kRungs = {Rung::lsm, Rung::kprobe, Rung::fentry, Rung::tracepoint};

enum class Concern : std::uint8_t {
    exec,
    exec_before, // whose program it was
    fork,
    exit,
    ptrace,
    io_uring,
    signal,
    credentials,
    file_open,
    file_rename,
    file_delete,
    file_link,
    file_attributes, // mode, owner, size: one function is told of all three
    tcp,             // connect and listen: one program sees both on the lowest rung
    unix_stream,
    datagram, // UDP and unix datagrams: no deeper hook is theirs alone
    accept,
    module,
    bpf,
};

// What a rung does not see. Several may hold.
enum Blind : std::uint32_t {
    kBlind32Bit = 1U << 0U,
    kBlindIoUring = 1U << 1U,
    kBlindFailed = 1U << 2U,
    kCallersPath = 1U << 3U,
    kBlindKernelMade = 1U << 4U, // a change that no set-id call made
};

// Which rung is best.
enum class Order : std::uint8_t {
    // The tracepoint lies below the system calls and loses nothing, while programs on it are not
    // preempted.
    tracepoint_first,
    // A deeper rung sees what system calls do not show.
    deepest_first,
    // Only the function all changes go through sees them all; security hooks see the usual ones.
    function_first,
};

struct ConcernRow {
    Concern concern;
    std::string_view name;
    Order order;
    std::array<sentra_type, 3> events; // told by it, or with its help; those behind may be 0
};

struct Hook {
    Concern concern;
    Rung rung;
    sentra_type event; // one that it tells, or helps to tell
    std::string_view program;
    // Of a tracepoint: "sched", "sock", "module": kernel objects as arguments; or "syscalls". Of a
    // kernel function that stands in where there is no security hook: "fentry". Others: empty.
    std::string_view category;
    std::string_view name; // of the tracepoint, kernel function or security hook
    bool is_optional = false;

    [[nodiscard]] bool is_syscall() const { return category == "syscalls"; }
    [[nodiscard]] std::string label() const; // "syscalls:sys_exit_openat", "kprobe:tcp_connect"
};

[[nodiscard]] std::span<const Hook> hooks();
[[nodiscard]] std::span<const ConcernRow> concerns();
[[nodiscard]] std::uint32_t blindness(Concern concern, Rung rung); // of enum Blind

} // namespace sentra::sensor
