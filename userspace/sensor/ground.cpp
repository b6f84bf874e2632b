// SPDX-License-Identifier: MIT
#include "sensor/ground.h"

#include <cerrno>
#include <cstring>

#include <linux/bpf.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/fd.h"
#include "base/text.h"
#include "sensor/features.h"

namespace sentra::sensor {

namespace {

Ground::Verdict &at(Ground &ground, Rung rung)
{
    return ground.rungs[static_cast<std::size_t>(rung)];
}

// Loads the smallest program of that class; 0 or an error number. It is not attached.
int try_class(const btf *types, bpf_prog_type type, bpf_attach_type attach_type,
              const char *function)
{
    const int id = btf__find_by_name_kind(types, function, BTF_KIND_FUNC);
    if (id < 0)
        return ENOENT;
    bpf_insn nothing[2] = {};
    nothing[0].code = BPF_ALU64 | BPF_MOV | BPF_K; // r0 = 0
    nothing[1].code = BPF_JMP | BPF_EXIT;
    bpf_prog_load_opts options{}; // LIBBPF_OPTS is C that clang warns of in C++
    options.sz = sizeof options;
    options.expected_attach_type = attach_type;
    options.attach_btf_id = static_cast<__u32>(id);
    const Fd program(bpf_prog_load(type, "sentra_try", "GPL", nothing, 2, &options));
    return program.is_open() ? 0 : errno;
}

std::string refusal(const Features &features, std::string_view what, int error)
{
    if (error == 0)
        return {};
    if (error == EPERM && features.lockdown != "none" && features.lockdown != "unknown")
        return "this kernel's lockdown (" + features.lockdown + ") refuses " + std::string(what);
    return "this kernel refuses " + std::string(what) + ": " + std::strerror(error);
}

// A program of this class loads and attaches without the module, and is never called.
void look_at_lsm(Ground &ground, const Features &features, const btf *types)
{
    Ground::Verdict &verdict = at(ground, Rung::lsm);
    bool is_on = false;
    for (const std::string_view module : split(features.security_modules, ','))
        is_on = is_on || module == "bpf";
    if (btf__find_by_name_kind(types, "bpf_lsm_file_open", BTF_KIND_FUNC) < 0) {
        verdict.refusal = "this kernel is built without the bpf security module";
    } else if (!is_on) {
        verdict.refusal = "the bpf security module is not switched on";
        if (!features.security_modules.empty())
            verdict.advice = "boot with lsm=" + features.security_modules + ",bpf";
    } else {
        verdict.refusal =
            refusal(features, "bpf security hooks",
                    try_class(types, BPF_PROG_TYPE_LSM, BPF_LSM_MAC, "bpf_lsm_file_open"));
    }
}

void look_at_kprobe(Ground &ground)
{
    if (access("/sys/bus/event_source/devices/kprobe/type", R_OK) != 0)
        at(ground, Rung::kprobe).refusal = "this kernel has no kprobes";
}

void look_at_fentry(Ground &ground, const Features &features, const btf *types)
{
    at(ground, Rung::fentry).refusal =
        refusal(features, "programs at function entries",
                try_class(types, BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, "security_file_open"));
}

// Before 6.1 nothing can be attached to such a function but a kprobe.
bool takes_structure(const btf *types, int function)
{
    const btf_type *type = btf__type_by_id(types, static_cast<__u32>(function));
    const btf_type *prototype = btf__type_by_id(types, type->type);
    for (int i = 0; i < btf_vlen(prototype); ++i) {
        const int id = btf__resolve_type(types, btf_params(prototype)[i].type);
        if (id >= 0 && btf_is_composite(btf__type_by_id(types, static_cast<__u32>(id))))
            return true;
    }
    return false;
}

std::string refused_function(const btf *types, const Hook &hook, const std::string &function,
                             int id)
{
    if (hook.rung == Rung::kprobe || !takes_structure(types, id))
        return {};
    const bool is_security_hook = hook.rung == Rung::lsm && hook.category.empty();
    const int error =
        is_security_hook
            ? try_class(types, BPF_PROG_TYPE_LSM, BPF_LSM_MAC, function.c_str())
            : try_class(types, BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, function.c_str());
    return error != EINVAL ? std::string()
                           : "this kernel hands no structures to programs at " + function;
}

std::string missing_hook(const btf *types, const Hook &hook)
{
    const std::string name(hook.name);
    if (hook.is_syscall())
        return {}; // tracefs knows, when it is attached
    if (hook.rung == Rung::tracepoint)
        return tracepoint_parameters(types, name) >= 0
                   ? std::string()
                   : "this kernel has no tracepoint " + hook.label();
    // A function whose type the kernel does not tell was changed by the compiler: its arguments
    // cannot be relied on, even if it can be found by name.
    const bool is_security_hook = hook.rung == Rung::lsm && hook.category.empty();
    const std::string function = is_security_hook ? "bpf_lsm_" + name : name;
    const int id = btf__find_by_name_kind(types, function.c_str(), BTF_KIND_FUNC);
    return id >= 0 ? refused_function(types, hook, function, id)
                   : "this kernel has no " +
                         std::string(is_security_hook ? "security hook " : "function ") + name;
}

} // namespace

Ground Ground::look(const btf *types)
{
    const Features features = Features::ask();
    Ground ground;
    ground.fentry_is_preempted = features.is_preemptible;
    ground.tracepoints_are_preempted = features.preempts_tracepoints();
    look_at_lsm(ground, features, types);
    look_at_kprobe(ground);
    look_at_fentry(ground, features, types);
    ground.missing = [types](const Hook &hook) { return missing_hook(types, hook); };
    return ground;
}

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

} // namespace sentra::sensor
