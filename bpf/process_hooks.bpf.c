/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Processes on the upper rungs. Before 7.0 the tracepoints see as much and cost less; since then
 * programs on them are preempted, and while one is, the kernel skips every other run on that CPU:
 * then kprobes, which are not preempted, come first.
 *
 * There is no security hook for exec, fork and exit: bprm_committed_creds runs before the arguments
 * have a place in the new program, task_alloc before the child has a number, task_free when nobody
 * knows it any more.
 */
#include "exec_told.h"
#include "life.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* Exported, the last step of every format's loader: nothing can fail any more, and the arguments
 * are where the tracepoint finds them. */
SEC("kprobe")
int BPF_KPROBE(program_started_kprobe, struct linux_binprm *bprm)
{
	exec_was_seen((struct task_struct *)bpf_get_current_task(), bprm);
	return 0;
}

SEC("fentry/finalize_exec")
int BPF_PROG(program_started_fentry, struct linux_binprm *bprm)
{
	exec_was_seen((struct task_struct *)bpf_get_current_task(), bprm);
	return 0;
}

/* Before the credentials are replaced. Once for each interpreter on the way, which changes nothing;
 * for 32-bit callers too. */
SEC("lsm/bprm_check_security")
int BPF_PROG(exec_checked_lsm, struct linux_binprm *bprm)
{
	exec_begins();
	return 0;
}

SEC("kprobe")
int BPF_KPROBE(exec_checked_kprobe)
{
	exec_begins();
	return 0;
}

SEC("fentry/security_bprm_check")
int BPF_PROG(exec_checked_fentry, struct linux_binprm *bprm)
{
	exec_begins();
	return 0;
}

static __always_inline void child_wakes(struct task_struct *child)
{
	struct sentra_account_row *row;
	struct sentra_fork *e;

	if (!is_process(child))
		return;
	e = fork_begin(child, &row);
	if (!e)
		return;
	actor_fill_by_address(&e->actor, child);
	forked_by(&e->actor, (struct task_struct *)bpf_get_current_task());
	record_submit(e, row);
}

/* In its creator's context, when all of the child is there and before its first step. */
SEC("kprobe")
int BPF_KPROBE(process_created_kprobe, struct task_struct *child)
{
	child_wakes(child);
	return 0;
}

SEC("fentry/wake_up_new_task")
int BPF_PROG(process_created_fentry, struct task_struct *child)
{
	child_wakes(child);
	return 0;
}

/* Called with true by the last thread of a process that ends, after its files were closed: what
 * closing them shows comes before the end, as it should. */
SEC("kprobe")
int BPF_KPROBE(process_ended_kprobe, int on_exit)
{
	if (on_exit)
		exit_tell((struct task_struct *)bpf_get_current_task());
	return 0;
}

SEC("fentry/disassociate_ctty")
int BPF_PROG(process_ended_fentry, int on_exit)
{
	if (on_exit)
		exit_tell((struct task_struct *)bpf_get_current_task());
	return 0;
}
