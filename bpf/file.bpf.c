/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Files. Everything is read when the call ends, in one program per kind of call that is attached to
 * all its system calls: the exit costs other calls 9 ns, an entry program as well would cost 13.
 *
 * Opens and calls on a descriptor are told from the kernel's file object. Calls on a path leave no
 * object behind: they are told with the caller's own string (SENTRA_FILE_PATH_GIVEN) and the
 * kernel's directory it starts from, which the sensor joins.
 */
#include <asm/unistd.h>

#include "exec.h"
#include "named.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

#define O_TRUNC 01000

/*
 * The classes of a file record. 80 % of paths are below 200 bytes with no name above 63: they fit
 * the first class, and the ring holds 32,000 of them. A path of SENTRA_PATH_MAX fits the second.
 */
#define SMALL_BYTES 512
#define SMALL_NAME  64
#define LARGE_BYTES (sizeof(struct sentra_file) + SENTRA_PATH_MAX + NAME_BYTES)

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SENTRA_WATCHED_MAX);
	__type(key, struct sentra_watched_file);
	__type(value, __u8);
} watched_files SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SENTRA_WATCHED_MAX);
	__type(key, struct sentra_watched_name);
	__type(value, __u8);
} watched_names SEC(".maps");

/* A bit per inode number and per length of a name: what neither holds is not watched. */
__u64 watched_bits[SENTRA_WATCHED_BITS / 64] = {};
__u64 watched_lengths = 0;

static __always_inline bool is_watched(struct file *file, struct inode *inode)
{
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	__u64 number = BPF_CORE_READ(inode, i_ino);
	struct sentra_watched_name name = {};
	struct sentra_watched_file key = {};
	struct dentry_link link = {};
	__u64 length;

	if (watched_bits[(number % SENTRA_WATCHED_BITS) / 64] & (1ULL << (number % 64))) {
		key.inode = number;
		device_split(BPF_CORE_READ(inode, i_sb, s_dev), &key.device_major,
			     &key.device_minor);
		if (bpf_map_lookup_elem(&watched_files, &key))
			return true;
	}
	dentry_link_read(&link, dentry);
	length = link.hash_len >> 32;
	if (length >= sizeof(name) || !(watched_lengths & (1ULL << (length & 63))))
		return false;
	bpf_probe_read_kernel_str(&name, sizeof(name), link.name);
	return bpf_map_lookup_elem(&watched_names, &name) != NULL;
}

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

static __always_inline void file_tell(struct file_seen *seen, struct sentra_account_row *row)
{
	if (!file_tell_in(seen, row, SMALL_BYTES, SMALL_NAME, false))
		file_tell_in(seen, row, LARGE_BYTES, NAME_BYTES, true);
}

/* O_TRUNC is gone from the file object once it has been obeyed; the caller's argument still says
 * it. For openat2 it lies in the caller's memory: there it is a claim. */
static __always_inline bool asked_to_truncate(int nr)
{
	struct syscall_args args = {};
	__u64 how = 0;

	syscall_args_read(&args);
	switch (nr) {
#ifdef __NR_creat
	case __NR_creat:
		return true;
	case __NR_open:
		return args.at[1] & O_TRUNC;
#endif
	case __NR_openat2:
		bpf_probe_read_user(&how, sizeof(how), (void *)args.at[2]);
		return how & O_TRUNC;
	default: /* openat, open_by_handle_at */
		return args.at[2] & O_TRUNC;
	}
}

/* Attached to the exits of open, openat, openat2, creat, open_by_handle_at. The descriptor leads to
 * the object that was really opened, whatever the caller's string says by now. */
SEC("tracepoint")
int file_opened(struct syscall_end *call)
{
	struct sentra_account_row *row;
	struct file_seen seen = {};
	struct task_struct *task;
	struct inode *inode;
	struct file *file;
	__u32 mode;

	if (call->ret < 0)
		return 0;
	task = (struct task_struct *)bpf_get_current_task();
	file = file_of_fd(call->ret);
	if (!file)
		return 0; /* closed or replaced by another thread already */
	mode = BPF_CORE_READ(file, f_mode);
	inode = BPF_CORE_READ(file, f_inode);
	if (mode & (FMODE_WRITE | FMODE_CREATED))
		seen.type = SENTRA_FILE_WRITE;
	else if ((mode & FMODE_READ) && is_watched(file, inode))
		seen.type = SENTRA_FILE_READ;
	else
		return 0;
	if ((BPF_CORE_READ(inode, i_mode) & S_IFMT) != S_IFREG)
		return 0;

	row = admit(seen.type, task, bpf_get_current_pid_tgid() >> 32);
	if (!row)
		return 0;
	if (mode & FMODE_CREATED)
		seen.flags |= SENTRA_FILE_CREATED;
	if ((mode & FMODE_WRITE) && asked_to_truncate(call->nr))
		seen.flags |= SENTRA_FILE_TRUNCATED;
	seen.task = task;
	seen.file = file;
	seen.inode = inode;
	forget(seen.type);
	forget(seen.flags);
	file_tell(&seen, row);
	return 0;
}

