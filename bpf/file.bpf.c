/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Files on the tracepoint rung. Everything is read when the call ends, in one program per kind of
 * call that is attached to all its system calls: the exit costs other calls 9 ns, an entry program
 * as well would cost 13.
 */
#include <asm/unistd.h>

#include "file_given.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

#define O_TRUNC 01000

/* O_TRUNC is gone from the file object once it has been obeyed; the caller's argument still says
 * it. For openat2 it lies in the caller's memory: there it is a claim. */
static __always_inline bool asked_to_truncate(int nr)
{
	struct syscall_args args = {};
	__u64 how = 0;

	syscall_args_read(&args);
	switch (nr) {
#ifdef __NR_creat
	case __NR_creat:
		return true;
	case __NR_open:
		return args.at[1] & O_TRUNC;
#endif
	case __NR_openat2:
		bpf_probe_read_user(&how, sizeof(how), (void *)args.at[2]);
		return how & O_TRUNC;
	default: /* openat, open_by_handle_at */
		return args.at[2] & O_TRUNC;
	}
}

/* Attached to the exits of open, openat, openat2, creat, open_by_handle_at. The descriptor leads to
 * the object that was really opened, whatever the caller's string says by now. */
SEC("tracepoint")
int file_opened(struct syscall_end *call)
{
	struct file_seen seen = {};

	if (call->ret < 0)
		return 0;
	seen.task = (struct task_struct *)bpf_get_current_task();
	seen.file = file_of_fd(call->ret);
	if (!seen.file)
		return 0; /* closed or replaced by another thread already */
	if (asked_to_truncate(call->nr))
		seen.flags |= SENTRA_FILE_TRUNCATED;
	if (open_is_told(&seen))
		file_was_seen(&seen);
	return 0;
}

/* Attached to the exits of ftruncate, fchmod, fchown: the object is at hand. */
SEC("tracepoint")
int file_changed_by_descriptor(struct syscall_end *call)
{
	struct file_seen seen = {.type = SENTRA_FILE_OWNER};
	struct syscall_args args = {};
	struct file *file;

	if (call->ret != 0)
		return 0;
	syscall_args_read(&args);
	if (call->nr == __NR_ftruncate) {
		seen.type = SENTRA_FILE_TRUNCATE;
		seen.flags = SENTRA_FILE_TRUNCATED;
	} else if (call->nr == __NR_fchmod) {
		seen.type = SENTRA_FILE_MODE;
	}
	seen.task = (struct task_struct *)bpf_get_current_task();
	file = file_of_fd(args.at[0]);
	if (!file)
		return 0; /* closed by another thread already */
	seen.file = file;
	seen.inode = BPF_CORE_READ(file, f_inode);
	file_was_seen(&seen);
	return 0;
}

/* Attached to the exits of every call that names, unnames or changes a file by path. */
SEC("tracepoint")
int file_changed_by_name(struct syscall_end *call)
{
	struct named_call named = {};
	struct syscall_args args = {};

	if (call->ret != 0)
		return 0;
	named.type = type_of(call->nr);
	syscall_args_read(&args);
	names_of(&named, call->nr, args.at);
	if (is_symlink_call(call->nr))
		named.flags |= SENTRA_FILE_SYMBOLIC;
	given_was_seen(&named);
	return 0;
}
