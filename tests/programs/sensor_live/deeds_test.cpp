// SPDX-License-Identifier: MIT
// A fixed list of deeds is told in the same words on every kernel and rung: tests/vm/deeds.golden
// has the words, one field a line, without what changes from run to run; tests/vm/deeds.allowed has
// what a rung may say otherwise. With SENTRA_UPDATE_GOLDEN the golden file is written.
#include <algorithm>
#include <array>
#include <bit>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <fcntl.h>
#include <fnmatch.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"
#include "deeds.h"
#include "live.h"

namespace sentra::live {
namespace {

// The words of one run, without what no two runs share. What is zero or false goes unsaid.
class Words {
public:
    Words(std::string folder, std::uint64_t all_capabilities)
        : folder_(std::move(folder)), all_capabilities_(all_capabilities)
    {}

    void add(const std::string &deed, const std::vector<event::Owned> &events)
    {
        std::map<std::string, int> numbers;
        for (const event::Owned &event : events) {
            const int number = ++numbers[std::string(event->type().name)];
            const std::string prefix = deed + " " + std::string(event->type().name) +
                                       (number > 1 ? "#" + std::to_string(number) : "") + " ";
            lines_.insert(prefix + "by " + who(*event->actor()));
            for (const event::Slot &slot : event->type().slots)
                if (const std::string said = word(*event, slot); !said.empty())
                    lines_.insert(prefix + std::string(slot.name) + " " + said);
        }
    }

    [[nodiscard]] const std::set<std::string> &lines() const { return lines_; }

private:
    [[nodiscard]] std::string capabilities(std::uint64_t mask) const
    {
        const std::uint64_t lacking = all_capabilities_ & ~mask;
        if (lacking == 0)
            return "all";
        return std::popcount(mask) > 8 ? "all-but-" + std::to_string(lacking)
                                       : std::to_string(mask);
    }

    // Real, effective, saved and file system's.
    [[nodiscard]] std::string who(const sentra_actor &actor) const
    {
        std::ostringstream out;
        out << "user " << actor.uid << "/" << actor.euid << "/" << actor.suid << "/" << actor.fsuid
            << " group " << actor.gid << "/" << actor.egid << "/" << actor.sgid << "/"
            << actor.fsgid << " may " << capabilities(actor.cap_effective) << "/"
            << capabilities(actor.cap_permitted) << " login " << actor.loginuid
            << (actor.audit_session == SENTRA_UNSET ? "" : " session");
        return out.str();
    }

    // The actor is told by who(); numbers of this run or this machine, and what its package
    // database knows, by nobody.
    [[nodiscard]] static bool is_passing(const std::string &field)
    {
        static constexpr std::array<const char *, 17> patterns = {
            "process.pid",     "process.thread.*", "process.start_ns", "process.parent.*",
            "process.comm",    "*namespace*",      "process.cgroup.*", "user.*",
            "group.*",         "audit.*",          "*.inode",          "*.device.*",
            "target.*",        "*package*",        "cred.groups",      "bpf.program.id",
            "*.capabilities.*"};
        return std::any_of(patterns.begin(), patterns.end(), [&](const char *pattern) {
            return fnmatch(pattern, field.c_str(), 0) == 0;
        });
    }

    [[nodiscard]] std::string word(const event::Event &event, const event::Slot &slot) const
    {
        const std::string name(slot.name);
        const event::Value value = event.get(slot.name);
        std::string text = event::to_text(value);
        if (is_passing(name) || !event::is_known(value) || text == "false" || text == "0")
            return {};
        if (name.size() > 5 && name.substr(name.size() - 5) == ".port" && text.size() == 5)
            return "CHOSEN";
        for (std::size_t at = 0; (at = text.find(folder_)) != std::string::npos;)
            text.replace(at, folder_.size(), "FOLDER");
        // A file without a name is shown by its inode's number.
        if (const std::size_t at = text.find("/#"); at != std::string::npos)
            text.resize(at + 2);
        return text;
    }

    std::string folder_;
    std::uint64_t all_capabilities_;
    std::set<std::string> lines_;
};

// A file of tests/vm: elsewhere than here where a guest has it.
std::string in_vm(const std::string &name)
{
    const char *source = std::getenv("SENTRA_SOURCE");
    return (source == nullptr ? SENTRA_TESTS_DIR : std::string(source) + "/tests") + "/vm/" + name;
}

std::vector<std::string> read_lines(const std::string &name)
{
    std::ifstream in(in_vm(name));
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);)
        if (!line.empty() && line[0] != '#')
            lines.push_back(line);
    EXPECT_TRUE(in.eof()) << in_vm(name);
    return lines;
}

// A row of deeds.allowed: rungs, then a pattern of the lines that may be there or not.
class Allowed {
public:
    explicit Allowed(const std::vector<sensor::Watch> &watches)
    {
        for (const sensor::Watch &watch : watches)
            rungs_[std::string(watch.event)] = watch.rung;
        for (const std::string &line : read_lines("deeds.allowed")) {
            std::istringstream words(line);
            std::string rungs, pattern;
            words >> rungs >> std::ws;
            std::getline(words, pattern);
            rows_.emplace_back(rungs, pattern);
        }
    }

