// SPDX-License-Identifier: MIT
#include "deeds.h"

#include <array>

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live.h"

namespace sentra::live {
namespace {

constexpr uid_t kMaria = 1000;
void open_close(const char *path, int flags, mode_t mode = 0644)
{
    const int fd = open(path, flags | O_CLOEXEC, mode);
    must(fd >= 0, path);
    close(fd);
}

void become_maria()
{
    must(setresgid(kMaria, kMaria, kMaria) == 0 && setresuid(kMaria, kMaria, kMaria) == 0,
         "setresuid");
}

int execute(const char *program, std::vector<const char *> arguments)
{
    arguments.push_back(nullptr);
    char *environment[] = {nullptr};
    execve(program, const_cast<char **>(arguments.data()), environment);
    return 97;
}

int in_a_child(const std::function<int()> &act)
{
    const pid_t pid = fork();
    if (pid == 0)
        _exit(act());
    int status = 0;
    must(waitpid(pid, &status, 0) == pid, "waitpid");
    return status;
}

sockaddr_in loopback(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

template <typename Address> const sockaddr *as_address(const Address &address)
{
    return reinterpret_cast<const sockaddr *>(&address);
}

int talk_tcp()
{
    const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(0);
    socklen_t bytes = sizeof address;
    must(bind(server, as_address(address), bytes) == 0 && listen(server, 1) == 0 &&
             getsockname(server, reinterpret_cast<sockaddr *>(&address), &bytes) == 0,
         "listen");
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(connect(client, as_address(address), bytes) == 0, "connect");
    must(accept(server, nullptr, nullptr) >= 0, "accept");
    return 0;
}

int talk_unix()
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::string("talk").copy(address.sun_path, sizeof address.sun_path - 1);
    const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(bind(server, as_address(address), sizeof address) == 0 && listen(server, 1) == 0, "bind");
    const int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(connect(client, as_address(address), sizeof address) == 0, "connect");
    return 0;
}

int load_bpf()
{
    const std::array<bpf_insn, 2> nothing = {{{0xb7, 0, 0, 0, 0}, {0x95, 0, 0, 0, 0}}};
    bpf_attr attr{};
    attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
    attr.insns = reinterpret_cast<std::uintptr_t>(nothing.data());
    attr.insn_cnt = nothing.size();
    attr.license = reinterpret_cast<std::uintptr_t>("GPL");
    std::string("deed").copy(attr.prog_name, sizeof attr.prog_name - 1);
    must(syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr) >= 0, "bpf");
    return 0;
}

int trace_a_child()
{
    const pid_t target = fork();
    if (target == 0) {
        pause();
        _exit(0);
    }
    must(ptrace(PTRACE_SEIZE, target, nullptr, nullptr) == 0, "ptrace");
    kill(target, SIGKILL);
    waitpid(target, nullptr, 0);
    return 0;
}

int run_from_memory()
{
    const int from = open("program", O_RDONLY | O_CLOEXEC);
    constexpr int to = 999; // its number is part of what is told
    must(dup3(memfd_create("payload", MFD_CLOEXEC), to, O_CLOEXEC) == to, "memfd_create");
    std::array<char, 65536> buffer{};
    for (ssize_t got = 0; (got = read(from, buffer.data(), buffer.size())) > 0;)
        must(write(to, buffer.data(), static_cast<std::size_t>(got)) == got, "write");
    const std::array<char *, 2> arguments = {const_cast<char *>("x"), nullptr};
    char *environment[] = {nullptr};
    fexecve(to, arguments.data(), environment);
    return 97;
}

// What is refused has not happened.
int be_refused()
{
    become_maria();
    const bool none =
        open("private", O_WRONLY | O_CLOEXEC) < 0 && chmod("private", 0666) != 0 &&
        chown("private", kMaria, kMaria) != 0 && truncate("private", 0) != 0 &&
        rename("missing", "new") != 0 && unlink("missing") != 0 && rmdir("missing") != 0 &&
        link("missing", "new") != 0 && symlink("x", "private") != 0 && setuid(0) != 0 &&
        ptrace(PTRACE_SEIZE, 1, nullptr, nullptr) != 0 && execute("private", {"private"}) == 97;
    return none ? 0 : 1;
}

} // namespace

