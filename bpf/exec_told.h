/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A program was started: the record of it, for every rung. */
#ifndef SENTRA_BPF_EXEC_TOLD_H
#define SENTRA_BPF_EXEC_TOLD_H

#include "exec.h"
#include "exec_before.h"

/*
 * The classes of an exec record: how far the paths may reach, then the arguments. 95 % of execs fit
 * the first. The last holds four paths of 4096 bytes and SENTRA_ARGS_MAX.
 */
#define SMALL_TEXTS  1024
#define SMALL_ARGS   1024
#define MIDDLE_TEXTS 4096
#define MIDDLE_ARGS  4096
#define LARGE_TEXTS  (4 * (SENTRA_PATH_MAX + NAME_BYTES) + 1024)
#define LARGE_ARGS   SENTRA_ARGS_MAX

/* The arguments lie in the new program's memory, which nobody else can reach yet. */
static __always_inline void exec_args(struct sentra_exec *e, __u64 from, __u64 bytes,
				      const __u32 texts, const __u32 room)
{
	__u64 at = *(volatile __u32 *)&e->head.size;

	e->args_bytes = bytes;
	if (bytes > room) {
		bytes = room;
		e->flags |= SENTRA_EXEC_ARGS_TRUNCATED;
		trouble_note(e, TROUBLE_CUT);
	}
	opaque(at);
	opaque(bytes);
	if (at > texts || bytes > room)
		return; /* cannot be: no text reaches beyond its limit */
	if (bpf_probe_read_user((void *)e + at, bytes, (void *)from)) {
		trouble_note(e, TROUBLE_UNREADABLE);
		return;
	}
	e->args.off = at;
	e->args.len = bytes;
	e->head.size = at + bytes;
}

struct exec_seen {
	struct task_struct *task;
	struct linux_binprm *bprm;
	struct file *program;
	__u64 args_start, args_bytes;
};

/* The last class keeps what fits; the others give up and say so. */
static __always_inline bool exec_tell(struct exec_seen *seen, struct sentra_account_row *row,
				      const __u32 texts, const __u32 args, const __u32 name_max,
				      const __u32 given_max, const bool last)
{
	struct linux_binprm *bprm = seen->bprm;
	struct sentra_exec *e;

	e = record_begin(struct sentra_exec, SENTRA_PROCESS_EXEC, texts + args, row);
	if (!e)
		return true;
	exec_texts(e, seen->task, seen->program, texts, name_max);
	text_append(e, &e->given, texts, given_max, MEMORY_KERNEL, BPF_CORE_READ(bprm, filename));
	exec_args(e, seen->args_start, seen->args_bytes, texts, args);
	if (!last && is_cut(e)) {
		record_discard(e);
		return false;
	}
	actor_fill_current(&e->actor);
	exec_facts(e, seen->task, seen->program);
	exec_old(e, seen->task);
	if (BPF_CORE_READ_BITFIELD_PROBED(bprm, secureexec))
		e->flags |= SENTRA_EXEC_SECURE;
	e->args_count = BPF_CORE_READ(bprm, argc);
	record_submit(e, row);
	return true;
}

/* After the point of no return: credentials, memory and arguments are the new program's. The task
 * is the current one. */
static __always_inline void exec_was_seen(struct task_struct *task, struct linux_binprm *bprm)
{
	struct exec_seen seen = {.task = task, .bprm = bprm};
	struct sentra_account_row *row;
	struct mm_struct *mm;

	row = admit(SENTRA_PROCESS_EXEC, task, bpf_get_current_pid_tgid() >> 32);
	if (!row)
		return;
	mm = BPF_CORE_READ(task, mm);
	seen.program = BPF_CORE_READ(mm, exe_file);
	seen.args_start = BPF_CORE_READ(mm, arg_start);
	seen.args_bytes = BPF_CORE_READ(mm, arg_end) - seen.args_start;

	if (seen.args_bytes <= SMALL_ARGS &&
	    exec_tell(&seen, row, SMALL_TEXTS, SMALL_ARGS, 64, 192, false))
		return;
	forget(seen.args_bytes);
	if (seen.args_bytes <= MIDDLE_ARGS &&
	    exec_tell(&seen, row, MIDDLE_TEXTS, MIDDLE_ARGS, NAME_BYTES, 1024, false))
		return;
	forget(seen.args_bytes);
	exec_tell(&seen, row, LARGE_TEXTS, LARGE_ARGS, NAME_BYTES, SENTRA_PATH_MAX, true);
}

#endif
