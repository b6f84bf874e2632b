/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A record's life: admit (is it for us? the account says) -> begin (room in the ring) -> append
 * texts -> submit. It is built in place: there is no scratch memory that two programs could share,
 * which kernels from 7.0 on, where programs are preempted, would corrupt.
 *
 * Ring memory has to be reserved in sizes the verifier knows. A record is tried in a small class;
 * when a text does not fit, the small one is discarded and the next class taken. head.size is the
 * cursor: the next free byte. Reading it back from memory before every append keeps the verifier's
 * states few.
 */
#ifndef SENTRA_BPF_RECORD_H
#define SENTRA_BPF_RECORD_H

#include <sentra/event/all.h>

#include "drift.h"
#include "maps.h"

/* A wake-up costs ten times an event (measured: 6.4 us against 0.7 us), so the reader polls on a
 * timer and is only woken when this much waits. */
#define WAKE_BYTES (256 << 10)

#define count(counter) __sync_fetch_and_add(&(counter), 1)

/* Keeps the compiler from narrowing or splitting a bound the verifier must see whole. */
#define opaque(x) asm volatile("" : "+r"(x))

static __always_inline struct mount *mount_of(struct vfsmount *mount)
{
	return (void *)mount - bpf_core_field_offset(struct mount, mnt);
}

/* What a process is called in the pid namespace at that depth; level is at most pid->level. By
 * address: kernels up to 6.1 at least let nobody add a variable to a typed pointer. */
static __always_inline struct upid *upid_at(struct pid *pid, __u32 level)
{
	return (void *)__builtin_preserve_access_index(&pid->numbers[0]) +
	       level * bpf_core_type_size(struct upid);
}

/* The number a task has in the sensor's pid namespace; 0: none. */
static __always_inline __u32 own_number(struct pid *pid)
{
	struct upid *upid;

	if (BPF_CORE_READ(pid, level) < own_level)
		return 0;
	upid = upid_at(pid, own_level);
	if ((__u64)BPF_CORE_READ(upid, ns) != own_namespace)
		return 0;
	return BPF_CORE_READ(upid, nr);
}

static __always_inline bool is_visible(struct task_struct *task)
{
	return own_number(BPF_CORE_READ(task, group_leader, thread_pid)) != 0;
}

/* The event happened: from here on it is in the account. NULL: it is not for us. */
static __always_inline struct sentra_account_row *admit(__u32 type, struct task_struct *task,
							__u32 tgid)
{
	struct sentra_account_row *row;
	__u32 key = SENTRA_ROW(type);

	if (*(volatile __u32 *)&paused)
		return NULL;
	row = bpf_map_lookup_elem(&account, &key);
	if (!row)
		return NULL; /* cannot be: the key is below SENTRA_ROWS */
	count(row->seen);
	if (tgid == own_tgid) {
		count(row->own);
		return NULL;
	}
	if (*(volatile __u64 *)&unwanted_types >> (key & 63) & 1) {
		count(row->unwanted);
		return NULL;
	}
	if (own_level && !is_visible(task)) {
		count(row->elsewhere);
		return NULL;
	}
	return row;
}

static __always_inline void head_fill(struct sentra_head *head, __u32 type, __u32 body_bytes)
{
	head->time_ns = bpf_ktime_get_boot_ns();
	head->sequence = 0;
	head->type = type;
	head->source = SENTRA_SOURCE_KERNEL;
	head->flags = 0;
	head->size = body_bytes;
	head->body = body_bytes;
	head->reserved = 0;
}

/* One user's flood must not cost the events of others. Of the last quarter of the ring, nobody but
 * root gets more than a sixty-fourth part of the whole within a window; what is refused is counted
 * as lost. The ring is that full only when the reader does not keep up: what is read and not yet
 * committed takes no more than half. Races cost a few records more or less. */
#define CROWD_WINDOW_SHIFT 28 /* a quarter of a second */
#define CROWD_SHARE_SHIFT  6

