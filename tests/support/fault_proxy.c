/*
 * A TCP proxy that breaks connections on purpose, between a client and a
 * server that both behave: usage
 *
 *	fault_proxy HOST PORT SCRIPT-FILE
 *
 * connects to HOST (an address) and PORT, and listens on a loopback port that
 * the kernel chooses. SCRIPT-FILE says what happens to each connection
 * (fault_script.h); it is read again at each connection, and when it says
 * something else than before, the first step is next. Write it anew and rename
 * it into place. On standard output, one line each:
 *
 *	port N
 *	connection N STEP
 *	stalled N up|down AFTER
 *	end N up BYTES down BYTES HOW
 *
 * BYTES are those that went on to the other side. HOW is "closed", what the
 * script did ("cut", "reset", "refused", "stalled" when the client gave up...),
 * or "failed". What the script asks for and did not come to pass
 * ends otherwise than it says.
 *
 * One process, no threads, and it ends with its parent. It knows bytes and the
 * heads of TLS records; what TLS says is fault_server.c's.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/text.h"
#include "tests/support/fault_script.h"

#define LINKS_MAX 64
#define PIECE 16384
#define TICK_MS 10
#define HEAD_BYTES 5 /* of a TLS record */
#define GARBAGE_BYTES 512

/* One direction: a piece is read, held, written; then the next one. */
struct flow {
	int from, to;
	struct fault_way fault;
	uint8_t data[PIECE];
	size_t len, written;
	int64_t at_ms;   /* not written earlier */
	uint64_t taken;  /* bytes read from one side */
	uint64_t passed; /* and written to the other */
	bool ended;      /* the one side will say no more */
	bool closed;     /* and the other side was told */
	bool stalled;
	/* Of the record that the next byte to be read belongs to. */
	uint64_t records;    /* begun so far */
	uint64_t body_left;  /* after the head */
	unsigned head_bytes; /* of the head that are known */
	uint16_t body_len;
};

struct link {
	bool used;
	uint64_t number;
	int client, target;
	struct flow flows[FAULT_WAYS];
	const char *how; /* why it ends; NULL = it does not yet */
	bool reset;      /* ends with RST */
};

struct proxy {
	struct sockaddr_in target;
	const char *script_path;
	struct buf script_text;
	struct fault_script script;
	uint64_t number;  /* of connections, in all */
	uint64_t in_text; /* and since the script says what it says */
	int listener;
	struct link links[LINKS_MAX];
};

static void fail(const char *what)
{
	(void)fprintf(stderr, "fault_proxy: %s\n", what);
	exit(2);
}

/* ---- one direction ---- */

/* Where this direction ends, as far as that is known. */
static uint64_t most(const struct flow *flow)
{
	bool known = flow->fault.end != FAULT_NO_END &&
		     flow->fault.end != FAULT_RECORD;
	return known ? flow->fault.at : UINT64_MAX;
}

/* Looks for the begin of the record that is to be cut. */
static void note_byte(struct flow *flow, uint8_t byte)
{
	struct fault_way *fault = &flow->fault;
	if (flow->body_left > 0) {
		flow->body_left--;
		return;
	}
	if (flow->head_bytes == 0) {
		flow->records++;
		if (fault->end == FAULT_RECORD &&
		    flow->records == fault->record) {
			fault->end = FAULT_CUT;
			fault->at += flow->taken;
		}
	}
	flow->body_len = (uint16_t)(flow->body_len << 8 | byte);
	if (++flow->head_bytes == HEAD_BYTES) {
		flow->body_left = flow->body_len;
		flow->head_bytes = 0;
	}
}

static void note_piece(struct flow *flow)
{
	for (size_t i = 0; i < flow->len; i++) {
		note_byte(flow, flow->data[i]);
		if (flow->fault.flips && flow->taken == flow->fault.flip) {
			flow->data[i] ^= 1;
		}
		flow->taken++;
	}
}

static bool wants_read(const struct flow *flow)
{
	return flow->len == 0 && !flow->ended && !flow->stalled;
}

static bool wants_write(const struct flow *flow, int64_t now)
{
	return flow->len > 0 && !flow->stalled && now >= flow->at_ms;
}

