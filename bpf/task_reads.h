/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What is read of a task. Included twice by actor.h, with FIELD() either following typed pointers,
 * a load each (1 ns), or reading memory by address, a call each (6 ns): an event reads some thirty
 * fields.
 */

/* The root of a mount namespace often lies on another one that nobody sees (rootfs, nullfs): a task
 * is chrooted when its root is not the root of a mount, or of a mount that lies deeper. */
static __always_inline bool TASK_READS(is_chrooted)(struct task_struct *task)
{
	struct fs_struct *fs = FIELD(task, fs);
	struct mount *mount, *above;
	struct path root = {};

	if (!fs)
		return false; /* a process about to be gone */
	bpf_probe_read_kernel(&root, sizeof(root), __builtin_preserve_access_index(&fs->root));
	if ((__u64)root.mnt == own_root_mount && (__u64)root.dentry == own_root_dentry)
		return false;
	if (root.dentry == world_root(task))
		return false;
	mount = mount_of(root.mnt);
	if (root.dentry != BPF_CORE_READ(mount, mnt.mnt_root))
		return true;
	above = BPF_CORE_READ(mount, mnt_parent);
	if (above == mount)
		return false;
	return BPF_CORE_READ(mount, mnt_mountpoint) != BPF_CORE_READ(above, mnt.mnt_root) ||
	       BPF_CORE_READ(above, mnt_parent) != above;
}

static __always_inline void TASK_READS(actor_names)(struct sentra_actor *actor,
						    struct task_struct *task,
						    struct task_struct *leader,
						    struct task_struct *parent)
{
	struct pid *pid = BPF_CORE_READ(leader, thread_pid); /* by address, for upid_at() */
	__u32 level = FIELD(leader, thread_pid, level);
	struct pid_namespace *namespace;
	struct upid innermost = {};

	bpf_probe_read_kernel(&innermost, sizeof(innermost), upid_at(pid, level));
	actor->namespace_pid = innermost.nr;
	namespace = innermost.ns;
	actor->pid_namespace = BPF_CORE_READ(namespace, ns.inum);
	if (own_level == 0) {
		actor->pid = FIELD(task, tgid);
		actor->tid = FIELD(task, pid);
		actor->parent_pid = FIELD(parent, tgid);
	} else {
		actor->pid = own_number(pid);
		actor->tid = own_number(BPF_CORE_READ(task, thread_pid));
		actor->parent_pid = own_number(BPF_CORE_READ(parent, group_leader, thread_pid));
	}
}

static __always_inline void TASK_READS(actor_cred)(struct sentra_actor *actor,
						   const struct cred *cred)
{
	struct cred_ids ids = {};
	struct cred_caps caps = {};

	cred_read(&ids, &caps, cred);
	actor->uid = ids.uid;
	actor->gid = ids.gid;
	actor->euid = ids.euid;
	actor->egid = ids.egid;
	actor->suid = ids.suid;
	actor->sgid = ids.sgid;
	actor->fsuid = ids.fsuid;
	actor->fsgid = ids.fsgid;
	actor->cap_effective = caps.effective;
	actor->cap_permitted = caps.permitted;
	actor->user_namespace = FIELD(cred, user_ns, ns.inum);
}

/* Numbers of groups are a hierarchy's own: those of v1 are marked. */
static __always_inline __u64 TASK_READS(group_of)(struct task_struct *task)
{
	struct kernfs_node *node = v1_group(task);

	if (node)
		return BPF_CORE_READ(node, id) | SENTRA_CGROUP_V1;
	return FIELD(task, cgroups, dfl_cgrp, kn, id);
}

static __always_inline void TASK_READS(actor_fill)(struct sentra_actor *actor,
						   struct task_struct *task)
{
	struct task_struct *leader = FIELD(task, group_leader);
	struct task_struct *parent = FIELD(leader, real_parent);

	TASK_READS(actor_names)(actor, task, leader, parent);
	actor->start_ns = FIELD(leader, start_boottime);
	if (actor->parent_pid)
		actor->parent_start_ns = FIELD(parent, group_leader, start_boottime);
	TASK_READS(actor_cred)(actor, FIELD(task, cred));
	/* override_creds(): overlay file systems, nfsd, io_uring's workers */
	if ((__u64)FIELD(task, cred) != (__u64)FIELD(task, real_cred))
		actor->flags |= SENTRA_ACTOR_LENT;
	actor->loginuid = FIELD(task, loginuid.val);
	actor->audit_session = FIELD(task, sessionid);
	actor->cgroup_id = TASK_READS(group_of)(task);
	actor->mount_namespace = FIELD(task, nsproxy, mnt_ns, ns.inum);
	if (FIELD(task, flags) & PF_KTHREAD)
		actor->flags |= SENTRA_ACTOR_KERNEL_THREAD;
	else if (TASK_READS(is_chrooted)(task))
		actor->flags |= SENTRA_ACTOR_CHROOTED;
#if defined(__TARGET_ARCH_x86)
	if (FIELD(task, thread_info.flags) & (1 << 29)) /* TIF_ADDR32 */
		actor->flags |= SENTRA_ACTOR_32BIT;
#endif
	bpf_probe_read_kernel(actor->comm, sizeof(actor->comm),
			      __builtin_preserve_access_index(&task->comm));
}

static __always_inline void TASK_READS(who_read)(struct who *who, struct task_struct *task)
{
	who->start_ns = FIELD(task, group_leader, start_boottime);
	who->tgid = FIELD(task, tgid);
	who->exec = FIELD(task, self_exec_id);
	who->uid = FIELD(task, cred, uid.val);
	who->euid = FIELD(task, cred, euid.val);
}

static __always_inline struct file *TASK_READS(file_of_fd)(struct task_struct *task, __u32 fd)
{
	struct fdtable *table = FIELD(task, files, fdt);
	struct file **files, *file = NULL;

	if (fd >= FIELD(table, max_fds))
		return NULL;
	files = FIELD(table, fd);
	bpf_probe_read_kernel(&file, sizeof(file), &files[fd]);
	return file;
}
