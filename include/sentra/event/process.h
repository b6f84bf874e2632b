/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Processes: who acts (sentra_actor, in every kernel record), and exec, fork, exit, ptrace. */
#ifndef SENTRA_EVENT_PROCESS_H
#define SENTRA_EVENT_PROCESS_H

#include <sentra/wire.h>

/* Bits of sentra_actor.flags. */
enum sentra_actor_flag {
	SENTRA_ACTOR_CHROOTED = 1,	/* its root is not its mount namespace's root */
	SENTRA_ACTOR_KERNEL_THREAD = 2,
	SENTRA_ACTOR_32BIT = 4,
	SENTRA_ACTOR_LENT = 8,		/* acts with credentials that the kernel lent it, not with its own */
};

/* On hosts with cgroup v1 a process is in several hierarchies, each of which numbers its groups from
 * 1. Told is the one that says more; this bit marks the number of a v1 one. */
#define SENTRA_CGROUP_V1 (1ull << 63)

/* The process behind a kernel event, from its task and its subjective credentials at that
 * moment. (pid, start_ns) is its identity: pids are reused. pid, tid and parent_pid are
 * as the sensor's own pid namespace numbers them. */
struct sentra_actor {
	__u32 pid;
	__u32 tid;
	__u64 start_ns;			/* boot time at which the thread group began */
	__u64 parent_start_ns;
	__u32 parent_pid;		/* the real parent, 0 when there is none */
	__u32 namespace_pid;		/* in the innermost pid namespace: what its own journald writes */
	__u32 uid, gid, euid, egid, suid, sgid, fsuid, fsgid;
	__u64 cap_effective;
	__u64 cap_permitted;
	__u32 loginuid;			/* SENTRA_UNSET before a login */
	__u32 audit_session;		/* SENTRA_UNSET outside a login */
	__u64 cgroup_id;		/* the inode of its directory; of v1 with SENTRA_CGROUP_V1 */
	__u32 mount_namespace;
	__u32 pid_namespace;		/* the innermost */
	__u32 user_namespace;
	__u32 flags;
	char comm[16];			/* 15 bytes, settable by the process: shown, never trusted */
};

enum sentra_exec_flag {
	SENTRA_EXEC_SECURE = 1,		/* secureexec: set-id bits or file capabilities took effect */
	SENTRA_EXEC_MEMFD = 2,		/* the program has no name in any file system */
	SENTRA_EXEC_DELETED = 4,	/* its last name was removed before it ran */
	SENTRA_EXEC_STDIN_SOCKET = 8,
	SENTRA_EXEC_STDOUT_SOCKET = 16,
	SENTRA_EXEC_ARGS_TRUNCATED = 32,
	SENTRA_EXEC_OLD_KNOWN = 64,	/* the old_* credentials were seen, not guessed */
	SENTRA_EXEC_DETACHED = 128,	/* the program lies on a mount that no namespace shows */
	SENTRA_EXEC_PACKAGES_KNOWN = 256, /* the package database was asked: package is a fact */
	SENTRA_EXEC_FOREIGN_ROOT = 512,	/* runs in another root than the host's: its packages are not ours */
	SENTRA_EXEC_THREADED = 1024,	/* snapshot: had more than one thread */
};

struct sentra_exec {
	struct sentra_head head;
	struct sentra_actor actor;	/* after the exec */
	struct sentra_text executable;	/* resolved, from the kernel's own file object */
	struct sentra_text given;	/* the path handed to execve, from the kernel's copy */
	struct sentra_text args;	/* list */
	struct sentra_text working_directory;
	struct sentra_text tty;		/* "pts/0"; empty without one */
	struct sentra_text cgroup;	/* path in the hierarchy of actor.cgroup_id */
	__u64 inode;
	__u32 device_major, device_minor;
	__u32 file_mode;		/* of the program: set-id bits are in here */
	__u32 file_uid;
	__u32 args_count;
	__u32 args_bytes;		/* before truncation */
	__u32 old_uid, old_euid, old_gid, old_egid;
	__u32 flags;
	__u32 reserved;
	struct sentra_address peer;	/* of the socket on stdin or stdout, when it is an inet one */
	/* The package that brought the executable, by the host's package database: "openssh-server".
	 * Written by the sensor, not by the kernel. SENTRA_EXEC_PACKAGES_KNOWN and empty: none did. */
	struct sentra_text package;
};

struct sentra_fork {
	struct sentra_head head;
	struct sentra_actor actor;	/* the child; its parent is the one who forked */
};

struct sentra_exit {
	struct sentra_head head;
	struct sentra_actor actor;
	__u32 code;			/* exit status, 0-255 */
	__u32 signal;			/* that ended it, or 0 */
};

