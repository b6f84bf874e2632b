/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What the two halves of the sensor share besides records: the account and the watch list. */
#ifndef SENTRA_SENSOR_H
#define SENTRA_SENSOR_H

#include <sentra/wire.h>

/* One row of the account, per event type and CPU. Always, when nothing is under way:
 * seen = handed + lost + own + elsewhere + repeated + unwanted + trusted. The last three rows are
 * what else happened. */
struct sentra_account_row {
	__u64 seen;		/* the event happened */
	__u64 handed;		/* submitted to the ring */
	__u64 lost;		/* the ring had no room */
	__u64 own;		/* the sensor itself did it */
	__u64 elsewhere;	/* by a process the sensor's pid namespace does not hold */
	__u64 repeated;		/* the same fact, already told; the next telling says how often */
	__u64 unwanted;		/* no rule asks for it */
	__u64 trusted;		/* by a service whose work is not told */
	__u64 truncated;	/* handed, with a text cut */
	__u64 unresolved;	/* handed, with a path or argument that could not be read */
	__u64 state_gone;	/* the state kept at the call's begin was gone at its end */
	__u64 reserved;
};

/* Families are spaced by 0x100 and the sensor's hold at most 8 types each: one row each. */
#define SENTRA_ROWS_PER_FAMILY 8u
#define SENTRA_ROW(type) (((type) >> 8) * SENTRA_ROWS_PER_FAMILY + ((type) & 0xffu) - 1u)
#define SENTRA_ROWS (6 * SENTRA_ROWS_PER_FAMILY)

/* Files whose reading is told: by the object itself, and by the last part of the name, because a
 * file that is rewritten by rename is another object under the same name. */
struct sentra_watched_file {
	__u64 inode;
	__u32 device_major;
	__u32 device_minor;
};
struct sentra_watched_name {
	char name[32];		/* NUL-padded */
};
enum {
	SENTRA_WATCHED_MAX = 1024,
	/* A bit per inode number modulo this: one test rejects almost every other read-open. */
	SENTRA_WATCHED_BITS = 4096,
};

/* A name that is told wherever it lies, NUL-padded, in lower case. */
struct sentra_wanted_name {
	union {
		char name[32];
		__u64 words[4];
	};
};
enum {
	SENTRA_WANTED_NAMES_MAX = 1024,
	SENTRA_TRUSTED_MAX = 1024,
	/* A large source tree has some 5,000 directories; 16,384 take 1 MiB. */
	SENTRA_PLACES_MAX = 16384,
};

/* What is known of a place, as its digest xored with: no file there is wanted, or only those whose
 * name is. */
#define SENTRA_PLACE_QUIET 0x7175696574000000ull
#define SENTRA_PLACE_NAMES 0x6e616d6573000000ull

#endif
