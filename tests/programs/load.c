/* SPDX-License-Identifier: MIT */
/* A load at full speed: load exec COUNT runs /bin/true that often, load open COUNT FOLDER opens 64
 * files in turn for writing that often. Says nothing; exit status 1 with a reason when it could not. */
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int run(long count)
{
	char *const arguments[] = {"/bin/true", NULL};
	char *const environment[] = {NULL};

	while (count-- > 0) {
		pid_t child;
		int status;

		if (posix_spawn(&child, arguments[0], NULL, NULL, arguments, environment) != 0 ||
		    waitpid(child, &status, 0) != child || status != 0) {
			perror("load: run /bin/true");
			return 1;
		}
	}
	return 0;
}

static int open_files(long count, const char *folder)
{
	while (count-- > 0) {
		char path[4096];
		int file;

		snprintf(path, sizeof(path), "%s/%ld", folder, count % 64);
		file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (file < 0 || close(file) != 0) {
			perror("load: open for writing");
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "exec") == 0)
		return run(atol(argv[2]));
	if (argc == 4 && strcmp(argv[1], "open") == 0)
		return open_files(atol(argv[2]), argv[3]);
	fputs("usage: load exec COUNT | load open COUNT FOLDER\n", stderr);
	return 2;
}
