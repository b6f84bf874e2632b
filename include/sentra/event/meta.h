/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The sensor about itself: time, host, names, loss, gaps. They make a recording complete:
 * whoever replays it needs no clock, no /etc/passwd and no cgroup file system. */
#ifndef SENTRA_EVENT_META_H
#define SENTRA_EVENT_META_H

#include <sentra/wire.h>

/* head.time_ns is the watermark: every record before it has been handed on. */
struct sentra_tick {
	struct sentra_head head;
	__u32 last;			/* 1: nothing follows; windows that wait may close */
	__u32 reserved;
};

struct sentra_clock {
	struct sentra_head head;
	__s64 boot_to_unix_ns;		/* add to CLOCK_BOOTTIME */
	__s64 step_ns;			/* how far the clock moved since the last such record */
};

struct sentra_host {
	struct sentra_head head;
	struct sentra_text name;
	struct sentra_text machine_id;	/* SHA-256 of it, not the id itself: that one is a secret */
	struct sentra_text boot_id;
	struct sentra_text kernel;	/* uname -r */
	struct sentra_text tenant;
	struct sentra_text version;	/* of Sentra */
	__u32 pid_namespace;		/* in which the sensor numbers processes */
	__u32 mount_namespace;		/* of the host's first process */
};

struct sentra_name {
	struct sentra_head head;
	struct sentra_text name;
	struct sentra_text home;	/* users only */
	struct sentra_text shell;
	__u32 id;
	__u32 group_id;			/* users: primary group */
	__u32 is_group;
	__u32 removed;			/* 1: the host no longer has it */
};

struct sentra_lost {
	struct sentra_head head;
	__u64 count;			/* since the last such record of this kind and type */
	__u64 total;			/* since the sensor began */
	__u32 kind;			/* enum sentra_loss */
	__u32 of_type;			/* enum sentra_type, 0 where it is not known */
	__u64 from_ns;			/* Unix time: between the look that still found nothing lost */
	__u64 to_ns;			/* and the one that did; 0 where only head.time_ns is known */
};

struct sentra_gap {
	struct sentra_head head;
	struct sentra_text reason;
	__u64 from_ns;			/* Unix time */
	__u64 to_ns;
	__u32 of_source;		/* enum sentra_source */
	__u32 reserved;
};

struct sentra_cgroup {
	struct sentra_head head;
	struct sentra_text path;
	__u64 id;
};

/* Follows the process.snapshot records of one look. Whatever ran before began_ns and was not among
 * them has ended, whether or not its end was seen. */
struct sentra_snapshot {
	struct sentra_head head;
	__u64 began_ns;			/* Unix time */
	__u32 processes;		/* told just before */
	__u32 heals;			/* 1: after a loss; 0: the first look of a run */
};

enum sentra_tampering {
	SENTRA_TAMPER_UNKNOWN = 0,
	SENTRA_TAMPER_PINS_REMOVED,	/* what lets the kernel half survive the sensor is gone */
	SENTRA_TAMPER_PAUSED,		/* the programs were told to be deaf, not by the sensor */
	SENTRA_TAMPER_DETACHED,		/* a hook no longer holds its program */
	SENTRA_TAMPER_BLIND,		/* the programs did not see what the sensor itself did */
	SENTRA_TAMPER_JOURNAL_STOPPED,
	SENTRA_TAMPER_CLOCK_STEPPED,
};

struct sentra_tamper {
	struct sentra_head head;
	struct sentra_text detail;	/* a lower-case clause, for people: "sys_exit_openat: ..." */
	__u32 kind;			/* enum sentra_tampering */
	__u32 mended;			/* 1: the sensor put it right itself */
	__s64 step_ns;			/* of the clock */
};

/* Nothing that anybody did: the sensor's own work does not get where it should. */
enum sentra_trouble_kind {
	SENTRA_TROUBLE_UNKNOWN = 0,
	SENTRA_TROUBLE_UNWATCHED,	/* the kernel was not watched, and the host was not down */
	SENTRA_TROUBLE_SINK_REFUSES,	/* nothing more is brought to a sink until a person acts */
	SENTRA_TROUBLE_SINK_REJECTED,	/* a sink will never take one of the documents */
	SENTRA_TROUBLE_STORE_REPLACED,	/* the store was damaged; a new one took its place */
};

struct sentra_trouble {
	struct sentra_head head;
	struct sentra_text subject;	/* a sink's name, a file's path */
	struct sentra_text detail;	/* a lower-case clause, for people */
	__u32 kind;			/* enum sentra_trouble_kind */
	__u32 reserved;
};

#ifdef __cplusplus
inline constexpr const char *sentra_troubles[] = {
    "unknown", "unwatched", "sink_refuses", "sink_rejected", "store_replaced",
};
inline constexpr const char *sentra_tamperings[] = {
    "unknown", "pins_removed", "paused", "detached", "blind", "journal_stopped", "clock_stepped",
};
inline constexpr const char *sentra_sources[] = {"meta", "kernel", "journal", "log", "stream"};
inline constexpr const char *sentra_losses[] = {
#define SENTRA_LOSS(symbol, name, says) name,
#include <sentra/losses.def>
#undef SENTRA_LOSS
};

