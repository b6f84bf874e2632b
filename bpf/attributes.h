/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Changes of mode, owner and size. Since 6.9 the kernel tells its security modules when one is
 * done. Before that it asks them before it looks whether the caller may: there its own rule
 * (setattr_prepare()) is applied here, to what is about to become of the file.
 */
#ifndef SENTRA_BPF_ATTRIBUTES_H
#define SENTRA_BPF_ATTRIBUTES_H

#include "file_change.h"

#define CAP_CHOWN  0
#define CAP_FOWNER 3

/* 0: nothing that is told. A change of owner may clear bits of the mode too; a write that does is
 * no chmod. */
static __always_inline __u32 attribute_type(__u32 valid)
{
	if (valid & ATTR_SIZE)
		return valid & ATTR_OPEN ? 0 : SENTRA_FILE_TRUNCATE;
	if (valid & (ATTR_UID | ATTR_GID))
		return SENTRA_FILE_OWNER;
	if ((valid & ATTR_MODE) && !(valid & ATTR_FORCE))
		return SENTRA_FILE_MODE;
	return 0;
}

static __always_inline void attributes_changed(struct dentry *dentry, __u32 valid)
{
	struct file_seen seen = {.type = attribute_type(valid)};

	if (!seen.type || !change_granted(&seen, dentry))
		return;
	if (seen.type == SENTRA_FILE_TRUNCATE)
		seen.flags |= SENTRA_FILE_TRUNCATED;
	object_was_seen(&seen);
}

/* Supplementary groups are sorted, and there may be 65536. */
static __always_inline bool is_in_group(const struct cred *cred, __u32 fsgid, __u32 gid)
{
	struct group_info *groups = BPF_CORE_READ(cred, group_info);
	__u32 low = 0, high = BPF_CORE_READ(groups, ngroups), middle, known = 0;
	int i;

	if (gid == fsgid)
		return true;
	for (i = 0; i < 17 && low < high; i++) {
		middle = (low + high) / 2;
		bpf_probe_read_kernel(&known, sizeof(known),
				      (void *)__builtin_preserve_access_index(&groups->gid[0]) +
					      (__u64)middle * sizeof(known));
		if (known == gid)
			return true;
		if (known < gid)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

#define UID_MAP_EXTENTS 5

/* Has the namespace a number for this one? More than five extents lie elsewhere: taken for yes. */
static __always_inline bool is_mapped(const struct uid_gid_map *map, __u32 id)
{
	__u32 extents = BPF_CORE_READ(map, nr_extents);
	struct uid_gid_extent extent = {};
	__u32 i;

	if (extents > UID_MAP_EXTENTS)
		return true;
	for (i = 0; i < UID_MAP_EXTENTS && i < extents; i++) {
		bpf_probe_read_kernel(&extent, sizeof(extent),
				      (void *)__builtin_preserve_access_index(&map->extent[0]) +
					      i * sizeof(extent));
		if (id - extent.lower_first < extent.count)
			return true;
	}
	return false;
}

static __always_inline bool may_change(struct inode *inode, struct iattr *asked)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	const struct cred *cred = BPF_CORE_READ(task, cred);
	__u32 uid = BPF_CORE_READ(inode, i_uid.val), gid = BPF_CORE_READ(inode, i_gid.val);
	struct user_namespace *namespace = BPF_CORE_READ(cred, user_ns);
	__u32 valid = BPF_CORE_READ(asked, ia_valid), group;
	struct cred_ids ids = {};
	struct cred_caps caps = {};
	bool owns;

	if (valid & ATTR_FORCE)
		return true;
	cred_read(&ids, &caps, cred);
	owns = ids.fsuid == uid;
	if (!is_mapped(__builtin_preserve_access_index(&namespace->uid_map), uid) ||
	    !is_mapped(__builtin_preserve_access_index(&namespace->gid_map), gid))
		caps.effective = 0;
	if (valid & (ATTR_UID | ATTR_GID)) {
		if (caps.effective & (1 << CAP_CHOWN))
			return true;
		if (!owns || ((valid & ATTR_UID) && BPF_CORE_READ(asked, ia_uid.val) != uid))
			return false;
		group = valid & ATTR_GID ? BPF_CORE_READ(asked, ia_gid.val) : gid;
		return group == gid || is_in_group(cred, ids.fsgid, group);
	}
	return !(valid & ATTR_MODE) || owns || (caps.effective & (1 << CAP_FOWNER));
}

/* Before 6.9: nothing but the file system itself can refuse what is told here. */
static __always_inline void attributes_asked(struct dentry *dentry, struct iattr *asked)
{
	struct file_seen seen = {.asked = asked};

	if (done_attributes_are_told())
		return;
	seen.type = attribute_type(BPF_CORE_READ(asked, ia_valid));
	if (!seen.type || !change_granted(&seen, dentry) || !may_change(seen.inode, asked))
		return;
	if (seen.type == SENTRA_FILE_TRUNCATE)
		seen.flags |= SENTRA_FILE_TRUNCATED;
	object_was_seen(&seen);
}

#endif
