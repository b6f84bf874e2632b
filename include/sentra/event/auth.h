/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What programs said about sign-ins, rights, accounts, jobs and units: from the journal, or
 * from a plain log. sentra_origin says who wrote the line, and what vouches for that. */
#ifndef SENTRA_EVENT_AUTH_H
#define SENTRA_EVENT_AUTH_H

#include <sentra/wire.h>

/* What vouches for the writer of a line. */
enum sentra_trust {
	SENTRA_TRUST_NONE = 0,		/* nothing: a plain log, where any local user may have written */
	SENTRA_TRUST_JOURNAL = 1,	/* journald's trusted fields name an entitled program */
	SENTRA_TRUST_PENDING = 2,	/* journald came too late to read /proc: the kernel must say */
};

enum sentra_outcome {
	SENTRA_OUTCOME_UNKNOWN = 0,
	SENTRA_OUTCOME_SUCCESS,
	SENTRA_OUTCOME_FAILURE,
};

struct sentra_origin {
	struct sentra_text message;	/* the line itself */
	struct sentra_text identifier;	/* SYSLOG_IDENTIFIER: a claim */
	struct sentra_text executable;	/* _EXE, else empty */
	struct sentra_text comm;	/* _COMM */
	struct sentra_text unit;	/* _SYSTEMD_UNIT */
	struct sentra_text cgroup;	/* _SYSTEMD_CGROUP */
	struct sentra_text host;	/* _HOSTNAME, or the log line's host */
	struct sentra_text boot;	/* _BOOT_ID */
	struct sentra_text cursor;	/* __CURSOR: where to go on reading after this */
	__u32 pid;			/* _PID; 0 not known */
	__u32 uid;			/* _UID; SENTRA_UNSET not known */
	__u32 loginuid;			/* _AUDIT_LOGINUID */
	__u32 audit_session;		/* _AUDIT_SESSION */
	__u32 pid_namespace;		/* in which pid counts: the journal's own; 0 not known */
	__u32 trust;			/* enum sentra_trust */
};

struct sentra_login {
	struct sentra_head head;
	struct sentra_origin origin;
	struct sentra_text user;	/* the name that was tried */
	struct sentra_text method;	/* password, publickey, keyboard-interactive/pam, ... */
	struct sentra_text service;	/* sshd, login, ... */
	struct sentra_text fingerprint;	/* SHA256:... of the key */
	struct sentra_text key_type;	/* ED25519, RSA, ... */
	struct sentra_text source_name;	/* where the log has a host name, not an address */
	struct sentra_text reason;	/* of a failure, in the log's words */
	struct sentra_address source;
	__u32 outcome;			/* enum sentra_outcome */
	__u32 repeated;			/* times this line stands for, at least 1 */
	__u32 invalid_user;		/* 1: the host has no such user */
	__u32 partial;			/* 1: one of several required methods passed: not a login */
};

enum sentra_session_action {
	SENTRA_SESSION_UNKNOWN = 0,
	SENTRA_SESSION_OPENED,
	SENTRA_SESSION_CLOSED,
};

struct sentra_session {
	struct sentra_head head;
	struct sentra_origin origin;
	struct sentra_text user;	/* whose session it is */
	struct sentra_text by;		/* who opened it */
	struct sentra_text service;	/* PAM service, or "systemd-logind" */
	struct sentra_text logind_id;	/* logind's session id: a number equals the audit session's */
	__u32 user_id;			/* SENTRA_UNSET not said */
	__u32 by_id;
	__u32 leader;			/* pid; logind only, else 0 */
	__u32 action;			/* enum sentra_session_action */
};

struct sentra_elevation {
	struct sentra_head head;
	struct sentra_origin origin;
	struct sentra_text user;	/* who asked */
	struct sentra_text target;	/* whose rights */
	struct sentra_text target_group;
	struct sentra_text service;	/* sudo, sudo-rs, su, pkexec */
	struct sentra_text command;	/* with arguments, as logged */
	struct sentra_text working_directory;
	struct sentra_text tty;
	struct sentra_text reason;	/* of a refusal, in the program's words */
	__u32 outcome;			/* enum sentra_outcome */
	__u32 attempts;			/* wrong passwords the line speaks of */
};

