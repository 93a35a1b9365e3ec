/*
 * HTTP/1.1 requests and their answers over a TLS connection. The syntax of
 * heads and bodies is formats/http1's; here is the order of things: head and
 * beginning of the body leave in one record, the body streams from memory or
 * from a file straight into the records, an early answer ends the sending,
 * and only the framing says whether an answer is whole. With a rate the body
 * goes in slices as pace.c allows. Connections are tls_client.c's, what a
 * status means is upload.c's.
 */
#include "net/http_client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "net/pace.h"

#define INTERIM_MAX 8                     /* answers 1xx before the real one */
#define CHECK_BYTES ((uint64_t)48 * 1024) /* and a record: 64 KiB */
#define PAUSE_MS 1000   /* for the rate, until it is asked again */
#define PROGRESS_MS 100 /* not to be told more often */
#define FIFTY_YEARS_S ((int64_t)50 * 31557600)

/* What is still to be sent. */
struct outgoing {
	const struct buf *head;
	const struct http_body *body;
	size_t head_sent;
	uint64_t body_sent;
	uint64_t checked; /* body_sent when it was asked last */
	struct pace pace;
	int64_t told_ms; /* when progress was told last */
};

static bool put_head(const struct http_request *request, struct buf *head,
		     struct err *err)
{
	struct http1_request w;
	http1_request_start(&w, head, request->method, request->target,
			    request->host);
	for (size_t i = 0;
	     request->fields != NULL && request->fields[i].name != NULL; i++) {
		http1_request_field(&w, request->fields[i].name,
				    request->fields[i].value);
	}
	if (request->body_type != NULL) {
		http1_request_field(&w, "Content-Type", request->body_type);
	}
	/* Who gets a POST expects a length, though it were 0. */
	if (request->body_type != NULL || text_equal(request->method, "POST")) {
		http1_request_number(&w, "Content-Length", request->body.size);
	}
	if (!request->keep) {
		http1_request_field(&w, "Connection", "close");
	}
	return http1_request_end(&w, err);
}

/* Fills at most len bytes of room; *filled = 0 only at the end. */
static bool fill_body(struct outgoing *out, uint8_t *room, size_t len,
		      size_t *filled, struct err *err)
{
	const struct http_body *body = out->body;
	uint64_t left = body->size - out->body_sent;
	size_t want = left < len ? (size_t)left : len;
	if (body->data != NULL) {
		memcpy(room, (const uint8_t *)body->data + out->body_sent,
		       want);
		*filled = want;
	} else {
		ssize_t n;
		do {
			n = pread(body->fd, room, want,
				  (off_t)(body->from + out->body_sent));
		} while (n < 0 && errno == EINTR);
		if (n < 0) {
			return err_set_errno(err, ERR_IO, errno,
					     "Cannot read what is to be sent");
		}
		if (n == 0 && want > 0) {
			return err_set(err, ERR_IO,
				       "The file became shorter while it was "
				       "sent. Choose it anew.");
		}
		*filled = (size_t)n;
	}
	out->body_sent += *filled;
	return true;
}

/* One record: what is left of the head, and body as far as there is room. */
static bool fill(struct outgoing *out, uint8_t *room, size_t len,
		 size_t *filled, struct err *err)
{
	size_t left = out->head->len - out->head_sent;
	size_t n = left < len ? left : len;
	memcpy(room, out->head->data + out->head_sent, n);
	out->head_sent += n;
	*filled = n;
	while (*filled < len && out->body_sent < out->body->size) {
		size_t more = 0;
		if (!fill_body(out, room + *filled, len - *filled, &more,
			       err)) {
			return false;
		}
		*filled += more;
	}
	return true;
}

static uint64_t left_of(const struct outgoing *out)
{
	return out->head->len - out->head_sent + out->body->size -
	       out->body_sent;
}

/* May the next record of at most len bytes go? Asked now and then. */
static bool may_go_on(struct outgoing *out, size_t len,
		      const struct deadline *deadline, struct err *err)
{
	if (left_of(out) > len && out->body_sent - out->checked < CHECK_BYTES) {
		return true;
	}
	out->checked = out->body_sent;
	return deadline_may(deadline, err);
}

/* Waits until the rate allows some of the body: *most bytes of it. */
static bool await_turn(struct outgoing *out, const struct deadline *deadline,
		       size_t *most, struct err *err)
{
	for (;;) {
		int64_t wait = 0;
		uint64_t left = out->body->size - out->body_sent;
		*most = left == 0 ? SIZE_MAX
				  : pace_room(&out->pace, left,
					      clock_monotonic_ms(), &wait);
		if (*most > 0) {
			return true;
		}
		if (!deadline_pause(wait < PAUSE_MS ? wait : PAUSE_MS, deadline,
				    "the allowed rate", err)) {
			return false;
		}
	}
}