/* false: the connection is no more. */
static bool take(struct flow *flow, int64_t now)
{
	ssize_t n = recv(flow->from, flow->data, sizeof(flow->data), 0);
	if (n < 0) {
		return errno == EAGAIN || errno == EINTR;
	}
	if (n == 0) {
		flow->ended = true;
		return true;
	}
	flow->len = (size_t)n;
	flow->written = 0;
	flow->at_ms = now + flow->fault.delay_ms;
	note_piece(flow);
	return true;
}

static size_t portion(const struct flow *flow)
{
	uint64_t size = flow->len - flow->written;
	uint64_t left = most(flow) - flow->passed;
	size = size < left ? size : left;
	uint64_t little = flow->passed >= flow->fault.trickle_from
				  ? flow->fault.trickle
				  : flow->fault.trickle_from - flow->passed;
	if (flow->fault.trickle > 0 && little < size) {
		size = little;
	}
	return (size_t)size;
}

static bool give(struct flow *flow, int64_t now)
{
	size_t size = portion(flow);
	ssize_t n = size > 0 ? send(flow->to, flow->data + flow->written, size,
				    MSG_NOSIGNAL)
			     : 0;
	if (n < 0) {
		return errno == EAGAIN || errno == EINTR;
	}
	flow->passed += (uint64_t)n;
	flow->written += (size_t)n;
	if (flow->written == flow->len) {
		flow->len = 0;
	}
	if (flow->fault.trickle > 0 &&
	    flow->passed > flow->fault.trickle_from) {
		flow->at_ms = now + TICK_MS;
	}
	return true;
}

/* ---- a connection ---- */

static void close_with(int fd, bool reset)
{
	const struct linger at_once = { .l_onoff = 1 };
	if (fd < 0) {
		return;
	}
	if (reset) {
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once,
				 sizeof(at_once));
	} else {
		/* What came and was not read would make it an RST. */
		uint8_t rest[PIECE];
		(void)shutdown(fd, SHUT_WR);
		while (recv(fd, rest, sizeof(rest), MSG_DONTWAIT) > 0) {
		}
	}
	(void)close(fd);
}

static void end_link(struct link *link)
{
	(void)printf("end %" PRIu64 " up %" PRIu64 " down %" PRIu64 " %s\n",
		     link->number, link->flows[FAULT_UP].passed,
		     link->flows[FAULT_DOWN].passed, link->how);
	close_with(link->client, link->reset);
	close_with(link->target, link->reset);
	link->used = false;
}

/* Does the script end this direction here? */
static void at_limit(struct link *link, int way)
{
	struct flow *flow = &link->flows[way];
	if (flow->passed < most(flow) || flow->stalled) {
		return;
	}
	switch (flow->fault.end) {
	case FAULT_STALL:
		flow->stalled = true;
		(void)printf("stalled %" PRIu64 " %s %" PRIu64 "\n",
			     link->number, way == FAULT_UP ? "up" : "down",
			     flow->passed);
		break;
	case FAULT_CUT:
		link->how = "cut";
		break;
	case FAULT_RESET:
		link->how = "reset";
		link->reset = true;
		break;
	case FAULT_NO_END:
	case FAULT_RECORD:
		break;
	}
}

/* One side has said its last: the other one hears that, after the last. */
static void pass_end(struct flow *flow)
{
	if (flow->ended && flow->len == 0 && !flow->closed) {
		flow->closed = true;
		(void)shutdown(flow->to, SHUT_WR);
	}
}

static bool is_stalled(const struct link *link)
{
	return link->flows[FAULT_UP].stalled || link->flows[FAULT_DOWN].stalled;
}

