/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Whose program it was that executes another: exec replaces the credentials, and afterwards the old
 * ones are gone. */
#ifndef SENTRA_BPF_EXEC_BEFORE_H
#define SENTRA_BPF_EXEC_BEFORE_H

#include "actor.h"

struct exec_begun {
	__u64 start_ns; /* of the process: ids are used again */
	struct cred_ids ids;
};

/* Keyed by the process's id in the first namespace: only one of its threads can get through exec,
 * and has the process's id when it comes out. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, struct exec_begun);
} execs __weak SEC(".maps");

static __always_inline void exec_begins(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	const struct cred *cred = BPF_CORE_READ(task, cred);
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct exec_begun begun = {};

	begun.start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	bpf_probe_read_kernel(&begun.ids, sizeof(begun.ids),
			      __builtin_preserve_access_index(&cred->uid));
	bpf_map_update_elem(&execs, &tgid, &begun, BPF_ANY);
}

static __always_inline void exec_old(struct sentra_exec *e, struct task_struct *task)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	struct exec_begun *begun = bpf_map_lookup_elem(&execs, &tgid);

	if (!begun || begun->start_ns != BPF_CORE_READ(task, group_leader, start_boottime))
		return; /* a caller that the hook does not see, or its entry was pushed out */
	e->old_uid = begun->ids.uid;
	e->old_euid = begun->ids.euid;
	e->old_gid = begun->ids.gid;
	e->old_egid = begun->ids.egid;
	e->flags |= SENTRA_EXEC_OLD_KNOWN;
	bpf_map_delete_elem(&execs,
			    &tgid); /* an exec that the hook does not see must not find it */
}

#endif
