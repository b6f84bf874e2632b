// SPDX-License-Identifier: MIT
#include "sensor/adopt.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include <bpf/bpf.h>
#include <sentra.skel.h>

#include "base/hash.h"

namespace sentra::sensor {

namespace {

// The kernel keeps 15 bytes of a program's name.
constexpr std::size_t kKernelNameBytes = 15;

std::string key_of(const Hook &hook)
{
    return std::string(hook.program) + ' ' + hook.label();
}

// The ladder as it stood when these hooks were attached.
Result<void> climb_as_before(Ladder &ladder, const Manifest &manifest)
{
    const auto is_kept = [&](const Hook *hook) {
        return std::find(manifest.hooks.begin(), manifest.hooks.end(), key_of(*hook)) !=
               manifest.hooks.end();
    };
    for (;;) {
        const auto chosen = ladder.chosen();
        const auto lost = std::find_if_not(chosen.begin(), chosen.end(), is_kept);
        if (lost == chosen.end())
            break;
        const auto reason = manifest.failures.find(key_of(**lost));
        ladder.fail(**lost, reason != manifest.failures.end()
                                ? reason->second
                                : "not to be had when the programs were loaded");
    }
    if (ladder.chosen().size() != manifest.hooks.size())
        return failure("its hooks are not those this sensor would choose");
    return {};
}

// Of the same kind and size; the kernel's own check at loading is about the programs' use only.
Result<void> reuse(bpf_map *map, const Generation &generation)
{
    auto kept = generation.map(bpf_map__name(map));
    if (!kept)
        return tl::unexpected(std::move(kept.error()));
    bpf_map_info info{};
    __u32 bytes = sizeof info;
    if (bpf_obj_get_info_by_fd(kept->get(), &info, &bytes) != 0)
        return system_failure("ask what a pinned map is", errno);
    const bool is_ring = info.type == BPF_MAP_TYPE_RINGBUF; // its size is in the version
    if (info.type != bpf_map__type(map) || info.key_size != bpf_map__key_size(map) ||
        info.value_size != bpf_map__value_size(map) ||
        (!is_ring && info.max_entries != bpf_map__max_entries(map)))
        return failure(std::string("its map ") + bpf_map__name(map) + " is another one");
    if (bpf_map__reuse_fd(map, kept->get()) != 0)
        return system_failure("use a pinned map", errno);
    return {};
}

// Only the iterators are loaded, on the maps that the running programs use.
Result<void> prepare(sentra_kernel &skeleton, const Generation &generation)
{
    bpf_map *map = nullptr;
    bpf_object__for_each_map(map, skeleton.obj)
        if (auto reused = reuse(map, generation); !reused)
            return reused;
    bpf_program *program = nullptr;
    bpf_object__for_each_program(program, skeleton.obj)
        if (std::string_view(bpf_program__section_name(program)).substr(0, 5) != "iter/")
            bpf_program__set_autoload(program, false);
    return {};
}

// The program behind a link, if it is the one that the hook is to have.
Result<Fd> program_behind(const Link &link, const Hook &hook)
{
    bpf_link_info about{};
    __u32 bytes = sizeof about;
    if (bpf_obj_get_info_by_fd(bpf_link__fd(link.get()), &about, &bytes) != 0)
        return system_failure("ask what a pinned link is", errno);
    Fd program(bpf_prog_get_fd_by_id(about.prog_id));
    if (!program.is_open())
        return system_failure("open the program of a pinned link", errno);
    bpf_prog_info info{};
    bytes = sizeof info;
    if (bpf_obj_get_info_by_fd(program.get(), &info, &bytes) != 0)
        return system_failure("ask what a pinned program is", errno);
    if (hook.program.substr(0, kKernelNameBytes) != info.name)
        return failure(hook.label() + " holds another program: " + info.name);
    return program;
}

} // namespace

std::string stand_version(std::uint32_t ring_bytes, std::optional<Rung> only)
{
    std::size_t bytes = 0;
    const auto *object = static_cast<const char *>(sentra_kernel__elf_bytes(&bytes));
    std::string all(object, bytes);
    for (const Hook &hook : hooks())
        all += key_of(hook) + (hook.is_optional ? " may be missing\n" : "\n");
    all += std::to_string(ring_bytes) + ' ';
    all += only ? name_of(*only) : "any";
    return sha256_hex(all).substr(0, 16);
}

Result<Stand> adopt(Ladder ladder, const Generation &generation)
{
    const Manifest &manifest = generation.manifest();
    if (auto climbed = climb_as_before(ladder, manifest); !climbed)
        return tl::unexpected(std::move(climbed.error()));
    Object::Refusal refusal;
    auto object = Object::load(
        {}, [&](sentra_kernel &skeleton) { return prepare(skeleton, generation); }, refusal);
    if (!object)
        return tl::unexpected(std::move(object.error()));
    Stand stand{std::move(*object), std::move(ladder), {}, {}};
    for (const Hook *hook : stand.ladder.chosen()) {
        const auto at = std::find(manifest.hooks.begin(), manifest.hooks.end(), key_of(*hook));
        auto link = generation.link(static_cast<std::size_t>(at - manifest.hooks.begin()));
        if (!link)
            return tl::unexpected(std::move(link.error()));
        auto program = program_behind(*link, *hook);
        if (!program)
            return tl::unexpected(std::move(program.error()));
        stand.programs.insert_or_assign(std::string(hook->program), std::move(*program));
        stand.attached.push_back({hook, std::move(*link)});
    }
    return stand;
}

Belongings belongings(const Stand &stand)
{
    Belongings all;
    all.manifest.treaty = treaty_version();
    const sentra_kernel &skeleton = stand.object.words();
    all.manifest.words = bpf_map__name(skeleton.maps.bss);
    all.manifest.paused_at =
        static_cast<std::uint32_t>(reinterpret_cast<const std::byte *>(&skeleton.bss->paused) -
                                   reinterpret_cast<const std::byte *>(skeleton.bss));
    bpf_map *map = nullptr;
    bpf_object__for_each_map(map, stand.object.all())
        all.maps.emplace(bpf_map__name(map), bpf_map__fd(map));
    for (const Attached &attached : stand.attached) {
        all.manifest.hooks.push_back(key_of(*attached.hook));
        all.links.push_back(bpf_link__fd(attached.link.get()));
    }
    for (const Hook &hook : hooks())
        if (std::string reason = stand.ladder.reason(hook); !reason.empty())
            all.manifest.failures.emplace(key_of(hook), std::move(reason));
    return all;
}

} // namespace sentra::sensor
