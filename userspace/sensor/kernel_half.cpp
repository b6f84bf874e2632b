// SPDX-License-Identifier: MIT
#include "sensor/kernel_half.h"

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <map>

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <sentra.skel.h>

#include "base/fd.h"
#include "event/catalogue.h"
#include "sensor/hooks.h"
#include "sensor/tracepoints.h"

namespace sentra::sensor {

namespace {

struct DestroySkeleton {
    void operator()(sentra_kernel *skeleton) const { sentra_kernel__destroy(skeleton); }
};
using Skeleton = std::unique_ptr<sentra_kernel, DestroySkeleton>;

struct DestroyLink {
    void operator()(bpf_link *link) const { bpf_link__destroy(link); }
};
using Link = std::unique_ptr<bpf_link, DestroyLink>;

struct FreeBtf {
    void operator()(btf *types) const { btf__free(types); }
};
using Btf = std::unique_ptr<btf, FreeBtf>;

// libbpf says what went wrong only to a process-wide printer: the last warnings are kept for the
// error.
std::string &last_words()
{
    thread_local std::string words;
    return words;
}

__attribute__((format(printf, 2, 0))) int keep_warning(libbpf_print_level level, const char *format,
                                                       va_list arguments)
{
    if (level != LIBBPF_WARN)
        return 0;
    std::array<char, 512> line{};
    std::vsnprintf(line.data(), line.size(), format, arguments);
    std::string &words = last_words();
    if (words.size() > 8192)
        words.clear();
    words += line.data();
    return 0;
}

// "libbpf: prog 'file_opened': failed to load: -13" -> file_opened
std::string refused_program(std::string_view words)
{
    const auto failed = words.rfind("': failed to load");
    if (failed == std::string_view::npos)
        return {};
    const auto quote = words.rfind('\'', failed - 1);
    return quote == std::string_view::npos
               ? std::string()
               : std::string(words.substr(quote + 1, failed - quote - 1));
}

// Parameters of the kernel's tracepoint, without the leading data pointer; -1: there is no such
// tracepoint.
int tracepoint_parameters(const btf *types, const std::string &name)
{
    const int id = btf__find_by_name_kind(types, ("btf_trace_" + name).c_str(), BTF_KIND_TYPEDEF);
    if (id < 0)
        return -1;
    const btf_type *pointer =
        btf__type_by_id(types, btf__type_by_id(types, static_cast<__u32>(id))->type);
    if (pointer == nullptr || !btf_is_ptr(pointer))
        return -1;
    const btf_type *function = btf__type_by_id(types, pointer->type);
    return function != nullptr && btf_is_func_proto(function) ? btf_vlen(function) - 1 : -1;
}

Result<Link> attach_iterator(const bpf_program *program)
{
    Link link(bpf_program__attach_iter(program, nullptr));
    if (!link)
        return system_failure("attach the task iterator", errno);
    return link;
}

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

} // namespace

struct KernelHalf::Inside {
    Skeleton skeleton;
    std::map<std::string, std::string, std::less<>> left_out; // program -> reason
    std::vector<ProgramRow> rows;                             // one per hook, in the table's order
    std::vector<Link> links;
    int cpus = 0;

