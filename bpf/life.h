/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A process begins and ends: the records of it, for every rung. */
#ifndef SENTRA_BPF_LIFE_H
#define SENTRA_BPF_LIFE_H

#include "actor.h"

/* A new thread group; new threads of an old one are not processes. */
static __always_inline bool is_process(struct task_struct *task)
{
	return BPF_CORE_READ(task, pid) == BPF_CORE_READ(task, tgid);
}

/* The record is begun, its actor is to be filled; NULL: it is not for us, or there is no room. */
static __always_inline struct sentra_fork *fork_begin(struct task_struct *child,
						      struct sentra_account_row **row)
{
	*row = admit(SENTRA_PROCESS_FORK, child, bpf_get_current_pid_tgid() >> 32);
	if (!*row)
		return NULL;
	return record_begin(struct sentra_fork, SENTRA_PROCESS_FORK, sizeof(struct sentra_fork),
			    *row);
}

/* CLONE_PARENT gives the child its creator's parent. The record is about whose copy it is. */
static __always_inline void forked_by(struct sentra_actor *child, struct task_struct *creator)
{
	struct task_struct *leader = BPF_CORE_READ(creator, group_leader);

	child->parent_pid = own_level ? own_number(BPF_CORE_READ(leader, thread_pid))
				      : BPF_CORE_READ(leader, tgid);
	child->parent_start_ns = child->parent_pid ? BPF_CORE_READ(leader, start_boottime) : 0;
}

/* The last thread of the current process is ending. */
static __always_inline void exit_tell(struct task_struct *task)
{
	struct sentra_account_row *row;
	struct signal_struct *signal;
	struct sentra_exit *e;
	__u32 code;

	row = admit(SENTRA_PROCESS_EXIT, task, bpf_get_current_pid_tgid() >> 32);
	if (!row) {
		/* The sensor's programs may outlive it, and its number will be another's. */
		if (bpf_get_current_pid_tgid() >> 32 == own_tgid)
			own_tgid = NOBODY;
		return;
	}
	e = record_begin(struct sentra_exit, SENTRA_PROCESS_EXIT, sizeof(*e), row);
	if (!e)
		return;
	actor_fill_current(&e->actor);
	signal = BPF_CORE_READ(task, signal);
	code = BPF_CORE_READ(signal, flags) & SIGNAL_GROUP_EXIT
		       ? BPF_CORE_READ(signal, group_exit_code)
		       : BPF_CORE_READ(task, group_leader, exit_code);
	e->code = (code >> 8) & 0xff;
	e->signal = code & 0x7f;
	record_submit(e, row);
}

#endif
