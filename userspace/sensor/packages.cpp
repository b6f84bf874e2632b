// SPDX-License-Identifier: MIT
#include "sensor/packages.h"

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/time.h"
#include "sensor/clock.h"

namespace sentra::sensor {

namespace {

// A change that no program's start asks about is read within this time.
constexpr std::chrono::seconds kLookEvery{5};

// The path shows this very file to the sensor too. Some file systems (btrfs) tell stat() another
// anonymous device than the one they have inside the kernel.
bool is_same_file(const std::string &path, const sentra_exec &exec)
{
    struct stat facts {};
    if (stat(path.c_str(), &facts) != 0 || facts.st_ino != exec.inode)
        return false;
    const bool is_anonymous = major(facts.st_dev) == 0 && exec.device_major == 0;
    return is_anonymous ||
           (major(facts.st_dev) == exec.device_major && minor(facts.st_dev) == exec.device_minor);
}

// Capabilities are a thread's own. What is left is enough: the database is for everybody to read.
void drop_capabilities()
{
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
    syscall(SYS_capset, &header, none.data());
}

} // namespace

Packages::Packages(std::string root) : root_(std::move(root)), database_(root_ + "/var/lib/dpkg")
{
    struct stat facts {};
    if (stat("/proc/1/ns/mnt", &facts) == 0)
        host_mounts_ = static_cast<std::uint32_t>(facts.st_ino);
    open_lock(); // while there still is the right to: it is for root's eyes only
    thread_ = std::thread([this] { work(); });
}

Packages::~Packages()
{
    {
        const std::lock_guard guard(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

Packages::Stamp Packages::stamp() const
{
    Stamp stamp;
    std::size_t at = 0;
    for (const char *name : {"/info", "/status", "/diversions"}) {
        struct stat facts {};
        const bool is_there = stat((database_ + name).c_str(), &facts) == 0;
        for (const std::int64_t part :
             {is_there ? static_cast<std::int64_t>(facts.st_ino) : std::int64_t{-1},
              static_cast<std::int64_t>(facts.st_size),
              std::int64_t{facts.st_mtim.tv_sec} * 1'000'000'000 + facts.st_mtim.tv_nsec,
              std::int64_t{facts.st_ctim.tv_sec} * 1'000'000'000 + facts.st_ctim.tv_nsec})
            stamp.parts[at++] = part;
    }
    return stamp;
}

// The file is never removed once it is there.
void Packages::open_lock()
{
    lock_ = Fd(open((database_ + "/lock-frontend").c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

// apt and dpkg hold a record lock on it from their first change to their last. Asking needs no
// right to write.
bool Packages::is_locked()
{
    if (!lock_.is_open())
        open_lock();
    if (!lock_.is_open())
        return errno != ENOENT; // dpkg makes it when it first needs it; else it cannot be told
    struct flock question {};
    question.l_type = F_WRLCK;
    question.l_whence = SEEK_SET;
    return fcntl(lock_.get(), F_GETLK, &question) != 0 || question.l_type != F_UNLCK;
}

std::shared_ptr<const Packages::Reading> Packages::latest()
{
    const std::lock_guard guard(mutex_);
    return reading_;
}

// 3 us, and only for programs that were started after the last look.
void Packages::look(std::uint64_t now_ns)
{
    looked_ns_ = now_ns;
    asked_ = latest();
    // The lock before the stamp: what changes in between shows in the stamp.
    const bool is_at_work = is_locked();
    const bool is_unchanged = asked_->stamp == stamp();
    is_settled_ = is_unchanged && !is_at_work;
    if (is_unchanged || is_at_work)
        return;
    const std::lock_guard guard(mutex_);
    wanted_ = true;
    wake_.notify_all();
}

Packages::Answer Packages::ask(std::string_view path, std::uint64_t boot_ns)
{
    if (asked_ == nullptr)
        asked_ = latest();
    if (asked_ == nullptr || !path.starts_with('/'))
        return {};
    if (boot_ns >= looked_ns_)
        look(boot_now_ns());
    const std::string_view package = asked_->index.owner(path);
    if (!package.empty())
        return {true, package};
    return {is_settled_ && asked_->index.is_complete() && boot_ns >= asked_->began_ns, {}};
}

Packages::Answer Packages::of_program(const sentra_exec &exec, std::string_view path,
                                      std::uint64_t boot_ns)
{
    constexpr std::uint32_t is_nowhere = SENTRA_EXEC_MEMFD | SENTRA_EXEC_DETACHED;
    if ((exec.flags & SENTRA_EXEC_FOREIGN_ROOT) != 0 || path.empty())
        return {};
    if ((exec.flags & is_nowhere) != 0)
        return {latest() != nullptr, {}};
    const Answer answer = ask(path, boot_ns);
    if (answer.package.empty())
        return answer;
    // A name that was taken away: its package's former program, or somebody's.
    if ((exec.flags & SENTRA_EXEC_DELETED) != 0)
        return {};
    // A service with mounts of its own (PrivateTmp=) sees the host's files. So does whoever binds
    // his own file over one of them: the file itself must be the same.
    const bool is_elsewhere = host_mounts_ == 0 || exec.actor.mount_namespace != host_mounts_;
    if (is_elsewhere && !is_same_file(root_ + std::string(path), exec))
        return {};
    return answer;
}

bool Packages::await(std::chrono::milliseconds longest)
{
    std::unique_lock lock(mutex_);
    return done_.wait_for(lock, longest, [this] { return has_tried_; });
}

void Packages::read_if_changed()
{
    const std::uint64_t now_ns = boot_now_ns();
    const Stamp before = stamp();
    const auto known = latest();
    if (known != nullptr && known->stamp == before)
        return;
    // Whatever happens while it is read changes the stamp, and it is read again.
    auto index = PackageIndex::read(root_);
    if (!index)
        return; // no dpkg here, or no longer: what was read stays, but is never settled
    auto reading = std::make_shared<const Reading>(
        Reading{std::move(*index), before, known == nullptr ? 0 : now_ns});
    const std::lock_guard guard(mutex_);
    reading_ = std::move(reading);
}

void Packages::work()
{
    pthread_setname_np(pthread_self(), "packages");
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr); // signals are for the threads that wait for them
    drop_capabilities();
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        wanted_ = false;
        lock.unlock();
        read_if_changed();
        lock.lock();
        has_tried_ = true;
        done_.notify_all();
        wake_.wait_for(lock, kLookEvery, [this] { return stopping_ || wanted_; });
    }
}

} // namespace sentra::sensor
