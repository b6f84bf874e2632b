/* SPDX-License-Identifier: MIT */
/* Inputs at the edge of what a kernel allows, bounded and ending by themselves. Each prints what it did as
 * "name value" pairs on one line, from its own count: what a sensor must have seen.
 *   extremes bomb COUNT            a fork bomb of that many processes, as a user with a limit
 *   extremes processes COUNT       that many processes, each ending at once
 *   extremes reuse COUNT           that many processes of one number (in a pid namespace of its own)
 *   extremes deep LEVELS FOLDER    a file below that many directories: made, renamed, removed
 *   extremes long FOLDER           a path of 4,095 bytes with components of 255
 *   extremes arguments BYTES       a program with that many bytes of arguments
 * Exit status 1 with a reason when it could not. */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(int succeeded, const char *what)
{
	if (succeeded)
		return;
	perror(what);
	exit(1);
}

static void await(pid_t pid)
{
	int status;

	must(waitpid(pid, &status, 0) == pid && status == 0, "extremes: a child");
}

/* Every process makes two more, until all of them together have made COUNT or the limit refuses. */
static void bomb(long count, long *made)
{
	int twice;

	for (twice = 0; twice < 2 && __atomic_load_n(made, __ATOMIC_RELAXED) < count; twice++) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (pid == 0) {
			bomb(count, made);
			_exit(0);
		}
		__atomic_add_fetch(made, 1, __ATOMIC_RELAXED);
	}
	while (wait(NULL) > 0)
		continue;
}

/* What goes wrong here ends by itself: no process has more than seconds of a CPU. */
static int fork_bomb(long count)
{
	const struct rlimit processes = {.rlim_cur = 200, .rlim_max = 200};
	const struct rlimit seconds = {.rlim_cur = 5, .rlim_max = 5};
	long *made = mmap(NULL, sizeof(*made), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t first;

	must(made != MAP_FAILED, "mmap");
	first = fork();
	must(first >= 0, "fork");
	if (first == 0) {
		must(setrlimit(RLIMIT_NPROC, &processes) == 0 && setrlimit(RLIMIT_CPU, &seconds) == 0 &&
			     setresuid(64017, 64017, 64017) == 0, "setresuid");
		while (__atomic_load_n(made, __ATOMIC_RELAXED) < count)
			bomb(count, made);
		_exit(0);
	}
	await(first);
	printf("forks %ld\n", *made + 1);
	return 0;
}

static int processes(long count)
{
	volatile long left = count;

	while (left-- > 0) {
		pid_t pid = vfork();

		must(pid >= 0, "vfork");
		if (pid == 0)
			_exit(0);
		await(pid);
	}
	printf("forks %ld\n", count);
	return 0;
}

static int reuse(long count)
{
	int last = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
	const pid_t wanted = 4321;
	long left;

	must(last >= 0, "ns_last_pid");
	for (left = count; left > 0; left--) {
		pid_t pid;

		must(pwrite(last, "4320", 4, 0) == 4, "ns_last_pid");
		pid = fork();
		must(pid >= 0, "fork");
		if (pid == 0)
			_exit(0);
		if (pid != wanted) {
			fprintf(stderr, "extremes: got process %d, not %d\n", pid, wanted);
			return 1;
		}
		await(pid);
	}
	printf("forks %ld\n", count);
	return 0;
}

static int deep(long levels, const char *folder)
{
	long level;
	int file;

	must(chdir(folder) == 0, folder);
	for (level = 0; level < levels; level++)
		must(mkdir("d", 0700) == 0 && chdir("d") == 0, "mkdir");
	file = open("leaf", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	must(file >= 0 && close(file) == 0, "open");
	must(rename("leaf", "fallen") == 0 && unlink("fallen") == 0, "rename");
	for (level = 0; level < levels; level++)
		must(chdir("..") == 0 && rmdir("d") == 0, "rmdir");
	printf("writes 1 renames 1 deletes %ld\n", levels + 1);
	return 0;
}

static int long_path(const char *folder)
{
	char path[PATH_MAX], name[NAME_MAX + 1], other[PATH_MAX];
	size_t used = strlen(strcpy(path, folder));
	long made = 0, left;
	int file;

	memset(name, 'n', NAME_MAX);
	name[NAME_MAX] = 0;
	while (used + 1 + NAME_MAX < PATH_MAX - 2) {
		snprintf(path + used, sizeof(path) - used, "/%s", name);
		used += 1 + NAME_MAX;
		must(mkdir(path, 0700) == 0, "mkdir");
		made++;
	}
	memcpy(other, path, used + 1);
	name[PATH_MAX - 1 - used - 1] = 0; /* fills it to the last byte */
	snprintf(path + used, sizeof(path) - used, "/%s", name);
	snprintf(other + used, sizeof(other) - used, "/o%s", name + 1);
	file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	must(file >= 0 && close(file) == 0, "open");
	must(rename(path, other) == 0 && unlink(other) == 0, "rename");
	path[used] = 0;
	for (left = made; left > 0; left--) {
		must(rmdir(path) == 0, "rmdir");
		*strrchr(path, '/') = 0;
	}
	printf("writes 1 renames 1 deletes %ld bytes %zu\n", made + 1, strlen(other));
	return 0;
}

/* One argument may have 128 KiB; all of them a quarter of the stack's limit. */
static int arguments(long bytes)
{
	const struct rlimit stack = {.rlim_cur = 64UL << 20, .rlim_max = RLIM_INFINITY};
	enum { each = 100000 };
	char *words[256] = {"true"}, *environment[] = {NULL};
	long left, used = 1;
	pid_t pid;

	must(setrlimit(RLIMIT_STACK, &stack) == 0, "setrlimit");
	for (left = bytes; left > 0 && used < 255; left -= each) {
		size_t length = left < each ? left : each;

		words[used] = malloc(length);
		must(words[used] != NULL, "malloc");
		memset(words[used], 'a', length - 1);
		words[used++][length - 1] = 0;
	}
	pid = vfork();
	must(pid >= 0, "vfork");
	if (pid == 0) {
		execve("/bin/true", words, environment);
		_exit(97);
	}
	await(pid);
	printf("forks 1 execs 1 arguments %ld\n", used);
	return 0;
}

int main(int count, char **words)
{
	const char *kind = count > 2 ? words[1] : "";

	if (strcmp(kind, "bomb") == 0)
		return fork_bomb(atol(words[2]));
	if (strcmp(kind, "processes") == 0)
		return processes(atol(words[2]));
	if (strcmp(kind, "reuse") == 0)
		return reuse(atol(words[2]));
	if (strcmp(kind, "deep") == 0 && count > 3)
		return deep(atol(words[2]), words[3]);
	if (strcmp(kind, "long") == 0)
		return long_path(words[2]);
	if (strcmp(kind, "arguments") == 0)
		return arguments(atol(words[2]));
	fprintf(stderr, "extremes: bomb|processes|reuse|deep|long|arguments, see the source\n");
	return 2;
}
