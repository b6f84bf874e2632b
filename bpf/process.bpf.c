/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Processes: exec, fork, exit, ptrace, and the snapshot of those that were there before us. */
#include "exec_told.h"
#include "life.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* Since 6.16 the tracepoint says whether the last thread ended; user space looks whether this
 * kernel does. */
const volatile bool exit_says_group_dead = false;

SEC("tp_btf/sched_process_exec")
int BPF_PROG(program_started, struct task_struct *task, int old_tid, struct linux_binprm *bprm)
{
	exec_was_seen(task, bprm);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_created, struct task_struct *parent, struct task_struct *child)
{
	struct sentra_account_row *row;
	struct sentra_fork *e;

	if (!is_process(child))
		return 0;
	e = fork_begin(child, &row);
	if (!e)
		return 0;
	actor_fill_typed(&e->actor, child);
	forked_by(&e->actor, parent);
	record_submit(e, row);
	return 0;
}

/* Attached to the entries of execve and execveat. */
SEC("tracepoint")
int exec_called(struct syscall_begin *call)
{
	exec_begins();
	return 0;
}

/* Processes whose end has been told, where two last threads may both believe to be the last one. */
struct ended {
	__u64 start_ns;
	__u64 tgid;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct ended);
	__type(value, __u8);
} ended_processes SEC(".maps");

/* The count of live threads has been lowered, not yet the last thread's own state: two threads that
 * end at the same time can both read zero. */
static __always_inline bool is_last_thread(struct task_struct *task)
{
	struct ended key = {};
	__u8 told = 1;

	if (BPF_CORE_READ(task, signal, live.counter) != 0)
		return false;
	key.start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	key.tgid = BPF_CORE_READ(task, tgid);
	return bpf_map_update_elem(&ended_processes, &key, &told, BPF_NOEXIST) == 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_ended, struct task_struct *task)
{
	/* ctx[1] is bool group_dead; elsewhere user space's constant has the verifier drop this
	 * branch. */
	if (exit_says_group_dead ? (bool)ctx[1] : is_last_thread(task))
		exit_tell(task);
	return 0;
}

#define PTRACE_POKETEXT	 4
#define PTRACE_POKEDATA	 5
#define PTRACE_POKEUSR	 6
#define PTRACE_SETREGS	 13
#define PTRACE_ATTACH	 16
#define PTRACE_SETREGSET 0x4205
#define PTRACE_SEIZE	 0x4206

static __always_inline bool ptrace_takes_control(__u64 request)
{
	return request == PTRACE_ATTACH || request == PTRACE_SEIZE || request == PTRACE_POKETEXT ||
	       request == PTRACE_POKEDATA || request == PTRACE_POKEUSR ||
	       request == PTRACE_SETREGS || request == PTRACE_SETREGSET;
}

/* The tracee by the number the tracer used, which counts in the tracer's namespace: one of the
 * tasks on the tracer's own list. The newest is first, so a fresh attach is found at once. */
static __always_inline struct task_struct *find_tracee(struct task_struct *tracer, __u32 number)
{
	struct list_head *list = __builtin_preserve_access_index(&tracer->ptraced);
	struct list_head *entry = BPF_CORE_READ(list, next);
	__u32 level = BPF_CORE_READ(tracer, thread_pid, level);
	struct task_struct *task;
	struct upid *upid;
	struct pid *pid;
	int i;

	for (i = 0; i < 32; i++) {
		if (!entry || entry == list)
			return NULL;
		task = (void *)entry - bpf_core_field_offset(struct task_struct, ptrace_entry);
		pid = BPF_CORE_READ(task, thread_pid);
		upid = upid_at(pid, level);
		if ((__u32)BPF_CORE_READ(upid, nr) == number)
			return task;
		entry = BPF_CORE_READ(entry, next);
	}
	return NULL;
}

