#ifndef SLUICE_NET_DEADLINE_H
#define SLUICE_NET_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/*
 * How long something on the network may take. Every wait of this layer ends
 * at a deadline, or earlier when the owner's stop descriptor becomes readable
 * (the daemon's signals).
 */
struct deadline {
	int64_t at_ms; /* monotonic clock; see clock_monotonic_ms() */
	int stop_fd;   /* borrowed; -1 = nothing stops the wait */
	/* borrowed; NULL = nobody is asked */
	const struct deadline_check *check;
};

/*
 * Asked after each wait: may it go on? What was allowed may have ended while
 * the other side kept us waiting. false: its error ends the wait.
 */
struct deadline_check {
	bool (*may)(void *ctx, struct err *err);
	void *ctx;
};

/*
 * The same between two waits, for who is slower than the other side and never
 * waits; a stop counts as well (RETRY). true when nobody is to be asked.
 */
MUST_USE bool deadline_may(const struct deadline *deadline, struct err *err);

/* ms milliseconds from now. */
struct deadline deadline_in(int64_t ms, int stop_fd);

/* ms milliseconds from now, or the end of whole, whichever comes first. */
struct deadline deadline_within(const struct deadline *whole, int64_t ms);

/* Milliseconds that are left, 0 when it is over; fits poll(). */
int deadline_left_ms(const struct deadline *deadline);

/*
 * Waits until fd has one of the poll() events (POLLERR and POLLHUP count).
 * what names the wait for the error text: "the server's answer".
 * Errors: RETRY (time is over, or stopped), IO, those of the check.
 */
MUST_USE bool deadline_wait(int fd, short events,
			    const struct deadline *deadline, const char *what,
			    struct err *err);

/*
 * Does nothing for ms milliseconds, then asks the check. what is for the
 * error text: "the allowed rate". Errors: RETRY (deadline is over, or
 * stopped), IO, those of the check.
 */
MUST_USE bool deadline_pause(int64_t ms, const struct deadline *deadline,
			     const char *what, struct err *err);

#endif
