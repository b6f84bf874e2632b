#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a local user tries to get at of the sensor: its store, its socket, its pins, its maps and
programs, its process. Each line is one try and what the kernel said; the exit status is 1 if one
succeeded.

    intruder.py STATE_DIR SOCKET PINS PID
"""
import ctypes
import errno
import os
import signal
import socket
import sys

BPF_CALL = 321 if os.uname().machine == "x86_64" else 280
PIDFD_OPEN, PIDFD_GETFD = 434, 438
OBJ_GET, PROG_GET_NEXT_ID, MAP_GET_NEXT_ID, MAP_GET_FD_BY_ID = 7, 11, 12, 14
libc = ctypes.CDLL(None, use_errno=True)


def checked(result):
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


def bpf(command, *numbers):
    attributes = (ctypes.c_uint32 * 32)(*numbers)
    return checked(libc.syscall(BPF_CALL, command, attributes, ctypes.sizeof(attributes)))


def bpf_get(path):
    text = ctypes.create_string_buffer(path.encode())
    address = ctypes.addressof(text)
    return bpf(OBJ_GET, address & 0xFFFFFFFF, address >> 32)


def connect(path):
    with socket.socket(socket.AF_UNIX) as channel:
        channel.connect(path)


def take_descriptor(pid):
    own = checked(libc.syscall(PIDFD_OPEN, pid, 0))
    return checked(libc.syscall(PIDFD_GETFD, own, 3, 0))


def main():
    state, path, pins, pid = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    tries = {
        "read the store": lambda: open(f"{state}/sentra.db", "rb").read(1),
        "read what is not yet in it": lambda: open(f"{state}/sentra.db-wal", "rb").read(1),
        "write the store": lambda: open(f"{state}/sentra.db", "ab").write(b"x"),
        "put a store beside it": lambda: open(f"{state}/other.db", "wb"),
        "remove the store": lambda: os.unlink(f"{state}/sentra.db"),
        "connect to the socket": lambda: connect(path),
        "remove the socket": lambda: os.unlink(path),
        "put a socket in its place": lambda: os.rename(path, path + ".old"),
        "list the pins": lambda: os.listdir(pins),
        "remove the pins": lambda: os.rmdir(pins),
        "open a pin": lambda: bpf_get(pins),
        "list maps": lambda: bpf(MAP_GET_NEXT_ID, 0),
        "list programs": lambda: bpf(PROG_GET_NEXT_ID, 0),
        "open a map by its number": lambda: [bpf(MAP_GET_FD_BY_ID, number) for number in range(1, 200)],
        "end the sensor": lambda: os.kill(pid, signal.SIGKILL),
        "halt the sensor": lambda: os.kill(pid, signal.SIGSTOP),
        "trace the sensor": lambda: checked(libc.ptrace(16, pid, 0, 0)),
        "read its memory": lambda: open(f"/proc/{pid}/mem", "rb").read(1),
        "write its memory": lambda: open(f"/proc/{pid}/mem", "wb"),
        "read its surroundings": lambda: open(f"/proc/{pid}/environ", "rb").read(1),
        "see what it has open": lambda: os.listdir(f"/proc/{pid}/fd"),
        "take a descriptor of its": lambda: take_descriptor(pid),
        "have it killed before others": lambda: open(f"/proc/{pid}/oom_score_adj", "w").write("1000"),
        "limit it": lambda: checked(libc.prlimit(pid, 7, ctypes.create_string_buffer(16), None)),
        "make it slow": lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
    }
    succeeded = 0
    for what, how in tries.items():
        try:
            how()
            said = "SUCCEEDED"
            succeeded += 1
        except OSError as error:
            refused = error.errno in (errno.EACCES, errno.EPERM)
            said = errno.errorcode[error.errno] if refused else f"FAILED OTHERWISE: {error}"
            succeeded += 0 if refused else 1
        print(f"{what}: {said}")
    return 1 if succeeded else 0


if __name__ == "__main__":
    sys.exit(main())
