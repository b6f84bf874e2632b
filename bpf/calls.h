/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The credentials a thread had when the system call it is in began: set-id calls replace the cred
 * object, and afterwards the old one is gone. */
#ifndef SENTRA_BPF_CALLS_H
#define SENTRA_BPF_CALLS_H

#include "cred_change.h"

struct call_begun {
	struct cred_state state;
	__u64 nr;
};

/* Keyed by the thread's id in the first namespace. An entry stays after its call: the next call of
 * the thread is then a lookup instead of an insert, and a set-id call that changes nothing stays
 * cheap. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct call_begun);
} calls __weak SEC(".maps");

#endif