/* At the end, and else not too often. */
static void tell_progress(struct outgoing *out, const struct http_pace *pace)
{
	if (pace == NULL || pace->progress == NULL || out->body->size == 0) {
		return;
	}
	int64_t now = clock_monotonic_ms();
	if (left_of(out) > 0 && now - out->told_ms < PROGRESS_MS) {
		return;
	}
	out->told_ms = now;
	pace->progress(pace->ctx, out->body->from + out->body_sent);
}

/* The next record. *stop: the server answers already, so nothing went. */
static bool send_record(struct tls_client *tls, struct outgoing *out,
			const struct http_limits *limits,
			const struct deadline *whole, bool *stop,
			struct err *err)
{
	uint8_t *room = NULL;
	size_t len = 0, most = 0, filled = 0;
	if (!await_turn(out, whole, &most, err)) {
		return false;
	}
	struct deadline one = deadline_within(whole, limits->idle_ms);
	if (!tls_client_room(tls, &room, &len, &one, err)) {
		return false;
	}
	*stop = len == 0;
	if (*stop) {
		return true;
	}
	size_t head = out->head->len - out->head_sent;
	if (most < len && head + most < len) {
		len = head + most;
	}
	uint64_t before = out->body_sent;
	if (!may_go_on(out, len, whole, err) ||
	    !fill(out, room, len, &filled, err)) {
		return false;
	}
	tls_client_wrote(tls, filled);
	pace_take(&out->pace, (size_t)(out->body_sent - before));
	/* Else the slices of a low rate would gather to one large record. */
	return out->pace.rate == 0 || tls_client_flush(tls, &one, err);
}

/* *whole = all of it was sent; else the answer came before that. */
static bool send_request(struct tls_client *tls, struct outgoing *out,
			 const struct http_limits *limits, bool *whole,
			 struct err *err)
{
	struct deadline until = deadline_in(limits->send_ms, limits->stop_fd);
	const struct http_pace *pace = limits->pace;
	until.check = limits->check;
	pace_init(&out->pace, pace != NULL ? pace->rate : 0,
		  clock_monotonic_ms());
	*whole = false;
	tls_client_expect(tls, left_of(out));
	while (left_of(out) > 0) {
		bool stop = false;
		if (!send_record(tls, out, limits, &until, &stop, err)) {
			return false;
		}
		if (stop) {
			return true;
		}
		tell_progress(out, pace);
	}
	*whole = true;
	struct deadline last = deadline_within(&until, limits->idle_ms);
	return tls_client_flush(tls, &last, err);
}

/* Takes bytes until *size of them in raw are a whole head. */
static bool receive_head(struct tls_client *tls, struct buf *raw, size_t *size,
			 const struct deadline *deadline, struct err *err)
{
	for (;;) {
		*size = 0;
		if (raw->len > 0 &&
		    !http1_head_size(raw->data, raw->len, size, err)) {
			return false;
		}
		if (*size > 0) {
			return true;
		}
		const uint8_t *data = NULL;
		size_t len = 0;
		if (!tls_client_read(tls, &data, &len, deadline, err)) {
			return false;
		}
		if (len == 0) {
			return err_set(err, ERR_RETRY,
				       "The server closed the connection %s.",
				       raw->len == 0 ? "without an answer"
						     : "within its answer");
		}
		buf_put(raw, data, len);
		tls_client_read_done(tls, len);
	}
}

/* *rest = bytes that came after the end of the answer. */
static bool receive_body(struct tls_client *tls, struct buf *raw,
			 struct http1_body *state, struct buf *body,
			 const struct deadline *deadline, size_t *rest,
			 struct err *err)
{
	size_t used = 0;
	if (raw->len > 0 && !state->done &&
	    !http1_body_feed(state, raw->data, raw->len, &used, body, err)) {
		return false;
	}
	*rest = raw->len - used;
	while (!state->done) {
		const uint8_t *data = NULL;
		size_t len = 0;
		if (!tls_client_read(tls, &data, &len, deadline, err)) {
			return false;
		}
		if (len == 0) {
			return http1_body_finish(state, err);
		}
		if (!http1_body_feed(state, data, len, &used, body, err)) {
			return false;
		}
		*rest = len - used;
		tls_client_read_done(tls, len);
	}
	return true;
}

static void drop_front(struct buf *raw, size_t len)
{
	memmove(raw->data, raw->data + len, raw->len - len);
	raw->len -= len;
}

