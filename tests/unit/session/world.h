// SPDX-License-Identifier: MIT
// A host in a few lines: processes that fork, exec and end, and programs that write to the log.
// Every call makes a record, decodes it and hands it to a Session, as the pipeline does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "event/build.h"
#include "session/fields.h"
#include "session/session.h"

namespace sentra::session::test {

inline constexpr std::uint64_t kBootNs = 1'772'440'000'000'000'000; // 2 March 2026, 08:26:40 UTC
inline constexpr std::uint64_t kSecond = 1'000'000'000;
inline constexpr std::string_view kBoot = "0123456789abcdef0123456789abcdef";
inline constexpr std::uint32_t kPidNamespace = 4026531836, kUserNamespace = 4026531837;

struct Proc {
    sentra_actor facts{};
};

struct Exec {
    std::string_view given = {};
    std::string_view args = {}; // NUL-separated
    std::string_view tty = {};
    std::string_view cgroup = {};
    bool secure = false;
    std::string_view package = {};
    std::uint32_t flags = 0; // enum sentra_exec_flag
};

struct Writer {
    std::uint32_t pid = 0;
    std::string_view identifier = "sshd";
    std::string_view executable = "/usr/sbin/sshd"; // empty: journald came too late
    sentra_trust trust = SENTRA_TRUST_JOURNAL;
    std::uint32_t uid = 0;
    std::uint32_t loginuid = SENTRA_UNSET;
    std::uint32_t audit_session = SENTRA_UNSET;
    std::uint32_t pid_namespace = 0;
    std::string_view unit = {};
    std::string_view cgroup = {};
};

class World {
public:
    explicit World(bool with_kernel = true)
    {
        host(kBoot);
        if (with_kernel) {
            event::Build<sentra_clock> clock(SENTRA_META_CLOCK, SENTRA_SOURCE_META, now_ns, next());
            clock->boot_to_unix_ns = static_cast<std::int64_t>(kBootNs);
            apply(clock.finish());
        }
        account("root", 0, "/root");
        account("maria", 1001, "/home/maria");
        account("deploy", 1002, "/home/deploy");
        account("www-data", 33, "/var/www");
    }

    Context apply(const event::Record &record)
    {
        record_ = record.clone();
        return session.apply(event());
    }
    // The record last applied.
    [[nodiscard]] event::Event event() const { return *event::Event::decode(record_); }
    [[nodiscard]] std::string field(std::string_view name, const Context &context) const
    {
        const auto ref = find_field(name);
        if (!ref)
            return "no such field";
        Scratch scratch;
        const event::Event applied = event();
        return to_text(read(*ref, applied, context, session, scratch));
    }

    void host(std::string_view boot)
    {
        event::Build<sentra_host> build(SENTRA_META_HOST, SENTRA_SOURCE_META, now_ns, next());
        build->pid_namespace = kPidNamespace;
        build.text(build->name, "web-01").text(build->boot_id, boot);
        apply(build.finish());
    }
    void account(std::string_view name, std::uint32_t id, std::string_view home,
                 bool removed = false)
    {
        event::Build<sentra_name> build(SENTRA_META_ACCOUNT, SENTRA_SOURCE_META, now_ns, next());
        build->id = id;
        build->removed = removed ? 1 : 0;
        build.text(build->name, name).text(build->home, home);
        apply(build.finish());
    }
    void pass(std::uint64_t seconds) { now_ns += seconds * kSecond; }

    // A process as the kernel describes it; nothing is applied.
    [[nodiscard]] static Proc make(std::uint32_t pid, std::uint64_t start_s,
                                   const Proc *parent = nullptr)
    {
        Proc proc;
        proc.facts.loginuid = proc.facts.audit_session = SENTRA_UNSET;
        proc.facts.user_namespace = kUserNamespace;
        if (parent != nullptr) {
            proc.facts = parent->facts;
            proc.facts.parent_pid = parent->facts.pid;
            proc.facts.parent_start_ns = parent->facts.start_ns;
        }
        proc.facts.pid = proc.facts.tid = proc.facts.namespace_pid = pid;
        proc.facts.pid_namespace = kPidNamespace;
        proc.facts.start_ns = start_s * kSecond;
        return proc;
    }
    Context snapshot(const Proc &proc, std::string_view executable, const Exec &exec = {})
    {
        return run(SENTRA_PROCESS_SNAPSHOT, proc, executable, exec);
    }
    // inner_pid: as a pid namespace of its own numbers it.
    Proc fork(const Proc &parent, std::uint32_t pid, std::uint32_t inner_pid = 0,
              std::uint32_t pid_namespace = 0)
    {
        now_ns += 1'000'000;
        Proc child = make(pid, 0, &parent);
        if (inner_pid != 0) {
            child.facts.namespace_pid = inner_pid;
            child.facts.pid_namespace = pid_namespace;
        }
        child.facts.start_ns = now_ns - kBootNs;
        event::Build<sentra_fork> build(SENTRA_PROCESS_FORK, SENTRA_SOURCE_KERNEL, now_ns, next());
        build->actor = child.facts;
        (void)apply(build.finish());
        return child;
    }
    Context exec(const Proc &proc, std::string_view executable, const Exec &exec = {})
    {
        now_ns += 1'000'000;
        return run(SENTRA_PROCESS_EXEC, proc, executable, exec);
    }
    Context exit(const Proc &proc)
    {
        now_ns += 1'000'000;
        event::Build<sentra_exit> build(SENTRA_PROCESS_EXIT, SENTRA_SOURCE_KERNEL, now_ns, next());
        build->actor = proc.facts;
        return apply(build.finish());
    }
    Context write(const Proc &proc, std::string_view path)
    {
        now_ns += 1'000'000;
        event::Build<sentra_file> build(SENTRA_FILE_WRITE, SENTRA_SOURCE_KERNEL, now_ns, next());
        build->actor = proc.facts;
        build->inode = 77;
        build.text(build->path, path);
        return apply(build.finish());
    }