    [[nodiscard]] bpf_program *program(std::string_view name) const
    {
        return bpf_object__find_program_by_name(skeleton->obj, std::string(name).c_str());
    }
    [[nodiscard]] Result<void> open(std::uint32_t ring_bytes, const btf *types);
    [[nodiscard]] Result<Link> attach(const Hook &hook, const Tracepoints *tracepoints) const;
};

Result<void> KernelHalf::Inside::open(std::uint32_t ring_bytes, const btf *types)
{
    skeleton.reset(sentra_kernel__open());
    if (!skeleton)
        return system_failure("open the BPF object", errno);
    bpf_map__set_max_entries(skeleton->maps.ring, ring_bytes);
    skeleton->rodata->exit_says_group_dead =
        tracepoint_parameters(types, "sched_process_exit") >= 2;
    for (const Hook &hook : hooks()) {
        if (!hook.is_syscall() && tracepoint_parameters(types, std::string(hook.name)) < 0)
            left_out.emplace(hook.program, "this kernel has no tracepoint " +
                                               std::string(hook.category) + ":" +
                                               std::string(hook.name));
    }
    for (const auto &[name, reason] : left_out)
        if (bpf_program *refused = program(name))
            bpf_program__set_autoload(refused, false);
    return {};
}

Result<Link> KernelHalf::Inside::attach(const Hook &hook, const Tracepoints *tracepoints) const
{
    if (const auto out = left_out.find(hook.program); out != left_out.end())
        return failure(out->second);
    const bpf_program *attached = program(hook.program);
    if (!hook.is_syscall()) {
        Link link(bpf_program__attach(attached));
        if (!link)
            return system_failure("attach", errno);
        return link;
    }
    if (tracepoints == nullptr)
        return failure("tracefs is not to be had");
    const auto id = tracepoints->id(std::string(hook.category) + "/" + std::string(hook.name));
    if (!id)
        return tl::unexpected(id.error());
    return attach_syscall(attached, *id);
}

KernelHalf::KernelHalf(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
KernelHalf::~KernelHalf() = default;

Result<std::unique_ptr<KernelHalf>> KernelHalf::load(std::uint32_t ring_bytes)
{
    libbpf_set_print(keep_warning);
    const Btf types(btf__load_vmlinux_btf());
    if (!types)
        return failure("this kernel has no type information (/sys/kernel/btf/vmlinux)");
    auto inside = std::make_unique<Inside>();
    inside->cpus = libbpf_num_possible_cpus();
    for (;;) {
        if (auto opened = inside->open(ring_bytes, types.get()); !opened)
            return tl::unexpected(opened.error());
        last_words().clear();
        const int error = sentra_kernel__load(inside->skeleton.get());
        if (error == 0)
            break;
        // The object loads as a whole or not at all: leave the refused program out and start again.
        const std::string refused = refused_program(last_words());
        if (refused.empty() || inside->left_out.count(refused) != 0)
            return system_failure("load the BPF programs", -error);
        inside->left_out.emplace(refused,
                                 "refused by this kernel: " + std::string(std::strerror(-error)));
    }
    std::unique_ptr<KernelHalf> half(new KernelHalf(std::move(inside)));
    if (auto learned = half->learn_self(); !learned)
        return tl::unexpected(learned.error());
    return half;
}

Result<void> KernelHalf::learn_self()
{
    const auto read = read_iterator(inside_->skeleton->progs.learn_self);
    if (!read)
        return tl::unexpected(read.error());
    if (inside_->skeleton->bss->own_namespace == 0)
        return failure("the sensor's own process was not found in the kernel");
    return {};
}

void KernelHalf::watch(std::span<const sentra_watched_file> files,
                       std::span<const std::string> names)
{
    const std::uint8_t present = 1;
    const int files_fd = bpf_map__fd(inside_->skeleton->maps.watched_files);
    const int names_fd = bpf_map__fd(inside_->skeleton->maps.watched_names);
    std::array<std::uint64_t, SENTRA_WATCHED_BITS / 64> bits{};
    std::uint64_t lengths = 0;

    // Files that are gone: their numbers will be given to others.
    sentra_watched_file key{}, next{};
    bool is_first = true;
    std::vector<sentra_watched_file> stale;
    while (bpf_map_get_next_key(files_fd, is_first ? nullptr : &key, &next) == 0) {
        const auto same = [&next](const sentra_watched_file &file) {
            return std::memcmp(&file, &next, sizeof file) == 0;
        };
        if (std::none_of(files.begin(), files.end(), same))
            stale.push_back(next);
        key = next;
        is_first = false;
    }
    for (const auto &gone : stale)
        bpf_map_delete_elem(files_fd, &gone);
    for (const auto &file : files) {
        bpf_map_update_elem(files_fd, &file, &present, BPF_ANY);
        const std::uint64_t bit = file.inode % SENTRA_WATCHED_BITS;
        bits[bit / 64] |= std::uint64_t{1} << (bit % 64);
    }
    for (const auto &name : names) {
        sentra_watched_name padded{};
        if (name.size() >= sizeof padded.name)
            continue;
        std::memcpy(padded.name, name.data(), name.size());
        bpf_map_update_elem(names_fd, &padded, &present, BPF_ANY);
        lengths |= std::uint64_t{1} << name.size();
    }
    for (std::size_t i = 0; i < bits.size(); ++i)
        __atomic_store_n(&inside_->skeleton->bss->watched_bits[i], bits[i], __ATOMIC_RELAXED);
    __atomic_store_n(&inside_->skeleton->bss->watched_lengths, lengths, __ATOMIC_RELAXED);
}

Result<void> KernelHalf::attach()
{
    const auto tracepoints = Tracepoints::open();
    std::string reason;
    for (const Hook &hook : hooks()) {
        ProgramRow row;
        row.event = event::Catalogue::get().find_type(static_cast<std::uint16_t>(hook.event))->name;
        row.program = hook.program;
        row.hook = std::string(hook.category) + ":" + std::string(hook.name);
        row.rung = "tracepoint";
        auto link = inside_->attach(hook, tracepoints ? &*tracepoints : nullptr);
        row.attached = link.has_value();
        if (link)
            inside_->links.push_back(std::move(*link));
        else
            reason = row.reason =
                tracepoints || !hook.is_syscall() ? link.error().text : tracepoints.error().text;
        inside_->rows.push_back(std::move(row));
    }
    if (inside_->links.empty())
        return failure("not one hook could be attached: " + reason);
    return {};
}

void KernelHalf::pause()
{
    __atomic_store_n(&inside_->skeleton->bss->paused, 1U, __ATOMIC_SEQ_CST);
}

int KernelHalf::ring_fd() const
{
    return bpf_map__fd(inside_->skeleton->maps.ring);
}

Result<std::vector<std::byte>> KernelHalf::snapshot() const
{
    return read_iterator(inside_->skeleton->progs.snapshot_process);
}

Result<AccountRows> KernelHalf::account() const
{
    constexpr std::size_t words = sizeof(sentra_account_row) / sizeof(std::uint64_t);
    const int fd = bpf_map__fd(inside_->skeleton->maps.account);
    std::vector<std::uint64_t> per_cpu(words * static_cast<std::size_t>(inside_->cpus));
    AccountRows rows{};
    for (std::uint32_t key = 0; key < SENTRA_ROWS; ++key) {
        if (bpf_map_lookup_elem(fd, &key, per_cpu.data()) != 0)
            return system_failure("read the kernel's account", errno);
        std::array<std::uint64_t, words> sum{};
        for (std::size_t i = 0; i < per_cpu.size(); ++i)
            sum[i % words] += per_cpu[i];
        std::memcpy(&rows[key], sum.data(), sizeof sum);
    }
    return rows;
}

std::vector<ProgramRow> KernelHalf::programs() const
{
    std::vector<ProgramRow> rows = inside_->rows;
    for (ProgramRow &row : rows) {
        const bpf_program *program = inside_->program(row.program);
        bpf_prog_info info{};
        __u32 bytes = sizeof info;
        if (program != nullptr && bpf_program__fd(program) >= 0 &&
            bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &bytes) == 0)
            row.recursion_misses = info.recursion_misses;
    }
    return rows;
}

} // namespace sentra::sensor
