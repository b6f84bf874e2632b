/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * One body on three rungs, at a function in which the kernel asks its security modules:
 *   name_lsm     as one of the modules, when those before it have granted the request
 *   name_kprobe  when security_<hook>() is entered, before any of them
 *   name_fentry  when it has returned: all of them have granted it
 * parameters are the function's, in parentheses; body is an expression that may use them.
 */
#ifndef SENTRA_BPF_HOOK_H
#define SENTRA_BPF_HOOK_H

#include "drift.h"

#define HOOK_PARAMETERS(...) __VA_ARGS__

#define HOOK_LSM(name, hook, parameters, body)                                                     \
	SEC("lsm/" #hook)                                                                          \
	int BPF_PROG(name##_lsm, HOOK_PARAMETERS parameters)                                       \
	{                                                                                          \
		body;                                                                              \
		return 0;                                                                          \
	}
#define HOOK_KPROBE(name, function, parameters, body)                                              \
	SEC("kprobe/" #function)                                                                   \
	int BPF_KPROBE(name##_kprobe, HOOK_PARAMETERS parameters)                                  \
	{                                                                                          \
		body;                                                                              \
		return 0;                                                                          \
	}
#define HOOK_FENTRY(name, function, parameters, body)                                              \
	SEC("fentry/" #function)                                                                   \
	int BPF_PROG(name##_fentry, HOOK_PARAMETERS parameters)                                    \
	{                                                                                          \
		body;                                                                              \
		return 0;                                                                          \
	}
#define HOOK_FEXIT(name, function, parameters, body)                                               \
	SEC("fexit/" #function)                                                                    \
	int BPF_PROG(name##_fentry, HOOK_PARAMETERS parameters, int result)                        \
	{                                                                                          \
		if (!result)                                                                       \
			body;                                                                      \
		return 0;                                                                          \
	}

#define HOOKS(name, hook, parameters, body)                                                        \
	HOOK_LSM(name, hook, parameters, body)                                                     \
	HOOK_KPROBE(name, security_##hook, parameters, body)                                       \
	HOOK_FEXIT(name, security_##hook, parameters, body)

#endif
