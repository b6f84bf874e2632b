/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Where kernels differ: what changed, since when, and when the old form may go. */
#ifndef SENTRA_BPF_DRIFT_H
#define SENTRA_BPF_DRIFT_H

#include "kernel.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* 633488947ef6 (6.15): kernfs_node.parent became __parent. Delete when 6.12 is no longer supported.
 */
struct kernfs_node___before_6_15 {
	struct kernfs_node *parent;
};
struct kernfs_node___since_6_15 {
	struct kernfs_node *__parent;
};

/* b27c82e12965 (6.0), of the same series as the id mapping among security_inode_setattr()'s
 * arguments. */
struct iattr___since_6_0 {
	kuid_t ia_vfsuid;
};

/* The security hooks by name. */
union security_list_options___since_6_9 {
	void *inode_post_setattr;
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long di, si, dx, r10, cx, r8, orig_ax;
};
#elif defined(__TARGET_ARCH_arm64)
struct user_pt_regs {
	__u64 regs[31];
};
struct pt_regs {
	struct user_pt_regs user_regs;
	__u64 orig_x0;
	__s32 syscallno;
};
#endif

#pragma clang attribute pop

static __always_inline struct kernfs_node *kernfs_parent(struct kernfs_node *node)
{
	struct kernfs_node___before_6_15 *before = (void *)node;
	struct kernfs_node___since_6_15 *since = (void *)node;

	if (bpf_core_field_exists(since->__parent))
		return BPF_CORE_READ(since, __parent);
	return BPF_CORE_READ(before, parent);
}

/* Its first argument is the mount's id mapping, before dentry and attributes. */
static __always_inline bool setattr_knows_mapping(void)
{
	struct iattr___since_6_0 *since = NULL;

	return bpf_core_field_exists(since->ia_vfsuid);
}

/* 77fa6f314f03 (6.9): security_inode_post_setattr(). Delete when 6.8 is no longer supported. */
static __always_inline bool done_attributes_are_told(void)
{
	union security_list_options___since_6_9 *since = NULL;

	return bpf_core_field_exists(since->inode_post_setattr);
}

/* A mount namespace that open_tree(OPEN_TREE_CLONE) made and nobody can enter: it had no inode
 * number until 6.18, and has a fixed one since (MNT_NS_ANON_INO). */
static __always_inline bool mount_namespace_is_anonymous(__u32 inum)
{
	return inum == 0 || inum == 0xeffffff7u;
}

/* dd6e10fbd9fb (5.15): bpf_task_pt_regs(). Before it the registers lie at the top of the stack,
 * which is 16 KiB on x86-64 and arm64. Delete the second half when 5.10 is no longer supported. */
static __always_inline struct pt_regs *user_registers(void)
{
	struct task_struct *task;

	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return (struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf());
	task = (struct task_struct *)bpf_get_current_task();
	return (struct pt_regs *)((__u64)BPF_CORE_READ(task, stack) + 16384 -
				  bpf_core_type_size(struct pt_regs));
}

/* The kernels' names for operations, as far as they tell kernels apart. */
enum io_uring_op {
	IORING_OP_SEND_ZC = 47,
};

/* 48863ffd3e81 (6.0): io_uring_submit_sqe() hands over the request alone; before that the context
 * came first. Delete when 5.15 is no longer supported. */
static __always_inline bool submission_is_request(void)
{
	return bpf_core_enum_value_exists(enum io_uring_op, IORING_OP_SEND_ZC);
}

/* cef216fc32d7 (5.19): the request holds its result; io_uring_complete() names the request
 * from 5.18 on. Delete when 5.15 is no longer supported. */
static __always_inline bool completion_names_request(void)
{
	struct io_kiocb *request = NULL;

	return bpf_core_field_exists(request->cqe);
}

/* The number of the system call the current thread is in. */
static __always_inline int current_call(void)
{
	struct pt_regs *regs = user_registers();

#if defined(__TARGET_ARCH_x86)
	return BPF_CORE_READ(regs, orig_ax);
#elif defined(__TARGET_ARCH_arm64)
	return BPF_CORE_READ(regs, syscallno);
#endif
}

/* The number of the system call the current task is in. */
static __always_inline int syscall_number(void)
{
#if defined(__TARGET_ARCH_x86)
	return (int)BPF_CORE_READ(user_registers(), orig_ax) & ~0x40000000; /* x32 */
#elif defined(__TARGET_ARCH_arm64)
	return BPF_CORE_READ(user_registers(), syscallno);
#endif
}

/* The arguments of the system call that is just ending. They are as the caller passed them: the
 * entry code keeps them until the call returns, and a tracer gets its turn only after the
 * tracepoint. What they point to is the caller's memory and may have changed since. */
struct syscall_args {
	__u64 at[6];
};

static __always_inline void syscall_args_read(struct syscall_args *args)
{
	struct pt_regs *regs = user_registers();
#if defined(__TARGET_ARCH_x86)
	struct {
		__u64 r10, r9, r8, ax, cx, dx, si, di;
	} saved = {}; /* in this order on every x86-64 kernel: it is ptrace's ABI */

	bpf_probe_read_kernel(&saved, sizeof(saved), __builtin_preserve_access_index(&regs->r10));
	args->at[0] = saved.di;
	args->at[1] = saved.si;
	args->at[2] = saved.dx;
	args->at[3] = saved.r10;
	args->at[4] = saved.r8;
	args->at[5] = saved.r9;
#elif defined(__TARGET_ARCH_arm64)
	bpf_probe_read_kernel(args, sizeof(*args),
			      __builtin_preserve_access_index(&regs->user_regs.regs[0]));
	args->at[0] = BPF_CORE_READ(regs, orig_x0); /* x0 already holds the result */
#endif
}

#endif
