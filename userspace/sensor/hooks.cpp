// SPDX-License-Identifier: MIT
#include "sensor/hooks.h"

namespace sentra::sensor {

namespace {

constexpr Hook kHooks[] = {
    {SENTRA_PROCESS_EXEC, "program_started", "sched", "sched_process_exec"},
    {SENTRA_PROCESS_FORK, "process_created", "sched", "sched_process_fork"},
    {SENTRA_PROCESS_EXIT, "process_ended", "sched", "sched_process_exit"},
    {SENTRA_PROCESS_EXEC, "credentials_before", "syscalls", "sys_enter_execve"},
    {SENTRA_PROCESS_EXEC, "credentials_before", "syscalls", "sys_enter_execveat"},
    {SENTRA_PROCESS_PTRACE, "process_traced", "syscalls", "sys_exit_ptrace"},
    {SENTRA_PROCESS_IO_URING, "io_uring_submitted", "io_uring", "io_uring_submit_req"},
    {SENTRA_PROCESS_IO_URING, "io_uring_submitted_before_6_4", "io_uring", "io_uring_submit_sqe"},
    {SENTRA_PROCESS_SIGNAL, "sensor_signalled", "signal", "signal_generate"},

    {SENTRA_CRED_CHANGE, "credentials_before", "syscalls", "sys_enter_setuid"},
    {SENTRA_CRED_CHANGE, "credentials_before", "syscalls", "sys_enter_setreuid"},
    {SENTRA_CRED_CHANGE, "credentials_before", "syscalls", "sys_enter_setresuid"},
    {SENTRA_CRED_CHANGE, "credentials_before", "syscalls", "sys_enter_setfsuid"},
    {SENTRA_CRED_CHANGE, "credentials_before", "syscalls", "sys_enter_setgid"},
    {SENTRA_CRED_CHANGE, "credentials_before", "syscalls", "sys_enter_setregid"},
    {SENTRA_CRED_CHANGE, "credentials_before", "syscalls", "sys_enter_setresgid"},
    {SENTRA_CRED_CHANGE, "credentials_before", "syscalls", "sys_enter_setfsgid"},
    {SENTRA_CRED_CHANGE, "credentials_before", "syscalls", "sys_enter_setgroups"},
    {SENTRA_CRED_CHANGE, "credentials_before", "syscalls", "sys_enter_capset"},
    {SENTRA_CRED_CHANGE, "credentials_after", "syscalls", "sys_exit_setuid"},
    {SENTRA_CRED_CHANGE, "credentials_after", "syscalls", "sys_exit_setreuid"},
    {SENTRA_CRED_CHANGE, "credentials_after", "syscalls", "sys_exit_setresuid"},
    {SENTRA_CRED_CHANGE, "credentials_after", "syscalls", "sys_exit_setfsuid"},
    {SENTRA_CRED_CHANGE, "credentials_after", "syscalls", "sys_exit_setgid"},
    {SENTRA_CRED_CHANGE, "credentials_after", "syscalls", "sys_exit_setregid"},
    {SENTRA_CRED_CHANGE, "credentials_after", "syscalls", "sys_exit_setresgid"},
    {SENTRA_CRED_CHANGE, "credentials_after", "syscalls", "sys_exit_setfsgid"},
    {SENTRA_CRED_CHANGE, "credentials_after", "syscalls", "sys_exit_setgroups"},
    {SENTRA_CRED_CHANGE, "credentials_after", "syscalls", "sys_exit_capset"},

    {SENTRA_FILE_WRITE, "file_opened", "syscalls", "sys_exit_openat"},
    {SENTRA_FILE_WRITE, "file_opened", "syscalls", "sys_exit_openat2"},
    {SENTRA_FILE_WRITE, "file_opened", "syscalls", "sys_exit_open_by_handle_at"},
    {SENTRA_FILE_WRITE, "io_uring_completed", "io_uring", "io_uring_complete"},
    {SENTRA_FILE_TRUNCATE, "file_changed_by_descriptor", "syscalls", "sys_exit_ftruncate"},
    {SENTRA_FILE_MODE, "file_changed_by_descriptor", "syscalls", "sys_exit_fchmod"},
    {SENTRA_FILE_OWNER, "file_changed_by_descriptor", "syscalls", "sys_exit_fchown"},
    {SENTRA_FILE_RENAME, "file_changed_by_name", "syscalls", "sys_exit_renameat2"},
    {SENTRA_FILE_RENAME, "file_changed_by_name", "syscalls", "sys_exit_renameat"},
    {SENTRA_FILE_DELETE, "file_changed_by_name", "syscalls", "sys_exit_unlinkat"},
    {SENTRA_FILE_LINK, "file_changed_by_name", "syscalls", "sys_exit_linkat"},
    {SENTRA_FILE_LINK, "file_changed_by_name", "syscalls", "sys_exit_symlinkat"},
    {SENTRA_FILE_MODE, "file_changed_by_name", "syscalls", "sys_exit_fchmodat"},
    {SENTRA_FILE_MODE, "file_changed_by_name", "syscalls", "sys_exit_fchmodat2"}, // since 6.6
    {SENTRA_FILE_OWNER, "file_changed_by_name", "syscalls", "sys_exit_fchownat"},
    {SENTRA_FILE_TRUNCATE, "file_changed_by_name", "syscalls", "sys_exit_truncate"},
#if defined(__x86_64__) // newer architectures have the *at forms only
    {SENTRA_FILE_WRITE, "file_opened", "syscalls", "sys_exit_open"},
    {SENTRA_FILE_WRITE, "file_opened", "syscalls", "sys_exit_creat"},
    {SENTRA_FILE_RENAME, "file_changed_by_name", "syscalls", "sys_exit_rename"},
    {SENTRA_FILE_DELETE, "file_changed_by_name", "syscalls", "sys_exit_unlink"},
    {SENTRA_FILE_DELETE, "file_changed_by_name", "syscalls", "sys_exit_rmdir"},
    {SENTRA_FILE_LINK, "file_changed_by_name", "syscalls", "sys_exit_link"},
    {SENTRA_FILE_LINK, "file_changed_by_name", "syscalls", "sys_exit_symlink"},
    {SENTRA_FILE_MODE, "file_changed_by_name", "syscalls", "sys_exit_chmod"},
    {SENTRA_FILE_OWNER, "file_changed_by_name", "syscalls", "sys_exit_chown"},
    {SENTRA_FILE_OWNER, "file_changed_by_name", "syscalls", "sys_exit_lchown"},
#endif

    {SENTRA_NET_CONNECT, "tcp_state_changed", "sock", "inet_sock_set_state"},
    {SENTRA_NET_CONNECT, "socket_connected", "syscalls", "sys_exit_connect"},
    {SENTRA_NET_ACCEPT, "connection_accepted", "syscalls", "sys_exit_accept"},
    {SENTRA_NET_ACCEPT, "connection_accepted", "syscalls", "sys_exit_accept4"},

    {SENTRA_KERNEL_MODULE, "module_loaded", "module", "module_load"},
    {SENTRA_KERNEL_BPF, "bpf_program_loaded", "syscalls", "sys_exit_bpf"},
};

} // namespace

std::span<const Hook> hooks()
{
    return kHooks;
}

} // namespace sentra::sensor
