/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The maps and the words user space sets, once. Weak: every family's object declares them, the
 * linker keeps one. */
#ifndef SENTRA_BPF_MAPS_H
#define SENTRA_BPF_MAPS_H

#include <sentra/sensor.h>

#include "kernel.h"

/* Size set by user space before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} ring __weak SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SENTRA_ROWS);
	__type(key, __u32);
	__type(value, struct sentra_account_row);
} account __weak SEC(".maps");

/* What users took of a filling ring lately. Users whose numbers end alike share a place. */
#define CROWDS 256
struct crowd {
	__u64 window;
	__u64 bytes;
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CROWDS);
	__type(key, __u32);
	__type(value, struct crowd);
} crowds __weak SEC(".maps");

/* Found by the learn_self iterator before anything is attached. */
__u32 own_tgid __weak = 0;
#define NOBODY 0xffffffffu  /* while the programs outlive a sensor, own_tgid; 0 is the idle task */
__u32 own_level __weak = 0; /* depth of the sensor's pid namespace; 0 holds everything */
__u64 own_namespace __weak = 0;	 /* its struct pid_namespace */
__u64 own_root_mount __weak = 0; /* struct vfsmount and dentry of "/", when that is no chroot */
__u64 own_root_dentry __weak = 0;
__u32 v1_subsystem __weak = 0; /* whose cgroup v1 hierarchy counts, and 1; 0: none does */

/* Set when the sensor ends: taking some fifty hooks away lasts seconds, being deaf does not. */
__u32 paused __weak = 0;

/* What of the events is told: a bit per SENTRA_ROW each. Nothing set: everything is. */
__u64 unwanted_types __weak = 0;  /* not at all */
__u64 placed_types __weak = 0;	  /* not in directories where no rule can find anything */
__u64 repeating_types __weak = 0; /* not again within repeat_ticks */
__u64 repeat_ticks __weak = 0;
__u64 place_seed __weak = 0; /* another one: all places and facts are new */

/* Always zero, which the verifier cannot know: adding it makes it forget what it knows of a value,
 * so that branches that differ in nothing else are one state again. Without it the verifier follows
 * every way a value was come by through all path walks after it. */
volatile __u64 unknown_zero __weak = 0;
#define forget(x) ((x) += unknown_zero)

#endif