__weak __noinline int is_crowded_out(__u64 bytes)
{
	__u64 size = bpf_ringbuf_query(&ring, BPF_RB_RING_SIZE);
	__u64 window = bpf_ktime_get_boot_ns() >> CROWD_WINDOW_SHIFT;
	__u32 uid = bpf_get_current_uid_gid();
	__u32 key = uid % CROWDS;
	struct crowd *crowd;

	if (!uid || bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) < size - size / 4)
		return 0;
	crowd = bpf_map_lookup_elem(&crowds, &key);
	if (!crowd)
		return 0; /* cannot be: the key is below CROWDS */
	if (crowd->window != window) {
		crowd->window = window;
		crowd->bytes = 0;
	}
	__sync_fetch_and_add(&crowd->bytes, bytes);
	return crowd->bytes > size >> CROWD_SHARE_SHIFT;
}

/* class_bytes must be a constant. NULL: no room, counted. */
#define record_begin(structure, type, class_bytes, row)                                            \
	({                                                                                         \
		structure *begun__ = NULL;                                                         \
                                                                                                   \
		if (!is_crowded_out(class_bytes))                                                  \
			begun__ = bpf_ringbuf_reserve(&ring, class_bytes, 0);                      \
		if (begun__) {                                                                     \
			__builtin_memset(begun__, 0, sizeof(*begun__));                            \
			head_fill(&begun__->head, type, sizeof(*begun__));                         \
		} else {                                                                           \
			count((row)->lost);                                                        \
		}                                                                                  \
		begun__;                                                                           \
	})

static __always_inline void record_discard(void *record)
{
	bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
}

static __always_inline void text_begin(void *record, struct sentra_text *text)
{
	text->off = *(volatile __u32 *)&((struct sentra_head *)record)->size;
}

static __always_inline void text_end(void *record, struct sentra_text *text)
{
	text->len = *(volatile __u32 *)&((struct sentra_head *)record)->size - text->off;
}

/* What went wrong with a record's texts is kept in the record (head.reserved, zero again when it is
 * handed over): in a register it would double the verifier's states with every text. */
enum trouble {
	TROUBLE_CUT = 1, /* did not fit: take a larger class, or keep what there is */
	TROUBLE_UNREADABLE = 2,
};

static __always_inline void trouble_note(void *record, __u32 trouble)
{
	volatile __u32 *noted = &((struct sentra_head *)record)->reserved;

	*noted |= trouble;
}

static __always_inline bool is_cut(void *record)
{
	return *(volatile __u32 *)&((struct sentra_head *)record)->reserved & TROUBLE_CUT;
}

enum memory {
	MEMORY_KERNEL,
	MEMORY_USER,
};

/* Appends a NUL-terminated string of at most max - 1 bytes, without its NUL. limit: bytes of the
 * record that may be used. Both must be constants, max below limit. */
static __always_inline void text_append(void *record, struct sentra_text *text, const __u32 limit,
					const __u32 max, enum memory memory, const void *from)
{
	struct sentra_head *head = record;
	__u64 at;
	long got;

	text_begin(record, text);
	at = *(volatile __u32 *)&head->size;
	opaque(at);
	if (at > limit - max) {
		trouble_note(record, TROUBLE_CUT);
		return;
	}
	got = memory == MEMORY_USER ? bpf_probe_read_user_str(record + at, max, from)
				    : bpf_probe_read_kernel_str(record + at, max, from);
	if (got <= 0) {
		trouble_note(record, TROUBLE_UNREADABLE);
		return;
	}
	*(volatile __u32 *)&head->size = at + got - 1;
	text_end(record, text);
	if (got == max)
		trouble_note(record, TROUBLE_CUT);
}

static __always_inline void record_submit(void *record, struct sentra_account_row *row)
{
	struct sentra_head *head = record;
	__u32 trouble = *(volatile __u32 *)&head->reserved;
	__u64 waiting, flags = BPF_RB_NO_WAKEUP;

	if (trouble & TROUBLE_CUT) {
		head->flags |= SENTRA_RECORD_TRUNCATED;
		count(row->truncated);
	}
	if (trouble & TROUBLE_UNREADABLE)
		count(row->unresolved);
	head->reserved = 0;
	head->size = (head->size + 7) & ~7u;
	/* Woken when the backlog passes a multiple of WAKE_BYTES, not on every event above it. */
	waiting = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);
	if (waiting >= WAKE_BYTES && (waiting & (WAKE_BYTES - 1)) < 4096)
		flags = BPF_RB_FORCE_WAKEUP;
	count(row->handed);
	bpf_ringbuf_submit(record, flags);
}

#endif
