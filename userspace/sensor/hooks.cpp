// SPDX-License-Identifier: MIT
#include "sensor/hooks.h"

namespace sentra::sensor {

namespace {

// Best rung first is not said here: see Order.
constexpr ConcernRow kConcerns[] = {
    {Concern::exec, "exec", Order::tracepoint_first, {SENTRA_PROCESS_EXEC}},
    {Concern::exec_before,
     "exec's earlier credentials",
     Order::deepest_first,
     {SENTRA_PROCESS_EXEC}},
    {Concern::fork, "fork", Order::tracepoint_first, {SENTRA_PROCESS_FORK}},
    {Concern::exit, "exit", Order::tracepoint_first, {SENTRA_PROCESS_EXIT}},
    {Concern::ptrace, "ptrace", Order::deepest_first, {SENTRA_PROCESS_PTRACE}},
    {Concern::io_uring, "io_uring", Order::tracepoint_first, {SENTRA_PROCESS_IO_URING}},
    {Concern::signal, "signals", Order::tracepoint_first, {SENTRA_PROCESS_SIGNAL}},
    {Concern::credentials, "credentials", Order::function_first, {SENTRA_CRED_CHANGE}},
    {Concern::file_open, "open", Order::deepest_first, {SENTRA_FILE_WRITE, SENTRA_FILE_READ}},
    {Concern::file_rename, "rename", Order::deepest_first, {SENTRA_FILE_RENAME}},
    {Concern::file_delete, "delete", Order::deepest_first, {SENTRA_FILE_DELETE}},
    {Concern::file_link, "link", Order::deepest_first, {SENTRA_FILE_LINK}},
    {Concern::file_attributes,
     "permissions, ownership, truncation",
     Order::deepest_first,
     {SENTRA_FILE_MODE, SENTRA_FILE_OWNER, SENTRA_FILE_TRUNCATE}},
    {Concern::tcp,
     "TCP connect and listen",
     Order::tracepoint_first,
     {SENTRA_NET_CONNECT, SENTRA_NET_LISTEN}},
    {Concern::datagram, "UDP and unix connect", Order::deepest_first, {SENTRA_NET_CONNECT}},
    {Concern::accept, "accept", Order::deepest_first, {SENTRA_NET_ACCEPT}},
    {Concern::module, "modules", Order::tracepoint_first, {SENTRA_KERNEL_MODULE}},
    {Concern::bpf, "BPF programs", Order::deepest_first, {SENTRA_KERNEL_BPF}},
};

struct BlindRow {
    Concern concern;
    Rung rung;
    std::uint32_t blind;
};

constexpr BlindRow kBlind[] = {
    {Concern::exec_before, Rung::tracepoint, kBlind32Bit},
    {Concern::ptrace, Rung::tracepoint, kBlind32Bit},
    {Concern::credentials, Rung::tracepoint, kBlind32Bit | kBlindKernelMade},
    {Concern::file_open, Rung::tracepoint, kBlind32Bit | kBlindFailed},
    {Concern::file_rename, Rung::tracepoint, kBlind32Bit | kBlindIoUring | kCallersPath},
    {Concern::file_delete, Rung::tracepoint, kBlind32Bit | kBlindIoUring | kCallersPath},
    {Concern::file_link, Rung::tracepoint, kBlind32Bit | kBlindIoUring | kCallersPath},
    {Concern::file_attributes, Rung::tracepoint, kBlind32Bit | kCallersPath},
    {Concern::datagram, Rung::tracepoint, kBlind32Bit | kBlindIoUring},
    {Concern::accept, Rung::tracepoint, kBlind32Bit | kBlindIoUring},
    {Concern::bpf, Rung::tracepoint, kBlind32Bit},
};

constexpr Hook kHooks[] = {
    {Concern::exec, Rung::tracepoint, SENTRA_PROCESS_EXEC, "program_started", "sched",
     "sched_process_exec"},
    {Concern::fork, Rung::tracepoint, SENTRA_PROCESS_FORK, "process_created", "sched",
     "sched_process_fork"},
    {Concern::exit, Rung::tracepoint, SENTRA_PROCESS_EXIT, "process_ended", "sched",
     "sched_process_exit"},
    {Concern::exec_before, Rung::tracepoint, SENTRA_PROCESS_EXEC, "credentials_before", "syscalls",
     "sys_enter_execve"},
    {Concern::exec_before, Rung::tracepoint, SENTRA_PROCESS_EXEC, "credentials_before", "syscalls",
     "sys_enter_execveat"},
    {Concern::ptrace, Rung::tracepoint, SENTRA_PROCESS_PTRACE, "process_traced", "syscalls",
     "sys_exit_ptrace"},
    {Concern::io_uring, Rung::tracepoint, SENTRA_PROCESS_IO_URING, "io_uring_submitted", "io_uring",
     "io_uring_submit_req"},
    {Concern::io_uring, Rung::tracepoint, SENTRA_PROCESS_IO_URING, "io_uring_submitted_before_6_4",
     "io_uring", "io_uring_submit_sqe"},
    {Concern::signal, Rung::tracepoint, SENTRA_PROCESS_SIGNAL, "sensor_signalled", "signal",
     "signal_generate"},

    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_before", "syscalls",
     "sys_enter_setuid"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_before", "syscalls",
     "sys_enter_setreuid"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_before", "syscalls",
     "sys_enter_setresuid"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_before", "syscalls",
     "sys_enter_setfsuid"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_before", "syscalls",
     "sys_enter_setgid"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_before", "syscalls",
     "sys_enter_setregid"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_before", "syscalls",
     "sys_enter_setresgid"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_before", "syscalls",
     "sys_enter_setfsgid"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_before", "syscalls",
     "sys_enter_setgroups"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_before", "syscalls",
     "sys_enter_capset"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_after", "syscalls",
     "sys_exit_setuid"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_after", "syscalls",
     "sys_exit_setreuid"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_after", "syscalls",
     "sys_exit_setresuid"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_after", "syscalls",
     "sys_exit_setfsuid"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_after", "syscalls",
     "sys_exit_setgid"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_after", "syscalls",
     "sys_exit_setregid"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_after", "syscalls",
     "sys_exit_setresgid"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_after", "syscalls",
     "sys_exit_setfsgid"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_after", "syscalls",
     "sys_exit_setgroups"},
    {Concern::credentials, Rung::tracepoint, SENTRA_CRED_CHANGE, "credentials_after", "syscalls",
     "sys_exit_capset"},

