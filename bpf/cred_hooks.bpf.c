/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Credentials on the upper rungs: the one function that installs them, whoever asks for it and by
 * whichever call. Security hooks are asked before it, by the usual calls only.
 */
#include "cred_change.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

static __always_inline void committed(const struct cred *cred)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct cred_state before = {}, after = {};
	struct sentra_account_row *row;
	const struct cred *old;

	/* Exec tells of its own change. */
	if (BPF_CORE_READ_BITFIELD_PROBED(task, in_execve))
		return;
	old = BPF_CORE_READ(task, cred);
	cred_state_read(&before, old);
	cred_state_read(&after, cred);
	if (BPF_CORE_READ(old, group_info) != BPF_CORE_READ(cred, group_info)) {
		before.groups = groups_digest(old);
		after.groups = groups_digest(cred);
	}
	if (is_same(&before, &after) && before.groups == after.groups)
		return;
	row = admit(SENTRA_CRED_CHANGE, task, bpf_get_current_pid_tgid() >> 32);
	if (row)
		cred_tell(&before, cred, current_cred_call(task), row);
}

SEC("kprobe")
int BPF_KPROBE(credentials_committed_kprobe, const struct cred *cred)
{
	committed(cred);
	return 0;
}

SEC("fentry/commit_creds")
int BPF_PROG(credentials_committed_fentry, const struct cred *cred)
{
	committed(cred);
	return 0;
}
