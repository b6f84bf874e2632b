/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The treaty between the kernel half and the user half: what a record is.
 * Compiles as C11 (also for the BPF target) and as C++20.
 *
 * A record is one contiguous run of bytes: head, body, tail. The body is one of
 * the structs in event/<family>.h, which all begin with the head. The tail holds
 * the texts; the body names them by slices {off, len} counted from the first byte
 * of the record. Records are little-endian and hold no pointers, so a recording
 * is the records and nothing else. No struct is packed: padding is explicit.
 */
#ifndef SENTRA_WIRE_H
#define SENTRA_WIRE_H

#ifdef __cplusplus
#include <sentra/describe.h>
#else
#include <linux/types.h>
#endif

/* Where a record comes from. Part of the order (time, source, sequence). */
enum sentra_source {
	SENTRA_SOURCE_META = 0,		/* the pipeline itself: ticks, clock, host facts */
	SENTRA_SOURCE_KERNEL = 1,
	SENTRA_SOURCE_JOURNAL = 2,	/* live journal, or journalctl -o json/export */
	SENTRA_SOURCE_LOG = 3,		/* a plain text log: nothing vouches for its lines */
	SENTRA_SOURCE_STREAM = 4,	/* a written stream (tests, rule proofs) */
};

/* Bits of sentra_head.flags. */
enum sentra_record_flag {
	SENTRA_RECORD_TRUNCATED = 1,	/* a text was longer than its limit; its head is kept */
	SENTRA_RECORD_LATE = 2,		/* arrived after its place in the order had passed */
};

struct sentra_head {
	__u64 time_ns;		/* Unix time in ns. Inside the kernel ring it is CLOCK_BOOTTIME;
				 * the sensor adds the offset when it takes the record out. */
	__u64 sequence;		/* counted by the source, from 1, without gaps */
	__u16 type;		/* enum sentra_type */
	__u8 source;		/* enum sentra_source */
	__u8 flags;		/* enum sentra_record_flag */
	__u32 size;		/* head + body + tail in bytes */
	__u32 body;		/* head + body in bytes: where the tail begins */
	__u32 reserved;
};

/* A text in the tail. len 0: not known. Never NUL-terminated by contract. A list
 * of texts (arguments) is one slice with NUL between the items. */
struct sentra_text {
	__u32 off;		/* from the first byte of the record */
	__u32 len;		/* bytes */
};

/* IPv4 is held as ::ffff:a.b.c.d, so there is one form. family 0: not known. */
struct sentra_address {
	__u8 ip[16];
	__u16 port;		/* host byte order */
	__u16 family;		/* AF_INET, AF_INET6 or 0 */
	__u32 reserved;
};

enum {
	/* Linux's PATH_MAX; a path may be longer than that, then its tail is kept. */
	SENTRA_PATH_MAX = 4096,
	/* 99.9 % of command lines are below 4 KiB; build systems and xargs reach 32 KiB. */
	SENTRA_ARGS_MAX = 32768,
	/* The deepest path that 4096 bytes can hold in practice; deeper is itself suspicious. */
	SENTRA_PATH_COMPONENTS_MAX = 96,
	/* A record's size: an exec with all its arguments and three paths fits. */
	SENTRA_RECORD_MAX = 65536,
	/* The journal's own line limit is 48 KiB; what we parse is far shorter. */
	SENTRA_MESSAGE_MAX = 8192,
};

/* "No session", "no login uid": the kernel's own (unsigned)-1. */
#define SENTRA_UNSET 0xffffffffu

#ifdef __cplusplus
static_assert(sizeof(sentra_head) == 32 && sizeof(sentra_text) == 8 && sizeof(sentra_address) == 24);
#endif

enum sentra_type {
#define SENTRA_EVENT(symbol, id, structure, name, says) SENTRA_##symbol = id,
#include <sentra/events.def>
#undef SENTRA_EVENT
};

enum sentra_loss {
#define SENTRA_LOSS(symbol, name, says) SENTRA_LOSS_##symbol,
#include <sentra/losses.def>
#undef SENTRA_LOSS
	SENTRA_LOSS_COUNT
};

#endif
