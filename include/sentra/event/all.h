/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Every family: for the one place on each side that must know all of them. */
#ifndef SENTRA_EVENT_ALL_H
#define SENTRA_EVENT_ALL_H

#include <sentra/event/auth.h>
#include <sentra/event/cred.h>
#include <sentra/event/file.h>
#include <sentra/event/kernel.h>
#include <sentra/event/meta.h>
#include <sentra/event/net.h>
#include <sentra/event/process.h>

#endif