    {Concern::file_open, Rung::lsm, SENTRA_FILE_WRITE, "file_open_granted_lsm", "", "file_open"},
    {Concern::file_open, Rung::kprobe, SENTRA_FILE_WRITE, "file_open_granted_kprobe", "",
     "security_file_open"},
    {Concern::file_open, Rung::fentry, SENTRA_FILE_WRITE, "file_open_granted_fentry", "",
     "security_file_open"},
    {Concern::file_rename, Rung::lsm, SENTRA_FILE_RENAME, "file_rename_asked_lsm", "",
     "path_rename"},
    {Concern::file_rename, Rung::kprobe, SENTRA_FILE_RENAME, "file_rename_asked_kprobe", "",
     "security_path_rename"},
    {Concern::file_rename, Rung::fentry, SENTRA_FILE_RENAME, "file_rename_asked_fentry", "",
     "security_path_rename"},
    {Concern::file_rename, Rung::lsm, SENTRA_FILE_RENAME, "file_rename_granted_lsm", "",
     "inode_rename"},
    {Concern::file_rename, Rung::kprobe, SENTRA_FILE_RENAME, "file_rename_granted_kprobe", "",
     "security_inode_rename"},
    {Concern::file_rename, Rung::fentry, SENTRA_FILE_RENAME, "file_rename_granted_fentry", "",
     "security_inode_rename"},
    {Concern::file_delete, Rung::lsm, SENTRA_FILE_DELETE, "file_unlink_asked_lsm", "",
     "path_unlink"},
    {Concern::file_delete, Rung::kprobe, SENTRA_FILE_DELETE, "file_unlink_asked_kprobe", "",
     "security_path_unlink"},
    {Concern::file_delete, Rung::fentry, SENTRA_FILE_DELETE, "file_unlink_asked_fentry", "",
     "security_path_unlink"},
    {Concern::file_delete, Rung::lsm, SENTRA_FILE_DELETE, "file_unlink_granted_lsm", "",
     "inode_unlink"},
    {Concern::file_delete, Rung::kprobe, SENTRA_FILE_DELETE, "file_unlink_granted_kprobe", "",
     "security_inode_unlink"},
    {Concern::file_delete, Rung::fentry, SENTRA_FILE_DELETE, "file_unlink_granted_fentry", "",
     "security_inode_unlink"},
    {Concern::file_delete, Rung::lsm, SENTRA_FILE_DELETE, "file_rmdir_asked_lsm", "", "path_rmdir"},
    {Concern::file_delete, Rung::kprobe, SENTRA_FILE_DELETE, "file_rmdir_asked_kprobe", "",
     "security_path_rmdir"},
    {Concern::file_delete, Rung::fentry, SENTRA_FILE_DELETE, "file_rmdir_asked_fentry", "",
     "security_path_rmdir"},
    {Concern::file_delete, Rung::lsm, SENTRA_FILE_DELETE, "file_rmdir_granted_lsm", "",
     "inode_rmdir"},
    {Concern::file_delete, Rung::kprobe, SENTRA_FILE_DELETE, "file_rmdir_granted_kprobe", "",
     "security_inode_rmdir"},
    {Concern::file_delete, Rung::fentry, SENTRA_FILE_DELETE, "file_rmdir_granted_fentry", "",
     "security_inode_rmdir"},
    {Concern::file_link, Rung::lsm, SENTRA_FILE_LINK, "file_link_asked_lsm", "", "path_link"},
    {Concern::file_link, Rung::kprobe, SENTRA_FILE_LINK, "file_link_asked_kprobe", "",
     "security_path_link"},
    {Concern::file_link, Rung::fentry, SENTRA_FILE_LINK, "file_link_asked_fentry", "",
     "security_path_link"},
    {Concern::file_link, Rung::lsm, SENTRA_FILE_LINK, "file_link_granted_lsm", "", "inode_link"},
    {Concern::file_link, Rung::kprobe, SENTRA_FILE_LINK, "file_link_granted_kprobe", "",
     "security_inode_link"},
    {Concern::file_link, Rung::fentry, SENTRA_FILE_LINK, "file_link_granted_fentry", "",
     "security_inode_link"},
    {Concern::file_link, Rung::lsm, SENTRA_FILE_LINK, "file_symlink_asked_lsm", "", "path_symlink"},
    {Concern::file_link, Rung::kprobe, SENTRA_FILE_LINK, "file_symlink_asked_kprobe", "",
     "security_path_symlink"},
    {Concern::file_link, Rung::fentry, SENTRA_FILE_LINK, "file_symlink_asked_fentry", "",
     "security_path_symlink"},
    {Concern::file_link, Rung::lsm, SENTRA_FILE_LINK, "file_symlink_granted_lsm", "",
     "inode_symlink"},
    {Concern::file_link, Rung::kprobe, SENTRA_FILE_LINK, "file_symlink_granted_kprobe", "",
     "security_inode_symlink"},
    {Concern::file_link, Rung::fentry, SENTRA_FILE_LINK, "file_symlink_granted_fentry", "",
     "security_inode_symlink"},
    {Concern::file_attributes, Rung::lsm, SENTRA_FILE_MODE, "file_mode_asked_lsm", "",
     "path_chmod"},
    {Concern::file_attributes, Rung::kprobe, SENTRA_FILE_MODE, "file_mode_asked_kprobe", "",
     "security_path_chmod"},
    {Concern::file_attributes, Rung::fentry, SENTRA_FILE_MODE, "file_mode_asked_fentry", "",
     "security_path_chmod"},
    {Concern::file_attributes, Rung::lsm, SENTRA_FILE_OWNER, "file_owner_asked_lsm", "",
     "path_chown"},
    {Concern::file_attributes, Rung::kprobe, SENTRA_FILE_OWNER, "file_owner_asked_kprobe", "",
     "security_path_chown"},
    {Concern::file_attributes, Rung::fentry, SENTRA_FILE_OWNER, "file_owner_asked_fentry", "",
     "security_path_chown"},
    {Concern::file_attributes, Rung::lsm, SENTRA_FILE_TRUNCATE, "file_truncate_asked_lsm", "",
     "path_truncate"},
    {Concern::file_attributes, Rung::kprobe, SENTRA_FILE_TRUNCATE, "file_truncate_asked_kprobe", "",
     "security_path_truncate"},
    {Concern::file_attributes, Rung::fentry, SENTRA_FILE_TRUNCATE, "file_truncate_asked_fentry", "",
     "security_path_truncate"},
    {Concern::file_attributes, Rung::lsm, SENTRA_FILE_TRUNCATE,
     "file_truncate_by_descriptor_asked_lsm", "", "file_truncate", true},
    {Concern::file_attributes, Rung::kprobe, SENTRA_FILE_TRUNCATE,
     "file_truncate_by_descriptor_asked_kprobe", "", "security_file_truncate", true},
    {Concern::file_attributes, Rung::fentry, SENTRA_FILE_TRUNCATE,
     "file_truncate_by_descriptor_asked_fentry", "", "security_file_truncate", true},
    {Concern::file_attributes, Rung::lsm, SENTRA_FILE_MODE, "file_attributes_asked_lsm", "",
     "inode_setattr"},
    {Concern::file_attributes, Rung::kprobe, SENTRA_FILE_MODE, "file_attributes_asked_kprobe", "",
     "security_inode_setattr"},
    {Concern::file_attributes, Rung::fentry, SENTRA_FILE_MODE, "file_attributes_asked_fentry", "",
     "security_inode_setattr"},
    {Concern::file_attributes, Rung::lsm, SENTRA_FILE_MODE, "file_attributes_changed_lsm", "",
     "inode_post_setattr", true},
    {Concern::file_attributes, Rung::kprobe, SENTRA_FILE_MODE, "file_attributes_changed_kprobe", "",
     "security_inode_post_setattr", true},
    {Concern::file_attributes, Rung::fentry, SENTRA_FILE_MODE, "file_attributes_changed_fentry", "",
     "security_inode_post_setattr", true},
    {Concern::file_open, Rung::tracepoint, SENTRA_FILE_WRITE, "file_opened", "syscalls",
     "sys_exit_openat"},
    {Concern::file_open, Rung::tracepoint, SENTRA_FILE_WRITE, "file_opened", "syscalls",
     "sys_exit_openat2"},
    {Concern::file_open, Rung::tracepoint, SENTRA_FILE_WRITE, "file_opened", "syscalls",
     "sys_exit_open_by_handle_at"},
    {Concern::file_open, Rung::tracepoint, SENTRA_FILE_WRITE, "io_uring_completed", "io_uring",
     "io_uring_complete"},
    {Concern::file_attributes, Rung::tracepoint, SENTRA_FILE_TRUNCATE, "file_changed_by_descriptor",
     "syscalls", "sys_exit_ftruncate"},
    {Concern::file_attributes, Rung::tracepoint, SENTRA_FILE_MODE, "file_changed_by_descriptor",
     "syscalls", "sys_exit_fchmod"},
    {Concern::file_attributes, Rung::tracepoint, SENTRA_FILE_OWNER, "file_changed_by_descriptor",
     "syscalls", "sys_exit_fchown"},
    {Concern::file_rename, Rung::tracepoint, SENTRA_FILE_RENAME, "file_changed_by_name", "syscalls",
     "sys_exit_renameat2"},
    {Concern::file_rename, Rung::tracepoint, SENTRA_FILE_RENAME, "file_changed_by_name", "syscalls",
     "sys_exit_renameat"},
    {Concern::file_delete, Rung::tracepoint, SENTRA_FILE_DELETE, "file_changed_by_name", "syscalls",
     "sys_exit_unlinkat"},
    {Concern::file_link, Rung::tracepoint, SENTRA_FILE_LINK, "file_changed_by_name", "syscalls",
     "sys_exit_linkat"},
    {Concern::file_link, Rung::tracepoint, SENTRA_FILE_LINK, "file_changed_by_name", "syscalls",
     "sys_exit_symlinkat"},
    {Concern::file_attributes, Rung::tracepoint, SENTRA_FILE_MODE, "file_changed_by_name",
     "syscalls", "sys_exit_fchmodat"},
    {Concern::file_attributes, Rung::tracepoint, SENTRA_FILE_MODE, "file_changed_by_name",
     "syscalls", "sys_exit_fchmodat2"}, // since 6.6
    {Concern::file_attributes, Rung::tracepoint, SENTRA_FILE_OWNER, "file_changed_by_name",
     "syscalls", "sys_exit_fchownat"},
    {Concern::file_attributes, Rung::tracepoint, SENTRA_FILE_TRUNCATE, "file_changed_by_name",
     "syscalls", "sys_exit_truncate"},
#if defined(__x86_64__) // newer architectures have the *at forms only
    {Concern::file_open, Rung::tracepoint, SENTRA_FILE_WRITE, "file_opened", "syscalls",
     "sys_exit_open"},
    {Concern::file_open, Rung::tracepoint, SENTRA_FILE_WRITE, "file_opened", "syscalls",
     "sys_exit_creat"},
    {Concern::file_rename, Rung::tracepoint, SENTRA_FILE_RENAME, "file_changed_by_name", "syscalls",
     "sys_exit_rename"},
    {Concern::file_delete, Rung::tracepoint, SENTRA_FILE_DELETE, "file_changed_by_name", "syscalls",
     "sys_exit_unlink"},
    {Concern::file_delete, Rung::tracepoint, SENTRA_FILE_DELETE, "file_changed_by_name", "syscalls",
     "sys_exit_rmdir"},
    {Concern::file_link, Rung::tracepoint, SENTRA_FILE_LINK, "file_changed_by_name", "syscalls",
     "sys_exit_link"},
    {Concern::file_link, Rung::tracepoint, SENTRA_FILE_LINK, "file_changed_by_name", "syscalls",
     "sys_exit_symlink"},
    {Concern::file_attributes, Rung::tracepoint, SENTRA_FILE_MODE, "file_changed_by_name",
     "syscalls", "sys_exit_chmod"},
    {Concern::file_attributes, Rung::tracepoint, SENTRA_FILE_OWNER, "file_changed_by_name",
     "syscalls", "sys_exit_chown"},
    {Concern::file_attributes, Rung::tracepoint, SENTRA_FILE_OWNER, "file_changed_by_name",
     "syscalls", "sys_exit_lchown"},
#endif

