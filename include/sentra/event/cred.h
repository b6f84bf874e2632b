/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Credential changes: what a process was (old) and what it is (actor). */
#ifndef SENTRA_EVENT_CRED_H
#define SENTRA_EVENT_CRED_H

#include <sentra/event/process.h>

/* The call that made the change. */
enum sentra_cred_call {
	SENTRA_CRED_UNKNOWN = 0,	/* seen late: the next event of the process showed it */
	SENTRA_CRED_SETUID, SENTRA_CRED_SETREUID, SENTRA_CRED_SETRESUID, SENTRA_CRED_SETFSUID,
	SENTRA_CRED_SETGID, SENTRA_CRED_SETREGID, SENTRA_CRED_SETRESGID, SENTRA_CRED_SETFSGID,
	SENTRA_CRED_SETGROUPS, SENTRA_CRED_CAPSET, SENTRA_CRED_EXEC,
	SENTRA_CRED_UNSHARE, SENTRA_CRED_SETNS,	/* into another user namespace: new capabilities there */
	SENTRA_CRED_OTHER,		/* seen as it happened, by a call that none of these is */
};

struct sentra_cred {
	struct sentra_head head;
	struct sentra_actor actor;
	__u32 old_uid, old_gid, old_euid, old_egid, old_suid, old_sgid, old_fsuid, old_fsgid;
	__u64 old_cap_effective;
	__u64 old_cap_permitted;
	__u32 call;			/* enum sentra_cred_call */
	__u32 groups;			/* number of supplementary groups now */
};

#ifdef __cplusplus
inline constexpr const char *sentra_cred_calls[] = {
    "unknown",  "setuid",    "setreuid", "setresuid", "setfsuid", "setgid",
    "setregid", "setresgid", "setfsgid", "setgroups", "capset",   "exec",
    "unshare",  "setns",     "other",
};

template <> struct sentra::Describe<sentra_cred> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_cred, head),
        FIELD_GROUP(sentra_cred, actor, sentra_actor),
        FIELD_ID(sentra_cred, old_uid, "process.previous.user.id"),
        FIELD_ID(sentra_cred, old_gid, "process.previous.group.id"),
        FIELD_ID(sentra_cred, old_euid, "process.previous.user.effective.id"),
        FIELD_ID(sentra_cred, old_egid, "process.previous.group.effective.id"),
        FIELD_ID(sentra_cred, old_suid, "process.previous.user.saved.id"),
        FIELD_ID(sentra_cred, old_sgid, "process.previous.group.saved.id"),
        FIELD_ID(sentra_cred, old_fsuid, "process.previous.user.filesystem.id"),
        FIELD_ID(sentra_cred, old_fsgid, "process.previous.group.filesystem.id"),
        FIELD_MASK(sentra_cred, old_cap_effective, "process.previous.capabilities.effective"),
        FIELD_MASK(sentra_cred, old_cap_permitted, "process.previous.capabilities.permitted"),
        FIELD_CHOICE(sentra_cred, call, sentra_cred_calls, "cred.call"),
        FIELD_NUMBER(sentra_cred, groups, "cred.groups"),
    };
};
static_assert(sentra::described<sentra_cred>() == sizeof(sentra_cred));
#endif

#endif
