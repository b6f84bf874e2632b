/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The cheapest programs a sensor of this kind can consist of: what every hook costs when nothing is
 * done, and when a record of 256 bytes is handed over without waking anybody. One is attached at a
 * time; what Sentra costs beyond it is Sentra's own work.
 */
#include <linux/bpf.h>
#include <linux/types.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual MIT/GPL";

#define RECORD_BYTES 256

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} ring SEC(".maps");

__u64 handed = 0;
__u64 lost = 0;

static __always_inline void hand_over(void)
{
	__u64 *record = bpf_ringbuf_reserve(&ring, RECORD_BYTES, 0);

	if (!record) {
		__sync_fetch_and_add(&lost, 1);
		return;
	}
	record[0] = bpf_ktime_get_boot_ns();
	record[1] = bpf_get_current_pid_tgid();
	__sync_fetch_and_add(&handed, 1);
	bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
}

SEC("tp_btf/sched_process_exec")
int exec_empty(void *context)
{
	return 0;
}

SEC("tp_btf/sched_process_exec")
int exec_record(void *context)
{
	hand_over();
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_openat")
int open_empty(void *context)
{
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_openat")
int open_record(void *context)
{
	hand_over();
	return 0;
}

SEC("tp_btf/inet_sock_set_state")
int connect_empty(void *context)
{
	return 0;
}

/* Two records of a connection: the one who reached out and the one who was reached. */
SEC("tp_btf/inet_sock_set_state")
int connect_record(__u64 *context)
{
	if (context[2] == 1) /* TCP_ESTABLISHED, once on each side */
		hand_over();
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_setuid")
int setuid_empty(void *context)
{
	return 0;
}
