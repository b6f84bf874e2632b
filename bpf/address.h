/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Addresses of a socket. One form: IPv4 is ::ffff:a.b.c.d. */
#ifndef SENTRA_BPF_ADDRESS_H
#define SENTRA_BPF_ADDRESS_H

#include <bpf/bpf_endian.h>

#include "record.h"

static __always_inline void address_v4(struct sentra_address *address, __u32 ip)
{
	address->ip[10] = 0xff;
	address->ip[11] = 0xff;
	__builtin_memcpy(&address->ip[12], &ip, 4);
	address->family = AF_INET;
}

static __always_inline void address_v6(struct sentra_address *address, const struct in6_addr *from)
{
	__u32 word[4];

	bpf_probe_read_kernel(address->ip, sizeof(address->ip), from);
	__builtin_memcpy(word, address->ip, sizeof(word));
	address->family = !word[0] && !word[1] && word[2] == bpf_htonl(0xffff) ? AF_INET : AF_INET6;
}

static __always_inline void address_remote(struct sentra_address *address, const struct sock *sk)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	if (family == AF_INET)
		address_v4(address, BPF_CORE_READ(sk, __sk_common.skc_daddr));
	else if (family == AF_INET6)
		address_v6(address, __builtin_preserve_access_index(&sk->__sk_common.skc_v6_daddr));
	else
		return;
	address->port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
}

static __always_inline void address_local(struct sentra_address *address, const struct sock *sk)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	if (family == AF_INET)
		address_v4(address, BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr));
	else if (family == AF_INET6)
		address_v6(address,
			   __builtin_preserve_access_index(&sk->__sk_common.skc_v6_rcv_saddr));
	else
		return;
	address->port = BPF_CORE_READ(sk, __sk_common.skc_num);
}

#endif
