/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * An open was seen, or a change through a descriptor: is it told, and how. The same for every rung:
 * all that a hook adds is the file object, and the flags only it can know.
 */
#ifndef SENTRA_BPF_FILE_OPEN_H
#define SENTRA_BPF_FILE_OPEN_H

#include "exec.h"
#include "watched.h"

/*
 * The classes of a file record. 80 % of paths are below 200 bytes with no name above 63: they fit
 * the first class, and the ring holds 32,000 of them. A path of SENTRA_PATH_MAX fits the second.
 */
#define SMALL_BYTES 512
#define SMALL_NAME  64
#define LARGE_BYTES (sizeof(struct sentra_file) + SENTRA_PATH_MAX + NAME_BYTES)

/* The kernel's own facts of an open file. */
static __always_inline void file_facts(struct sentra_file *e, struct file *file,
				       struct inode *inode)
{
	enum mount_kind kind;

	e->inode = BPF_CORE_READ(inode, i_ino);
	e->size = BPF_CORE_READ(inode, i_size);
	device_split(BPF_CORE_READ(inode, i_sb, s_dev), &e->device_major, &e->device_minor);
	e->mode = BPF_CORE_READ(inode, i_mode);
	e->uid = BPF_CORE_READ(inode, i_uid.val);
	e->gid = BPF_CORE_READ(inode, i_gid.val);
	e->open_flags = BPF_CORE_READ(file, f_flags);
	kind = mount_kind(BPF_CORE_READ(file, f_path.mnt), &e->mount_namespace);
	if (kind == MOUNT_INTERNAL)
		e->flags |= SENTRA_FILE_MEMFD;
	else if (is_unlinked(BPF_CORE_READ(file, f_path.dentry), inode))
		e->flags |= SENTRA_FILE_UNLINKED;
	if (kind == MOUNT_DETACHED)
		e->flags |= SENTRA_FILE_DETACHED;
	if ((e->mode & S_IFMT) == S_IFDIR)
		e->flags |= SENTRA_FILE_DIRECTORY;
}

/* What happened to which file object: a hook fills in file, flags and, but for opens, type. */
struct file_seen {
	struct task_struct *task;
	struct file *file;
	struct inode *inode;
	__u32 type;
	__u32 flags;
};

static __always_inline bool file_tell_in(struct file_seen *seen, struct sentra_account_row *row,
					 const __u32 limit, const __u32 name_max, const bool last)
{
	struct file *file = seen->file;
	struct sentra_file *e;

	e = record_begin(struct sentra_file, seen->type, limit, row);
	if (!e)
		return true;
	path_append(e, &e->path, limit, name_max, BPF_CORE_READ(file, f_path.mnt),
		    BPF_CORE_READ(file, f_path.dentry), world_root(seen->task));
	if (is_cut(e)) {
		if (!last) {
			record_discard(e);
			return false;
		}
		e->flags |= SENTRA_FILE_PATH_TRUNCATED;
	}
	e->flags |= seen->flags;
	file_facts(e, file, seen->inode);
	actor_fill_current(&e->actor);
	record_submit(e, row);
	return true;
}

/* Is this open told: to write, or of a file whose reading is watched? */
static __always_inline bool open_is_told(struct file_seen *seen)
{
	struct file *file = seen->file;
	__u32 mode = BPF_CORE_READ(file, f_mode);
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	seen->inode = inode;
	if (mode & (FMODE_WRITE | FMODE_CREATED))
		seen->type = SENTRA_FILE_WRITE;
	else if ((mode & FMODE_READ) && is_watched(file, inode))
		seen->type = SENTRA_FILE_READ;
	else
		return false;
	if (mode & FMODE_CREATED)
		seen->flags |= SENTRA_FILE_CREATED;
	return (BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFREG;
}

/* The last step of every rung. What is not wanted after all is sorted out here, between the account
 * and the path walk, which costs more than everything before it. */
static __always_inline void file_was_seen(struct file_seen *seen)
{
	struct sentra_account_row *row;

	row = admit(seen->type, seen->task, bpf_get_current_pid_tgid() >> 32);
	if (!row)
		return;
	forget(seen->type);
	forget(seen->flags);
	if (!file_tell_in(seen, row, SMALL_BYTES, SMALL_NAME, false))
		file_tell_in(seen, row, LARGE_BYTES, NAME_BYTES, true);
}

#endif
