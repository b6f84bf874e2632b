/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A change to a name or to attributes, from the kernel's own objects. The kernel asks twice:
 * security_path_*() knows the mount, but comes before the caller's permission is checked;
 * security_inode_*() comes after that, with the dentry alone. The first is remembered, the second
 * tells.
 */
#ifndef SENTRA_BPF_FILE_CHANGE_H
#define SENTRA_BPF_FILE_CHANGE_H

#include "file_open.h"

#define PF_IO_WORKER 0x10

/* Kernel threads act for themselves and for remote hosts; those of io_uring for a process. */
static __always_inline bool acts_for_itself(struct task_struct *task)
{
	return (BPF_CORE_READ(task, flags) & (PF_KTHREAD | PF_IO_WORKER)) == PF_KTHREAD;
}

#define IO_URING_ENTER 426 /* on every architecture, for 32-bit callers too */

/* Who acts, and how the request came in. */
static __always_inline void caller_fill(struct file_seen *seen, struct task_struct *task)
{
	seen->task = task;
	if ((BPF_CORE_READ(task, flags) & PF_IO_WORKER) || current_call() == IO_URING_ENTER)
		seen->flags |= SENTRA_FILE_IO_URING;
}

/* What a thread asked for last. */
struct change_begun {
	struct dentry *dentry; /* NULL: told */
	struct vfsmount *mount;
};

/* Keyed by the thread's id in the first namespace. An entry stays, so that the thread's next change
 * is a lookup instead of an insert. Task storage would do without the limit, but not on 5.10. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct change_begun);
} changes SEC(".maps");

static __always_inline void change_asked(struct vfsmount *mount, struct dentry *dentry)
{
	__u32 tid = bpf_get_current_pid_tgid();
	struct change_begun *known, begun = {};

	known = bpf_map_lookup_elem(&changes, &tid);
	if (known) {
		known->mount = mount;
		known->dentry = dentry;
		return;
	}
	begun.dentry = dentry;
	begun.mount = mount;
	bpf_map_update_elem(&changes, &tid, &begun, BPF_ANY);
}

/* overlayfs changes the files underneath in the name of whoever mounted it, without asking for
 * their paths. */
static __always_inline bool acts_for_another(struct task_struct *task)
{
	return BPF_CORE_READ(task, cred) != BPF_CORE_READ(task, real_cred);
}

/* The change the thread asked for, if it is this one: overlayfs, which changes a file underneath
 * for each of its own, does not ask for those. */
static __always_inline bool change_take(struct file_seen *seen, struct change_begun *begun,
					struct dentry *dentry, struct task_struct *task)
{
	if (begun->dentry != dentry)
		return false;
	caller_fill(seen, task);
	/* A mere number, unlike the argument of some hooks: place_of() computes with it. */
	seen->dentry = *(struct dentry *volatile *)&begun->dentry;
	begun->dentry = NULL;
	seen->mount = begun->mount;
	seen->inode = BPF_CORE_READ(dentry, d_inode);
	return true;
}

static __always_inline bool change_granted(struct file_seen *seen, struct dentry *dentry)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u32 tid = bpf_get_current_pid_tgid();
	__u32 key = SENTRA_ROW(seen->type);
	struct sentra_account_row *row;
	struct change_begun *begun;

	begun = bpf_map_lookup_elem(&changes, &tid);
	if (begun)
		return change_take(seen, begun, dentry, task);
	row = bpf_map_lookup_elem(&account, &key);
	if (row && !acts_for_itself(task) && !acts_for_another(task))
		count(row->state_gone);
	return false;
}

/* Removed, re-moded, re-owned, cut: one name. */
static __always_inline void name_changed(__u32 type, struct dentry *dentry)
{
	struct file_seen seen = {.type = type};

	if (change_granted(&seen, dentry))
		object_was_seen(&seen);
}

/* The same from a function that runs for many who did not ask. */
static __always_inline void directory_gone(struct dentry *dentry)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct file_seen seen = {.type = SENTRA_FILE_DELETE};
	__u32 tid = bpf_get_current_pid_tgid();
	struct change_begun *begun;

	begun = bpf_map_lookup_elem(&changes, &tid);
	if (begun && change_take(&seen, begun, dentry, task))
		object_was_seen(&seen);
}

/* Two names. The object is `seen`, which a rename and a hard link find at the origin; `name` is the
 * new one, a dentry that has its place already. */
struct pair_seen {
	struct file_seen seen;
	struct dentry *name;
	const char *text; /* of a symbolic link, as it was written */
};

static __always_inline bool pair_tell(struct pair_seen *pair, struct sentra_account_row *row,
				      const __u32 class_bytes, const __u32 name_max,
				      const __u32 text_max, const bool is_symbolic, const bool last)
{
	const __u32 first = last ? class_bytes - SENTRA_PATH_MAX - NAME_BYTES : class_bytes;
	struct file_seen *seen = &pair->seen;
	struct dentry *world = world_root(seen->task);
	struct sentra_file *e;

	e = record_begin(struct sentra_file, seen->type, class_bytes, row);
	if (!e)
		return true;
	path_append(e, &e->path, first, name_max, seen->mount, pair->name, world);
	if (is_symbolic)
		text_append(e, &e->origin, class_bytes, text_max, MEMORY_KERNEL, pair->text);
	else
		path_append(e, &e->origin, class_bytes, name_max, seen->mount, seen->dentry, world);
	if (is_cut(e)) {
		if (!last) {
			record_discard(e);
			return false;
		}
		e->flags |= SENTRA_FILE_PATH_TRUNCATED;
	}
	file_facts(e, seen);
	actor_fill_current(&e->actor);
	record_submit(e, row);
	return true;
}

#define SMALL_TEXT	 192
#define SMALL_PAIR_BYTES (sizeof(struct sentra_file) + 600)
#define LARGE_PAIR_BYTES (sizeof(struct sentra_file) + 2 * (SENTRA_PATH_MAX + NAME_BYTES))

static __always_inline void pair_was_seen(struct pair_seen *pair, const bool is_symbolic)
{
	struct sentra_account_row *row;

	row = admit(pair->seen.type, pair->seen.task, bpf_get_current_pid_tgid() >> 32);
	if (!row)
		return;
	forget(pair->seen.type);
	if (!pair_tell(pair, row, SMALL_PAIR_BYTES, SMALL_NAME, SMALL_TEXT, is_symbolic, false))
		pair_tell(pair, row, LARGE_PAIR_BYTES, NAME_BYTES, SENTRA_PATH_MAX, is_symbolic,
			  true);
}

#endif