/* Attached to sys_exit_ptrace: only requests that were granted. */
SEC("tracepoint")
int process_traced(struct syscall_end *call)
{
	struct task_struct *task, *target;
	struct sentra_account_row *row;
	struct syscall_args args = {};
	struct sentra_ptrace *e;

	if (call->ret != 0)
		return 0;
	syscall_args_read(&args);
	if (!ptrace_takes_control(args.at[0]))
		return 0;
	task = (struct task_struct *)bpf_get_current_task();
	row = admit(SENTRA_PROCESS_PTRACE, task, bpf_get_current_pid_tgid() >> 32);
	if (!row)
		return 0;
	e = record_begin(struct sentra_ptrace, SENTRA_PROCESS_PTRACE, sizeof(*e), row);
	if (!e)
		return 0;
	actor_fill_current(&e->actor);
	e->request = args.at[0];
	target = find_tracee(task, args.at[1]);
	if (target) {
		e->target_pid = own_number(BPF_CORE_READ(target, group_leader, thread_pid));
		e->target_start_ns = BPF_CORE_READ(target, group_leader, start_boottime);
	} else {
		count(row->unresolved);
	}
	record_submit(e, row);
	return 0;
}

/* Whoever reads this iterator is the sensor: the reader's own task is the current one. Before
 * anything is attached, and again when another sensor takes the programs over. */
SEC("iter/task")
int learn_self(struct bpf_iter__task *context)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct pid *pid = BPF_CORE_READ(task, group_leader, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	struct upid innermost = {};
	struct path root = {};

	if (!context->task)
		return 0;
	bpf_probe_read_kernel(&innermost, sizeof(innermost), upid_at(pid, level));
	own_tgid = bpf_get_current_pid_tgid() >> 32;
	own_level = level;
	own_namespace = (__u64)innermost.ns;
	learn_hierarchy(task);
	if (is_chrooted_by_address(task))
		return 0;
	bpf_probe_read_kernel(&root, sizeof(root), __builtin_preserve_access_index(&fs->root));
	own_root_mount = (__u64)root.mnt;
	own_root_dentry = (__u64)root.dentry;
	return 0;
}

/* One reader at a time, in process context: the only place where scratch memory is safe. */
struct snapshot {
	struct sentra_exec exec;
	char texts[LARGE_TEXTS];
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct snapshot);
} snapshot_scratch SEC(".maps");

/* The processes that were there before us. Arguments are another process's memory, which only the
 * reader can ask /proc for. */
SEC("iter/task")
int snapshot_process(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	struct snapshot *s;
	struct file *program;
	__u32 zero = 0;
	__u64 size;

	if (!task || task->pid != task->tgid || BPF_CORE_READ(task, signal, live.counter) == 0)
		return 0;
	if ((own_level && !is_visible(task)) || task->tgid == own_tgid)
		return 0;
	s = bpf_map_lookup_elem(&snapshot_scratch, &zero);
	if (!s)
		return 0;
	__builtin_memset(&s->exec, 0, sizeof(s->exec));
	head_fill(&s->exec.head, SENTRA_PROCESS_SNAPSHOT, sizeof(s->exec));
	program = BPF_CORE_READ(task, mm, exe_file);
	exec_texts(&s->exec, task, program, LARGE_TEXTS, NAME_BYTES);
	if (is_cut(s))
		s->exec.head.flags |= SENTRA_RECORD_TRUNCATED;
	s->exec.head.reserved = 0;
	actor_fill_typed(&s->exec.actor, task);
	exec_facts(&s->exec, task, program);
	if (BPF_CORE_READ(task, signal, live.counter) > 1)
		s->exec.flags |= SENTRA_EXEC_THREADED;
	s->exec.head.size = (s->exec.head.size + 7) & ~7u;
	size = *(volatile __u32 *)&s->exec.head.size;
	opaque(size);
	if (size <= sizeof(*s))
		bpf_seq_write(context->meta->seq, s, size);
	return 0;
}
