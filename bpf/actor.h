/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Who acts: a task and its subjective credentials, now. */
#ifndef SENTRA_BPF_ACTOR_H
#define SENTRA_BPF_ACTOR_H

#include "group.h"
#include "record.h"

/* uid .. fsgid of struct cred, in the kernel's order. */
struct cred_ids {
	__u32 uid, gid, suid, sgid, euid, egid, fsuid, fsgid;
};
struct cred_caps {
	__u64 permitted, effective;
};

static __always_inline void cred_read(struct cred_ids *ids, struct cred_caps *caps,
				      const struct cred *cred)
{
	bpf_probe_read_kernel(ids, sizeof(*ids), __builtin_preserve_access_index(&cred->uid));
	bpf_probe_read_kernel(caps, sizeof(*caps),
			      __builtin_preserve_access_index(&cred->cap_permitted));
}

/* The root of the world a process lives in: a container or a test host is a pid namespace whose
 * first process was given a root of its own, by pivot_root (then the mount namespace ends there
 * anyway) or by chroot. Its /etc is the only /etc its people know, and they are told apart by their
 * pid namespace. A chroot alone is no world. Nor is a root below another file system's own: whoever
 * binds the host's /etc somewhere and starts a pid namespace there would read "/shadow". NULL: walk
 * on to the mount namespace's root. */
static __always_inline struct dentry *world_root(struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, group_leader, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);
	struct task_struct *first;
	struct upid innermost = {};
	struct fs_struct *fs;
	struct path root = {};

	if (!level)
		return NULL;
	bpf_probe_read_kernel(&innermost, sizeof(innermost), upid_at(pid, level));
	first = BPF_CORE_READ(innermost.ns, child_reaper);
	fs = BPF_CORE_READ(first, fs);
	if (!fs)
		return NULL; /* it is ending, and its world with it */
	bpf_probe_read_kernel(&root, sizeof(root), __builtin_preserve_access_index(&fs->root));
	return root.dentry == BPF_CORE_READ(root.dentry, d_parent) ? root.dentry : NULL;
}

/* A program of a process that runs as somebody: the same until it execs or changes its user. */
struct who {
	__u64 start_ns;
	__u32 tgid; /* in the first namespace */
	__u32 exec;
	__u32 uid, euid;
};

/* Typed: the verifier knows the pointer to be a task, as the argument of a tp_btf program or an
 * iterator. */
#define FIELD(...)	 ___arrow(__VA_ARGS__)
#define TASK_READS(name) name##_typed
#include "task_reads.h"
#undef TASK_READS
#undef FIELD

#define FIELD(...)	 BPF_CORE_READ(__VA_ARGS__)
#define TASK_READS(name) name##_by_address
#include "task_reads.h"
#undef TASK_READS
#undef FIELD

/* 3ca1032ab7ab (5.11): bpf_get_current_task_btf(). Delete the other half when 5.10 is no longer
 * supported. */
#define knows_current_task()                                                                       \
	bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)

/* The process that makes the system call. */
static __always_inline void actor_fill_current(struct sentra_actor *actor)
{
	if (knows_current_task())
		actor_fill_typed(actor, (struct task_struct *)bpf_get_current_task_btf());
	else
		actor_fill_by_address(actor, (struct task_struct *)bpf_get_current_task());
}

static __always_inline struct file *file_of_fd(__u32 fd)
{
	if (knows_current_task())
		return file_of_fd_typed((struct task_struct *)bpf_get_current_task_btf(), fd);
	return file_of_fd_by_address((struct task_struct *)bpf_get_current_task(), fd);
}

static __always_inline void who_acts(struct who *who)
{
	if (knows_current_task())
		who_read_typed(who, (struct task_struct *)bpf_get_current_task_btf());
	else
		who_read_by_address(who, (struct task_struct *)bpf_get_current_task());
}

/* The control group of the process that makes the system call, as in its actor. */
static __always_inline __u64 current_group(void)
{
	if (knows_current_task())
		return group_of_typed((struct task_struct *)bpf_get_current_task_btf());
	return group_of_by_address((struct task_struct *)bpf_get_current_task());
}

/* world_root(), for 1 ns where the task is the current one and there is no world but the host's. */
static __always_inline struct dentry *world_of(struct task_struct *task)
{
	struct task_struct *current;

	if (knows_current_task() && (__u64)task == bpf_get_current_task()) {
		current = (struct task_struct *)bpf_get_current_task_btf();
		if (!current->group_leader->thread_pid->level)
			return NULL;
	}
	return world_root(task);
}

#endif
