/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A change by name was seen after the fact: the call left no object behind, so it is told with the
 * caller's own string (SENTRA_FILE_PATH_GIVEN) and the kernel's directory it starts from, which the
 * sensor joins.
 */
#ifndef SENTRA_BPF_FILE_GIVEN_H
#define SENTRA_BPF_FILE_GIVEN_H

#include "file_open.h"
#include "named.h"

/* Where a given path starts: the caller's root, its working directory, or a descriptor of its own.
 * The root is told too, because inside a chroot "/etc" is not /etc. */
static __always_inline void directory_append(struct sentra_file *e, struct sentra_text *directory,
					     const struct sentra_text *given, const __u32 bytes,
					     const __u32 limit, const __u32 name_max,
					     struct task_struct *task, int fd)
{
	__u64 off = *(volatile __u32 *)&given->off, where = 0;
	struct path start = {};
	struct fs_struct *fs;
	struct file *file;

	opaque(off);
	fs = BPF_CORE_READ(task, fs);
	if (off < bytes && *((char *)e + off) == '/') {
		where = (__u64)__builtin_preserve_access_index(&fs->root);
	} else if (fd == AT_FDCWD) {
		where = (__u64)__builtin_preserve_access_index(&fs->pwd);
	} else {
		file = file_of_fd(fd);
		if (file)
			where = (__u64)__builtin_preserve_access_index(&file->f_path);
	}
	/* Wherever it is from, to the verifier it is the same case from here on. */
	forget(where);
	if (!where) {
		trouble_note(e, TROUBLE_UNREADABLE);
		return;
	}
	bpf_probe_read_kernel(&start, sizeof(start), (void *)where);
	path_append(e, directory, limit, name_max, start.mnt, start.dentry, world_root(task));
}

/* Texts in this order: the given paths, then the directories they start from. */
static __always_inline bool named_tell(struct named_call *named, struct task_struct *task,
				       struct sentra_account_row *row, const __u32 class_bytes,
				       const __u32 name_max, const __u32 given_max, const bool last)
{
	const __u32 texts = sizeof(struct sentra_file) + 2 * given_max;
	struct sentra_file *e;

	e = record_begin(struct sentra_file, named->type, class_bytes, row);
	if (!e)
		return true;
	text_append(e, &e->path, texts, given_max, MEMORY_USER, (void *)named->path);
	if (named->origin)
		text_append(e, &e->origin, texts, given_max, MEMORY_USER, (void *)named->origin);
	directory_append(e, &e->directory, &e->path, class_bytes,
			 last ? class_bytes - SENTRA_PATH_MAX - NAME_BYTES : class_bytes, name_max,
			 task, named->directory);
	/* What a symbolic link points to is kept as it was written. */
	if (named->origin && !(named->flags & SENTRA_FILE_SYMBOLIC))
		directory_append(e, &e->origin_directory, &e->origin, class_bytes, class_bytes,
				 name_max, task, named->origin_directory);
	if (is_cut(e)) {
		if (!last) {
			record_discard(e);
			return false;
		}
		e->flags |= SENTRA_FILE_PATH_TRUNCATED;
	}
	e->flags |= named->flags | SENTRA_FILE_PATH_GIVEN;
	e->mode = named->mode;
	e->uid = named->uid;
	e->gid = named->gid;
	actor_fill_current(&e->actor);
	record_submit(e, row);
	return true;
}

#define SMALL_GIVEN	  192
#define SMALL_NAMED_BYTES (sizeof(struct sentra_file) + 2 * SMALL_GIVEN + 400)
#define LARGE_NAMED_BYTES                                                                          \
	(sizeof(struct sentra_file) + 2 * SENTRA_PATH_MAX + 2 * (SENTRA_PATH_MAX + NAME_BYTES))

/* The last step: as in file_was_seen(), what is not wanted is sorted out before the path walk. */
static __always_inline void given_was_seen(struct named_call *named)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct sentra_account_row *row;

	row = admit(named->type, task, bpf_get_current_pid_tgid() >> 32);
	if (!row)
		return;
	forget(named->type);
	forget(named->flags);
	forget(named->directory);
	forget(named->origin_directory);
	forget(named->path);
	forget(named->origin);
	forget(named->mode);
	forget(named->uid);
	forget(named->gid);
	if (!named_tell(named, task, row, SMALL_NAMED_BYTES, SMALL_NAME, SMALL_GIVEN, false))
		named_tell(named, task, row, LARGE_NAMED_BYTES, NAME_BYTES, SENTRA_PATH_MAX, true);
}

#endif
