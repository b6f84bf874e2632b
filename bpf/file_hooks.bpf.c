/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Files on the upper rungs: the functions in which the kernel asks its security modules. They see
 * 32-bit callers and io_uring, and hand over the kernel's own objects, so that no path is a claim.
 *
 * They also run for what the kernel does on somebody's behalf below: overlayfs opens, renames and
 * removes the files underneath, which would tell everything twice.
 */
#include "attributes.h"
#include "hook.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

#define O_CREAT	  0100
#define O_EXCL	  0200
#define O_NOCTTY  0400
#define O_TRUNC	  01000
#define FLAG_EXEC 0x20 /* __FMODE_EXEC in f_flags: execve() opens what it will run */

#define FMODE_BACKING	0x2000000
#define FMODE_NOACCOUNT 0x20000000

/* overlayfs copies through a mount of its own. What else lies on such a mount, memory files, is in
 * no directory. */
static __always_inline bool lies_below(struct vfsmount *vfsmount, struct dentry *dentry)
{
	__u32 inum;

	return BPF_CORE_READ(dentry, d_parent) != dentry &&
	       mount_kind(vfsmount, &inum) == MOUNT_INTERNAL;
}

/* The object is found and, where asked, created; O_TRUNC will be obeyed next. */
static __always_inline void open_granted(struct file *file)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct file_seen seen = {.file = file};
	__u32 flags = BPF_CORE_READ(file, f_flags);

	if (flags & O_TRUNC) {
		seen.flags |= SENTRA_FILE_TRUNCATED;
		seen.is_emptied_next = true;
	}
	if (!open_is_told(&seen))
		return;
	if (BPF_CORE_READ(file, f_mode) & (FMODE_BACKING | FMODE_NOACCOUNT))
		return; /* the kernel's own, as overlayfs's of the file underneath */
	if (seen.type == SENTRA_FILE_READ && (flags & FLAG_EXEC))
		return;
	seen.mount = BPF_CORE_READ(file, f_path.mnt);
	seen.dentry = BPF_CORE_READ(file, f_path.dentry);
	if (acts_for_itself(task) || lies_below(seen.mount, seen.dentry))
		return;
	caller_fill(&seen, task);
	/* As the file object will hold them once it is open. */
	seen.open_flags = flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC);
	object_was_seen(&seen);
}

HOOKS(file_open_granted, file_open, (struct file * file), open_granted(file))

HOOKS(file_unlink_asked, path_unlink, (struct path * dir, struct dentry *dentry),
      change_asked(BPF_CORE_READ(dir, mnt), dentry))
HOOKS(file_unlink_granted, inode_unlink, (struct inode * dir, struct dentry *dentry),
      name_changed(SENTRA_FILE_DELETE, dentry))

HOOKS(file_rmdir_asked, path_rmdir, (struct path * dir, struct dentry *dentry),
      change_asked(BPF_CORE_READ(dir, mnt), dentry))
/* That a directory is not empty is found by its file system alone, after everybody has granted the
 * request. When it is gone its dentry is given up, by the thread that asked. */
HOOK_KPROBE(file_rmdir_done, d_delete, (struct dentry * dentry), directory_gone(dentry))
HOOK_FENTRY(file_rmdir_done, d_delete, (struct dentry * dentry), directory_gone(dentry))

static __always_inline void name_given(__u32 type, struct dentry *key, struct dentry *object,
				       struct dentry *name)
{
	struct pair_seen pair = {.seen.type = type, .name = name};

	if (!change_granted(&pair.seen, key))
		return;
	pair.seen.dentry = object;
	pair.seen.inode = BPF_CORE_READ(object, d_inode);
	pair_was_seen(&pair, false);
}

/* Of an exchange the kernel asks for either direction; the last is the caller's. */
HOOKS(file_rename_asked, path_rename,
      (struct path * old_dir, struct dentry *old, struct path *new_dir, struct dentry *new,
       unsigned int flags),
      change_asked(BPF_CORE_READ(old_dir, mnt), old))