std::vector<Deed> process_deeds()
{
    return {
        {"exec",
         [] {
             return execute("program", {"program", "one", "", "two words"});
         }},
        {"exec-elevated",
         [] {
             become_maria();
             return execute("elevated", {"elevated"});
         }},
        {"exec-memory", run_from_memory},
        {"fork", [] { return WEXITSTATUS(in_a_child([] { return 3; })) == 3 ? 5 : 1; }, 5},
        {"killed", [] { return WTERMSIG(in_a_child([] { return raise(SIGKILL); })); }, SIGKILL},
        {"ptrace", trace_a_child},
        {"setgid", [] { return setgid(7); }},
        {"setgroups",
         [] {
             const std::array<gid_t, 2> groups = {5, 6};
             return setgroups(groups.size(), groups.data());
         }},
        {"setuid", [] { return setuid(kMaria); }},
        {"setreuid", [] { return setreuid(kMaria, 0); }},
        {"setresuid", [] { return setresuid(8, 9, 10); }},
        {"setfsuid", [] { return setfsuid(kMaria) == 0 ? 0 : 1; }},
        {"capset",
         [] {
             __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
             std::array<__user_cap_data_struct, 2> data{};
             must(syscall(SYS_capget, &header, data.data()) == 0, "capget");
             data[0].effective = 1U << CAP_NET_RAW;
             data[1].effective = 0;
             return static_cast<int>(syscall(SYS_capset, &header, data.data()));
         }},
        {"unshare-user", [] { return unshare(CLONE_NEWUSER); }},
        {"refused", be_refused},
        {"bpf", load_bpf},
        {"module",
         [] {
             const int fd = open(kModule, O_RDONLY | O_CLOEXEC);
             return fd < 0 ? 0 : static_cast<int>(syscall(SYS_finit_module, fd, "", 0));
         }},
    };
}

std::vector<Deed> file_deeds()
{
    return {
        {"create", [] { return open_close("new", O_WRONLY | O_CREAT | O_EXCL, 0640), 0; }},
        {"append", [] { return open_close("kept", O_WRONLY | O_APPEND), 0; }},
        {"empty", [] { return open_close("kept", O_RDWR | O_TRUNC), 0; }},
        {"create-as-maria",
         [] {
             become_maria();
             return open_close("shared/hers", O_WRONLY | O_CREAT), 0;
         }},
        {"create-beside", [] { return open_close("shared/../beside", O_WRONLY | O_CREAT), 0; }},
        {"create-through-link", [] { return open_close("alias/through", O_WRONLY | O_CREAT), 0; }},
        {"create-nameless", [] { return open_close(".", O_TMPFILE | O_RDWR), 0; }},
        {"creat", [] { return close(creat("creat", 0600)); }},
        {"mknod", [] { return mknod("node", S_IFREG | 0600, 0); }},
        {"read-shadow", [] { return open_close("/etc/shadow", O_RDONLY), 0; }},
        {"rename", [] { return rename("a", "shared/b"); }},
        {"rename-over", [] { return rename("shared/b", "beside"); }},
        {"rename-directory", [] { return rename("folder", "other"); }},
        {"unlink", [] { return unlink("beside"); }},
        {"unlinkat",
         [] { return unlinkat(open("shared", O_PATH | O_DIRECTORY | O_CLOEXEC), "hers", 0); }},
        {"rmdir", [] { return rmdir("other"); }},
        {"link", [] { return link("kept", "shared/again"); }},
        {"link-descriptor",
         [] {
             return linkat(open("kept", O_PATH | O_CLOEXEC), "", AT_FDCWD, "third", AT_EMPTY_PATH);
         }},
        {"symlink", [] { return symlink("../kept", "shared/pointer"); }},
        {"chmod", [] { return chmod("shared/again", 04755); }},
        {"fchmod", [] { return fchmod(open("kept", O_RDONLY | O_CLOEXEC), 0600); }},
        {"chown", [] { return chown("kept", kMaria, kMaria); }},
        {"fchown", [] { return fchown(open("kept", O_RDONLY | O_CLOEXEC), 0, 7); }},
        {"lchown", [] { return lchown("shared/pointer", kMaria, 0); }},
        {"truncate", [] { return truncate("kept", 3); }},
        {"ftruncate", [] { return ftruncate(open("third", O_RDWR | O_CLOEXEC), 1); }},
        {"truncate-shut", [] { return truncate("private", 0); }},
    };
}

std::vector<Deed> net_deeds()
{
    return {
        {"tcp", talk_tcp},
        {"tcp-refused",
         [] {
             const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
             return connect(client, as_address(loopback(9)), sizeof(sockaddr_in)) == 0 ? 1 : 0;
         }},
        {"udp",
         [] {
             const int client = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
             return connect(client, as_address(loopback(53)), sizeof(sockaddr_in));
         }},
        {"unix", talk_unix},
    };
}

} // namespace sentra::live
