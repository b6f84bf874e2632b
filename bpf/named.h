/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The calls on paths, one table: which argument is what. */
#ifndef SENTRA_BPF_NAMED_H
#define SENTRA_BPF_NAMED_H

#include <asm/unistd.h>

#include <sentra/event/all.h>

#include "kernel.h"

#define AT_FDCWD     -100
#define AT_REMOVEDIR 0x200

/* A call on one or two paths, whatever its name: what was asked of which. */
struct named_call {
	__u32 type;
	__u32 flags;
	int directory; /* descriptor the path starts from */
	int origin_directory;
	__u64 path; /* user addresses; 0: there is none */
	__u64 origin;
	__u32 mode;
	__u32 uid, gid;
};

/* The *at form of a call has its descriptors in front of the paths. */
static __always_inline void names_of(struct named_call *named, int nr, const __u64 *at)
{
	named->directory = named->origin_directory = AT_FDCWD;
	named->uid = named->gid = SENTRA_UNSET;
	switch (nr) {
#ifdef __NR_rename
	case __NR_rename:
	case __NR_link:
	case __NR_symlink:
		named->origin = at[0];
		named->path = at[1];
		break;
	case __NR_unlink:
	case __NR_rmdir:
		named->path = at[0];
		named->flags = nr == __NR_rmdir ? SENTRA_FILE_DIRECTORY : 0;
		break;
	case __NR_chmod:
		named->path = at[0];
		named->mode = at[1];
		break;
	case __NR_chown:
	case __NR_lchown:
		named->path = at[0];
		named->uid = at[1];
		named->gid = at[2];
		break;
#endif
	case __NR_renameat2:
#ifdef __NR_renameat
	case __NR_renameat:
#endif
	case __NR_linkat:
		named->origin_directory = at[0];
		named->origin = at[1];
		named->directory = at[2];
		named->path = at[3];
		break;
	case __NR_symlinkat:
		named->origin = at[0];
		named->directory = at[1];
		named->path = at[2];
		break;
	case __NR_unlinkat:
		named->directory = at[0];
		named->path = at[1];
		named->flags = at[2] & AT_REMOVEDIR ? SENTRA_FILE_DIRECTORY : 0;
		break;
	case __NR_truncate:
		named->path = at[0];
		named->flags = SENTRA_FILE_TRUNCATED;
		break;
	case __NR_fchownat:
		named->directory = at[0];
		named->path = at[1];
		named->uid = at[2];
		named->gid = at[3];
		break;
	default: /* fchmodat, fchmodat2 */
		named->directory = at[0];
		named->path = at[1];
		named->mode = at[2];
		break;
	}
}

static __always_inline __u32 type_of(int nr)
{
	switch (nr) {
#ifdef __NR_rename
	case __NR_rename:
#endif
#ifdef __NR_renameat
	case __NR_renameat:
#endif
	case __NR_renameat2:
		return SENTRA_FILE_RENAME;
#ifdef __NR_link
	case __NR_link:
	case __NR_symlink:
#endif
	case __NR_linkat:
	case __NR_symlinkat:
		return SENTRA_FILE_LINK;
#ifdef __NR_unlink
	case __NR_unlink:
	case __NR_rmdir:
#endif
	case __NR_unlinkat:
		return SENTRA_FILE_DELETE;
	case __NR_truncate:
		return SENTRA_FILE_TRUNCATE;
#ifdef __NR_chown
	case __NR_chown:
	case __NR_lchown:
#endif
	case __NR_fchownat:
		return SENTRA_FILE_OWNER;
	default:
		return SENTRA_FILE_MODE;
	}
}

static __always_inline bool is_symlink_call(int nr)
{
#ifdef __NR_symlink
	if (nr == __NR_symlink)
		return true;
#endif
	return nr == __NR_symlinkat;
}

#endif