struct sentra_connection {
	struct sentra_head head;
	struct sentra_origin origin;
	struct sentra_text user;	/* if one was named */
	struct sentra_text service;
	struct sentra_text reason;	/* closed, reset, bad-banner, no-match, dropped, timeout, ... */
	struct sentra_address source;
	__u32 repeated;
	__u32 before_login;		/* 1: never signed in */
};

struct sentra_polkit {
	struct sentra_head head;
	struct sentra_origin origin;
	struct sentra_text user;	/* owner of the asking session */
	struct sentra_text target;	/* authenticated as */
	struct sentra_text action;	/* org.freedesktop... */
	struct sentra_text command;
	__u32 outcome;
	__u32 reserved;
};

enum sentra_account_action {
	SENTRA_ACCOUNT_UNKNOWN = 0,
	SENTRA_ACCOUNT_CREATED,
	SENTRA_ACCOUNT_CHANGED,
	SENTRA_ACCOUNT_DELETED,
	SENTRA_ACCOUNT_PASSWORD_CHANGED,
	SENTRA_ACCOUNT_LOCKED,
	SENTRA_ACCOUNT_UNLOCKED,
	SENTRA_ACCOUNT_MEMBER_ADDED,
	SENTRA_ACCOUNT_MEMBER_REMOVED,
	SENTRA_ACCOUNT_FILE_EDITED,	/* vipw, vigr */
};

struct sentra_account {
	struct sentra_head head;
	struct sentra_origin origin;
	struct sentra_text user;	/* the account the line is about */
	struct sentra_text group;
	struct sentra_text by;		/* who did it, where the line says so */
	struct sentra_text home;
	struct sentra_text shell;
	struct sentra_text detail;	/* what changed, in the program's words */
	__u32 user_id;			/* SENTRA_UNSET not said */
	__u32 group_id;
	__u32 action;			/* enum sentra_account_action */
	__u32 outcome;			/* enum sentra_outcome */
};

enum sentra_job_action {
	SENTRA_JOB_UNKNOWN = 0,
	SENTRA_JOB_STARTED,
	SENTRA_JOB_ENDED,
	SENTRA_JOB_REPLACED,
	SENTRA_JOB_DELETED,
	SENTRA_JOB_LISTED,
	SENTRA_JOB_EDITED,
	SENTRA_JOB_RELOADED,
	SENTRA_JOB_REFUSED,
};

struct sentra_job {
	struct sentra_head head;
	struct sentra_origin origin;
	struct sentra_text user;	/* who acted, or as whom the job runs */
	struct sentra_text target;	/* whose schedule */
	struct sentra_text command;
	__u32 action;			/* enum sentra_job_action */
	__u32 reserved;
};

enum sentra_unit_action {
	SENTRA_UNIT_UNKNOWN = 0,
	SENTRA_UNIT_STARTED,
	SENTRA_UNIT_STOPPED,
	SENTRA_UNIT_FAILED,
	SENTRA_UNIT_RELOADED,
};

struct sentra_unit {
	struct sentra_head head;
	struct sentra_origin origin;
	struct sentra_text unit;
	struct sentra_text result;
	__u32 action;			/* enum sentra_unit_action */
	__u32 reserved;
};

#ifdef __cplusplus
inline constexpr const char *sentra_trusts[] = {"text", "journal", "pending"};
inline constexpr const char *sentra_outcomes[] = {"unknown", "success", "failure"};
inline constexpr const char *sentra_session_actions[] = {"unknown", "opened", "closed"};
inline constexpr const char *sentra_account_actions[] = {
    "unknown", "created",  "changed",      "deleted",        "password-changed",
    "locked",  "unlocked", "member-added", "member-removed", "file-edited"};
inline constexpr const char *sentra_job_actions[] = {"unknown", "started", "ended",
                                                     "replaced", "deleted", "listed",
                                                     "edited", "reloaded", "refused"};
