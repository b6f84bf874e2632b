/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Every kernel field the programs read, and nothing else. Offsets come from the running kernel's
 * BTF (CO-RE), so order and neighbours here mean nothing; names and kinds of types do. Fields that
 * differ between kernels are in drift.h.
 */
#ifndef SENTRA_BPF_KERNEL_H
#define SENTRA_BPF_KERNEL_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#define __VMLINUX_H__ /* registers are called what the kernel calls them */
#include <bpf/bpf_tracing.h>

#define AF_UNIX	     1
#define AF_INET	     2
#define AF_INET6     10
#define SOCK_DGRAM   2
#define IPPROTO_TCP  6
#define IPPROTO_UDP  17
#define TCP_SYN_SENT 2
#define TCP_CLOSE    7
#define TCP_LISTEN   10

#define S_IFMT	 0170000
#define S_IFSOCK 0140000
#define S_IFREG	 0100000
#define S_IFDIR	 0040000

#define FMODE_READ	     0x1
#define FMODE_WRITE	     0x2
#define FMODE_CREATED	     0x100000
#define PF_KTHREAD	     0x00200000
#define SIGNAL_GROUP_EXIT    0x00000004
#define DCACHE_OP_REVALIDATE (1 << 2)

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	__u32 val;
} kuid_t;
typedef struct {
	__u32 val;
} kgid_t;
typedef struct {
	int counter;
} atomic_t;
/* Two u32 until 6.3, one u64 since (f122a08b197d): 8 bytes either way, read as a whole. */
typedef struct {
	__u64 val;
} kernel_cap_t;

struct list_head {
	struct list_head *next;
};

struct ns_common {
	unsigned int inum;
};
struct uid_gid_extent {
	__u32 first;
	__u32 lower_first;
	__u32 count;
};
struct uid_gid_map {
	__u32 nr_extents;
	struct uid_gid_extent extent[5];
};
struct user_namespace {
	struct ns_common ns;
	struct uid_gid_map uid_map;
	struct uid_gid_map gid_map;
};
struct pid_namespace {
	struct ns_common ns;
	struct task_struct *child_reaper;
};
struct net {
	struct ns_common ns;
};
struct mount;
struct mnt_namespace {
	struct ns_common ns;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};
struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct group_info {
	int ngroups;
	kgid_t gid[1];
};

/* uid to fsgid lie side by side in this order since 2.6.29, permitted before effective too: they
 * are read in one go each (struct cred_ids, cred_read()). */
struct cred {
	kuid_t uid;
	kuid_t euid;
	kernel_cap_t cap_permitted;
	struct user_namespace *user_ns;
	struct group_info *group_info;
};

struct qstr {
	__u64 hash_len;
	const unsigned char *name;
};
struct hlist_bl_node {
	struct hlist_bl_node **pprev;
};
struct inode;
struct dentry {
	unsigned int d_flags;
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};
struct super_block {
	__u32 s_dev;
};
struct inode {
	unsigned short i_mode;
	kuid_t i_uid;
	kgid_t i_gid;
	struct super_block *i_sb;
	unsigned long i_ino;
	unsigned int i_nlink;
	long long i_size;
};
struct iattr {
	unsigned int ia_valid;
	unsigned short ia_mode;
	kuid_t ia_uid;
	kgid_t ia_gid;
	long long ia_size;
};
struct vfsmount {
	struct dentry *mnt_root;
};
struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct mnt_namespace *mnt_ns;
};
struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};
struct file {
	struct path f_path;
	struct inode *f_inode;
	unsigned int f_flags;
	unsigned int f_mode;
	void *private_data;
};
struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};
struct files_struct {
	struct fdtable *fdt;
};
struct fs_struct {
	struct path root;
	struct path pwd;
};

struct mm_struct {
	unsigned long arg_start;
	unsigned long arg_end;
	struct file *exe_file;
};
struct linux_binprm {
	unsigned int secureexec : 1;
	int argc;
	const char *filename;
};

struct tty_struct {
	char name[64];
};
struct signal_struct {
	atomic_t live;
	int group_exit_code;
	unsigned int flags;
	struct tty_struct *tty;
};

struct kernfs_node {
	const char *name;
	__u64 id;
};
struct cgroup_root;
struct cgroup {
	struct kernfs_node *kn;
	int level;
	struct cgroup_root *root;
};
struct cgroup_subsys_state {
	struct cgroup *cgroup;
};
struct css_set {
	struct cgroup_subsys_state *subsys[1];
	struct cgroup *dfl_cgrp;
};
/* The values are the running kernel's. */
enum cgroup_subsys_id {
	memory_cgrp_id,
	pids_cgrp_id,
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
	struct net *net_ns;
};
struct thread_info {
	unsigned long flags;
	__u32 status;
};
struct task_struct {
	struct thread_info thread_info;
	void *stack;
	unsigned int flags;
	unsigned int in_execve : 1;
	struct mm_struct *mm;
	int exit_code;
	__u32 pid;
	__u32 tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct list_head ptraced;
	struct list_head ptrace_entry;
	struct pid *thread_pid;
	__u64 start_boottime;
	__u64 self_exec_id; /* counts execs; 64 bits since 5.7 */
	const struct cred *real_cred;
	const struct cred *cred;
	char comm[16];
	struct fs_struct *fs;
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct signal_struct *signal;
	__u32 sessionid;
	kuid_t loginuid;
	struct css_set *cgroups;
};

struct in6_addr {
	__u8 bytes[16];
};
typedef struct {
	struct net *net;
} possible_net_t;
struct sock_common {
	__u32 skc_daddr;
	__u32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};
struct sock {
	struct sock_common __sk_common;
	__u16 sk_type;
	__u16 sk_protocol;
};
struct socket {
	struct sock *sk;
};
struct sockaddr_un {
	char sun_path[108];
};
struct unix_address {
	int len;
	struct sockaddr_un name[1];
};
struct unix_sock {
	struct sock sk;
	struct unix_address *addr;
	struct sock *peer;
};

struct module {
	char name[56];
	unsigned long taints;
};
struct bpf_prog_aux {
	__u32 id;
	char name[16];
};
struct bpf_prog {
	enum bpf_prog_type type;
	__u32 len;
	struct bpf_prog_aux *aux;
};

/* What an operation of io_uring is about lies over its request, from the file on. */
struct io_cqe {
	__s32 res;
};
struct io_kiocb {
	struct file *file;
	__u8 opcode;
	struct io_cqe cqe;
};
struct open_how {
	__u64 flags;
};
struct io_accept {
	__u32 file_slot;
};
struct io_open {
	__u32 file_slot;
	struct open_how how;
};

struct seq_file;
struct bpf_iter_meta {
	struct seq_file *seq;
};
struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

/* What the syscalls:sys_enter_* and sys_exit_* tracepoints hand over. The number is an int followed
 * by whatever was on the stack, a long on older kernels. */
struct syscall_begin {
	__u64 common;
	int nr;
	int padding;
	unsigned long args[6];
};
struct syscall_end {
	__u64 common;
	int nr;
	int padding;
	long ret;
};

#endif
