/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Network: who reached out, who listens, who was reached. */
#include <asm/unistd.h>

#include "net.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* Fires in the caller's context for these two transitions; sits below the system calls, so io_uring
 * and 32-bit callers are seen too, and a failed connect still has its port here (sys_exit has lost
 * it). */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(tcp_state_changed, const struct sock *sk, int old_state, int new_state)
{
	if (old_state != TCP_CLOSE || (new_state != TCP_SYN_SENT && new_state != TCP_LISTEN))
		return 0;
	if (BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP)
		return 0;
	if (new_state == TCP_SYN_SENT)
		connect_started(sk);
	else
		listen_started(sk);
	return 0;
}

static __always_inline struct sock *socket_of_connect(struct syscall_end *call)
{
	struct syscall_args args = {};

	if (call->ret != 0)
		return NULL;
	syscall_args_read(&args);
	return sock_of_file(file_of_fd(args.at[0]));
}

/* Attached to the exit of connect: what inet_sock_set_state does not see, and no function or
 * security hook of its own shows. */
SEC("tracepoint")
int socket_connected(struct syscall_end *call)
{
	struct sock *sk = socket_of_connect(call);

	if (sk)
		connected_datagram(sk);
	return 0;
}

/* Attached to the exit of connect. */
SEC("tracepoint")
int unix_connected(struct syscall_end *call)
{
	struct sock *sk = socket_of_connect(call);

	if (sk)
		connected_stream(sk);
	return 0;
}

/* Attached to the exits of accept and accept4: the new descriptor's socket names both ends. */
SEC("tracepoint")
int connection_accepted(struct syscall_end *call)
{
	if (call->ret >= 0)
		accepted_into(file_of_fd(call->ret));
	return 0;
}
