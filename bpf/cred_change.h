/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Credentials: what of them counts as a change, and the record of it, for every rung. */
#ifndef SENTRA_BPF_CRED_CHANGE_H
#define SENTRA_BPF_CRED_CHANGE_H

#include <asm/unistd.h>

#include "actor.h"

struct cred_state {
	struct cred_ids ids;
	struct cred_caps caps;
	__u64 user_namespace; /* its address */
	__u64 groups;	      /* digest of the supplementary groups, where it is asked for */
};

#define GROUPS_COMPARED 32
#define TS_COMPAT	2 /* x86: in a system call by the 32-bit entry */

/* The supplementary groups as one number: the kernel installs a new object even for the same
 * groups. Longer lists than GROUPS_COMPARED are told apart by their object: then an equal list
 * counts as a change. */
static __always_inline __u64 groups_digest(const struct cred *cred)
{
	struct group_info *info = BPF_CORE_READ(cred, group_info);
	__u64 count = (__u32)BPF_CORE_READ(info, ngroups);
	__u32 groups[GROUPS_COMPARED] = {};
	__u64 digest = count;
	int i;

	if (count > GROUPS_COMPARED)
		return (__u64)info;
	opaque(count);
	if (count > GROUPS_COMPARED)
		return 0;
	bpf_probe_read_kernel(groups, count * sizeof(groups[0]),
			      __builtin_preserve_access_index(&info->gid[0]));
	for (i = 0; i < GROUPS_COMPARED; i++)
		digest = (digest ^ groups[i]) * 0x100000001b3ULL;
	return digest;
}

/* Without the groups. */
static __always_inline void cred_state_read(struct cred_state *state, const struct cred *cred)
{
	cred_read(&state->ids, &state->caps, cred);
	state->user_namespace = (__u64)BPF_CORE_READ(cred, user_ns);
}

/* Capabilities count in their user namespace: all of them in a new one say nothing of the host. To
 * be in another one is a change of its own. */
static __always_inline bool is_same(const struct cred_state *before, const struct cred_state *after)
{
	return before->ids.uid == after->ids.uid && before->ids.gid == after->ids.gid &&
	       before->ids.suid == after->ids.suid && before->ids.sgid == after->ids.sgid &&
	       before->ids.euid == after->ids.euid && before->ids.egid == after->ids.egid &&
	       before->ids.fsuid == after->ids.fsuid && before->ids.fsgid == after->ids.fsgid &&
	       before->caps.permitted == after->caps.permitted &&
	       before->caps.effective == after->caps.effective &&
	       before->user_namespace == after->user_namespace;
}

static __always_inline __u32 cred_call(int nr)
{
	switch (nr) {
	case __NR_setuid:
		return SENTRA_CRED_SETUID;
	case __NR_setreuid:
		return SENTRA_CRED_SETREUID;
	case __NR_setresuid:
		return SENTRA_CRED_SETRESUID;
	case __NR_setfsuid:
		return SENTRA_CRED_SETFSUID;
	case __NR_setgid:
		return SENTRA_CRED_SETGID;
	case __NR_setregid:
		return SENTRA_CRED_SETREGID;
	case __NR_setresgid:
		return SENTRA_CRED_SETRESGID;
	case __NR_setfsgid:
		return SENTRA_CRED_SETFSGID;
	case __NR_setgroups:
		return SENTRA_CRED_SETGROUPS;
	case __NR_capset:
		return SENTRA_CRED_CAPSET;
	case __NR_unshare:
		return SENTRA_CRED_UNSHARE;
	case __NR_setns:
		return SENTRA_CRED_SETNS;
	default:
		return SENTRA_CRED_OTHER;
	}
}

#if defined(__TARGET_ARCH_x86)
/* The i386 numbers, which int 0x80 counts by. */
static __always_inline __u32 cred_call_32bit(int nr)
{
	switch (nr) {
	case 23:
	case 213:
		return SENTRA_CRED_SETUID;
	case 70:
	case 203:
		return SENTRA_CRED_SETREUID;
	case 164:
	case 208:
		return SENTRA_CRED_SETRESUID;
	case 138:
	case 215:
		return SENTRA_CRED_SETFSUID;
	case 46:
	case 214:
		return SENTRA_CRED_SETGID;
	case 71:
	case 204:
		return SENTRA_CRED_SETREGID;
	case 170:
	case 210:
		return SENTRA_CRED_SETRESGID;
	case 139:
	case 216:
		return SENTRA_CRED_SETFSGID;
	case 81:
	case 206:
		return SENTRA_CRED_SETGROUPS;
	case 185:
		return SENTRA_CRED_CAPSET;
	case 310:
		return SENTRA_CRED_UNSHARE;
	case 346:
		return SENTRA_CRED_SETNS;
	default:
		return SENTRA_CRED_OTHER;
	}
}
#endif

static __always_inline __u32 current_cred_call(struct task_struct *task)
{
	if (BPF_CORE_READ(task, flags) & PF_KTHREAD)
		return SENTRA_CRED_OTHER;
#if defined(__TARGET_ARCH_x86)
	if (BPF_CORE_READ(task, thread_info.status) & TS_COMPAT)
		return cred_call_32bit(syscall_number());
#endif
	return cred_call(syscall_number());
}

/* cred: what the current task has got, or is about to get. */
static __always_inline void cred_tell(const struct cred_state *before, const struct cred *cred,
				      __u32 call, struct sentra_account_row *row)
{
	struct sentra_cred *e;

	e = record_begin(struct sentra_cred, SENTRA_CRED_CHANGE, sizeof(*e), row);
	if (!e)
		return;
	actor_fill_current(&e->actor);
	actor_cred_by_address(&e->actor, (struct cred *)cred);
	e->old_uid = before->ids.uid;
	e->old_gid = before->ids.gid;
	e->old_euid = before->ids.euid;
	e->old_egid = before->ids.egid;
	e->old_suid = before->ids.suid;
	e->old_sgid = before->ids.sgid;
	e->old_fsuid = before->ids.fsuid;
	e->old_fsgid = before->ids.fsgid;
	e->old_cap_effective = before->caps.effective;
	e->old_cap_permitted = before->caps.permitted;
	e->call = call;
	e->groups = BPF_CORE_READ(cred, group_info, ngroups);
	record_submit(e, row);
}

#endif
