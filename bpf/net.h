/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Who reached out, who listens, who was reached: the records of it, for every rung. */
#ifndef SENTRA_BPF_NET_H
#define SENTRA_BPF_NET_H

#include "actor.h"
#include "address.h"
#include "path.h"
#include "wanted.h"

/* Long enough for sun_path, which is 108 bytes and needs no NUL. */
#define SOCKET_PATH_MAX 112

static __always_inline __u32 network_namespace(const struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
}

static __always_inline void connect_started(const struct sock *sk)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct sentra_account_row *row;
	struct told_fact fact = {};
	struct sentra_connect *e;
	__u32 repeats = 0;

	row = admit(SENTRA_NET_CONNECT, task, bpf_get_current_pid_tgid() >> 32);
	if (!row || peer_is_left_out(sk, NULL, SENTRA_NET_CONNECT, SENTRA_TRANSPORT_TCP, row, &fact,
				     &repeats))
		return;
	e = record_begin(struct sentra_connect, SENTRA_NET_CONNECT, sizeof(*e), row);
	if (!e) {
		not_told(&fact);
		return;
	}
	e->repeats = repeats;
	actor_fill_current(&e->actor);
	address_local(&e->local, sk);
	address_remote(&e->remote, sk);
	e->socket = (__u64)sk;
	e->transport = SENTRA_TRANSPORT_TCP;
	e->network_namespace = network_namespace(sk);
	record_submit(e, row);
}

static __always_inline void listen_started(const struct sock *sk)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct sentra_account_row *row;
	struct sentra_listen *e;

	row = admit(SENTRA_NET_LISTEN, task, bpf_get_current_pid_tgid() >> 32);
	if (!row || is_trusted(row))
		return;
	e = record_begin(struct sentra_listen, SENTRA_NET_LISTEN, sizeof(*e), row);
	if (!e)
		return;
	actor_fill_current(&e->actor);
	address_local(&e->local, sk);
	e->socket = (__u64)sk;
	e->transport = SENTRA_TRANSPORT_TCP;
	e->network_namespace = network_namespace(sk);
	record_submit(e, row);
}

/* The address of the peer, as it bound it: a path, or a name after a NUL for an abstract one, which
 * has a length instead of an end. */
static __always_inline void unix_peer_append(struct sentra_connect *e, struct unix_sock *peer)
{
	struct unix_address *address;
	char first = 0;
	__u64 bytes;
	void *name;

	address = BPF_CORE_READ(peer, addr);
	if (!address)
		return; /* the peer has no name (socketpair) */
	name = (void *)__builtin_preserve_access_index(&address->name[0].sun_path[0]);
	bpf_probe_read_kernel(&first, 1, name);
	if (first) {
		text_append(e, &e->socket_path, sizeof(*e) + SOCKET_PATH_MAX, SOCKET_PATH_MAX,
			    MEMORY_KERNEL, name);
		return;
	}
	bytes = (__u32)BPF_CORE_READ(address, len) - 2; /* less sun_family */
	opaque(bytes);
	if (bytes == 0 || bytes > SOCKET_PATH_MAX)
		return;
	bpf_probe_read_kernel((char *)e + sizeof(*e), bytes, name);
	*((char *)e + sizeof(*e)) = '@'; /* for the NUL, as the kernel's own tools write it */
	e->socket_path.off = sizeof(*e);
	e->socket_path.len = bytes;
	e->head.size = sizeof(*e) + bytes;
}

/* peer: of a unix socket; NULL: UDP. */
static __always_inline void reached_without_tcp(const struct sock *sk, struct unix_sock *peer)
{
	__u32 transport = peer ? SENTRA_TRANSPORT_UNIX : SENTRA_TRANSPORT_UDP;
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct sentra_account_row *row;
	struct told_fact fact = {};
	struct sentra_connect *e;
	__u32 repeats = 0;

	row = admit(SENTRA_NET_CONNECT, task, bpf_get_current_pid_tgid() >> 32);
	if (!row || peer_is_left_out(sk, peer, SENTRA_NET_CONNECT, transport, row, &fact, &repeats))
		return;
	e = record_begin(struct sentra_connect, SENTRA_NET_CONNECT,
			 sizeof(*e) + SOCKET_PATH_MAX + 8, row);
	if (!e) {
		not_told(&fact);
		return;
	}
	e->repeats = repeats;
	actor_fill_current(&e->actor);
	if (transport == SENTRA_TRANSPORT_UDP) {
		address_local(&e->local, sk);
		address_remote(&e->remote, sk);
	} else {
		unix_peer_append(e, peer);
	}
	e->socket = (__u64)sk;
	e->transport = transport;
	e->network_namespace = network_namespace(sk);
	record_submit(e, row);
}

static __always_inline bool is_tcp(const struct sock *sk)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	return (family == AF_INET || family == AF_INET6) &&
	       BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP;
}

/* What a connect that succeeded has left behind in its socket. TCP is told when it begins. */
static __always_inline void connected_datagram(struct sock *sk)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);
	struct unix_sock *peer;

	if (family == AF_UNIX && BPF_CORE_READ(sk, sk_type) == SOCK_DGRAM) {
		peer = (struct unix_sock *)BPF_CORE_READ((struct unix_sock *)sk, peer);
		if (peer)
			reached_without_tcp(sk, peer);
	} else if ((family == AF_INET || family == AF_INET6) &&
		   BPF_CORE_READ(sk, sk_protocol) == IPPROTO_UDP &&
		   BPF_CORE_READ(sk, __sk_common.skc_dport)) {
		reached_without_tcp(sk, NULL);
	}
}

static __always_inline void connected_stream(struct sock *sk)
{
	struct unix_sock *peer;

	if (BPF_CORE_READ(sk, __sk_common.skc_family) != AF_UNIX ||
	    BPF_CORE_READ(sk, sk_type) == SOCK_DGRAM)
		return;
	peer = (struct unix_sock *)BPF_CORE_READ((struct unix_sock *)sk, peer);
	if (peer)
		reached_without_tcp(sk, peer);
}

static __always_inline void accepted(const struct sock *sk)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct sentra_account_row *row;
	struct told_fact fact = {};
	struct sentra_accept *e;
	__u32 repeats = 0;

	row = admit(SENTRA_NET_ACCEPT, task, bpf_get_current_pid_tgid() >> 32);
	if (!row || peer_is_left_out(sk, NULL, SENTRA_NET_ACCEPT, SENTRA_TRANSPORT_TCP, row, &fact,
				     &repeats))
		return;
	e = record_begin(struct sentra_accept, SENTRA_NET_ACCEPT, sizeof(*e), row);
	if (!e) {
		not_told(&fact);
		return;
	}
	e->repeats = repeats;
	actor_fill_current(&e->actor);
	address_local(&e->local, sk);
	address_remote(&e->remote, sk);
	e->socket = (__u64)sk;
	e->transport = SENTRA_TRANSPORT_TCP;
	e->network_namespace = network_namespace(sk);
	record_submit(e, row);
}

/* The file that an accept gave. */
static __always_inline void accepted_into(struct file *file)
{
	struct sock *sk = sock_of_file(file);
	__u16 family;

	if (!sk)
		return;
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (family == AF_INET || family == AF_INET6)
		accepted(sk);
}

#endif