    {Concern::tcp, Rung::tracepoint, SENTRA_NET_CONNECT, "tcp_state_changed", "sock",
     "inet_sock_set_state"},
    {Concern::datagram, Rung::tracepoint, SENTRA_NET_CONNECT, "socket_connected", "syscalls",
     "sys_exit_connect"},
    {Concern::accept, Rung::tracepoint, SENTRA_NET_ACCEPT, "connection_accepted", "syscalls",
     "sys_exit_accept"},
    {Concern::accept, Rung::tracepoint, SENTRA_NET_ACCEPT, "connection_accepted", "syscalls",
     "sys_exit_accept4"},

    {Concern::module, Rung::tracepoint, SENTRA_KERNEL_MODULE, "module_loaded", "module",
     "module_load"},
    {Concern::bpf, Rung::tracepoint, SENTRA_KERNEL_BPF, "bpf_program_loaded", "syscalls",
     "sys_exit_bpf"},
};

} // namespace

std::string_view name_of(Rung rung)
{
    constexpr std::array<std::string_view, kRungs.size()> names = {"lsm", "kprobe", "fentry",
                                                                   "tracepoint"};
    return names[static_cast<std::size_t>(rung)];
}

std::optional<Rung> rung_of(std::string_view name)
{
    for (const Rung rung : kRungs)
        if (name_of(rung) == name)
            return rung;
    return std::nullopt;
}

std::span<const Hook> hooks()
{
    return kHooks;
}

std::span<const ConcernRow> concerns()
{
    return kConcerns;
}

std::uint32_t blindness(Concern concern, Rung rung)
{
    for (const BlindRow &row : kBlind)
        if (row.concern == concern && row.rung == rung)
            return row.blind;
    return 0;
}

std::string Hook::label() const
{
    return std::string(rung == Rung::tracepoint ? category : name_of(rung)) + ":" +
           std::string(name);
}

} // namespace sentra::sensor
