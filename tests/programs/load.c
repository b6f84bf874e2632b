/* SPDX-License-Identifier: MIT */
/* A load at full speed, one kind of event each. Prints "kind count wall_ns cpu_ns": cpu_ns is user and
 * system time of this process and its children, exact in sum where wall time is not.
 *   load exec COUNT [PROGRAM]    runs it (/bin/true) that often
 *   load open COUNT FOLDER       opens 64 files in turn for writing
 *   load each COUNT FOLDER       opens that many different files for writing, once each; they are made
 *                                first, uncounted, where they are missing
 *   load conn COUNT              connect, accept and close on loopback
 *   load setuid COUNT            setuid(0) by root, which changes nothing
 *   load getppid COUNT           a system call that no sensor has a use for
 * Exit status 1 with a reason when it could not. */
#define _GNU_SOURCE

#include <arpa/inet.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long cpu_ns_of(int who)
{
	struct rusage used;

	getrusage(who, &used);
	return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000000LL +
	       (used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1000LL;
}

static long long cpu_ns(void)
{
	return cpu_ns_of(RUSAGE_SELF) + cpu_ns_of(RUSAGE_CHILDREN);
}

static int run(long count, const char *program)
{
	char *const arguments[] = {(char *)program, NULL};
	char *const environment[] = {NULL};

	while (count-- > 0) {
		pid_t child;
		int status;

		if (posix_spawn(&child, program, NULL, NULL, arguments, environment) != 0 ||
		    waitpid(child, &status, 0) != child || status != 0) {
			perror("load: run the program");
			return 1;
		}
	}
	return 0;
}

static int open_one(const char *folder, long number)
{
	char path[4096];
	int file;

	snprintf(path, sizeof(path), "%s/%ld", folder, number);
	file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0 || close(file) != 0) {
		perror("load: open for writing");
		return 1;
	}
	return 0;
}

static int open_files(long count, const char *folder, long different)
{
	long number;

	for (number = 0; number < count; number++)
		if (open_one(folder, number % different))
			return 1;
	return 0;
}

static int connect_once(int listener, const struct sockaddr_in *address)
{
	/* A reset instead of a close leaves no connection in TIME_WAIT. */
	const struct linger reset = {.l_onoff = 1, .l_linger = 0};
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), served;

	if (client < 0 || connect(client, (const void *)address, sizeof(*address)) != 0)
		return 1;
	served = accept(listener, NULL, NULL);
	if (served < 0)
		return 1;
	setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(client);
	close(served);
	return 0;
}

static int connections(long count)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t bytes = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (listener < 0 || bind(listener, (void *)&address, bytes) != 0 ||
	    listen(listener, 16) != 0 || getsockname(listener, (void *)&address, &bytes) != 0) {
		perror("load: listen");
		return 1;
	}
	while (count-- > 0) {
		if (connect_once(listener, &address)) {
			perror("load: connect");
			return 1;
		}
	}
	close(listener);
	return 0;
}

static int call(long count, long number)
{
	while (count-- > 0)
		syscall(number, 0);
	return 0;
}

static int load(const char *kind, long count, const char *where)
{
	if (strcmp(kind, "exec") == 0)
		return run(count, where ? where : "/bin/true");
	if (strcmp(kind, "open") == 0 && where)
		return open_files(count, where, 64);
	if (strcmp(kind, "each") == 0 && where)
		return open_files(count, where, count);
	if (strcmp(kind, "conn") == 0)
		return connections(count);
	if (strcmp(kind, "setuid") == 0)
		return call(count, SYS_setuid);
	if (strcmp(kind, "getppid") == 0)
		return call(count, SYS_getppid);
	fputs("usage: load exec COUNT [PROGRAM] | open COUNT FOLDER | each COUNT FOLDER | conn COUNT | "
	      "setuid COUNT | getppid COUNT\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	const char *kind = argc > 2 ? argv[1] : "", *where = argc > 3 ? argv[3] : NULL;
	long count = argc > 2 ? atol(argv[2]) : 0;
	long long wall, cpu;
	int status;

	if (strcmp(kind, "each") == 0 && where && open_files(count, where, count))
		return 1;
	wall = wall_ns();
	cpu = cpu_ns();
	status = load(kind, count, where);
	if (status == 0)
		printf("%s %ld %lld %lld\n", kind, count, wall_ns() - wall, cpu_ns() - cpu);
	return status;
}