static bool receive_answer(struct tls_client *tls, const char *method,
			   const struct http_limits *limits, int64_t now,
			   struct http_answer *answer, struct err *err)
{
	struct deadline deadline =
		deadline_in(limits->answer_ms, limits->stop_fd);
	struct buf raw = BUF_INIT;
	bool ok = false;
	uint64_t heads = 0;
	for (int interim = 0;; interim++) {
		size_t size = 0;
		if (!receive_head(tls, &raw, &size, &deadline, err) ||
		    !http1_head_parse(method, raw.data, size, &answer->head,
				      err)) {
			goto out;
		}
		drop_front(&raw, size);
		heads += size;
		if (answer->head.status >= 200) {
			break;
		}
		http1_head_clear(&answer->head);
		if (interim == INTERIM_MAX) {
			err_set(err, ERR_INVALID,
				"The server sends interim answers without "
				"end.");
			goto out;
		}
	}
	answer->have_head = true;
	const char *after = http1_get(&answer->head, "Retry-After");
	answer->retry_after_s = http_retry_after(after, now);
	if (answer->head.framing == HTTP1_LENGTH &&
	    answer->head.content_length > limits->answer_bytes) {
		err_set(err, ERR_LIMIT, "The server's answer is too long.");
		goto out;
	}
	struct http1_body state;
	http1_body_init(&state, &answer->head);
	answer->body.max = limits->answer_bytes;
	size_t rest = 0;
	ok = receive_body(tls, &raw, &state, &answer->body, &deadline, &rest,
			  err);
	/* What nobody asked for must not become the next answer. */
	answer->keep = answer->head.keep_alive && rest == 0;
	answer->bytes_in = heads + answer->body.len;
out:
	buf_clear(&raw);
	return ok;
}

bool http_exchange(struct tls_client *tls, const struct http_request *request,
		   const struct http_limits *limits, int64_t now,
		   struct http_answer *answer, struct err *err)
{
	struct buf head = BUF_INIT;
	struct http_answer got = HTTP_ANSWER_INIT;
	struct outgoing out = { .head = &head, .body = &request->body };
	bool whole = false;
	bool ok = put_head(request, &head, err) &&
		  send_request(tls, &out, limits, &whole, err) &&
		  receive_answer(tls, request->method, limits, now, &got, err);
	buf_clear(&head);
	if (!ok) {
		tls_client_abandon(tls);
		http_answer_clear(&got);
		return false;
	}
	got.keep = got.keep && whole && request->keep;
	got.bytes_out = out.head_sent + out.body_sent;
	*answer = got;
	return true;
}

void http_answer_clear(struct http_answer *answer)
{
	if (answer->have_head) {
		http1_head_clear(&answer->head);
	}
	answer->have_head = false;
	buf_clear(&answer->body);
}

struct date {
	unsigned day, year, hour, minute, second;
	char month[4], zone[4];
	bool century; /* it does not say which */
};

/*
 * The three forms that recipients must take (RFC 9110, section 5.6.7):
 * "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
 * "Sun Nov  6 08:49:37 1994".
 */
static bool split_date(const char *value, struct date *d)
{
	*d = (struct date){ .zone = "GMT" };
	if (sscanf(value, "%*3[A-Za-z], %2u %3[A-Za-z] %4u %2u:%2u:%2u %3s",
		   &d->day, d->month, &d->year, &d->hour, &d->minute,
		   &d->second, d->zone) == 7) {
		return true;
	}
	if (sscanf(value, "%*9[A-Za-z], %2u-%3[A-Za-z]-%2u %2u:%2u:%2u %3s",
		   &d->day, d->month, &d->year, &d->hour, &d->minute,
		   &d->second, d->zone) == 7) {
		d->year += 2000;
		d->century = true;
		return true;
	}
	return sscanf(value, "%*3[A-Za-z] %3[A-Za-z] %2u %2u:%2u:%2u %4u",
		      d->month, &d->day, &d->hour, &d->minute, &d->second,
		      &d->year) == 6;
}

/* A date to UTC seconds. Two digits for more than 50 years ahead are past. */
static bool parse_date(const char *value, int64_t now, int64_t *utc)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct date d;
	char text[64];
	if (!split_date(value, &d) || strcmp(d.zone, "GMT") != 0) {
		return false;
	}
	const char *at = strstr(months, d.month);
	if (at == NULL || (at - months) % 3 != 0) {
		return false;
	}
	(void)snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02uZ",
		       d.year, (unsigned)(at - months) / 3 + 1, d.day, d.hour,
		       d.minute, d.second);
	if (!clock_parse(text, utc)) {
		return false;
	}
	if (d.century && *utc - now > FIFTY_YEARS_S) {
		*utc = 0;
	}
	return true;
}

int64_t http_retry_after(const char *value, int64_t now)
{
	uint64_t seconds;
	int64_t at;
	if (value == NULL) {
		return 0;
	}
	if (value[0] >= '0' && value[0] <= '9') {
		if (value[strspn(value, "0123456789")] != '\0') {
			return 0;
		}
		return text_parse_u64(value, 0, HTTP_RETRY_MAX_S, &seconds)
			       ? (int64_t)seconds
			       : HTTP_RETRY_MAX_S;
	}
	if (!parse_date(value, now, &at) || at <= now) {
		return 0;
	}
	return at - now < HTTP_RETRY_MAX_S ? at - now : HTTP_RETRY_MAX_S;
}