template <> struct sentra::Describe<sentra_tick> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_tick, head),
        FIELD_HIDDEN(sentra_tick, last),
        FIELD_FLAG(sentra_tick, last, 1, "tick.last"),
        FIELD_HIDDEN(sentra_tick, reserved),
    };
};
static_assert(sentra::described<sentra_tick>() == sizeof(sentra_tick));

template <> struct sentra::Describe<sentra_clock> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_clock, head),
        FIELD_INTEGER(sentra_clock, boot_to_unix_ns, "clock.boot_to_unix_ns"),
        FIELD_INTEGER(sentra_clock, step_ns, "clock.step_ns"),
    };
};
static_assert(sentra::described<sentra_clock>() == sizeof(sentra_clock));

template <> struct sentra::Describe<sentra_host> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_host, head),
        FIELD_TEXT(sentra_host, name, "host.name"),
        FIELD_TEXT(sentra_host, machine_id, "host.id"),
        FIELD_TEXT(sentra_host, boot_id, "host.boot.id"),
        FIELD_TEXT(sentra_host, kernel, "host.os.kernel"),
        FIELD_TEXT(sentra_host, tenant, "organization.name"),
        FIELD_TEXT(sentra_host, version, "agent.version"),
        FIELD_NUMBER(sentra_host, pid_namespace, "host.pid_namespace"),
        FIELD_NUMBER(sentra_host, mount_namespace, "host.mount_namespace"),
    };
};
static_assert(sentra::described<sentra_host>() == sizeof(sentra_host));

template <> struct sentra::Describe<sentra_name> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_name, head),
        FIELD_TEXT(sentra_name, name, "account.name"),
        FIELD_TEXT(sentra_name, home, "account.home"),
        FIELD_TEXT(sentra_name, shell, "account.shell"),
        FIELD_NUMBER(sentra_name, id, "account.id"),
        FIELD_NUMBER(sentra_name, group_id, "account.group_id"),
        FIELD_HIDDEN(sentra_name, is_group),
        FIELD_FLAG(sentra_name, is_group, 1, "account.is_group"),
        FIELD_HIDDEN(sentra_name, removed),
        FIELD_FLAG(sentra_name, removed, 1, "account.removed"),
    };
};
static_assert(sentra::described<sentra_name>() == sizeof(sentra_name));

template <> struct sentra::Describe<sentra_lost> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_lost, head),
        FIELD_NUMBER(sentra_lost, count, "loss.count"),
        FIELD_NUMBER(sentra_lost, total, "loss.total"),
        FIELD_CHOICE(sentra_lost, kind, sentra_losses, "loss.kind"),
        FIELD_NUMBER(sentra_lost, of_type, "loss.event_type"),
        FIELD_NUMBER(sentra_lost, from_ns, "loss.from_ns"),
        FIELD_NUMBER(sentra_lost, to_ns, "loss.to_ns"),
    };
};
static_assert(sentra::described<sentra_lost>() == sizeof(sentra_lost));

template <> struct sentra::Describe<sentra_gap> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_gap, head),
        FIELD_TEXT(sentra_gap, reason, "gap.reason"),
        FIELD_NUMBER(sentra_gap, from_ns, "gap.from_ns"),
        FIELD_NUMBER(sentra_gap, to_ns, "gap.to_ns"),
        FIELD_CHOICE(sentra_gap, of_source, sentra_sources, "gap.source"),
        FIELD_HIDDEN(sentra_gap, reserved),
    };
};
static_assert(sentra::described<sentra_gap>() == sizeof(sentra_gap));

template <> struct sentra::Describe<sentra_cgroup> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_cgroup, head),
        FIELD_PATH(sentra_cgroup, path, "cgroup.path"),
        FIELD_NUMBER(sentra_cgroup, id, "cgroup.id"),
    };
};
static_assert(sentra::described<sentra_cgroup>() == sizeof(sentra_cgroup));

template <> struct sentra::Describe<sentra_snapshot> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_snapshot, head),
        FIELD_NUMBER(sentra_snapshot, began_ns, "snapshot.began_ns"),
        FIELD_NUMBER(sentra_snapshot, processes, "snapshot.processes"),
        FIELD_HIDDEN(sentra_snapshot, heals),
        FIELD_FLAG(sentra_snapshot, heals, 1, "snapshot.heals"),
    };
};
static_assert(sentra::described<sentra_snapshot>() == sizeof(sentra_snapshot));

template <> struct sentra::Describe<sentra_tamper> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_tamper, head),
        FIELD_TEXT(sentra_tamper, detail, "tamper.detail"),
        FIELD_CHOICE(sentra_tamper, kind, sentra_tamperings, "tamper.kind"),
        FIELD_HIDDEN(sentra_tamper, mended),
        FIELD_FLAG(sentra_tamper, mended, 1, "tamper.mended"),
        FIELD_INTEGER(sentra_tamper, step_ns, "clock.step_ns"),
    };
};
static_assert(sentra::described<sentra_tamper>() == sizeof(sentra_tamper));

template <> struct sentra::Describe<sentra_trouble> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_trouble, head),
        FIELD_TEXT(sentra_trouble, subject, "trouble.subject"),
        FIELD_TEXT(sentra_trouble, detail, "trouble.detail"),
        FIELD_CHOICE(sentra_trouble, kind, sentra_troubles, "trouble.kind"),
        FIELD_HIDDEN(sentra_trouble, reserved),
    };
};
static_assert(sentra::described<sentra_trouble>() == sizeof(sentra_trouble));
#endif

#endif