struct sentra_ptrace {
	struct sentra_head head;
	struct sentra_actor actor;
	__u32 request;			/* PTRACE_ATTACH 16, PTRACE_SEIZE 0x4206, ... */
	__u32 target_pid;
	__u64 target_start_ns;		/* pids are reused; (pid, start) is not */
};

/* Bits of sentra_signal.flags. */
enum sentra_signal_flag {
	SENTRA_SIGNAL_BY_PARENT = 1 << 0,	/* the sender is who started the sensor */
};

/* Only signals whose target is the sensor itself. */
struct sentra_signal {
	struct sentra_head head;
	struct sentra_actor actor;	/* the sender; the kernel's own have pid 0 */
	__u32 number;			/* SIGKILL 9, SIGTERM 15, SIGSTOP 19, ... */
	__u32 result;			/* 0: delivered; else the kernel's TRACE_SIGNAL_* */
	__u32 target_pid;		/* the sensor that was meant */
	__u32 flags;			/* enum sentra_signal_flag */
};

/* An operation handed over through io_uring where the rung in use sees system calls only: once per
 * process and operation. What it was done to is not known. */
struct sentra_io_uring {
	struct sentra_head head;
	struct sentra_actor actor;
	__u32 operation;		/* enum io_uring_op of the kernel's ABI */
	__u32 reserved;
};

#ifdef __cplusplus
template <> struct sentra::Describe<sentra_actor> {
    static constexpr Field fields[] = {
        FIELD_NUMBER(sentra_actor, pid, "process.pid"),
        FIELD_NUMBER(sentra_actor, tid, "process.thread.id"),
        FIELD_NUMBER(sentra_actor, start_ns, "process.start_ns"),
        FIELD_NUMBER(sentra_actor, parent_start_ns, "process.parent.start_ns"),
        FIELD_NUMBER(sentra_actor, parent_pid, "process.parent.pid"),
        FIELD_NUMBER(sentra_actor, namespace_pid, "process.namespace.pid"),
        FIELD_NUMBER(sentra_actor, uid, "user.id"),
        FIELD_NUMBER(sentra_actor, gid, "group.id"),
        FIELD_NUMBER(sentra_actor, euid, "user.effective.id"),
        FIELD_NUMBER(sentra_actor, egid, "group.effective.id"),
        FIELD_NUMBER(sentra_actor, suid, "user.saved.id"),
        FIELD_NUMBER(sentra_actor, sgid, "group.saved.id"),
        FIELD_NUMBER(sentra_actor, fsuid, "user.filesystem.id"),
        FIELD_NUMBER(sentra_actor, fsgid, "group.filesystem.id"),
        FIELD_MASK(sentra_actor, cap_effective, "process.capabilities.effective"),
        FIELD_MASK(sentra_actor, cap_permitted, "process.capabilities.permitted"),
        FIELD_ID(sentra_actor, loginuid, "audit.login.user.id"),
        FIELD_ID(sentra_actor, audit_session, "audit.session.id"),
        FIELD_NUMBER(sentra_actor, cgroup_id, "process.cgroup.id"),
        FIELD_NUMBER(sentra_actor, mount_namespace, "process.namespace.mount"),
        FIELD_NUMBER(sentra_actor, pid_namespace, "process.namespace.process"),
        FIELD_NUMBER(sentra_actor, user_namespace, "process.namespace.user"),
        FIELD_HIDDEN(sentra_actor, flags),
        FIELD_FLAG(sentra_actor, flags, SENTRA_ACTOR_CHROOTED, "process.chrooted"),
        FIELD_FLAG(sentra_actor, flags, SENTRA_ACTOR_KERNEL_THREAD, "process.kernel_thread"),
        FIELD_FLAG(sentra_actor, flags, SENTRA_ACTOR_32BIT, "process.compat"),
        FIELD_FLAG(sentra_actor, flags, SENTRA_ACTOR_LENT, "process.lent_credentials"),
        FIELD_CHARACTERS(sentra_actor, comm, "process.comm"),
    };
};
static_assert(sentra::described<sentra_actor>() == sizeof(sentra_actor));

