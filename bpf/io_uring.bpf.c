/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * io_uring, where the rung in use sees system calls only: an operation handed over through a ring
 * passes all of them by. That it happened is told once; an open is told whole, because its result
 * leads to the file. TCP needs nothing here but accept: inet_sock_set_state lies below both.
 *
 * All of it runs in the submitter's thread group (its own thread, or a worker of the kernel's that
 * is a thread of it), so the current task is who acts and has the descriptor table the result is
 * for.
 */
#include "file_open.h"
#include "io_uring.h"
#include "net.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* Per process, program it runs and operation: whether it has been told. */
struct told_operation {
	__u64 start_ns;
	__u32 tgid;
	__u32 exec_id;
	__u64 operation;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct told_operation);
	__type(value, __u8);
} told_operations SEC(".maps");

static __always_inline bool is_told_already(struct task_struct *task, __u8 operation)
{
	struct told_operation key = {};
	__u8 told = 1;

	key.start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	key.tgid = bpf_get_current_pid_tgid() >> 32;
	key.exec_id = BPF_CORE_READ(task, self_exec_id);
	key.operation = operation;
	/* Looked up first: an insert takes a lock, and most come a million times. */
	if (bpf_map_lookup_elem(&told_operations, &key))
		return true;
	return bpf_map_update_elem(&told_operations, &key, &told, BPF_NOEXIST) != 0;
}

static __always_inline int operation_submitted(struct io_kiocb *request)
{
	__u8 operation = BPF_CORE_READ(request, opcode);
	struct sentra_account_row *row;
	struct sentra_io_uring *e;
	struct task_struct *task;

	if (!is_told_operation(operation))
		return 0;
	task = (struct task_struct *)bpf_get_current_task();
	row = admit(SENTRA_PROCESS_IO_URING, task, bpf_get_current_pid_tgid() >> 32);
	if (!row)
		return 0;
	if (is_told_already(task, operation)) {
		count(row->repeated);
		return 0;
	}
	e = record_begin(struct sentra_io_uring, SENTRA_PROCESS_IO_URING, sizeof(*e), row);
	if (!e)
		return 0;
	actor_fill_current(&e->actor);
	e->operation = operation;
	record_submit(e, row);
	return 0;
}

/* Before it is carried out, so that one that never ends is told too. */
SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(io_uring_submitted, struct io_kiocb *request)
{
	return operation_submitted(request);
}

/* 2ad57931db64 (6.4) gave the tracepoint the name above. Delete when 6.1 is no longer supported. */
SEC("tp_btf/io_uring_submit_sqe")
int io_uring_submitted_before_6_4(unsigned long long *ctx)
{
	struct io_kiocb *request;

	/* Written out: the compiler makes one load of the two, and verifiers refuse its offset. */
	if (submission_is_request())
		asm volatile("%0 = *(u64 *)(%1 + 0)" : "=r"(request) : "r"(ctx));
	else
		asm volatile("%0 = *(u64 *)(%1 + 8)" : "=r"(request) : "r"(ctx));
	return operation_submitted(request);
}

#define O_TRUNC 01000

/* What a deeper rung than system calls sees, and tells: set before loading. */
const volatile bool opens_seen_deeper = false;
const volatile bool truncations_seen_deeper = false;
const volatile bool accepts_seen_deeper = false;
const volatile bool streams_seen_deeper = false;

/* Operations whose result is a descriptor or that name their file, and lead to more than that. */
static __always_inline bool leads_to_file(__u8 operation)
{
	switch (operation) {
	case IO_URING_OPENAT:
	case IO_URING_OPENAT2:
	case IO_URING_FIXED_FD_INSTALL:
		return !opens_seen_deeper;
	case IO_URING_FTRUNCATE:
		return !truncations_seen_deeper;
	case IO_URING_ACCEPT:
		return !accepts_seen_deeper;
	default:
		return operation == IO_URING_CONNECT;
	}
}

static __always_inline void connected_into(struct file *file)
{
	struct sock *sk = sock_of_file(file);

	if (!sk)
		return;
	connected_datagram(sk);
	if (!streams_seen_deeper)
		connected_stream(sk);
}

/* The result is no descriptor when the process asked for a place in the ring's own table, which no
 * system call can use: that has been told as an operation. */
static __always_inline bool is_kept_in_ring(struct io_kiocb *request, __u8 operation)
{
	if (operation == IO_URING_OPENAT || operation == IO_URING_OPENAT2)
		return BPF_CORE_READ((struct io_open *)request, file_slot) != 0;
	return operation == IO_URING_ACCEPT &&
	       BPF_CORE_READ((struct io_accept *)request, file_slot) != 0;
}

static __always_inline bool is_emptied(struct io_kiocb *request, __u8 operation)
{
	if (operation == IO_URING_OPENAT || operation == IO_URING_OPENAT2)
		return BPF_CORE_READ((struct io_open *)request, how.flags) & O_TRUNC;
	return operation == IO_URING_FTRUNCATE;
}

static __always_inline void file_came_of(struct io_kiocb *request, __u8 operation,
					 struct file *file)
{
	struct file_seen seen = {.file = file, .flags = SENTRA_FILE_IO_URING};

	seen.task = (struct task_struct *)bpf_get_current_task();
	if (is_emptied(request, operation))
		seen.flags |= SENTRA_FILE_TRUNCATED;
	if (operation == IO_URING_FTRUNCATE) {
		seen.inode = BPF_CORE_READ(file, f_inode);
		seen.type = SENTRA_FILE_TRUNCATE;
	} else if (!open_is_told(&seen)) {
		return;
	}
	file_was_seen(&seen);
}

/* One program for all of it: a busy ring comes by here a million times a second. */
SEC("tp_btf/io_uring_complete")
int io_uring_completed(unsigned long long *ctx)
{
	struct io_kiocb *request;
	struct file *file;
	__u8 operation;
	__s32 result;

	if (!completion_names_request())
		return 0;
	request = (struct io_kiocb *)ctx[1];
	if (!request)
		return 0; /* one of several results of one request */
	operation = BPF_CORE_READ(request, opcode);
	if (!leads_to_file(operation) || is_kept_in_ring(request, operation))
		return 0;
	result = BPF_CORE_READ(request, cqe.res); /* the ring's copy is the process's to change */
	if (result < 0)
		return 0;
	if (operation == IO_URING_FTRUNCATE || operation == IO_URING_CONNECT)
		file = BPF_CORE_READ(request, file);
	else
		file = file_of_fd(result);
	if (!file)
		return 0; /* closed or replaced by another thread already */
	if (operation == IO_URING_ACCEPT)
		accepted_into(file);
	else if (operation == IO_URING_CONNECT)
		connected_into(file);
	else
		file_came_of(request, operation, file);
	return 0;
}
