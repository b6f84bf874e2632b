/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What is not told, and is counted instead: types that no rule asks for (admit() does that), what a
 * trusted service does, files in directories where no rule can find anything, and the same fact
 * again. Decided between the account and the path walk, which costs more than everything here.
 *
 * A place is a digest over every dentry from a directory up to the root, with the hash of its name,
 * and every mount on the way. It is taken anew for every open, so it stands for the directory's
 * path: nothing has to be forgotten when a directory above is renamed, removed and made again, or
 * mounted elsewhere, and there is no moment in which that is not known yet. The hash of a name is
 * the kernel's own, salted with its directory's address, and the digest begins with a number drawn
 * at start: which names collide cannot be computed outside the kernel.
 */
#ifndef SENTRA_BPF_WANTED_H
#define SENTRA_BPF_WANTED_H

#include "address.h"
#include "path.h"

/* Who did what, as digests from place_seed on: equal for the same fact told again. */
struct told_fact {
	__u64 who;
	__u64 what;
};
struct telling {
	__u64 told_at;
	__u64 repeats; /* since then */
};

/* 16,384 facts take 1.5 MiB and last for 256 processes with 64 files or peers each. One that is
 * pushed out is told again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct told_fact);
	__type(value, struct telling);
} told_facts __weak SEC(".maps");

/* Written by the sensor alone. The value holds the key as well: an element that is given to another
 * key while it is looked at must not lend that key's verdict. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SENTRA_PLACES_MAX);
	__type(key, __u64);
	__type(value, __u64);
} places __weak SEC(".maps");

/* In lower case, as the engine compares. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SENTRA_WANTED_NAMES_MAX);
	__type(key, struct sentra_wanted_name);
	__type(value, __u8);
} wanted_names __weak SEC(".maps");
/* The last bytes of a name, the last one on top. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SENTRA_WANTED_NAMES_MAX);
	__type(key, __u64);
	__type(value, __u8);
} wanted_endings __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SENTRA_TRUSTED_MAX);
	__type(key, __u64); /* control group's id */
	__type(value, __u8);
} trusted_groups __weak SEC(".maps");

__u64 trusted_count __weak = 0;
__u64 wanted_lengths __weak = 0;	  /* a bit per length of a wanted name */
__u64 wanted_ending_lengths __weak = 0;	  /* 1 to 8 */
__u64 wanted_ending_bytes[4] __weak = {}; /* a bit per byte that an ending ends with */

static __always_inline bool is_of(__u64 types, __u32 type)
{
	return types >> (SENTRA_ROW(type) & 63) & 1;
}

/* --- places --------------------------------------------------------------------------------- */

/* Deeper is told. Crossing a mount is a step too. */
#define PLACE_STEPS 48

static __always_inline __u64 mix(__u64 digest, __u64 value)
{
	digest = (digest ^ value) * 0x9e3779b97f4a7c15ull;
	return digest ^ digest >> 29;
}

/* 0: not known. A function of its own, for scalars: it is verified once and not once per way that
 * leads to it. */
__weak __noinline __u64 place_of(__u64 vfsmount, __u64 directory, __u64 world)
{
	struct mount *mount = mount_of((struct vfsmount *)vfsmount), *above;
	struct dentry *root = BPF_CORE_READ(mount, mnt.mnt_root);
	struct dentry *dentry = (struct dentry *)directory;
	__u64 digest = mix(place_seed, world);
	struct dentry_link link = {};
	int i;

	for (i = 0; i < PLACE_STEPS; i++) {
		if (dentry != root) {
			dentry_link_read(&link, dentry);
			if (dentry == link.parent)
				return 0; /* in no directory, or it is not known where it hangs */
			digest = mix(mix(digest, (__u64)dentry), link.hash_len);
			dentry = link.parent;
			continue;
		}
		digest = mix(digest, (__u64)mount);
		above = BPF_CORE_READ(mount, mnt_parent);
		if ((__u64)dentry == world || above == mount)
			return digest;
		dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		mount = above;
		root = BPF_CORE_READ(mount, mnt.mnt_root);
	}
	return 0;
}

/* ASCII letters of eight bytes at once. */
static __always_inline __u64 lower(__u64 bytes)
{
	const __u64 each = 0x0101010101010101ull;
	__u64 low = bytes & (0x7f * each);
	__u64 from_a = low + (0x80 - 'A') * each, after_z = low + (0x7f - 'Z') * each;

	return bytes | ((~bytes & (from_a ^ after_z) & (0x80 * each)) >> 2);
}

__weak __noinline int name_is_wanted(__u64 name, __u64 length)
{
	struct sentra_wanted_name whole = {};
	__u64 tail = 0, ending;
	__u32 n;

	if (length < sizeof(whole.name) && wanted_lengths >> (length & 31) & 1) {
		bpf_probe_read_kernel_str(&whole, sizeof(whole), (void *)name);
		for (n = 0; n < sizeof(whole) / 8; n++)
			whole.words[n] = lower(whole.words[n]);
		if (bpf_map_lookup_elem(&wanted_names, &whole))
			return 1;
	}
	if (!wanted_ending_lengths)
		return 0;
	bpf_probe_read_kernel(&tail, sizeof(tail), (void *)(length < 8 ? name : name + length - 8));
	if (length < 8)
		tail <<= 64 - 8 * (length & 7);
	tail = lower(tail);
	if (!(wanted_ending_bytes[tail >> 62] >> (tail >> 56 & 63) & 1))
		return 0;
	for (n = 1; n <= 8; n++) {
		if (n > length || !(wanted_ending_lengths >> n & 1))
			continue;
		ending = tail & ~0ull << (64 - 8 * n);
		if (bpf_map_lookup_elem(&wanted_endings, &ending))
			return 1;
	}
	return 0;
}

