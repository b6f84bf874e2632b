/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Network: connect, listen, accept. source is who began, destination who was reached. */
#ifndef SENTRA_EVENT_NET_H
#define SENTRA_EVENT_NET_H

#include <sentra/event/process.h>

enum sentra_transport {
	SENTRA_TRANSPORT_UNKNOWN = 0,
	SENTRA_TRANSPORT_TCP,
	SENTRA_TRANSPORT_UDP,
	SENTRA_TRANSPORT_UNIX,
};

struct sentra_connect {
	struct sentra_head head;
	struct sentra_actor actor;
	struct sentra_address local;	/* often unbound yet: port 0 */
	struct sentra_address remote;
	struct sentra_text socket_path;	/* unix: path, or "@name" for an abstract one */
	__u64 socket;			/* the kernel's address of the socket, as an opaque key */
	__u32 transport;		/* enum sentra_transport */
	__u32 network_namespace;
	__u32 repeats;			/* the same fact, since it was last told, not told each time */
	__u32 reserved;
};

struct sentra_listen {
	struct sentra_head head;
	struct sentra_actor actor;
	struct sentra_address local;
	__u64 socket;
	__u32 transport;
	__u32 network_namespace;
};

struct sentra_accept {
	struct sentra_head head;
	struct sentra_actor actor;
	struct sentra_address local;
	struct sentra_address remote;
	__u64 socket;
	__u32 transport;
	__u32 network_namespace;
	__u32 repeats;			/* the same fact, since it was last told, not told each time */
	__u32 reserved;
};

#ifdef __cplusplus
inline constexpr const char *sentra_transports[] = {"unknown", "tcp", "udp", "unix"};

template <> struct sentra::Describe<sentra_connect> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_connect, head),
        FIELD_GROUP(sentra_connect, actor, sentra_actor),
        FIELD_ADDRESS(sentra_connect, local, "source"),
        FIELD_ADDRESS(sentra_connect, remote, "destination"),
        FIELD_TEXT(sentra_connect, socket_path, "destination.socket_path"),
        FIELD_HIDDEN(sentra_connect, socket),
        FIELD_CHOICE(sentra_connect, transport, sentra_transports, "network.transport"),
        FIELD_NUMBER(sentra_connect, network_namespace, "network.namespace"),
        FIELD_NUMBER(sentra_connect, repeats, "event.repeats"),
        FIELD_HIDDEN(sentra_connect, reserved),
    };
};
static_assert(sentra::described<sentra_connect>() == sizeof(sentra_connect));

template <> struct sentra::Describe<sentra_listen> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_listen, head),
        FIELD_GROUP(sentra_listen, actor, sentra_actor),
        FIELD_ADDRESS(sentra_listen, local, "server"),
        FIELD_HIDDEN(sentra_listen, socket),
        FIELD_CHOICE(sentra_listen, transport, sentra_transports, "network.transport"),
        FIELD_NUMBER(sentra_listen, network_namespace, "network.namespace"),
    };
};
static_assert(sentra::described<sentra_listen>() == sizeof(sentra_listen));

template <> struct sentra::Describe<sentra_accept> {
    static constexpr Field fields[] = {
        FIELD_HIDDEN(sentra_accept, head),
        FIELD_GROUP(sentra_accept, actor, sentra_actor),
        FIELD_ADDRESS(sentra_accept, local, "destination"),
        FIELD_ADDRESS(sentra_accept, remote, "source"),
        FIELD_HIDDEN(sentra_accept, socket),
        FIELD_CHOICE(sentra_accept, transport, sentra_transports, "network.transport"),
        FIELD_NUMBER(sentra_accept, network_namespace, "network.namespace"),
        FIELD_NUMBER(sentra_accept, repeats, "event.repeats"),
        FIELD_HIDDEN(sentra_accept, reserved),
    };
};
static_assert(sentra::described<sentra_accept>() == sizeof(sentra_accept));
#endif

#endif
