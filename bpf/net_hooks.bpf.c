/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The network on the upper rungs. Functions and security hooks are called by the system calls of
 * 32-bit programs and by io_uring as well.
 */
#include "net.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* The route is known and a local port taken; the first packet is not yet sent. */
SEC("kprobe")
int BPF_KPROBE(tcp_connecting_kprobe, const struct sock *sk)
{
	connect_started(sk);
	return 0;
}

SEC("fentry/tcp_connect")
int BPF_PROG(tcp_connecting_fentry, const struct sock *sk)
{
	connect_started(sk);
	return 0;
}

SEC("kprobe")
int BPF_KPROBE(tcp_listening_kprobe, const struct sock *sk)
{
	if (is_tcp(sk))
		listen_started(sk);
	return 0;
}

SEC("fentry/inet_csk_listen_start")
int BPF_PROG(tcp_listening_fentry, const struct sock *sk)
{
	if (is_tcp(sk))
		listen_started(sk);
	return 0;
}

/* A connection gets its socket: in accept, in its caller's context, before it has a descriptor. */
static __always_inline void grafted(const struct sock *sk)
{
	if (is_tcp(sk))
		accepted(sk);
}

SEC("lsm/sock_graft")
int BPF_PROG(connection_grafted_lsm, struct sock *sk, struct socket *socket)
{
	grafted(sk);
	return 0;
}

SEC("kprobe")
int BPF_KPROBE(connection_grafted_kprobe, const struct sock *sk)
{
	grafted(sk);
	return 0;
}

SEC("fentry/security_sock_graft")
int BPF_PROG(connection_grafted_fentry, const struct sock *sk)
{
	grafted(sk);
	return 0;
}

/* The peer is found and will take the connection; streams only. Datagrams have no hook of their
 * own: the one they pass is asked for every message. */
SEC("lsm/unix_stream_connect")
int BPF_PROG(unix_connecting_lsm, struct sock *sk, struct sock *peer)
{
	reached_without_tcp(sk, (struct unix_sock *)peer);
	return 0;
}

SEC("kprobe")
int BPF_KPROBE(unix_connecting_kprobe, struct sock *sk, struct sock *peer)
{
	reached_without_tcp(sk, (struct unix_sock *)peer);
	return 0;
}

SEC("fentry/security_unix_stream_connect")
int BPF_PROG(unix_connecting_fentry, struct sock *sk, struct sock *peer)
{
	reached_without_tcp(sk, (struct unix_sock *)peer);
	return 0;
}