    Context accepted(const Writer &writer, std::string_view user,
                     std::string_view ip = "203.0.113.7",
                     sentra_outcome outcome = SENTRA_OUTCOME_SUCCESS)
    {
        now_ns += 1'000'000;
        event::Build<sentra_login> build(SENTRA_AUTH_LOGIN, source, now_ns, next());
        sign(build, writer);
        build->source = event::to_address(*Ip::parse(ip), 50022);
        build->outcome = outcome;
        build->repeated = 1;
        build.text(build->user, user).text(build->method, "password").text(build->service, "sshd");
        return apply(build.finish());
    }
    Context pam(const Writer &writer, std::string_view service, std::string_view user,
                std::uint32_t user_id, sentra_session_action action)
    {
        now_ns += 1'000'000;
        event::Build<sentra_session> build(SENTRA_AUTH_SESSION, source, now_ns, next());
        sign(build, writer);
        build->user_id = user_id;
        build->by_id = SENTRA_UNSET;
        build->action = action;
        build.text(build->user, user).text(build->service, service);
        return apply(build.finish());
    }
    Context logind(std::string_view id, std::string_view user, std::uint32_t leader,
                   sentra_session_action action = SENTRA_SESSION_OPENED)
    {
        now_ns += 1'000'000;
        event::Build<sentra_session> build(SENTRA_AUTH_SESSION, source, now_ns, next());
        sign(build, {.pid = 400,
                     .identifier = "systemd-logind",
                     .executable = "/usr/lib/systemd/systemd-logind"});
        build->user_id = SENTRA_UNSET;
        build->by_id = SENTRA_UNSET;
        build->leader = leader;
        build->action = action;
        build.text(build->user, user).text(build->service, "systemd-logind");
        build.text(build->logind_id, id);
        return apply(build.finish());
    }
    Context elevation(const Writer &writer, std::string_view user, std::string_view target,
                      sentra_outcome outcome = SENTRA_OUTCOME_SUCCESS)
    {
        now_ns += 1'000'000;
        event::Build<sentra_elevation> build(SENTRA_AUTH_ELEVATION, source, now_ns, next());
        sign(build, writer);
        build->outcome = outcome;
        build.text(build->user, user).text(build->target, target);
        build.text(build->service, writer.identifier).text(build->command, "/usr/bin/id");
        return apply(build.finish());
    }
    Context schedule_changed(const Writer &writer, std::string_view user)
    {
        now_ns += 1'000'000;
        event::Build<sentra_job> build(SENTRA_JOB_CHANGE, source, now_ns, next());
        sign(build, writer);
        build->action = SENTRA_JOB_REPLACED;
        build.text(build->user, user).text(build->target, user);
        return apply(build.finish());
    }

    // systemd, cron's and sshd's daemons, as a snapshot finds them.
    void boot()
    {
        init = make(1, 1);
        snapshot(init, "/usr/lib/systemd/systemd", {.cgroup = "/init.scope"});
        sshd = make(800, 10, &init);
        sshd.facts.cgroup_id = 21;
        snapshot(sshd, "/usr/sbin/sshd", {.cgroup = "/system.slice/ssh.service"});
        cron = make(700, 9, &init);
        cron.facts.cgroup_id = 22;
        snapshot(cron, "/usr/sbin/cron", {.cgroup = "/system.slice/cron.service"});
        pass(1);
    }

    event::Losses losses;
    Session session{losses};
    std::uint64_t now_ns = kBootNs + 5000 * kSecond;
    sentra_source source = SENTRA_SOURCE_JOURNAL;
    std::string log_host; // for a plain log, which has no boot
    Proc init, sshd, cron;

private:
    std::uint64_t next() { return ++sequence_; }

    template <typename Struct> void sign(event::Build<Struct> &build, const Writer &writer)
    {
        sentra_origin &origin = build->origin;
        origin.pid = writer.pid;
        origin.uid = writer.uid;
        origin.loginuid = writer.loginuid;
        origin.audit_session = writer.audit_session;
        origin.pid_namespace = writer.pid_namespace;
        origin.trust = writer.trust;
        build.text(origin.identifier, writer.identifier).text(origin.executable, writer.executable);
        build.text(origin.unit, writer.unit).text(origin.cgroup, writer.cgroup);
        if (log_host.empty())
            build.text(origin.boot, kBoot);
        else
            build.text(origin.host, log_host);
    }
    Context run(sentra_type type, const Proc &proc, std::string_view executable, const Exec &exec)
    {
        event::Build<sentra_exec> build(type, SENTRA_SOURCE_KERNEL, now_ns, next());
        build->actor = proc.facts;
        build->flags =
            exec.flags | (exec.secure ? static_cast<std::uint32_t>(SENTRA_EXEC_SECURE) : 0U);
        build.text(build->executable, executable).text(build->given, exec.given);
        build.text(build->args, exec.args).text(build->tty, exec.tty);
        build.text(build->cgroup, exec.cgroup).text(build->package, exec.package);
        return apply(build.finish());
    }

    std::uint64_t sequence_ = 0;
    event::Record record_ =
        event::Build<sentra_tick>(SENTRA_META_TICK, SENTRA_SOURCE_META, 0, 0).finish();
};

} // namespace sentra::session::test