static __always_inline int descriptor_changed(__u32 type, __u32 fd, __u32 flags)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct file *file = file_of_fd(fd);
	struct file_seen seen = {.task = task, .file = file, .type = type, .flags = flags};
	struct sentra_account_row *row;

	if (!file)
		return 0; /* closed by another thread already */
	seen.inode = BPF_CORE_READ(file, f_inode);
	forget(seen.type);
	forget(seen.flags);
	row = admit(type, task, bpf_get_current_pid_tgid() >> 32);
	if (!row)
		return 0;
	file_tell(&seen, row);
	return 0;
}

/* Attached to the exits of ftruncate, fchmod, fchown: the object is at hand. */
SEC("tracepoint")
int file_changed_by_descriptor(struct syscall_end *call)
{
	__u32 type = SENTRA_FILE_OWNER, flags = 0;
	struct syscall_args args = {};

	if (call->ret != 0)
		return 0;
	syscall_args_read(&args);
	if (call->nr == __NR_ftruncate) {
		type = SENTRA_FILE_TRUNCATE;
		flags = SENTRA_FILE_TRUNCATED;
	} else if (call->nr == __NR_fchmod) {
		type = SENTRA_FILE_MODE;
	}
	return descriptor_changed(type, args.at[0], flags);
}

/* Where a given path starts: the caller's root, its working directory, or a descriptor of its own.
 * The root is told too, because inside a chroot "/etc" is not /etc. */
static __always_inline void directory_append(struct sentra_file *e, struct sentra_text *directory,
					     const struct sentra_text *given, const __u32 bytes,
					     const __u32 limit, const __u32 name_max,
					     struct task_struct *task, int fd)
{
	__u64 off = *(volatile __u32 *)&given->off;
	struct file *file = NULL;
	struct path start = {};
	struct fs_struct *fs;

	opaque(off);
	fs = BPF_CORE_READ(task, fs);
	if (off < bytes && *((char *)e + off) == '/') {
		bpf_probe_read_kernel(&start, sizeof(start),
				      __builtin_preserve_access_index(&fs->root));
	} else if (fd == AT_FDCWD) {
		bpf_probe_read_kernel(&start, sizeof(start),
				      __builtin_preserve_access_index(&fs->pwd));
	} else {
		file = file_of_fd(fd);
		if (!file) {
			trouble_note(e, TROUBLE_UNREADABLE);
			return;
		}
		bpf_probe_read_kernel(&start, sizeof(start),
				      __builtin_preserve_access_index(&file->f_path));
	}
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

/* Attached to the exits of every call that names, unnames or changes a file by path. */
SEC("tracepoint")
int file_changed_by_name(struct syscall_end *call)
{
	struct sentra_account_row *row;
	struct named_call named = {};
	struct syscall_args args = {};
	struct task_struct *task;

	if (call->ret != 0)
		return 0;
	named.type = type_of(call->nr);
	task = (struct task_struct *)bpf_get_current_task();
	row = admit(named.type, task, bpf_get_current_pid_tgid() >> 32);
	if (!row)
		return 0;
	syscall_args_read(&args);
	names_of(&named, call->nr, args.at);
	if (is_symlink_call(call->nr))
		named.flags |= SENTRA_FILE_SYMBOLIC;
	forget(named.type);
	forget(named.flags);
	forget(named.directory);
	forget(named.origin_directory);
	forget(named.path);
	forget(named.origin);
	forget(named.mode);
	forget(named.uid);
	forget(named.gid);
	if (!named_tell(&named, task, row, SMALL_NAMED_BYTES, SMALL_NAME, SMALL_GIVEN, false))
		named_tell(&named, task, row, LARGE_NAMED_BYTES, NAME_BYTES, SENTRA_PATH_MAX, true);
	return 0;
}
