// SPDX-License-Identifier: MIT
#include "sensor/kernel_half.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <bpf/bpf.h>
#include <sentra.skel.h>

#include "sensor/adopt.h"
#include "sensor/iterator.h"
#include "sensor/stand.h"

namespace sentra::sensor {

struct KernelHalf::Inside {
    Stand stand;
    std::vector<ProgramRow> rows = stand.ladder.rows();
    const Object &object = stand.object;
    int cpus = 0;

    [[nodiscard]] Result<sentra_account_row> account_row(std::uint32_t key) const;
    [[nodiscard]] std::uint64_t recursion_misses(std::string_view program) const;
};

KernelHalf::KernelHalf(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
KernelHalf::~KernelHalf() = default;

Result<std::unique_ptr<KernelHalf>> KernelHalf::load(std::uint32_t ring_bytes,
                                                     std::optional<Rung> only)
{
    const Btf types(btf__load_vmlinux_btf());
    if (!types)
        return failure("this kernel has no type information (/sys/kernel/btf/vmlinux)");
    const auto prepare = [&types, ring_bytes](sentra_kernel &skeleton,
                                              const Ladder &ladder) -> Result<void> {
        const auto seen_deeper = [&](Concern concern) {
            return ladder.rung(concern) != Rung::tracepoint;
        };
        skeleton.rodata->opens_seen_deeper = seen_deeper(Concern::file_open);
        skeleton.rodata->truncations_seen_deeper = seen_deeper(Concern::file_attributes);
        skeleton.rodata->accepts_seen_deeper = seen_deeper(Concern::accept);
        skeleton.rodata->streams_seen_deeper = seen_deeper(Concern::unix_stream);
        bpf_map__set_max_entries(skeleton.maps.ring, ring_bytes);
        skeleton.bss->paused = 1;
        skeleton.rodata->exit_says_group_dead =
            tracepoint_parameters(types.get(), "sched_process_exit") >= 2;
        return {};
    };
    auto stand = Stand::climb(Ladder(Ground::look(types.get()), only), prepare);
    if (!stand)
        return tl::unexpected(stand.error());
    return begin_with(std::move(*stand));
}

Result<std::unique_ptr<KernelHalf>> KernelHalf::adopt(const Generation &generation,
                                                      std::optional<Rung> only)
{
    const Btf types(btf__load_vmlinux_btf());
    if (!types)
        return failure("this kernel has no type information (/sys/kernel/btf/vmlinux)");
    auto stand = sensor::adopt(Ladder(Ground::look(types.get()), only), generation);
    if (!stand)
        return tl::unexpected(stand.error());
    return begin_with(std::move(*stand));
}

Belongings KernelHalf::belongings() const
{
    return sensor::belongings(inside_->stand);
}

Result<std::unique_ptr<KernelHalf>> KernelHalf::begin_with(Stand stand)
{
    std::unique_ptr<Inside> inside(new Inside{std::move(stand)});
    inside->cpus = libbpf_num_possible_cpus();
    std::unique_ptr<KernelHalf> half(new KernelHalf(std::move(inside)));
    if (auto learned = half->learn_self(); !learned)
        return tl::unexpected(learned.error());
    return half;
}

Result<void> KernelHalf::learn_self()
{
    const auto read = read_iterator(inside_->object.program("learn_self"));
    if (!read)
        return tl::unexpected(read.error());
    if (inside_->object.words().bss->own_namespace == 0)
        return failure("the sensor's own process was not found in the kernel");
    return {};
}

void KernelHalf::watch(std::span<const sentra_watched_file> files,
                       std::span<const std::string> names)
{
    const std::uint8_t present = 1;
    const int files_fd = inside_->object.map_fd("watched_files");
    const int names_fd = inside_->object.map_fd("watched_names");
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
    auto &words = *inside_->object.words().bss;
    for (std::size_t i = 0; i < bits.size(); ++i)
        __atomic_store_n(&words.watched_bits[i], bits[i], __ATOMIC_RELAXED);
    __atomic_store_n(&words.watched_lengths, lengths, __ATOMIC_RELAXED);
}

FilterSeat KernelHalf::filter_seat() const
{
    const auto word = [](auto &one) { return reinterpret_cast<std::uint64_t *>(&one); };
    auto &words = *inside_->object.words().bss;
    FilterSeat seat;
    seat.unwanted_types = word(words.unwanted_types);
    seat.placed_types = word(words.placed_types);
    seat.repeating_types = word(words.repeating_types);
    seat.repeat_ticks = word(words.repeat_ticks);
    seat.place_seed = word(words.place_seed);
    seat.wanted_lengths = word(words.wanted_lengths);
    seat.ending_lengths = word(words.wanted_ending_lengths);
    seat.ending_bytes = word(words.wanted_ending_bytes);
    seat.trusted_count = word(words.trusted_count);
    seat.places = inside_->object.map_fd("places");
    seat.names = inside_->object.map_fd("wanted_names");
    seat.endings = inside_->object.map_fd("wanted_endings");
    seat.trusted = inside_->object.map_fd("trusted_groups");
    return seat;
}

void KernelHalf::begin()
{
    __atomic_store_n(&inside_->object.words().bss->paused, 0U, __ATOMIC_SEQ_CST);
}

void KernelHalf::pause()
{
    __atomic_store_n(&inside_->object.words().bss->paused, 1U, __ATOMIC_SEQ_CST);
}

bool KernelHalf::is_paused() const
{
    return __atomic_load_n(&inside_->object.words().bss->paused, __ATOMIC_SEQ_CST) != 0;
}

std::vector<std::string> KernelHalf::detached() const
{
    std::vector<std::string> gone;
    for (const Attached &attached : inside_->stand.attached) {
        bpf_link_info info{};
        __u32 bytes = sizeof info;
        const int fd = bpf_link__fd(attached.link.get());
        // Kernels before 5.15 have no link behind a perf event: nothing can be asked there.
        if (bpf_obj_get_info_by_fd(fd, &info, &bytes) == 0 && info.prog_id == 0)
            gone.push_back(attached.hook->label());
    }
    return gone;
}

bool KernelHalf::sees(sentra_type type) const
{
    const auto &attached = inside_->stand.attached;
    return std::any_of(attached.begin(), attached.end(),
                       [type](const Attached &one) { return one.hook->event == type; });
}

int KernelHalf::ring_fd() const
{
    return inside_->object.map_fd("ring");
}

Result<std::vector<std::byte>> KernelHalf::snapshot() const
{
    return read_iterator(inside_->object.program("snapshot_process"));
}

Result<sentra_account_row> KernelHalf::Inside::account_row(std::uint32_t key) const
{
    constexpr std::size_t words = sizeof(sentra_account_row) / sizeof(std::uint64_t);
    std::vector<std::uint64_t> per_cpu(words * static_cast<std::size_t>(cpus));
    if (bpf_map_lookup_elem(object.map_fd("account"), &key, per_cpu.data()) != 0)
        return system_failure("read the kernel's account", errno);
    std::array<std::uint64_t, words> sum{};
    for (std::size_t i = 0; i < per_cpu.size(); ++i)
        sum[i % words] += per_cpu[i];
    sentra_account_row row{};
    std::memcpy(&row, sum.data(), sizeof sum);
    return row;
}

std::uint64_t KernelHalf::Inside::recursion_misses(std::string_view name) const
{
    const int asked = stand.program_fd(name);
    bpf_prog_info info{};
    __u32 bytes = sizeof info;
    if (asked < 0 || bpf_obj_get_info_by_fd(asked, &info, &bytes) != 0)
        return 0;
    return info.recursion_misses;
}

Result<AccountRows> KernelHalf::account() const
{
    AccountRows rows{};
    for (std::uint32_t key = 0; key < SENTRA_ROWS; ++key) {
        const auto row = inside_->account_row(key);
        if (!row)
            return tl::unexpected(row.error());
        rows[key] = *row;
    }
    return rows;
}

std::vector<Watch> KernelHalf::watches() const
{
    return inside_->stand.ladder.watches();
}

std::vector<ProgramRow> KernelHalf::programs() const
{
    std::vector<ProgramRow> rows = inside_->rows;
    for (ProgramRow &row : rows)
        row.recursion_misses = inside_->recursion_misses(row.program);
    return rows;
}

std::uint64_t KernelHalf::lost_starts() const
{
    std::uint64_t lost = 0;
    for (const std::uint32_t type : {SENTRA_PROCESS_EXEC, SENTRA_PROCESS_FORK})
        lost += inside_->account_row(SENTRA_ROW(type)).value_or(sentra_account_row{}).lost;
    for (const ProgramRow &row : inside_->rows)
        if (row.attached && (row.event == "process.exec" || row.event == "process.fork"))
            lost += inside_->recursion_misses(row.program);
    return lost;
}

} // namespace sentra::sensor
