/*
 * Waiting with an end. The only file of this layer that calls poll() for a
 * single descriptor, so that no read or write can forget its deadline or the
 * stop descriptor. Times are of the monotonic clock: setting the wall clock
 * neither cuts a wait short nor makes it longer.
 */
#include "net/deadline.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>

#include "base/clock.h"

struct deadline deadline_in(int64_t ms, int stop_fd)
{
	return (struct deadline){ clock_monotonic_ms() + ms, stop_fd, NULL };
}

struct deadline deadline_within(const struct deadline *whole, int64_t ms)
{
	struct deadline part = deadline_in(ms, whole->stop_fd);
	part.check = whole->check;
	if (part.at_ms > whole->at_ms) {
		part.at_ms = whole->at_ms;
	}
	return part;
}

int deadline_left_ms(const struct deadline *deadline)
{
	int64_t left = deadline->at_ms - clock_monotonic_ms();
	if (left < 0) {
		return 0;
	}
	return left > INT_MAX ? INT_MAX : (int)left;
}

static bool asked(const struct deadline *deadline, struct err *err)
{
	const struct deadline_check *check = deadline->check;
	return check == NULL || check->may(check->ctx, err);
}

bool deadline_may(const struct deadline *deadline, struct err *err)
{
	struct pollfd stop = { .fd = deadline->stop_fd, .events = POLLIN };
	if (poll(&stop, 1, 0) > 0) {
		return err_set(err, ERR_RETRY, "Stopped on the way.");
	}
	return asked(deadline, err);
}

bool deadline_wait(int fd, short events, const struct deadline *deadline,
		   const char *what, struct err *err)
{
	struct pollfd fds[2] = {
		{ .fd = fd, .events = events },
		{ .fd = deadline->stop_fd, .events = POLLIN },
	};
	for (;;) {
		int left = deadline_left_ms(deadline);
		int n = poll(fds, 2, left);
		if (n < 0 && errno != EINTR) {
			return err_set_errno(err, ERR_IO, errno,
					     "Cannot wait for %s", what);
		}
		if (n > 0 && fds[1].revents != 0) {
			return err_set(err, ERR_RETRY,
				       "Stopped while waiting for %s.", what);
		}
		if (n > 0) {
			return asked(deadline, err);
		}
		if (left == 0) {
			return err_set(err, ERR_RETRY,
				       "The time for %s is over.", what);
		}
	}
}

bool deadline_pause(int64_t ms, const struct deadline *deadline,
		    const char *what, struct err *err)
{
	struct deadline part = deadline_within(deadline, ms);
	struct pollfd stop = { .fd = deadline->stop_fd, .events = POLLIN };
	for (int left = deadline_left_ms(&part); left > 0;
	     left = deadline_left_ms(&part)) {
		int n = poll(&stop, 1, left);
		if (n < 0 && errno != EINTR) {
			return err_set_errno(err, ERR_IO, errno,
					     "Cannot wait for %s", what);
		}
		if (n > 0) {
			return err_set(err, ERR_RETRY,
				       "Stopped while waiting for %s.", what);
		}
	}
	if (deadline_left_ms(deadline) == 0) {
		return err_set(err, ERR_RETRY, "The time for %s is over.",
			       what);
	}
	return asked(deadline, err);
}
