/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What is done to the sensor itself. */
#include "actor.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

#define SIGILL	 4
#define SIGTRAP	 5
#define SIGABRT	 6
#define SIGBUS	 7
#define SIGFPE	 8
#define SIGSEGV	 11
#define SIGPIPE	 13
#define SIGCHLD	 17
#define SIGCONT	 18
#define SIGURG	 23
#define SIGWINCH 28
#define SIGSYS	 31

#define BIT(signal) (1u << (signal))

/* Signals that neither end nor stop the sensor: ignored by default, or by it (SIGPIPE). */
#define HARMLESS (BIT(SIGPIPE) | BIT(SIGCHLD) | BIT(SIGCONT) | BIT(SIGURG) | BIT(SIGWINCH))
/* What a thread gets for a fault of its own: the sensor crashed. Others it sends to itself are
 * the C library's work among its threads. */
#define CRASHES                                                                                    \
	(BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGABRT) | BIT(SIGBUS) | BIT(SIGFPE) | BIT(SIGSEGV) |    \
	 BIT(SIGSYS))
/* include/linux/sched/signal.h: instead of a siginfo, when the kernel itself is the sender. */
#define SEND_SIG_PRIV 1

static __always_inline bool is_among(__u32 number, __u32 signals)
{
	return number < 32 && signals & BIT(number);
}

/* In the sender's context, before the target hears of it: also what ends the sensor at once is
 * in the ring, where the next one finds it. Not filtered by the sender's pid namespace: it was
 * able to reach the sensor. */
SEC("tp_btf/signal_generate")
int BPF_PROG(sensor_signalled, int number, void *info, struct task_struct *target, int group,
	     int result)
{
	__u32 key = SENTRA_ROW(SENTRA_PROCESS_SIGNAL);
	struct sentra_account_row *row;
	struct sentra_signal *e;

	if (BPF_CORE_READ(target, tgid) != own_tgid || is_among(number, HARMLESS))
		return 0;
	if (*(volatile __u32 *)&paused)
		return 0;
	row = bpf_map_lookup_elem(&account, &key);
	if (!row)
		return 0; /* cannot be: the key is below SENTRA_ROWS */
	count(row->seen);
	if (bpf_get_current_pid_tgid() >> 32 == own_tgid && !is_among(number, CRASHES)) {
		count(row->own);
		return 0;
	}
	e = record_begin(struct sentra_signal, SENTRA_PROCESS_SIGNAL, sizeof(*e), row);
	if (!e)
		return 0;
	if ((__u64)info != SEND_SIG_PRIV)
		actor_fill_current(&e->actor);
	if (BPF_CORE_READ(target, group_leader, real_parent, tgid) ==
	    (__u32)(bpf_get_current_pid_tgid() >> 32))
		e->flags |= SENTRA_SIGNAL_BY_PARENT;
	e->number = number;
	e->result = result;
	e->target_pid = own_number(BPF_CORE_READ(target, group_leader, thread_pid));
	record_submit(e, row);
	return 0;
}
