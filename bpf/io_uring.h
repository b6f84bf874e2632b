/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* io_uring's operations, by the kernel's ABI: the headers of the machine that builds may lack the
 * newer ones. */
#ifndef SENTRA_BPF_IO_URING_H
#define SENTRA_BPF_IO_URING_H

#include <linux/types.h>

enum io_uring_operation {
	IO_URING_ACCEPT = 13,
	IO_URING_CONNECT = 16,
	IO_URING_OPENAT = 18,
	IO_URING_OPENAT2 = 28,
	IO_URING_RENAMEAT = 35,
	IO_URING_UNLINKAT = 36,
	IO_URING_MKDIRAT = 37,
	IO_URING_SYMLINKAT = 38,
	IO_URING_LINKAT = 39,
	IO_URING_FSETXATTR = 41,
	IO_URING_SETXATTR = 42,
	IO_URING_FIXED_FD_INSTALL = 54, /* makes a place in the ring's table a descriptor */
	IO_URING_FTRUNCATE = 55,
	IO_URING_BIND = 56,
	IO_URING_LISTEN = 57,
};

/* The operations that are told. Reading and writing are not: they need a file that was opened. */
static __always_inline bool is_told_operation(__u8 operation)
{
	const __u64 told =
		1ULL << IO_URING_ACCEPT | 1ULL << IO_URING_CONNECT | 1ULL << IO_URING_OPENAT |
		1ULL << IO_URING_OPENAT2 | 1ULL << IO_URING_RENAMEAT | 1ULL << IO_URING_UNLINKAT |
		1ULL << IO_URING_MKDIRAT | 1ULL << IO_URING_SYMLINKAT | 1ULL << IO_URING_LINKAT |
		1ULL << IO_URING_FSETXATTR | 1ULL << IO_URING_SETXATTR |
		1ULL << IO_URING_FIXED_FD_INSTALL | 1ULL << IO_URING_FTRUNCATE |
		1ULL << IO_URING_BIND | 1ULL << IO_URING_LISTEN;

	return operation < 64 && told & (1ULL << operation);
}

#endif
