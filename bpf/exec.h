/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What is known of a running program, for exec and for the snapshot. */
#ifndef SENTRA_BPF_EXEC_H
#define SENTRA_BPF_EXEC_H

#include "actor.h"
#include "address.h"
#include "path.h"

static __always_inline void device_split(__u32 device, __u32 *major, __u32 *minor)
{
	*major = device >> 20;
	*minor = device & 0xfffff;
}

/* A dentry that is no longer in the tree. File systems that revalidate (NFS, FUSE) drop dentries of
 * files that still exist: for those only the link count tells. */
static __always_inline bool is_unlinked(struct dentry *dentry, struct inode *inode)
{
	if (BPF_CORE_READ(inode, i_nlink) == 0)
		return true;
	return !BPF_CORE_READ(dentry, d_hash.pprev) && BPF_CORE_READ(dentry, d_parent) != dentry &&
	       !(BPF_CORE_READ(dentry, d_flags) & DCACHE_OP_REVALIDATE);
}

enum mount_kind {
	MOUNT_SHOWN,
	MOUNT_DETACHED, /* open_tree() or a lazy umount: no namespace shows it */
	MOUNT_INTERNAL, /* the kernel's own: memfd, pipes, sockets */
};

static __always_inline enum mount_kind mount_kind(struct vfsmount *vfsmount, __u32 *inum)
{
	struct mount *mount = mount_of(vfsmount);
	struct mnt_namespace *namespace = BPF_CORE_READ(mount, mnt_ns);

	*inum = 0;
	if (!namespace)
		return MOUNT_DETACHED;
	if ((long)namespace < 0 && (long)namespace >= -4095) /* MNT_NS_INTERNAL */
		return MOUNT_INTERNAL;
	*inum = BPF_CORE_READ(namespace, ns.inum);
	return mount_namespace_is_anonymous(*inum) ? MOUNT_DETACHED : MOUNT_SHOWN;
}

static __always_inline void exec_program(struct sentra_exec *e, struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct vfsmount *vfsmount = BPF_CORE_READ(file, f_path.mnt);
	enum mount_kind kind;
	__u32 inum;

	e->inode = BPF_CORE_READ(inode, i_ino);
	device_split(BPF_CORE_READ(inode, i_sb, s_dev), &e->device_major, &e->device_minor);
	e->file_mode = BPF_CORE_READ(inode, i_mode);
	e->file_uid = BPF_CORE_READ(inode, i_uid.val);
	kind = mount_kind(vfsmount, &inum);
	if (kind == MOUNT_INTERNAL)
		e->flags |= SENTRA_EXEC_MEMFD;
	else if (is_unlinked(BPF_CORE_READ(file, f_path.dentry), inode))
		e->flags |= SENTRA_EXEC_DELETED;
	if (kind == MOUNT_DETACHED)
		e->flags |= SENTRA_EXEC_DETACHED;
}

/* The peer of an inet socket on stdin or stdout: a shell with one is a reverse shell. */
static __always_inline bool stdio_socket(struct sentra_exec *e, struct task_struct *task, __u32 fd)
{
	struct sock *sk = sock_of_file(file_of_fd_by_address(task, fd));

	if (!sk)
		return false;
	if (!e->peer.family)
		address_remote(&e->peer, sk);
	return true;
}

/* Another root than the sensor's: its files, and its package database, are not ours. A service with
 * mounts of its own (PrivateTmp=) has a copy of our root's mount: the same directory. The sensor's
 * root is 0 when the sensor itself is chrooted: then nobody shares it. */
static __always_inline bool has_foreign_root(struct task_struct *task)
{
	struct fs_struct *fs = BPF_CORE_READ(task, fs);

	return fs && (__u64)BPF_CORE_READ(fs, root.dentry) != own_root_dentry;
}

/* The actor is filled already. */
static __always_inline void exec_facts(struct sentra_exec *e, struct task_struct *task,
				       struct file *program)
{
	e->old_uid = e->old_euid = e->old_gid = e->old_egid = SENTRA_UNSET;
	if (program)
		exec_program(e, program);
	if ((e->actor.flags & SENTRA_ACTOR_CHROOTED) || has_foreign_root(task))
		e->flags |= SENTRA_EXEC_FOREIGN_ROOT;
	if (stdio_socket(e, task, 0))
		e->flags |= SENTRA_EXEC_STDIN_SOCKET;
	if (stdio_socket(e, task, 1))
		e->flags |= SENTRA_EXEC_STDOUT_SOCKET;
}

/* All texts but the arguments. limit: how far they may reach; name_max: the longest name of this
 * class. */
static __always_inline void exec_texts(struct sentra_exec *e, struct task_struct *task,
				       struct file *program, const __u32 limit,
				       const __u32 name_max)
{
	struct tty_struct *tty = BPF_CORE_READ(task, signal, tty);
	struct fs_struct *fs = BPF_CORE_READ(task, fs);
	struct dentry *world = world_root(task);

	path_append(e, &e->executable, limit, name_max, BPF_CORE_READ(program, f_path.mnt),
		    BPF_CORE_READ(program, f_path.dentry), world);
	path_append(e, &e->working_directory, limit, name_max, BPF_CORE_READ(fs, pwd.mnt),
		    BPF_CORE_READ(fs, pwd.dentry), world);
	cgroup_append(e, &e->cgroup, limit, name_max, group_node(task));
	if (tty)
		text_append(e, &e->tty, limit, 64, MEMORY_KERNEL,
			    __builtin_preserve_access_index(&tty->name));
}

#endif
