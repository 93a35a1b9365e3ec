/*
 * Stands between a client and a UDP server on 127.0.0.1, passes on a number
 * of packets of the client with their answers, and then nothing more: the
 * server that stops in the middle. Prints its own port when it listens.
 * usage: udp_stop SERVER-PORT PACKETS
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static struct sockaddr_in local(unsigned port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((uint16_t)port) };

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return address;
}

static int open_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in address = local(0);

	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		perror("udp_stop");
		exit(1);
	}
	return fd;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		return 2;
	}
	struct sockaddr_in server = local((unsigned)atoi(argv[1]));
	struct sockaddr_in client = local(0);
	socklen_t len = sizeof(client);
	int left = atoi(argv[2]);
	struct pollfd ends[2] = { { .fd = open_socket(), .events = POLLIN },
				  { .fd = open_socket(), .events = POLLIN } };
	char packet[65536];

	if (getsockname(ends[0].fd, (struct sockaddr *)&client, &len) != 0) {
		return 1;
	}
	printf("%u\n", ntohs(client.sin_port));
	fflush(stdout);
	while (poll(ends, 2, -1) > 0) {
		if ((ends[0].revents & POLLIN) != 0) {
			len = sizeof(client);
			ssize_t got =
				recvfrom(ends[0].fd, packet, sizeof(packet), 0,
					 (struct sockaddr *)&client, &len);
			if (got >= 0 && left-- > 0) {
				(void)!sendto(ends[1].fd, packet, (size_t)got,
					      0, (struct sockaddr *)&server,
					      sizeof(server));
			}
		}
		if ((ends[1].revents & POLLIN) != 0) {
			ssize_t got =
				recv(ends[1].fd, packet, sizeof(packet), 0);
			if (got >= 0) {
				(void)!sendto(ends[0].fd, packet, (size_t)got,
					      0, (struct sockaddr *)&client,
					      sizeof(client));
			}
		}
	}
	return 0;
}
