/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The control group that says who a process belongs to: where its service manager or container
 * runtime put it. On cgroup v2 that is the one group it has. On v1, and on hosts that have both, it
 * has one in every hierarchy: systemd keeps the v2 one when there is one, runtimes of containers
 * only those with controllers. The deeper one says more; at the same depth the runtime's, as
 * systemd's are then the same.
 */
#ifndef SENTRA_BPF_GROUP_H
#define SENTRA_BPF_GROUP_H

#include "record.h"

static __always_inline struct cgroup *group_in(struct css_set *set, __u32 subsystem)
{
	struct cgroup_subsys_state *state = NULL;

	bpf_probe_read_kernel(&state, sizeof(state),
			      (void *)set + bpf_core_field_offset(struct css_set, subsys) +
				      subsystem * sizeof(state));
	return BPF_CORE_READ(state, cgroup);
}

static __always_inline bool is_of_v1(struct css_set *set, __u32 subsystem)
{
	return BPF_CORE_READ(group_in(set, subsystem), root) != BPF_CORE_READ(set, dfl_cgrp, root);
}

/* Of the hierarchies with controllers that of pids, which every runtime uses; else that of memory.
 * Their numbers depend on how the kernel was built. */
static __always_inline void learn_hierarchy(struct task_struct *task)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);

	if (bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id) &&
	    is_of_v1(set, bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id)))
		v1_subsystem = bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id) + 1;
	else if (bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id) &&
		 is_of_v1(set, bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id)))
		v1_subsystem = bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id) + 1;
}

/* NULL: the v2 group says as much, or more. */
static __always_inline struct kernfs_node *v1_group(struct task_struct *task)
{
	__u32 subsystem = *(volatile __u32 *)&v1_subsystem;
	struct css_set *set;
	struct cgroup *group;
	int level;

	if (!subsystem)
		return NULL;
	set = BPF_CORE_READ(task, cgroups);
	group = group_in(set, subsystem - 1);
	level = BPF_CORE_READ(group, level);
	if (level < 1 || level < BPF_CORE_READ(set, dfl_cgrp, level))
		return NULL;
	return BPF_CORE_READ(group, kn);
}

static __always_inline struct kernfs_node *group_node(struct task_struct *task)
{
	struct kernfs_node *node = v1_group(task);

	return node ? node : BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);
}

#endif
