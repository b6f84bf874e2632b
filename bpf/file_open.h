/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * An open was seen, or a change through a descriptor: is it told, and how. The same for every rung:
 * all that a hook adds is the file object, and the flags only it can know.
 */
#ifndef SENTRA_BPF_FILE_OPEN_H
#define SENTRA_BPF_FILE_OPEN_H

#include "exec.h"
#include "wanted.h"
#include "watched.h"

/*
 * The classes of a file record. 80 % of paths are below 200 bytes with no name above 63: they fit
 * the first class, and the ring holds 32,000 of them. A path of SENTRA_PATH_MAX fits the second.
 */
#define SMALL_BYTES 512
#define SMALL_NAME  64
#define LARGE_BYTES (sizeof(struct sentra_file) + SENTRA_PATH_MAX + NAME_BYTES)

/* ia_valid of struct iattr */
#define ATTR_MODE  (1 << 0)
#define ATTR_UID   (1 << 1)
#define ATTR_GID   (1 << 2)
#define ATTR_SIZE  (1 << 3)
#define ATTR_FORCE (1 << 9)  /* the kernel's own doing */
#define ATTR_OPEN  (1 << 15) /* O_TRUNC, which the open has told */

/* What happened to which object: a hook fills in the task, the object, the type and the flags that
 * only it can know. */
struct file_seen {
	struct task_struct *task;
	struct file *file;
	struct inode *inode; /* NULL: there is none yet */
	struct vfsmount *mount;
	struct dentry *dentry;
	struct iattr *asked; /* what it will be like, where that is not done yet */
	__u32 type;
	__u32 flags;
	__u32 open_flags;
	__u32 repeats;
	struct dentry *world;
	__u64 place;	       /* of the directory it lies in; 0: not known, or nobody asks */
	__u64 is_emptied_next; /* O_TRUNC has been granted and not obeyed yet */
	__u64 is_fact;	       /* it stands in told_facts */
	bool is_lost;
};

/* Takes what is needed of a file object; its mode. In one read: the fields have been in the first
 * bytes of the object on every kernel so far, and five reads would take 30 ns more. */
#define FILE_BYTES 96
#define LIES_IN_FRONT(field)                                                                       \
	(bpf_core_field_offset(struct file, field) + bpf_core_field_size(struct file, field) <=    \
	 FILE_BYTES)
#define IN_FRONT(front, field) ((void *)(front) + bpf_core_field_offset(struct file, field))

static __always_inline __u32 file_read(struct file_seen *seen)
{
	struct file *file = seen->file;
	__u64 front[FILE_BYTES / 8];
	struct path path = {};

	if (LIES_IN_FRONT(f_mode) && LIES_IN_FRONT(f_inode) && LIES_IN_FRONT(f_path) &&
	    LIES_IN_FRONT(f_flags)) {
		bpf_probe_read_kernel(front, sizeof(front), file);
		seen->mount = ((struct path *)IN_FRONT(front, f_path))->mnt;
		seen->dentry = ((struct path *)IN_FRONT(front, f_path))->dentry;
		seen->inode = *(struct inode **)IN_FRONT(front, f_inode);
		seen->open_flags = *(__u32 *)IN_FRONT(front, f_flags);
		return *(__u32 *)IN_FRONT(front, f_mode);
	}
	bpf_probe_read_kernel(&path, sizeof(path), __builtin_preserve_access_index(&file->f_path));
	seen->mount = path.mnt;
	seen->dentry = path.dentry;
	seen->inode = BPF_CORE_READ(file, f_inode);
	seen->open_flags = BPF_CORE_READ(file, f_flags);
	return BPF_CORE_READ(file, f_mode);
}

static __always_inline void inode_facts(struct sentra_file *e, struct dentry *dentry,
					struct inode *inode, enum mount_kind kind)
{
	e->inode = BPF_CORE_READ(inode, i_ino);
	e->size = BPF_CORE_READ(inode, i_size);
	device_split(BPF_CORE_READ(inode, i_sb, s_dev), &e->device_major, &e->device_minor);
	e->mode = BPF_CORE_READ(inode, i_mode);
	e->uid = BPF_CORE_READ(inode, i_uid.val);
	e->gid = BPF_CORE_READ(inode, i_gid.val);
	if (kind != MOUNT_INTERNAL && e->head.type != SENTRA_FILE_DELETE &&
	    is_unlinked(dentry, inode))
		e->flags |= SENTRA_FILE_UNLINKED;
	if ((e->mode & S_IFMT) == S_IFDIR)
		e->flags |= SENTRA_FILE_DIRECTORY;
}

static __always_inline void asked_facts(struct sentra_file *e, struct iattr *asked)
{
	__u32 valid = BPF_CORE_READ(asked, ia_valid);

	if (valid & ATTR_MODE)
		e->mode = (e->mode & S_IFMT) | (BPF_CORE_READ(asked, ia_mode) & ~S_IFMT);
	if (valid & ATTR_UID)
		e->uid = BPF_CORE_READ(asked, ia_uid.val);
	if (valid & ATTR_GID)
		e->gid = BPF_CORE_READ(asked, ia_gid.val);
	if (valid & ATTR_SIZE)
		e->size = BPF_CORE_READ(asked, ia_size);
}

