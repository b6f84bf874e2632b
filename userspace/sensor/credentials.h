// SPDX-License-Identifier: MIT
// Changes of credentials that no hook saw. Every kernel record carries its actor's credentials;
// this remembers what each thread was last told to be and says when a record shows something else
// that no cred.change, exec or fork explains: a call that the rung in use cannot see (32-bit,
// io_uring), or a change that no call made. In: the kernel's records, in the order of the ring.
// Out: a cred.change with call "unknown". Never says so when a lost event could be the explanation.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

#include <sentra/event/cred.h>

#include "event/record.h"

namespace sentra::sensor {

class CredentialWatch {
public:
    // What the kernel's account says of events that happened and were not told, whatever the
    // reason: any growth may hide a change.
    struct Untold {
        std::uint64_t events = 0;
        std::uint64_t now_ns = 0; // boot time of the look
    };
    struct Late {
        sentra_cred change{};
        bool goes_first = true; // before the record that showed it; a child is told first
    };

    // ask: looks at the account right now; rare.
    explicit CredentialWatch(std::function<Untold()> ask, std::size_t max_threads = 65'536)
        : ask_(std::move(ask)), max_threads_(max_threads)
    {}

    // The account was looked at anyway.
    void looked(const Untold &untold);
    // boot_ns: the record's time as the kernel stamped it.
    [[nodiscard]] std::optional<Late> take(const event::Record &record, std::uint64_t boot_ns);
    [[nodiscard]] std::size_t threads() const { return threads_; }

    struct Credentials {
        std::uint32_t uid = 0, gid = 0, euid = 0, egid = 0;
        std::uint32_t suid = 0, sgid = 0, fsuid = 0, fsgid = 0;
        std::uint64_t cap_effective = 0, cap_permitted = 0;
        std::uint32_t user_namespace = 0; // capabilities count in it only; 0: do not compare them
        [[nodiscard]] bool has_ids_of(const Credentials &other) const;
        [[nodiscard]] bool is(const Credentials &other) const;
    };

private:
    struct Key {
        std::uint32_t pid = 0;
        std::uint64_t start_ns = 0;
        friend bool operator==(const Key &, const Key &) = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key &key) const
        {
            return static_cast<std::size_t>((key.start_ns * 0x9e3779b97f4a7c15U) ^ key.pid);
        }
    };
    struct Thread {
        std::uint32_t tid = 0, which = 0; // of Process::had
        std::uint64_t told_ns = 0;
    };
    // Threads are created unseen and are then what their creator was: one of `had`.
    struct Process {
        std::vector<Credentials> had; // by any thread since whole_ns
        std::vector<Thread> threads;  // those that were heard of, by tid
        std::uint64_t whole_ns = 0;   // since when `had` is complete; 0: it is not
        std::vector<Credentials> told_late;
        std::list<Key>::iterator place;
    };

    Process &touch(const Key &key);
    void forget(const Key &key);
    void begin(Process &process, const sentra_actor &actor, std::uint64_t boot_ns, bool is_whole);
    void set(Process &process, std::uint32_t tid, const Credentials &now, std::uint64_t boot_ns);
    void make_room(const Key &keep);
    [[nodiscard]] bool may_be_untold(std::uint64_t since_ns);
    // What the thread was, when it has become `now` unseen. Takes `now` in.
    [[nodiscard]] std::optional<Credentials> compare(Process &process, std::uint32_t tid,
                                                     const Credentials &now, std::uint64_t boot_ns);
    [[nodiscard]] std::optional<Late> take_change(const sentra_cred &cred, std::uint64_t boot_ns);
    [[nodiscard]] std::optional<Late> take_exec(const sentra_exec &exec, std::uint64_t boot_ns);
    [[nodiscard]] std::optional<Late> take_fork(const sentra_fork &fork, std::uint64_t boot_ns);

    std::function<Untold()> ask_;
    std::size_t max_threads_, threads_ = 0;
    std::uint64_t untold_ = 0, untold_ns_ = 0; // as last looked at; when it last grew, boot time
    std::unordered_map<Key, Process, KeyHash> processes_;
    std::list<Key> order_; // longest unheard of first
};

} // namespace sentra::sensor
