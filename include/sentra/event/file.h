/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Files: opened for writing or reading, renamed, removed, linked, re-moded, re-owned, cut. */
#ifndef SENTRA_EVENT_FILE_H
#define SENTRA_EVENT_FILE_H

#include <sentra/event/process.h>

enum sentra_file_flag {
	SENTRA_FILE_CREATED = 1,
	SENTRA_FILE_TRUNCATED = 2,	/* opened with O_TRUNC, or truncate() */
	SENTRA_FILE_PATH_GIVEN = 4,	/* the path is the caller's own string, joined to a kernel
					 * directory: a claim, not a fact of the kernel */
	SENTRA_FILE_UNLINKED = 8,	/* the file had no name at that moment (O_TMPFILE, deleted) */
	SENTRA_FILE_DETACHED = 16,	/* on a mount that no namespace shows */
	SENTRA_FILE_MEMFD = 32,
	SENTRA_FILE_PATH_TRUNCATED = 64,/* deeper or longer than the limits: the tail is kept */
	SENTRA_FILE_SYMBOLIC = 128,	/* file.link: symbolic, not hard */
	SENTRA_FILE_DIRECTORY = 256,	/* the object is a directory (rmdir, rename) */
	SENTRA_FILE_IO_URING = 512,	/* through io_uring, not a system call */
	SENTRA_FILE_BY_WATCH = 1024,	/* told by a file watch alone: the kernel half did not see the
					 * call, and who did it is known by pid only */
};

struct sentra_file {
	struct sentra_head head;
	struct sentra_actor actor;
	struct sentra_text path;	/* the object; for rename and link the new name */
	struct sentra_text origin;	/* rename: the old name; link: what it points to */
	/* Only inside the kernel ring, for paths of which the caller's string is all there is:
	 * the directory it starts from. The sensor joins them and clears these. */
	struct sentra_text directory;
	struct sentra_text origin_directory;
	__u64 inode;			/* 0 where the kernel object was not at hand */
	__u64 size;
	__u32 device_major, device_minor;
	__u32 mode;			/* now, with the file type */
	__u32 uid, gid;			/* owner now; SENTRA_UNSET where it was not at hand */
	__u32 open_flags;		/* as left in the file object */
	__u32 mount_namespace;		/* of the mount the file is on, 0 if none */
	__u32 flags;
	__u32 repeats;			/* the same fact, since it was last told, not told each time */
	__u32 reserved;
};

#ifdef __cplusplus
template <> struct sentra::Describe<sentra_file> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_file, head),
        FIELD_GROUP(sentra_file, actor, sentra_actor),
        FIELD_PATH(sentra_file, path, "file.path"),
        FIELD_PATH(sentra_file, origin, "file.origin.path"),
        FIELD_PATH(sentra_file, directory, nullptr),
        FIELD_PATH(sentra_file, origin_directory, nullptr),
        FIELD_NUMBER(sentra_file, inode, "file.inode"),
        FIELD_NUMBER(sentra_file, size, "file.size"),
        FIELD_NUMBER(sentra_file, device_major, "file.device.major"),
        FIELD_NUMBER(sentra_file, device_minor, "file.device.minor"),
        FIELD_NUMBER(sentra_file, mode, "file.mode"),
        FIELD_ID(sentra_file, uid, "file.uid"),
        FIELD_ID(sentra_file, gid, "file.gid"),
        FIELD_NUMBER(sentra_file, open_flags, "file.open_flags"),
        FIELD_NUMBER(sentra_file, mount_namespace, "file.mount_namespace"),
        FIELD_HIDDEN(sentra_file, flags),
        FIELD_FLAG(sentra_file, flags, SENTRA_FILE_CREATED, "file.created"),
        FIELD_FLAG(sentra_file, flags, SENTRA_FILE_TRUNCATED, "file.truncated"),
        FIELD_FLAG(sentra_file, flags, SENTRA_FILE_PATH_GIVEN, "file.path_given"),
        FIELD_FLAG(sentra_file, flags, SENTRA_FILE_UNLINKED, "file.unlinked"),
        FIELD_FLAG(sentra_file, flags, SENTRA_FILE_DETACHED, "file.detached_mount"),
        FIELD_FLAG(sentra_file, flags, SENTRA_FILE_MEMFD, "file.memfd"),
        FIELD_FLAG(sentra_file, flags, SENTRA_FILE_PATH_TRUNCATED, "file.path_truncated"),
        FIELD_FLAG(sentra_file, flags, SENTRA_FILE_SYMBOLIC, "file.symbolic"),
        FIELD_FLAG(sentra_file, flags, SENTRA_FILE_DIRECTORY, "file.is_directory"),
        FIELD_FLAG(sentra_file, flags, SENTRA_FILE_IO_URING, "file.io_uring"),
        FIELD_FLAG(sentra_file, flags, SENTRA_FILE_BY_WATCH, "file.by_watch"),
        FIELD_NUMBER(sentra_file, repeats, "event.repeats"),
        FIELD_HIDDEN(sentra_file, reserved),
    };
};
static_assert(sentra::described<sentra_file>() == sizeof(sentra_file));
#endif

#endif
