/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The files whose reading is told. The maps are weak like those of maps.h. */
#ifndef SENTRA_BPF_WATCHED_H
#define SENTRA_BPF_WATCHED_H

#include "path.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SENTRA_WATCHED_MAX);
	__type(key, struct sentra_watched_file);
	__type(value, __u8);
} watched_files __weak SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SENTRA_WATCHED_MAX);
	__type(key, struct sentra_watched_name);
	__type(value, __u8);
} watched_names __weak SEC(".maps");

/* A bit per inode number and per length of a name: what neither holds is not watched. */
__u64 watched_bits[SENTRA_WATCHED_BITS / 64] __weak = {};
__u64 watched_lengths __weak = 0;

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

#endif