HOOKS(file_rename_granted, inode_rename,
      (struct inode * old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new,
       unsigned int flags),
      name_given(SENTRA_FILE_RENAME, old, old, new))

HOOKS(file_link_asked, path_link, (struct dentry * old, struct path *new_dir, struct dentry *new),
      change_asked(BPF_CORE_READ(new_dir, mnt), new))
HOOKS(file_link_granted, inode_link, (struct dentry * old, struct inode *dir, struct dentry *new),
      name_given(SENTRA_FILE_LINK, new, old, new))

static __always_inline void symlink_granted(struct dentry *name, const char *text)
{
	struct pair_seen pair = {.seen.type = SENTRA_FILE_LINK, .name = name, .text = text};

	pair.seen.flags = SENTRA_FILE_SYMBOLIC;
	if (change_granted(&pair.seen, name))
		pair_was_seen(&pair, true);
}

HOOKS(file_symlink_asked, path_symlink,
      (struct path * dir, struct dentry *dentry, const char *text),
      change_asked(BPF_CORE_READ(dir, mnt), dentry))
HOOKS(file_symlink_granted, inode_symlink,
      (struct inode * dir, struct dentry *dentry, const char *text), symlink_granted(dentry, text))

HOOKS(file_mode_asked, path_chmod, (struct path * path, unsigned int mode),
      change_asked(BPF_CORE_READ(path, mnt), BPF_CORE_READ(path, dentry)))
HOOKS(file_owner_asked, path_chown, (struct path * path, __u64 uid, __u64 gid),
      change_asked(BPF_CORE_READ(path, mnt), BPF_CORE_READ(path, dentry)))
HOOKS(file_truncate_asked, path_truncate, (struct path * path),
      change_asked(BPF_CORE_READ(path, mnt), BPF_CORE_READ(path, dentry)))
/* 3350607dc563 (6.2): by descriptor, and for O_TRUNC. Before it they took the one above. */
HOOKS(file_truncate_by_descriptor_asked, file_truncate, (struct file * file),
      change_asked(BPF_CORE_READ(file, f_path.mnt), BPF_CORE_READ(file, f_path.dentry)))

/* 77fa6f314f03 (6.9): asks nothing, tells what is done. */
HOOK_LSM(file_attributes_changed, inode_post_setattr,
	 (void *mapping, struct dentry *dentry, int valid), attributes_changed(dentry, valid))
HOOK_KPROBE(file_attributes_changed, security_inode_post_setattr,
	    (void *mapping, struct dentry *dentry, int valid), attributes_changed(dentry, valid))
HOOK_FENTRY(file_attributes_changed, security_inode_post_setattr,
	    (void *mapping, struct dentry *dentry, int valid), attributes_changed(dentry, valid))

/* 0e363cf3fa59 (6.0): the mount's id mapping came first. Delete the first when 5.15 is no longer
 * supported, all when 6.8 is not. */
#define SETATTR_ASKED(first, second, third)                                                        \
	attributes_asked((void *)(setattr_knows_mapping() ? (__u64)(second) : (__u64)(first)),     \
			 (void *)(setattr_knows_mapping() ? (__u64)(third) : (__u64)(second)))
/* The modules themselves were handed the mapping by the series that told them what is done. */
HOOK_LSM(file_attributes_asked, inode_setattr, (__u64 first, __u64 second, __u64 third),
	 attributes_asked((void *)(done_attributes_are_told() ? second : first),
			  (void *)(done_attributes_are_told() ? third : second)))
HOOK_KPROBE(file_attributes_asked, security_inode_setattr, (__u64 first, __u64 second, __u64 third),
	    SETATTR_ASKED(first, second, third))

SEC("fexit/security_inode_setattr")
int BPF_PROG(file_attributes_asked_fentry, __u64 first, __u64 second, __u64 third)
{
	int result = third;

	if (setattr_knows_mapping())
		result = ctx[3];
	if (!result)
		SETATTR_ASKED(first, second, third);
	return 0;
}
