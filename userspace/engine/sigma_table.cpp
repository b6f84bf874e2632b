// SPDX-License-Identifier: MIT
#include "engine/sigma_table.h"

namespace sentra::engine {

namespace {

constexpr SigmaSource kSources[] = {
    {"process_creation", "process.exec", "", ""},
    // Sysmon's FileCreate: a file was created or overwritten, or got this name.
    {"file_event", "file.write", "file.created", "true"},
    {"file_event", "file.write", "file.truncated", "true"},
    {"file_event", "file.rename file.link", "", ""},
    {"file_change", "file.write file.truncate file.mode file.owner", "", ""},
    {"file_rename", "file.rename", "", ""},
    {"file_delete", "file.delete", "", ""},
    {"file_access", "file.read", "", ""},
    {"network_connection", "net.connect", "", ""},
    {"auditd", "process.* file.* net.* kernel.* cred.change iam.* unit.change auth.*", "", ""},
    {"auth", "auth.* iam.*", "", ""},
    {"sshd", "auth.login auth.session auth.connection", "log.syslog.appname|startswith", "sshd"},
    {"sudo", "auth.elevation auth.session auth.login", "log.syslog.appname|startswith", "sudo"},
    {"cron", "job.run job.change auth.session", "log.syslog.appname|contains", "cron"},
    {"syslog", "lines", "", ""},
    {"", "lines process.exec", "", ""},
};

constexpr std::string_view kNoHash = "files are not hashed";
constexpr std::string_view kWindows = "this is known of Windows programs only";
constexpr std::string_view kNoName =
    "no event tells which name a program asked for before it connected";
constexpr std::string_view kOneTime = "times of the file system are not told";

constexpr SigmaMapping kMappings[] = {
    // Both names of a program: a shell is "sh" to who started it and "dash" to the kernel.
    {"*", "Image", SigmaField::plain, "process.executable process.given_path", ""},
    {"*", "CommandLine", SigmaField::plain, "process.command_line", ""},
    {"*", "ParentImage", SigmaField::plain, "process.parent.executable", ""},
    {"*", "ParentCommandLine", SigmaField::plain, "process.parent.command_line", ""},
    {"*", "CurrentDirectory", SigmaField::plain, "process.working_directory", ""},
    {"*", "ProcessId", SigmaField::plain, "process.pid", ""},
    {"*", "ParentProcessId", SigmaField::plain, "process.parent.pid", ""},
    {"*", "User", SigmaField::plain, "user.name", ""},
    // Sysmon for Linux writes the user's number here.
    {"*", "LogonId", SigmaField::plain, "user.id", ""},
    {"*", "TerminalSessionId", SigmaField::plain, "audit.session.id", ""},
    {"*", "Hashes", SigmaField::none, "", kNoHash},
    {"*", "md5", SigmaField::none, "", kNoHash},
    {"*", "sha1", SigmaField::none, "", kNoHash},
    {"*", "sha256", SigmaField::none, "", kNoHash},
    {"*", "Imphash", SigmaField::none, "", kNoHash},
    {"*", "OriginalFileName", SigmaField::none, "", kWindows},
    {"*", "Company", SigmaField::none, "", kWindows},
    {"*", "Product", SigmaField::none, "", kWindows},
    {"*", "Description", SigmaField::none, "", kWindows},
    {"*", "FileVersion", SigmaField::none, "", kWindows},
    {"*", "IntegrityLevel", SigmaField::none, "", kWindows},
    {"*", "ParentUser", SigmaField::none, "", "the parent's user is not kept"},

    {"file_event", "TargetFilename", SigmaField::plain, "file.path", ""},
    {"file_change", "TargetFilename", SigmaField::plain, "file.path", ""},
    {"file_rename", "TargetFilename", SigmaField::plain, "file.path", ""},
    {"file_delete", "TargetFilename", SigmaField::plain, "file.path", ""},
    {"file_access", "TargetFilename", SigmaField::plain, "file.path", ""},
    {"file_access", "FileName", SigmaField::plain, "file.path", ""},
    {"file_rename", "SourceFilename", SigmaField::plain, "file.origin.path", ""},
    {"file_event", "CreationUtcTime", SigmaField::none, "", kOneTime},
    {"file_change", "PreviousCreationUtcTime", SigmaField::none, "", kOneTime},

    {"network_connection", "DestinationIp", SigmaField::plain, "destination.ip", ""},
    {"network_connection", "DestinationPort", SigmaField::plain, "destination.port", ""},
    {"network_connection", "SourceIp", SigmaField::plain, "source.ip", ""},
    {"network_connection", "SourcePort", SigmaField::plain, "source.port", ""},
    {"network_connection", "Protocol", SigmaField::plain, "network.transport", ""},
    {"network_connection", "Initiated", SigmaField::always, "true", ""},
    {"network_connection", "DestinationHostname", SigmaField::none, "", kNoName},
    {"network_connection", "SourceHostname", SigmaField::none, "", kNoName},

    {"auditd", "type", SigmaField::record, "", ""},
    {"auditd", "SYSCALL", SigmaField::record, "", ""},
    {"auditd", "syscall", SigmaField::record, "", ""},
    {"auditd", "nametype", SigmaField::record, "", ""},
    {"auditd", "name", SigmaField::path, "file.path process.executable process.given_path", ""},
    {"auditd", "exe", SigmaField::plain, "process.executable", ""},
    {"auditd", "comm", SigmaField::plain, "process.comm", ""},
    {"auditd", "cwd", SigmaField::plain, "process.working_directory", ""},
    {"auditd", "proctitle", SigmaField::plain, "process.command_line", ""},
    {"auditd", "argc", SigmaField::plain, "process.args_count", ""},
    {"auditd", "uid", SigmaField::plain, "user.id", ""},
    {"auditd", "euid", SigmaField::plain, "user.effective.id", ""},
    {"auditd", "suid", SigmaField::plain, "user.saved.id", ""},
    {"auditd", "fsuid", SigmaField::plain, "user.filesystem.id", ""},
    {"auditd", "gid", SigmaField::plain, "group.id", ""},
    {"auditd", "egid", SigmaField::plain, "group.effective.id", ""},
    {"auditd", "auid", SigmaField::plain, "audit.login.user.id", ""},
    {"auditd", "ses", SigmaField::plain, "audit.session.id", ""},
    {"auditd", "pid", SigmaField::plain, "process.pid", ""},
    {"auditd", "ppid", SigmaField::plain, "process.parent.pid", ""},
    {"auditd", "acct", SigmaField::plain, "user.target.name user.name", ""},
    {"auditd", "addr", SigmaField::plain, "source.ip", ""},
    {"auditd", "success", SigmaField::always, "yes", ""}, // what failed is not told
    {"auditd", "unit", SigmaField::unit, "unit.name", ""},
    {"auditd", "key", SigmaField::none, "", "keys are given by a site's own audit rules"},
    {"auditd", "exit", SigmaField::none, "", "what a system call returned is not told"},
    {"auditd", "tty", SigmaField::none, "", "the kernel's audit names terminals in its own way"},
    {"auditd", "a0", SigmaField::item, "process.args", ""},
    {"auditd", "a1", SigmaField::item, "process.args", ""},
    {"auditd", "a2", SigmaField::item, "process.args", ""},
    {"auditd", "a3", SigmaField::item, "process.args", ""},
    {"auditd", "a4", SigmaField::item, "process.args", ""},
    {"auditd", "a5", SigmaField::item, "process.args", ""},
    {"auditd", "a6", SigmaField::item, "process.args", ""},
    {"auditd", "a7", SigmaField::item, "process.args", ""},
    {"auditd", "a8", SigmaField::item, "process.args", ""},
    {"auditd", "a9", SigmaField::item, "process.args", ""},

    {"sudo", "USER", SigmaField::plain, "user.target.name", ""},
    {"sudo", "COMMAND", SigmaField::plain, "auth.command", ""},
    {"sudo", "PWD", SigmaField::plain, "auth.working_directory", ""},
    {"sudo", "TTY", SigmaField::plain, "auth.tty", ""},
    {"sudo", "GROUP", SigmaField::plain, "user.target.group.name", ""},
};

constexpr std::string_view kNoCall = "no event tells this system call";
constexpr std::string_view kNoKeys = "keystrokes are not recorded";
constexpr std::string_view kNoLine = "no event tells this kind of audit record";

constexpr SigmaRecord kRecords[] = {
    {"type", "EXECVE", "process.exec", "", "", ""},
    {"type", "PROCTITLE", "process.exec", "", "", ""},
    {"type", "CWD", "process.exec", "", "", ""},
    // A program's own start stands for the system calls it made.
    {"type", "SYSCALL", "process.exec", "", "", ""},
    {"type", "PATH", "process.exec file.*", "", "", ""},
    {"type", "SOCKADDR", "net.connect", "", "", ""},
    {"type", "BPF", "kernel.bpf", "", "", ""},
    {"type", "KERN_MODULE", "kernel.module", "", "", ""},
    {"type", "ADD_USER", "iam.user", "event.action", "created", ""},
    {"type", "DEL_USER", "iam.user", "event.action", "deleted", ""},
    {"type", "USER_CHAUTHTOK", "iam.user", "event.action", "password-changed", ""},
    {"type", "ADD_GROUP", "iam.group", "event.action", "created", ""},
    {"type", "DEL_GROUP", "iam.group", "event.action", "deleted", ""},
    {"type", "SERVICE_START", "unit.change", "event.action", "started", ""},
    {"type", "SERVICE_STOP", "unit.change", "event.action", "stopped", ""},
    {"type", "USER_LOGIN", "auth.login", "", "", ""},
    {"type", "USER_AUTH", "auth.login", "", "", ""},
    {"type", "USER_START", "auth.session", "event.action", "opened", ""},
    {"type", "USER_END", "auth.session", "event.action", "closed", ""},
    {"type", "USER_CMD", "auth.elevation", "", "", ""},
    {"type", "TTY", "", "", "", kNoKeys},
    {"type", "USER_TTY", "", "", "", kNoKeys},
    {"type", "", "", "", "", kNoLine}, // any other

    {"SYSCALL", "execve", "process.exec", "", "", ""},
    {"SYSCALL", "execveat", "process.exec", "", "", ""},
    {"SYSCALL", "ptrace", "process.ptrace", "", "", ""},
    {"SYSCALL", "fork", "process.fork", "", "", ""},
    {"SYSCALL", "vfork", "process.fork", "", "", ""},
    {"SYSCALL", "clone", "process.fork", "", "", ""},
    {"SYSCALL", "clone3", "process.fork", "", "", ""},
    {"SYSCALL", "exit_group", "process.exit", "", "", ""},
    {"SYSCALL", "connect", "net.connect", "", "", ""},
    {"SYSCALL", "listen", "net.listen", "", "", ""},
    {"SYSCALL", "accept", "net.accept", "", "", ""},
    {"SYSCALL", "accept4", "net.accept", "", "", ""},
    {"SYSCALL", "init_module", "kernel.module", "", "", ""},
    {"SYSCALL", "finit_module", "kernel.module", "", "", ""},
    {"SYSCALL", "bpf", "kernel.bpf", "", "", ""},
    {"SYSCALL", "unlink", "file.delete", "", "", ""},
    {"SYSCALL", "unlinkat", "file.delete", "", "", ""},
    {"SYSCALL", "rmdir", "file.delete", "", "", ""},
    {"SYSCALL", "rename", "file.rename", "", "", ""},
    {"SYSCALL", "renameat", "file.rename", "", "", ""},
    {"SYSCALL", "renameat2", "file.rename", "", "", ""},
    {"SYSCALL", "link", "file.link", "", "", ""},
    {"SYSCALL", "linkat", "file.link", "", "", ""},
    {"SYSCALL", "symlink", "file.link", "", "", ""},
    {"SYSCALL", "symlinkat", "file.link", "", "", ""},
    {"SYSCALL", "chmod", "file.mode", "", "", ""},
    {"SYSCALL", "fchmod", "file.mode", "", "", ""},
    {"SYSCALL", "fchmodat", "file.mode", "", "", ""},
    {"SYSCALL", "chown", "file.owner", "", "", ""},
    {"SYSCALL", "fchown", "file.owner", "", "", ""},
    {"SYSCALL", "lchown", "file.owner", "", "", ""},
    {"SYSCALL", "fchownat", "file.owner", "", "", ""},
    {"SYSCALL", "truncate", "file.truncate", "", "", ""},
    {"SYSCALL", "ftruncate", "file.truncate", "", "", ""},
    {"SYSCALL", "creat", "file.write", "", "", ""},
    {"SYSCALL", "open", "file.write file.read", "", "", ""},
    {"SYSCALL", "openat", "file.write file.read", "", "", ""},
    {"SYSCALL", "openat2", "file.write file.read", "", "", ""},
    {"SYSCALL", "setuid", "cred.change", "", "", ""},
    {"SYSCALL", "setreuid", "cred.change", "", "", ""},
    {"SYSCALL", "setresuid", "cred.change", "", "", ""},
    {"SYSCALL", "", "", "", "", kNoCall}, // any other

    {"nametype", "CREATE", "file.write", "file.created", "true", ""},
    {"nametype", "CREATE", "file.rename file.link", "", "", ""},
    {"nametype", "DELETE", "file.delete", "", "", ""},
    {"nametype", "NORMAL", "process.exec file.write file.read file.mode file.owner file.truncate",
     "", "", ""},
    {"nametype", "", "", "", "", kNoLine},
};

constexpr SigmaKeyword kKeywords[] = {
    {"", "process.exec", "process.command_line"},
    {"", "lines", "message"},
    {"auditd", "process.exec", "process.command_line"},
    {"process_creation", "process.exec", "process.command_line"},
    {"file_event", "file.*", "file.path"},
    {"auth", "lines", "message"},
    {"sshd", "lines", "message"},
    {"sudo", "lines", "message"},
    {"cron", "lines", "message"},
    {"syslog", "lines", "message"},
};

constexpr SigmaTactic kTactics[] = {
    {"impact", "TA0040", "Impact"},
    {"exfiltration", "TA0010", "Collection and exfiltration"},
    {"command-and-control", "TA0011", "Command and control"},
    {"credential-access", "TA0006", "Credential access"},
    {"lateral-movement", "TA0008", "Lateral movement"},
    {"defense-impairment", "TA0112", "Defense impairment"},
    {"privilege-escalation", "TA0004", "Privilege escalation"},
    {"persistence", "TA0003", "Persistence"},
    {"stealth", "TA0005", "Stealth"},
    {"defense-evasion", "TA0005", "Stealth"}, // the name until version 18
    {"collection", "TA0009", "Collection and exfiltration"},
    {"execution", "TA0002", "Execution"},
    {"initial-access", "TA0001", "Access"},
    {"discovery", "TA0007", "Discovery"},
    {"reconnaissance", "TA0043", "Discovery"},
    {"resource-development", "TA0042", "Execution"},
};

} // namespace

std::span<const SigmaSource> sigma_sources()
{
    return kSources;
}
std::span<const SigmaMapping> sigma_mappings()
{
    return kMappings;
}
std::span<const SigmaRecord> sigma_records()
{
    return kRecords;
}
std::span<const SigmaKeyword> sigma_keywords()
{
    return kKeywords;
}
std::span<const SigmaTactic> sigma_tactics()
{
    return kTactics;
}

} // namespace sentra::engine