/* Can no rule find anything in a file of that name at that place? */
static __always_inline bool place_is_quiet(__u64 place, const struct dentry_link *link)
{
	__u64 *verdict = bpf_map_lookup_elem(&places, &place);
	__u64 found;

	if (!verdict)
		return false;
	found = *(volatile __u64 *)verdict;
	if (found == (place ^ SENTRA_PLACE_QUIET))
		return true;
	return found == (place ^ SENTRA_PLACE_NAMES) &&
	       !name_is_wanted((__u64)link->name, link->hash_len >> 32);
}

/* Of the program that acts: after exec, or as another user, it is another. */
static __always_inline __u64 who_digest(void)
{
	struct who who = {};

	who_acts(&who);
	return mix(mix(mix(place_seed, who.start_ns), (__u64)who.tgid << 32 | who.exec),
		   (__u64)who.uid << 32 | who.euid);
}

/* --- repeats and trust ----------------------------------------------------------------------- */

/* Was it told within the last repeat_ticks? Then it is counted. Else *repeats is how often it was
 * counted since. */
static __always_inline bool is_repeated(const struct told_fact *fact,
					struct sentra_account_row *row, __u32 *repeats)
{
	__u64 now = bpf_jiffies64();
	struct telling *last = bpf_map_lookup_elem(&told_facts, fact), first = {};
	__u64 told_at;
	__s64 waiting;

	if (!last) {
		first.told_at = now;
		bpf_map_update_elem(&told_facts, fact, &first, BPF_ANY);
		return false;
	}
	told_at = *(volatile __u64 *)&last->told_at;
	if ((__s64)(now - told_at) < (__s64)repeat_ticks) {
		count(last->repeats);
		count(row->repeated);
		return true;
	}
	*(volatile __u64 *)&last->told_at = now;
	/* Without an exchange, which 5.10 lacks: two that do this at once both tell the number and
	 * take it away twice; it is then below zero and made up for by the next. */
	waiting = *(volatile __s64 *)&last->repeats;
	if (waiting > 0) {
		__sync_fetch_and_add(&last->repeats, (__u64)-waiting);
		*repeats = waiting > 0xffffffff ? 0xffffffff : waiting;
	}
	return false;
}

/* It could not be told after all: the next one is no repeat. */
static __always_inline void not_told(const struct told_fact *fact)
{
	bpf_map_delete_elem(&told_facts, fact);
}

static __always_inline bool is_trusted(struct sentra_account_row *row)
{
	__u64 group;

	if (!trusted_count)
		return false;
	group = current_group();
	if (!bpf_map_lookup_elem(&trusted_groups, &group))
		return false;
	count(row->trusted);
	return true;
}

/* A socket's peer by what was bound: one number per path or name. 0: it has none. */
static __always_inline __u64 unix_peer_digest(struct unix_sock *peer)
{
	struct unix_address *address = BPF_CORE_READ(peer, addr);
	__u64 name[14] = {}, digest, bytes;
	__u32 i;

	if (!address)
		return 0;
	bytes = (__u32)BPF_CORE_READ(address, len) - 2; /* less sun_family */
	opaque(bytes);
	if (bytes == 0 || bytes > sizeof(name))
		return 0;
	bpf_probe_read_kernel(name, bytes,
			      __builtin_preserve_access_index(&address->name[0].sun_path[0]));
	digest = mix(place_seed, bytes);
	for (i = 0; i < sizeof(name) / 8; i++)
		digest = mix(digest, name[i]);
	return digest;
}

/* The same program reaches the same port of the same peer, or is reached at the same port by the
 * same host: counted instead of told? peer: of a unix socket. */
static __always_inline bool peer_is_left_out(const struct sock *sk, struct unix_sock *peer,
					     __u32 type, __u32 transport,
					     struct sentra_account_row *row, struct told_fact *fact,
					     __u32 *repeats)
{
	struct sentra_address end = {};
	__u64 ip[2], what, port;

	if (is_trusted(row))
		return true;
	if (!is_of(repeating_types, type))
		return false;
	if (transport == SENTRA_TRANSPORT_UNIX) {
		what = unix_peer_digest(peer);
		if (!what)
			return false;
	} else {
		if (type == SENTRA_NET_ACCEPT)
			address_local(&end, sk);
		port = end.port;
		address_remote(&end, sk);
		if (type == SENTRA_NET_CONNECT)
			port = end.port;
		__builtin_memcpy(ip, end.ip, sizeof(ip));
		what = mix(mix(mix(place_seed, ip[0]), ip[1]), port);
	}
	fact->who = who_digest();
	fact->what = mix(mix(what, (__u64)transport << 32 | type),
			 BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum));
	return is_repeated(fact, row, repeats);
}

#endif