template <> struct sentra::Describe<sentra_exec> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_exec, head),
        FIELD_GROUP(sentra_exec, actor, sentra_actor),
        FIELD_PATH(sentra_exec, executable, "process.executable"),
        FIELD_TEXT(sentra_exec, given, "process.given_path"),
        FIELD_LIST(sentra_exec, args, "process.args"),
        FIELD_PATH(sentra_exec, working_directory, "process.working_directory"),
        FIELD_TEXT(sentra_exec, tty, "process.tty"),
        FIELD_PATH(sentra_exec, cgroup, "process.cgroup.path"),
        FIELD_NUMBER(sentra_exec, inode, "process.file.inode"),
        FIELD_NUMBER(sentra_exec, device_major, "process.file.device.major"),
        FIELD_NUMBER(sentra_exec, device_minor, "process.file.device.minor"),
        FIELD_NUMBER(sentra_exec, file_mode, "process.file.mode"),
        FIELD_NUMBER(sentra_exec, file_uid, "process.file.user.id"),
        FIELD_NUMBER(sentra_exec, args_count, "process.args_count"),
        FIELD_NUMBER(sentra_exec, args_bytes, "process.args_bytes"),
        FIELD_ID(sentra_exec, old_uid, "process.previous.user.id"),
        FIELD_ID(sentra_exec, old_euid, "process.previous.user.effective.id"),
        FIELD_ID(sentra_exec, old_gid, "process.previous.group.id"),
        FIELD_ID(sentra_exec, old_egid, "process.previous.group.effective.id"),
        FIELD_HIDDEN(sentra_exec, flags),
        FIELD_FLAG(sentra_exec, flags, SENTRA_EXEC_SECURE, "process.secure_exec"),
        FIELD_FLAG(sentra_exec, flags, SENTRA_EXEC_MEMFD, "process.memfd"),
        FIELD_FLAG(sentra_exec, flags, SENTRA_EXEC_DELETED, "process.deleted"),
        FIELD_FLAG(sentra_exec, flags, SENTRA_EXEC_STDIN_SOCKET, "process.stdin_is_socket"),
        FIELD_FLAG(sentra_exec, flags, SENTRA_EXEC_STDOUT_SOCKET, "process.stdout_is_socket"),
        FIELD_FLAG(sentra_exec, flags, SENTRA_EXEC_ARGS_TRUNCATED, "process.args_truncated"),
        FIELD_FLAG(sentra_exec, flags, SENTRA_EXEC_OLD_KNOWN, "process.previous_known"),
        FIELD_FLAG(sentra_exec, flags, SENTRA_EXEC_DETACHED, "process.detached_mount"),
        FIELD_FLAG(sentra_exec, flags, SENTRA_EXEC_PACKAGES_KNOWN, "process.package_known"),
        FIELD_FLAG(sentra_exec, flags, SENTRA_EXEC_FOREIGN_ROOT, "process.foreign_root"),
        FIELD_FLAG(sentra_exec, flags, SENTRA_EXEC_THREADED, "process.threaded"),
        FIELD_HIDDEN(sentra_exec, reserved),
        FIELD_ADDRESS(sentra_exec, peer, "process.stdio.peer"),
        FIELD_TEXT(sentra_exec, package, "process.package"),
    };
};
static_assert(sentra::described<sentra_exec>() == sizeof(sentra_exec));

template <> struct sentra::Describe<sentra_fork> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_fork, head),
        FIELD_GROUP(sentra_fork, actor, sentra_actor),
    };
};
static_assert(sentra::described<sentra_fork>() == sizeof(sentra_fork));

template <> struct sentra::Describe<sentra_exit> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_exit, head),
        FIELD_GROUP(sentra_exit, actor, sentra_actor),
        FIELD_NUMBER(sentra_exit, code, "process.exit_code"),
        FIELD_NUMBER(sentra_exit, signal, "process.exit_signal"),
    };
};
static_assert(sentra::described<sentra_exit>() == sizeof(sentra_exit));

template <> struct sentra::Describe<sentra_ptrace> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_ptrace, head),
        FIELD_GROUP(sentra_ptrace, actor, sentra_actor),
        FIELD_NUMBER(sentra_ptrace, request, "ptrace.request"),
        FIELD_NUMBER(sentra_ptrace, target_pid, "target.process.pid"),
        FIELD_NUMBER(sentra_ptrace, target_start_ns, "target.process.start_ns"),
    };
};
static_assert(sentra::described<sentra_ptrace>() == sizeof(sentra_ptrace));

template <> struct sentra::Describe<sentra_signal> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_signal, head),
        FIELD_GROUP(sentra_signal, actor, sentra_actor),
        FIELD_NUMBER(sentra_signal, number, "signal.number"),
        FIELD_NUMBER(sentra_signal, result, "signal.result"),
        FIELD_NUMBER(sentra_signal, target_pid, "target.process.pid"),
        FIELD_HIDDEN(sentra_signal, flags),
        FIELD_FLAG(sentra_signal, flags, SENTRA_SIGNAL_BY_PARENT, "signal.by_parent"),
    };
};
static_assert(sentra::described<sentra_signal>() == sizeof(sentra_signal));

template <> struct sentra::Describe<sentra_io_uring> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_io_uring, head),
        FIELD_GROUP(sentra_io_uring, actor, sentra_actor),
        FIELD_NUMBER(sentra_io_uring, operation, "io_uring.operation"),
        FIELD_HIDDEN(sentra_io_uring, reserved),
    };
};
static_assert(sentra::described<sentra_io_uring>() == sizeof(sentra_io_uring));
#endif

#endif
