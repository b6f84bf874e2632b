/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Whole paths from the kernel's own objects: from the dentry up to the root of the mount namespace,
 * or of the world the process lives in (world_root), across mounts, binds and overlays. Not
 * bpf_d_path(): tracepoints may not call it on any kernel. The walk does not stop at a chroot, or a
 * process inside one could write "/etc/passwd" and look like one that did.
 *
 * Written leaf first, "leaf\0parent\0": user space turns it round. The last NUL is missing when the
 * walk ended before the root: what is kept is the tail, and it is not an absolute path. "/" is a
 * lone NUL.
 */
#ifndef SENTRA_BPF_PATH_H
#define SENTRA_BPF_PATH_H

#include "actor.h"

/* Crossing a mount is a step too. */
#define PATH_STEPS (SENTRA_PATH_COMPONENTS_MAX + 16)
#define NAME_BYTES 256 /* NAME_MAX and its NUL */

/* d_parent and d_name are neighbours on every kernel so far: one read instead of three. */
struct dentry_link {
	struct dentry *parent;
	__u64 hash_len;
	const unsigned char *name;
};

static __always_inline void dentry_link_read(struct dentry_link *link, struct dentry *dentry)
{
	if (bpf_core_field_offset(struct dentry, d_name) ==
		    bpf_core_field_offset(struct dentry, d_parent) + 8 &&
	    bpf_core_field_offset(struct qstr, name) == 8) {
		bpf_probe_read_kernel(link, sizeof(*link),
				      __builtin_preserve_access_index(&dentry->d_parent));
		return;
	}
	link->parent = BPF_CORE_READ(dentry, d_parent);
	link->hash_len = BPF_CORE_READ(dentry, d_name.hash_len);
	link->name = BPF_CORE_READ(dentry, d_name.name);
}

/* One component at the cursor, with its NUL: 0, or the trouble. name_max and limit are constants.
 */
static __always_inline __u32 component_append(void *record, const __u32 limit, const __u32 name_max,
					      const unsigned char *name)
{
	struct sentra_head *head = record;
	__u64 at = *(volatile __u32 *)&head->size;
	long got;

	opaque(at);
	if (at > limit - name_max)
		return TROUBLE_CUT;
	got = bpf_probe_read_kernel_str(record + at, name_max, name);
	if (got <= 0)
		return TROUBLE_UNREADABLE;
	if (got == name_max && name_max < NAME_BYTES)
		return TROUBLE_CUT;
	*(volatile __u32 *)&head->size = at + got;
	return 0;
}

/* Takes the last NUL away, or adds the lone one of "/". */
static __always_inline void path_end(void *record, struct sentra_text *text, const __u32 limit,
				     __u32 trouble)
{
	struct sentra_head *head = record;
	__u32 bytes;
	__u64 at;

	text_end(record, text);
	bytes = *(volatile __u32 *)&text->len;
	if (trouble) {
		trouble_note(record, trouble);
		if (bytes)
			text->len = bytes - 1;
	} else if (!bytes) {
		at = *(volatile __u32 *)&head->size;
		opaque(at);
		if (at < limit) {
			*(char *)(record + at) = 0;
			head->size = at + 1;
			text->len = 1;
		}
	}
}

static __always_inline void path_append(void *record, struct sentra_text *text, const __u32 limit,
					const __u32 name_max, struct vfsmount *vfsmount,
					struct dentry *dentry, struct dentry *world)
{
	struct mount *mount = mount_of(vfsmount), *above;
	struct dentry *root = BPF_CORE_READ(mount, mnt.mnt_root);
	struct dentry_link link = {};
	__u32 trouble = TROUBLE_CUT; /* until the root is reached */
	int i;

	if (!dentry)
		return; /* a kernel thread has no program, a process about to be gone no directory
			 */
	text_begin(record, text);
	dentry_link_read(&link, dentry);
	if (dentry == link.parent && dentry != root) {
		/* memfd, pipe, socket: in no directory, but with a name of its own. */
		path_end(record, text, limit, component_append(record, limit, name_max, link.name));
		return;
	}
	for (i = 0; i < PATH_STEPS; i++) {
		dentry_link_read(&link, dentry);
		if (dentry == root || dentry == link.parent) {
			if (dentry != root)
				break; /* opened by handle: where it hangs is not known */
			if (dentry == world) {
				trouble = 0;
				break;
			}
			above = BPF_CORE_READ(mount, mnt_parent);
			if (above == mount) {
				trouble = 0;
				break;
			}
			dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			mount = above;
			root = BPF_CORE_READ(mount, mnt.mnt_root);
			continue;
		}
		trouble = component_append(record, limit, name_max, link.name);
		if (trouble)
			break;
		trouble = TROUBLE_CUT;
		dentry = link.parent;
	}
	/* To the verifiers of 5.10 and 6.1 each way out is else a case of its own: too many. */
	forget(trouble);
	path_end(record, text, limit, trouble);
}

/* The control group's path in its hierarchy, whose root has no parent and no name. */
static __always_inline void cgroup_append(void *record, struct sentra_text *text, const __u32 limit,
					  const __u32 name_max, struct kernfs_node *node)
{
	__u32 trouble = TROUBLE_CUT;
	struct kernfs_node *parent;
	int i;

	text_begin(record, text);
	for (i = 0; i < 32; i++) {
		parent = kernfs_parent(node);
		if (!parent) {
			trouble = 0;
			break;
		}
		trouble = component_append(record, limit, name_max,
					   (const unsigned char *)BPF_CORE_READ(node, name));
		if (trouble)
			break;
		trouble = TROUBLE_CUT;
		node = parent;
	}
	path_end(record, text, limit, trouble);
}

static __always_inline struct sock *sock_of_file(struct file *file)
{
	struct socket *socket;

	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(socket, sk);
}

#endif
