/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Who acts: a task and its subjective credentials, now. */
#ifndef SENTRA_BPF_ACTOR_H
#define SENTRA_BPF_ACTOR_H

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

/* The number a task has in the sensor's pid namespace; 0: none. */
static __always_inline __u32 own_number(struct pid *pid)
{
	struct upid *upid;

	if (BPF_CORE_READ(pid, level) < own_level)
		return 0;
	upid = (void *)__builtin_preserve_access_index(&pid->numbers[0]) +
	       own_level * bpf_core_type_size(struct upid);
	if ((__u64)BPF_CORE_READ(upid, ns) != own_namespace)
		return 0;
	return BPF_CORE_READ(upid, nr);
}

/* The root of a mount namespace often lies on another one that nobody sees (rootfs, nullfs): a task
 * is chrooted when its root is not the root of a mount, or of a mount that lies deeper. */
static __always_inline bool is_chrooted(struct task_struct *task)
{
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	struct mount *mount, *above;
	struct path root = {};

	if (!fs)
		return false; /* a process about to be gone */
	bpf_probe_read_kernel(&root, sizeof(root), __builtin_preserve_access_index(&fs->root));
	if ((__u64)root.mnt == own_root_mount && (__u64)root.dentry == own_root_dentry)
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

static __always_inline void actor_names(struct sentra_actor *actor, struct task_struct *task,
					struct task_struct *leader, struct task_struct *parent)
{
	struct pid *pid = BPF_CORE_READ(leader, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);
	struct pid_namespace *namespace;
	struct upid innermost = {};

	bpf_probe_read_kernel(&innermost, sizeof(innermost),
			      (void *)__builtin_preserve_access_index(&pid->numbers[0]) +
				      level * bpf_core_type_size(struct upid));
	actor->namespace_pid = innermost.nr;
	namespace = innermost.ns;
	actor->pid_namespace = BPF_CORE_READ(namespace, ns.inum);
	if (own_level == 0) {
		actor->pid = BPF_CORE_READ(task, tgid);
		actor->tid = BPF_CORE_READ(task, pid);
		actor->parent_pid = BPF_CORE_READ(parent, tgid);
	} else {
		actor->pid = own_number(pid);
		actor->tid = own_number(BPF_CORE_READ(task, thread_pid));
		actor->parent_pid = own_number(BPF_CORE_READ(parent, group_leader, thread_pid));
	}
}

static __always_inline void actor_cred(struct sentra_actor *actor, const struct cred *cred)
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
	actor->user_namespace = BPF_CORE_READ(cred, user_ns, ns.inum);
}

static __always_inline void actor_fill(struct sentra_actor *actor, struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct task_struct *parent = BPF_CORE_READ(leader, real_parent);

	actor_names(actor, task, leader, parent);
	actor->start_ns = BPF_CORE_READ(leader, start_boottime);
	if (actor->parent_pid)
		actor->parent_start_ns = BPF_CORE_READ(parent, group_leader, start_boottime);
	actor_cred(actor, BPF_CORE_READ(task, cred));
	actor->loginuid = BPF_CORE_READ(task, loginuid.val);
	actor->audit_session = BPF_CORE_READ(task, sessionid);
	actor->cgroup_id = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
	actor->mount_namespace = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	if (BPF_CORE_READ(task, flags) & PF_KTHREAD)
		actor->flags |= SENTRA_ACTOR_KERNEL_THREAD;
	else if (is_chrooted(task))
		actor->flags |= SENTRA_ACTOR_CHROOTED;
#if defined(__TARGET_ARCH_x86)
	if (BPF_CORE_READ(task, thread_info.flags) & (1 << 29)) /* TIF_ADDR32 */
		actor->flags |= SENTRA_ACTOR_32BIT;
#endif
	bpf_probe_read_kernel(actor->comm, sizeof(actor->comm),
			      __builtin_preserve_access_index(&task->comm));
}

#endif