/* The client has waited long enough for a connection that stands still. */
static bool gave_up(const struct link *link, short client)
{
	return is_stalled(link) &&
	       (client & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

static void move(struct link *link, const short ready[2], int64_t now)
{
	const short broken = POLLERR | POLLHUP | POLLNVAL;
	if (gave_up(link, ready[FAULT_UP])) {
		link->how = "stalled";
		link->reset = true;
	}
	for (int way = 0; way < FAULT_WAYS && link->how == NULL; way++) {
		struct flow *flow = &link->flows[way];
		short from = ready[way], to = ready[1 - way];
		bool ok = true;
		if (wants_read(flow) && (from & (POLLIN | broken))) {
			ok = take(flow, now);
		}
		if (ok && wants_write(flow, now) && (to & (POLLOUT | broken))) {
			ok = give(flow, now);
		}
		if (!ok) {
			link->how = "failed";
			link->reset = true;
			return;
		}
		at_limit(link, way);
		pass_end(flow);
	}
	if (link->how == NULL && link->flows[FAULT_UP].closed &&
	    link->flows[FAULT_DOWN].closed) {
		link->how = "closed";
	}
}

/* 0 = nobody looks at that side: poll() would report for ever that it hung up. */
static short events_of(const struct link *link, int side, int64_t now)
{
	short events = 0;
	if (wants_read(&link->flows[side])) {
		events |= POLLIN;
	}
	if (wants_write(&link->flows[1 - side], now)) {
		events |= POLLOUT;
	}
	if (side == FAULT_UP && is_stalled(link)) {
		events |= POLLRDHUP;
	}
	return events;
}

/* ---- answers of its own ---- */

static void put_garbage(int fd)
{
	uint8_t bytes[GARBAGE_BYTES];
	uint32_t state = 2463534242u;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		state ^= state << 13;
		state ^= state >> 17;
		state ^= state << 5;
		bytes[i] = (uint8_t)state;
	}
	(void)send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL);
}

static const struct {
	const char *how;
	const char *text; /* NULL = none */
} own_answers[] = {
	[FAULT_REFUSE] = { "refused", NULL },
	[FAULT_HANG_UP] = { "hung-up", NULL },
	[FAULT_PORTAL] = { "portal",
			   "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
			   "Content-Length: 52\r\nConnection: close\r\n\r\n"
			   "<html><body>Welcome! Please accept our "
			   "terms.</html>" },
	[FAULT_PORTAL_REDIRECT] = { "portal",
				    "HTTP/1.1 302 Found\r\n"
				    "Location: http://portal.example/terms\r\n"
				    "Content-Length: 0\r\n"
				    "Connection: close\r\n\r\n" },
	[FAULT_GARBAGE] = { "garbage", NULL },
};

/* The first words of the client are waited for, for ten seconds at most. */
static void answer_self(struct link *link, enum fault_answer answer)
{
	struct pollfd said = { .fd = link->client, .events = POLLIN };
	link->how = own_answers[answer].how;
	link->reset = answer == FAULT_REFUSE;
	if (answer == FAULT_REFUSE || answer == FAULT_HANG_UP) {
		return;
	}
	(void)poll(&said, 1, 10000);
	if (answer == FAULT_GARBAGE) {
		put_garbage(link->client);
	} else {
		(void)send(link->client, own_answers[answer].text,
			   strlen(own_answers[answer].text), MSG_NOSIGNAL);
	}
}

/* ---- new connections ---- */

static void read_script(struct proxy *proxy)
{
	struct buf text = BUF_INIT;
	struct err err = { .kind = ERR_NONE };
	char wrong[FAULT_STEP_SIZE];
	if (!files_read(proxy->script_path, FAULT_SCRIPT_MAX, &text, &err)) {
		fail(err.text);
	}
	if (proxy->script.count == 0 ||
	    !text_equal(buf_str(&text), buf_str(&proxy->script_text))) {
		if (!fault_script_read(buf_str(&text), &proxy->script, wrong)) {
			(void)fprintf(stderr, "fault_proxy: what is \"%s\"?\n",
				      wrong);
			exit(2);
		}
		buf_clear(&proxy->script_text);
		proxy->script_text = text;
		proxy->in_text = 0;
		return;
	}
	buf_clear(&text);
}

static void make_quick(int fd)
{
	const int on = 1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
}

static bool reach_target(const struct proxy *proxy, struct link *link)
{
	link->target = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (link->target < 0 ||
	    connect(link->target, (const struct sockaddr *)&proxy->target,
		    sizeof(proxy->target)) != 0) {
		link->how = "unreachable";
		link->reset = true;
		return false;
	}
	make_quick(link->target);
	return true;
}

static void begin_flows(struct link *link, const struct fault_step *step)
{
	for (int way = 0; way < FAULT_WAYS; way++) {
		struct flow *flow = &link->flows[way];
		flow->fault = step->ways[way];
		flow->from = way == FAULT_UP ? link->client : link->target;
		flow->to = way == FAULT_UP ? link->target : link->client;
		at_limit(link, way);
	}
}

