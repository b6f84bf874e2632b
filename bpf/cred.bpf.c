/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Credentials: what a thread was when the call began against what it is when the call ends. */
#include <asm/unistd.h>

#include "calls.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

#define GROUPS_COMPARED 32

/* The supplementary groups as one number: the kernel installs a new object even for the same
 * groups. Longer lists than GROUPS_COMPARED are told apart by their object: then an equal list
 * counts as a change. */
static __always_inline __u64 groups_digest(const struct cred *cred)
{
	struct group_info *info = BPF_CORE_READ(cred, group_info);
	__u64 count = (__u32)BPF_CORE_READ(info, ngroups);
	__u32 groups[GROUPS_COMPARED] = {};
	__u64 digest = count;
	int i;

	if (count > GROUPS_COMPARED)
		return (__u64)info;
	opaque(count);
	if (count > GROUPS_COMPARED)
		return 0;
	bpf_probe_read_kernel(groups, count * sizeof(groups[0]),
			      __builtin_preserve_access_index(&info->gid[0]));
	for (i = 0; i < GROUPS_COMPARED; i++)
		digest = (digest ^ groups[i]) * 0x100000001b3ULL;
	return digest;
}

/* Attached to the entries of the set-id calls and of execve: afterwards the old credentials are
 * gone. */
SEC("tracepoint")
int credentials_before(struct syscall_begin *call)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	const struct cred *cred = BPF_CORE_READ(task, cred);
	__u32 tid = bpf_get_current_pid_tgid();
	struct call_begun *kept, fresh;

	kept = bpf_map_lookup_elem(&calls, &tid);
	if (!kept) {
		__builtin_memset(&fresh, 0, sizeof(fresh));
		if (bpf_map_update_elem(&calls, &tid, &fresh, BPF_ANY))
			return 0; /* found missing, and counted, when the call ends */
		kept = bpf_map_lookup_elem(&calls, &tid);
		if (!kept)
			return 0;
	}
	kept->nr = call->nr;
	cred_read(&kept->ids, &kept->caps, cred);
	if (call->nr == __NR_setgroups)
		kept->groups = groups_digest(cred);
	else if (call->nr == __NR_execve || call->nr == __NR_execveat)
		kept->start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	return 0;
}

static __always_inline bool is_same(const struct call_begun *before, const struct cred_ids *ids,
				    const struct cred_caps *caps)
{
	return before->ids.uid == ids->uid && before->ids.gid == ids->gid &&
	       before->ids.suid == ids->suid && before->ids.sgid == ids->sgid &&
	       before->ids.euid == ids->euid && before->ids.egid == ids->egid &&
	       before->ids.fsuid == ids->fsuid && before->ids.fsgid == ids->fsgid &&
	       before->caps.permitted == caps->permitted &&
	       before->caps.effective == caps->effective;
}

static __always_inline __u32 cred_call(int nr)
{
	switch (nr) {
	case __NR_setuid:
		return SENTRA_CRED_SETUID;
	case __NR_setreuid:
		return SENTRA_CRED_SETREUID;
	case __NR_setresuid:
		return SENTRA_CRED_SETRESUID;
	case __NR_setfsuid:
		return SENTRA_CRED_SETFSUID;
	case __NR_setgid:
		return SENTRA_CRED_SETGID;
	case __NR_setregid:
		return SENTRA_CRED_SETREGID;
	case __NR_setresgid:
		return SENTRA_CRED_SETRESGID;
	case __NR_setfsgid:
		return SENTRA_CRED_SETFSGID;
	case __NR_setgroups:
		return SENTRA_CRED_SETGROUPS;
	case __NR_capset:
		return SENTRA_CRED_CAPSET;
	default:
		return SENTRA_CRED_UNKNOWN;
	}
}

static __always_inline void cred_tell(struct task_struct *task, const struct call_begun *before,
				      struct sentra_account_row *row)
{
	struct sentra_cred *e;

	e = record_begin(struct sentra_cred, SENTRA_CRED_CHANGE, sizeof(*e), row);
	if (!e)
		return;
	actor_fill_current(&e->actor);
	e->old_uid = before->ids.uid;
	e->old_gid = before->ids.gid;
	e->old_euid = before->ids.euid;
	e->old_egid = before->ids.egid;
	e->old_suid = before->ids.suid;
	e->old_sgid = before->ids.sgid;
	e->old_fsuid = before->ids.fsuid;
	e->old_fsgid = before->ids.fsgid;
	e->old_cap_effective = before->caps.effective;
	e->old_cap_permitted = before->caps.permitted;
	e->call = cred_call(before->nr);
	e->groups = BPF_CORE_READ(task, cred, group_info, ngroups);
	record_submit(e, row);
}

/* The state of this call was pushed out of the table by others: whether it changed anything is not
 * known. */
static __always_inline void count_state_gone(void)
{
	__u32 key = SENTRA_ROW(SENTRA_CRED_CHANGE);
	struct sentra_account_row *row = bpf_map_lookup_elem(&account, &key);

	if (row)
		count(row->state_gone);
}

/* Attached to the exits of the set-id calls. Only a real change is an event: setuid(0) by root is
 * not. */
SEC("tracepoint")
int credentials_after(struct syscall_end *call)
{
	__u32 tid = bpf_get_current_pid_tgid();
	struct sentra_account_row *row;
	struct cred_caps caps = {};
	struct cred_ids ids = {};
	struct call_begun *before;
	struct task_struct *task;
	const struct cred *cred;

	if (call->ret < 0)
		return 0;
	before = bpf_map_lookup_elem(&calls, &tid);
	if (!before || (int)before->nr != call->nr) {
		count_state_gone();
		return 0;
	}
	task = (struct task_struct *)bpf_get_current_task();
	cred = BPF_CORE_READ(task, cred);
	cred_read(&ids, &caps, cred);
	if (is_same(before, &ids, &caps) &&
	    (call->nr != __NR_setgroups || before->groups == groups_digest(cred)))
		return 0;
	row = admit(SENTRA_CRED_CHANGE, task, bpf_get_current_pid_tgid() >> 32);
	if (!row)
		return 0;
	cred_tell(task, before, row);
	return 0;
}