    [[nodiscard]] bool allows(const std::string &line)
    {
        if (access(kModule, F_OK) != 0 && line.rfind("module ", 0) == 0)
            return true;
        const std::size_t begin = line.find(' ') + 1;
        const std::string event = line.substr(begin, line.find_first_of(" #", begin) - begin);
        return std::any_of(rows_.begin(), rows_.end(), [&](const auto &row) {
            return is_on(rungs_[event], row.first) &&
                   fnmatch(row.second.c_str(), line.c_str(), FNM_EXTMATCH) == 0;
        });
    }

private:
    // Whether one of an event's rungs ("kprobe, tracepoint") is one of a row's ("lsm,kprobe").
    static bool is_on(const std::string &event_rungs, const std::string &row_rungs)
    {
        for (const std::string_view rung : split(row_rungs, ','))
            if (rung == "*" || event_rungs.find(rung) != std::string::npos)
                return true;
        return false;
    }

    std::map<std::string, std::string> rungs_;
    std::vector<std::pair<std::string, std::string>> rows_;
};

void set_login_user(const std::string &id)
{
    std::ofstream("/proc/self/loginuid") << id;
}

std::uint64_t own_capabilities()
{
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> data{};
    EXPECT_EQ(syscall(SYS_capget, &header, data.data()), 0);
    return data[0].permitted | std::uint64_t{data[1].permitted} << 32U;
}

// What the deeds are done to.
void furnish(const std::function<std::string(const char *)> &path)
{
    copy_program("/bin/true", path("program"));
    copy_program("/bin/true", path("elevated"), 04755);
    for (const char *name : {"a", "kept"})
        write_file(path(name), "content");
    write_file(path("private"), "content", 0600);
    ASSERT_EQ(mkdir(path("folder").c_str(), 0755), 0);
    ASSERT_EQ(mkdir(path("shared").c_str(), 0755), 0);
    ASSERT_EQ(chmod(path("shared").c_str(), 0777), 0);
    ASSERT_EQ(symlink("shared", path("alias").c_str()), 0);
    syscall(SYS_delete_module, "dummy", O_NONBLOCK); // of an earlier run
}

// Every kernel event whose doer, or whose doer's parent, is one of these, in order of time.
std::map<std::string, std::vector<event::Owned>> told_of(const std::map<pid_t, std::string> &doers,
                                                         Collector &collector)
{
    std::map<std::string, std::vector<event::Owned>> told;
    for (const event::Type &type : event::Catalogue::get().types())
        for (const event::Owned &event : collector.all(type.id)) {
            const sentra_actor *actor = event->actor();
            if (actor == nullptr)
                continue;
            auto doer = doers.find(static_cast<pid_t>(actor->pid));
            if (doer == doers.end())
                doer = doers.find(static_cast<pid_t>(actor->parent_pid));
            if (doer != doers.end())
                told[doer->second].push_back(event);
        }
    for (auto &[deed, events] : told)
        std::stable_sort(events.begin(), events.end(), [](const auto &one, const auto &other) {
            return one->time_ns() < other->time_ns();
        });
    return told;
}

// What may be otherwise here stays as it was written.
void write_golden(const std::set<std::string> &lines, const std::vector<sensor::Watch> &watches)
{
    Allowed allowed(watches);
    std::set<std::string> golden;
    for (const std::string &line : lines)
        if (!allowed.allows(line))
            golden.insert(line);
    for (const std::string &line : read_lines("deeds.golden"))
        if (allowed.allows(line))
            golden.insert(line);
    std::ofstream out(in_vm("deeds.golden"));
    out << "# What the deeds of deeds.cpp are told as: deed, event, field, value.\n";
    for (const std::string &line : golden)
        out << line << "\n";
}

void expect_golden(const std::set<std::string> &lines, const std::vector<sensor::Watch> &watches)
{
    const auto golden = read_lines("deeds.golden");
    const std::set<std::string> wanted(golden.begin(), golden.end());
    Allowed allowed(watches);
    for (const std::string &line : wanted)
        if (lines.count(line) == 0 && !allowed.allows(line))
            ADD_FAILURE() << "not told: " << line;
    for (const std::string &line : lines)
        if (wanted.count(line) == 0 && !allowed.allows(line))
            ADD_FAILURE() << "told instead: " << line;
}

TEST_F(Live, TellsTheSameOnEveryKernelAndRung)
{
    start();
    ASSERT_NO_FATAL_FAILURE(furnish([this](const char *name) { return path(name); }));
    std::map<pid_t, std::string> doers;
    set_login_user("1000"); // a login session; in this process, which is not told
    for (const auto &deeds : {process_deeds(), file_deeds(), net_deeds()})
        for (const Deed &deed : deeds) {
            SCOPED_TRACE(deed.name);
            const pid_t pid = child(
                [&] {
                    umask(022);
                    setsid();
                    return deed.act();
                },
                deed.status);
            doers[pid] = deed.name;
        }
    set_login_user("4294967295");
    ASSERT_TRUE(collector().settle(std::chrono::seconds(20)));

    Words words(folder_, own_capabilities());
    for (const auto &[deed, events] : told_of(doers, collector()))
        words.add(deed, events);
    if (std::getenv("SENTRA_UPDATE_GOLDEN") != nullptr)
        write_golden(words.lines(), sensor().watches());
    expect_golden(words.lines(), sensor().watches());
}

} // namespace
} // namespace sentra::live