static struct link *free_link(struct proxy *proxy)
{
	for (size_t i = 0; i < LINKS_MAX; i++) {
		if (!proxy->links[i].used) {
			return &proxy->links[i];
		}
	}
	fail("too many connections at once");
	return NULL;
}

static void take_connection(struct proxy *proxy)
{
	int fd = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0) {
		return;
	}
	struct link *link = free_link(proxy);
	memset(link, 0, sizeof(*link));
	link->used = true;
	link->client = fd;
	link->target = -1;
	link->number = ++proxy->number;
	read_script(proxy);
	const struct fault_step *step =
		fault_script_step(&proxy->script, proxy->in_text++);
	(void)printf("connection %" PRIu64 " %s\n", link->number, step->text);
	make_quick(fd);
	if (step->answer != FAULT_TARGET) {
		answer_self(link, step->answer);
	} else if (reach_target(proxy, link)) {
		begin_flows(link, step);
	}
	if (link->how != NULL) {
		end_link(link);
	}
}

/* ---- the loop ---- */

/* Until the next piece may go on; -1 = none is held. */
static int pause_ms(const struct proxy *proxy, int64_t now)
{
	int64_t wait = INT32_MAX;
	for (size_t i = 0; i < LINKS_MAX; i++) {
		for (int way = 0; way < FAULT_WAYS; way++) {
			const struct flow *flow = &proxy->links[i].flows[way];
			if (proxy->links[i].used && flow->len > 0 &&
			    flow->at_ms > now && flow->at_ms - now < wait) {
				wait = flow->at_ms - now;
			}
		}
	}
	return wait == INT32_MAX ? -1 : (int)wait;
}

static void turn(struct proxy *proxy)
{
	struct pollfd fds[1 + 2 * LINKS_MAX];
	int64_t now = clock_monotonic_ms();
	fds[0] = (struct pollfd){ .fd = proxy->listener, .events = POLLIN };
	for (size_t i = 0; i < LINKS_MAX; i++) {
		const struct link *link = &proxy->links[i];
		for (int side = 0; side < 2; side++) {
			short events =
				link->used ? events_of(link, side, now) : 0;
			int fd = side == FAULT_UP ? link->client : link->target;
			fds[1 + 2 * i + (size_t)side] =
				(struct pollfd){ .fd = events != 0 ? fd : -1,
						 .events = events };
		}
	}
	if (poll(fds, sizeof(fds) / sizeof(fds[0]), pause_ms(proxy, now)) < 0 &&
	    errno != EINTR) {
		fail("poll");
	}
	now = clock_monotonic_ms();
	for (size_t i = 0; i < LINKS_MAX; i++) {
		struct link *link = &proxy->links[i];
		const short ready[2] = { fds[1 + 2 * i].revents,
					 fds[2 + 2 * i].revents };
		if (link->used) {
			move(link, ready, now);
			if (link->how != NULL) {
				end_link(link);
			}
		}
	}
	if (fds[0].revents != 0) {
		take_connection(proxy);
	}
}

static int listen_here(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in at = { .sin_family = AF_INET };
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	socklen_t len = sizeof(at);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) != 0 ||
	    listen(fd, 64) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
		fail("cannot listen");
	}
	(void)printf("port %d\n", ntohs(at.sin_port));
	return fd;
}

int main(int argc, char **argv)
{
	static struct proxy proxy;
	uint64_t port = 0;
	if (argc == 1) {
		return 0; /* "make check" runs every program once */
	}
	proxy.target.sin_family = AF_INET;
	if (argc != 4 ||
	    inet_pton(AF_INET, argv[1], &proxy.target.sin_addr) != 1 ||
	    !text_parse_u64(argv[2], 1, UINT16_MAX, &port)) {
		fail("usage: fault_proxy ADDRESS PORT SCRIPT-FILE");
	}
	proxy.target.sin_port = htons((uint16_t)port);
	proxy.script_path = argv[3];
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	read_script(&proxy); /* so that a wrong one is told at once */
	proxy.listener = listen_here();
	for (;;) {
		turn(&proxy);
	}
}
