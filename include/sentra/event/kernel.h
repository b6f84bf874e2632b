/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The kernel itself being changed: modules and BPF programs. */
#ifndef SENTRA_EVENT_KERNEL_H
#define SENTRA_EVENT_KERNEL_H

#include <sentra/event/process.h>

struct sentra_module {
	struct sentra_head head;
	struct sentra_actor actor;
	struct sentra_text name;
	__u32 taints;			/* out-of-tree, unsigned, ... as in /proc/sys/kernel/tainted */
	__u32 reserved;
};

struct sentra_bpf {
	struct sentra_head head;
	struct sentra_actor actor;
	__u32 program_type;		/* enum bpf_prog_type */
	__u32 program_id;
	__u32 instructions;
	__u32 reserved;
	char name[16];
};

#ifdef __cplusplus
template <> struct sentra::Describe<sentra_module> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_module, head),
        FIELD_GROUP(sentra_module, actor, sentra_actor),
        FIELD_TEXT(sentra_module, name, "module.name"),
        FIELD_MASK(sentra_module, taints, "module.taints"),
        FIELD_HIDDEN(sentra_module, reserved),
    };
};
static_assert(sentra::described<sentra_module>() == sizeof(sentra_module));

template <> struct sentra::Describe<sentra_bpf> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_bpf, head),
        FIELD_GROUP(sentra_bpf, actor, sentra_actor),
        FIELD_NUMBER(sentra_bpf, program_type, "bpf.program.type"),
        FIELD_NUMBER(sentra_bpf, program_id, "bpf.program.id"),
        FIELD_NUMBER(sentra_bpf, instructions, "bpf.program.instructions"),
        FIELD_HIDDEN(sentra_bpf, reserved),
        FIELD_CHARACTERS(sentra_bpf, name, "bpf.program.name"),
    };
};
static_assert(sentra::described<sentra_bpf>() == sizeof(sentra_bpf));
#endif

#endif