inline constexpr const char *sentra_unit_actions[] = {"unknown", "started", "stopped", "failed",
                                                      "reloaded"};

template <> struct sentra::Describe<sentra_origin> {
    static constexpr Field fields[] = {
        FIELD_TEXT(sentra_origin, message, "message"),
        FIELD_TEXT(sentra_origin, identifier, "log.syslog.appname"),
        FIELD_TEXT(sentra_origin, executable, "log.executable"),
        FIELD_TEXT(sentra_origin, comm, "log.comm"),
        FIELD_TEXT(sentra_origin, unit, "log.unit"),
        FIELD_TEXT(sentra_origin, cgroup, "log.cgroup"),
        FIELD_TEXT(sentra_origin, host, "log.syslog.hostname"),
        FIELD_TEXT(sentra_origin, boot, "log.boot"),
        FIELD_TEXT(sentra_origin, cursor, "log.cursor"),
        FIELD_NUMBER(sentra_origin, pid, "log.pid"),
        FIELD_ID(sentra_origin, uid, "log.user.id"),
        FIELD_ID(sentra_origin, loginuid, "audit.login.user.id"),
        FIELD_ID(sentra_origin, audit_session, "audit.session.id"),
        FIELD_NUMBER(sentra_origin, pid_namespace, "log.pid_namespace"),
        FIELD_CHOICE(sentra_origin, trust, sentra_trusts, "event.trust"),
    };
};
static_assert(sentra::described<sentra_origin>() == sizeof(sentra_origin));

template <> struct sentra::Describe<sentra_login> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_login, head),
        FIELD_GROUP(sentra_login, origin, sentra_origin),
        FIELD_TEXT(sentra_login, user, "user.name"),
        FIELD_TEXT(sentra_login, method, "auth.method"),
        FIELD_TEXT(sentra_login, service, "auth.service"),
        FIELD_TEXT(sentra_login, fingerprint, "auth.key.fingerprint"),
        FIELD_TEXT(sentra_login, key_type, "auth.key.type"),
        FIELD_TEXT(sentra_login, source_name, "source.domain"),
        FIELD_TEXT(sentra_login, reason, "event.reason"),
        FIELD_ADDRESS(sentra_login, source, "source"),
        FIELD_CHOICE(sentra_login, outcome, sentra_outcomes, "event.outcome"),
        FIELD_NUMBER(sentra_login, repeated, "event.count"),
        FIELD_HIDDEN(sentra_login, invalid_user),
        FIELD_FLAG(sentra_login, invalid_user, 1, "auth.invalid_user"),
        FIELD_HIDDEN(sentra_login, partial),
        FIELD_FLAG(sentra_login, partial, 1, "auth.partial"),
    };
};
static_assert(sentra::described<sentra_login>() == sizeof(sentra_login));

template <> struct sentra::Describe<sentra_session> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_session, head),
        FIELD_GROUP(sentra_session, origin, sentra_origin),
        FIELD_TEXT(sentra_session, user, "user.name"),
        FIELD_TEXT(sentra_session, by, "session.by.name"),
        FIELD_TEXT(sentra_session, service, "auth.service"),
        FIELD_TEXT(sentra_session, logind_id, "session.logind_id"),
        FIELD_ID(sentra_session, user_id, "user.id"),
        FIELD_ID(sentra_session, by_id, "session.by.id"),
        FIELD_NUMBER(sentra_session, leader, "session.leader"),
        FIELD_CHOICE(sentra_session, action, sentra_session_actions, "event.action"),
    };
};
static_assert(sentra::described<sentra_session>() == sizeof(sentra_session));

template <> struct sentra::Describe<sentra_elevation> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_elevation, head),
        FIELD_GROUP(sentra_elevation, origin, sentra_origin),
        FIELD_TEXT(sentra_elevation, user, "user.name"),
        FIELD_TEXT(sentra_elevation, target, "user.target.name"),
        FIELD_TEXT(sentra_elevation, target_group, "user.target.group.name"),
        FIELD_TEXT(sentra_elevation, service, "auth.service"),
        FIELD_TEXT(sentra_elevation, command, "auth.command"),
        FIELD_TEXT(sentra_elevation, working_directory, "auth.working_directory"),
        FIELD_TEXT(sentra_elevation, tty, "auth.tty"),
        FIELD_TEXT(sentra_elevation, reason, "event.reason"),
        FIELD_CHOICE(sentra_elevation, outcome, sentra_outcomes, "event.outcome"),
        FIELD_NUMBER(sentra_elevation, attempts, "auth.attempts"),
    };
};
static_assert(sentra::described<sentra_elevation>() == sizeof(sentra_elevation));