/* The kernel's own facts of the object. */
static __always_inline void file_facts(struct sentra_file *e, struct file_seen *seen)
{
	enum mount_kind kind = mount_kind(seen->mount, &e->mount_namespace);
	struct inode *inode = seen->inode;

	e->flags |= seen->flags;
	e->open_flags = seen->open_flags;
	if (kind == MOUNT_INTERNAL)
		e->flags |= SENTRA_FILE_MEMFD;
	else if (kind == MOUNT_DETACHED)
		e->flags |= SENTRA_FILE_DETACHED;
	if (inode)
		inode_facts(e, seen->dentry, inode, kind);
	else
		e->uid = e->gid = SENTRA_UNSET;
	if (seen->asked)
		asked_facts(e, seen->asked);
	if (seen->is_emptied_next)
		e->size = 0;
}

static __always_inline __u64 place_of_object(struct file_seen *seen)
{
	struct dentry *dentry = seen->dentry;

	return place_of((__u64)seen->mount, (__u64)BPF_CORE_READ(dentry, d_parent),
			(__u64)seen->world);
}

static __always_inline bool file_tell_in(struct file_seen *seen, struct sentra_account_row *row,
					 const __u32 limit, const __u32 name_max, const bool last)
{
	struct sentra_file *e;

	e = record_begin(struct sentra_file, seen->type, limit, row);
	if (!e) {
		seen->is_lost = true;
		return true;
	}
	path_append(e, &e->path, limit, name_max, seen->mount, seen->dentry, seen->world);
	if (is_cut(e)) {
		if (!last) {
			record_discard(e);
			return false;
		}
		e->flags |= SENTRA_FILE_PATH_TRUNCATED;
	}
	/* The sensor's question: what is this directory, called what the path says? Only if it was
	 * called that before and after: a directory that is renamed meanwhile must not get the
	 * verdict on its other name. */
	if (seen->place && is_of(placed_types, seen->type) && seen->place == place_of_object(seen))
		e->head.sequence = seen->place;
	e->repeats = seen->repeats;
	file_facts(e, seen);
	actor_fill_current(&e->actor);
	record_submit(e, row);
	return true;
}

/* Is this open told: to write, to empty (which O_RDONLY | O_TRUNC does too), or of a file whose
 * reading is watched? */
static __always_inline bool open_is_told(struct file_seen *seen)
{
	__u32 mode = file_read(seen);
	struct inode *inode = seen->inode;

	if (mode & (FMODE_WRITE | FMODE_CREATED))
		seen->type = SENTRA_FILE_WRITE;
	else if (!(mode & FMODE_READ))
		return false;
	else if (seen->flags & SENTRA_FILE_TRUNCATED)
		seen->type = SENTRA_FILE_WRITE;
	else if (is_watched(seen->file, inode))
		seen->type = SENTRA_FILE_READ;
	else
		return false;
	if (mode & FMODE_CREATED)
		seen->flags |= SENTRA_FILE_CREATED;
	return (BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFREG;
}

/* Counted instead of told? */
static __always_inline bool
object_is_left_out(struct file_seen *seen, struct sentra_account_row *row, struct told_fact *fact)
{
	bool placed = is_of(placed_types, seen->type);
	bool repeating = is_of(repeating_types, seen->type);
	struct dentry_link link = {};

	if ((seen->type == SENTRA_FILE_WRITE || seen->type == SENTRA_FILE_READ) && is_trusted(row))
		return true;
	if (!placed && !repeating)
		return false;
	dentry_link_read(&link, seen->dentry);
	seen->place = place_of((__u64)seen->mount, (__u64)link.parent, (__u64)seen->world);
	if (!seen->place)
		return false;
	if (placed && place_is_quiet(seen->place, &link)) {
		count(row->unwanted);
		return true;
	}
	/* Every file that is made is a fact of its own, whatever it is called. */
	if (!repeating || (seen->flags & SENTRA_FILE_CREATED))
		return false;
	fact->who = who_digest();
	fact->what = mix(
		mix(mix(mix(seen->place, (__u64)seen->dentry), link.hash_len), (__u64)seen->inode),
		(__u64)seen->flags << 32 | seen->type);
	seen->is_fact = true;
	return is_repeated(fact, row, &seen->repeats);
}

/* The last step of every rung, with mount, dentry and inode. What is not wanted after all is sorted
 * out here, between the account and the path walk, which costs more than everything before it. */
static __always_inline void object_was_seen(struct file_seen *seen)
{
	struct sentra_account_row *row;
	struct told_fact fact = {};

	row = admit(seen->type, seen->task, bpf_get_current_pid_tgid() >> 32);
	if (!row)
		return;
	seen->world = world_of(seen->task);
	if (object_is_left_out(seen, row, &fact))
		return;
	forget(seen->type);
	forget(seen->flags);
	forget(seen->place);
	forget(seen->repeats);
	forget(seen->open_flags);
	forget(seen->is_emptied_next);
	forget(seen->is_fact);
	if (!file_tell_in(seen, row, SMALL_BYTES, SMALL_NAME, false))
		file_tell_in(seen, row, LARGE_BYTES, NAME_BYTES, true);
	if (seen->is_lost && seen->is_fact)
		not_told(&fact);
}

/* The same, of an open file. */
static __always_inline void file_was_seen(struct file_seen *seen)
{
	if (!seen->dentry)
		file_read(seen);
	object_was_seen(seen);
}

#endif
