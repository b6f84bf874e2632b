/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Credentials: what a thread was when the call began against what it is when the call ends. */
#include "calls.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* Attached to the entries of the set-id calls: afterwards the old credentials are gone. */
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
	cred_state_read(&kept->state, cred);
	if (call->nr == __NR_setgroups)
		kept->state.groups = groups_digest(cred);
	return 0;
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
	struct cred_state after = {};
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
	cred_state_read(&after, cred);
	if (is_same(&before->state, &after) &&
	    (call->nr != __NR_setgroups || before->state.groups == groups_digest(cred)))
		return 0;
	row = admit(SENTRA_CRED_CHANGE, task, bpf_get_current_pid_tgid() >> 32);
	if (row)
		cred_tell(&before->state, cred, cred_call(call->nr), row);
	return 0;
}