template <> struct sentra::Describe<sentra_connection> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_connection, head),
        FIELD_GROUP(sentra_connection, origin, sentra_origin),
        FIELD_TEXT(sentra_connection, user, "user.name"),
        FIELD_TEXT(sentra_connection, service, "auth.service"),
        FIELD_TEXT(sentra_connection, reason, "event.reason"),
        FIELD_ADDRESS(sentra_connection, source, "source"),
        FIELD_NUMBER(sentra_connection, repeated, "event.count"),
        FIELD_HIDDEN(sentra_connection, before_login),
        FIELD_FLAG(sentra_connection, before_login, 1, "auth.before_login"),
    };
};
static_assert(sentra::described<sentra_connection>() == sizeof(sentra_connection));

template <> struct sentra::Describe<sentra_polkit> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_polkit, head),
        FIELD_GROUP(sentra_polkit, origin, sentra_origin),
        FIELD_TEXT(sentra_polkit, user, "user.name"),
        FIELD_TEXT(sentra_polkit, target, "user.target.name"),
        FIELD_TEXT(sentra_polkit, action, "polkit.action"),
        FIELD_TEXT(sentra_polkit, command, "auth.command"),
        FIELD_CHOICE(sentra_polkit, outcome, sentra_outcomes, "event.outcome"),
        FIELD_HIDDEN(sentra_polkit, reserved),
    };
};
static_assert(sentra::described<sentra_polkit>() == sizeof(sentra_polkit));

template <> struct sentra::Describe<sentra_account> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_account, head),
        FIELD_GROUP(sentra_account, origin, sentra_origin),
        FIELD_TEXT(sentra_account, user, "user.target.name"),
        FIELD_TEXT(sentra_account, group, "group.name"),
        FIELD_TEXT(sentra_account, by, "user.name"),
        FIELD_TEXT(sentra_account, home, "user.target.home"),
        FIELD_TEXT(sentra_account, shell, "user.target.shell"),
        FIELD_TEXT(sentra_account, detail, "iam.detail"),
        FIELD_ID(sentra_account, user_id, "user.target.id"),
        FIELD_ID(sentra_account, group_id, "group.id"),
        FIELD_CHOICE(sentra_account, action, sentra_account_actions, "event.action"),
        FIELD_CHOICE(sentra_account, outcome, sentra_outcomes, "event.outcome"),
    };
};
static_assert(sentra::described<sentra_account>() == sizeof(sentra_account));

template <> struct sentra::Describe<sentra_job> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_job, head),
        FIELD_GROUP(sentra_job, origin, sentra_origin),
        FIELD_TEXT(sentra_job, user, "user.name"),
        FIELD_TEXT(sentra_job, target, "user.target.name"),
        FIELD_TEXT(sentra_job, command, "job.command"),
        FIELD_CHOICE(sentra_job, action, sentra_job_actions, "event.action"),
        FIELD_HIDDEN(sentra_job, reserved),
    };
};
static_assert(sentra::described<sentra_job>() == sizeof(sentra_job));

template <> struct sentra::Describe<sentra_unit> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_unit, head),
        FIELD_GROUP(sentra_unit, origin, sentra_origin),
        FIELD_TEXT(sentra_unit, unit, "unit.name"),
        FIELD_TEXT(sentra_unit, result, "unit.result"),
        FIELD_CHOICE(sentra_unit, action, sentra_unit_actions, "event.action"),
        FIELD_HIDDEN(sentra_unit, reserved),
    };
};
static_assert(sentra::described<sentra_unit>() == sizeof(sentra_unit));
#endif

#endif
