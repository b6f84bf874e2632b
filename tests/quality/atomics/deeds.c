// SPDX-License-Identifier: MIT
// Small programs that some of the cases expect to find, one by each name it is called by. They do the
// deed and nothing with it: what is captured is thrown away, what is overwritten is their own child.
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/ethernet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* -a: every packet; -4 -p N: those of an IP protocol; -t N: for so many seconds. */
static int capture(int argc, char **argv)
{
	int option, domain = AF_PACKET, protocol = htons(ETH_P_ALL), seconds = 1, socket_fd;
	struct timeval patience = {1, 0};
	char packet[2048];

	while ((option = getopt(argc, argv, "a4p:t:")) != -1) {
		if (option == '4') {
			domain = AF_INET;
			protocol = IPPROTO_TCP;
		} else if (option == 'p') {
			protocol = atoi(optarg);
		} else if (option == 't') {
			seconds = atoi(optarg);
		}
	}
	socket_fd = socket(domain, SOCK_RAW, protocol);
	if (socket_fd < 0)
		return 1;
	setsockopt(socket_fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	while (seconds-- > 0)
		(void)!recv(socket_fd, packet, sizeof(packet), 0);
	return 0;
}

static int rename_self(void)
{
	prctl(PR_SET_NAME, "totally_legit");
	return (int)sleep(5);
}

/* The bytes written are the ones that were there: what counts is who wrote them. */
static int overwrite_child(void)
{
	static char place[64] = "the child's memory";
	char path[64];
	pid_t child = fork();
	int memory;

	if (child == 0) {
		sleep(2);
		_exit(0);
	}
	snprintf(path, sizeof(path), "/proc/%d/mem", child);
	memory = open(path, O_RDWR);
	if (memory < 0 || pwrite(memory, place, sizeof(place), (off_t)(size_t)place) < 0)
		perror(path);
	waitpid(child, NULL, 0);
	return 0;
}

static int change_mode(const char *folder, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s%s", folder, name);
	return chmod(path, 0755);
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];

	if (strstr(name, "pcapdemo"))
		return capture(argc, argv);
	if (strstr(name, "prctl_rename"))
		return rename_self();
	if (strstr(name, "overwrite"))
		return overwrite_child();
	if (strstr(name, "T1222002") && argc > 2)
		return change_mode(argv[1], argv[2]);
	puts(name);
	return 0;
}
