#ifndef SLUICE_CLIENT_ECHO_H
#define SLUICE_CLIENT_ECHO_H

#include "formats/checkin.h"
#include "net/ask.h"

/*
 * Has the server sign a nonce over this way (begun by the caller, who ends
 * it): it knows this device by the certificate that was shown, its key is the
 * one that verifier has, and the time in echo is now. *status: of the answer,
 * 0 = there was none. Errors: those of ask_do() and ask_refused(); INVALID (an
 * answer that is not signed so, or to another question).
 */
MUST_USE bool echo_ask(struct ask_way *way,
		       const struct note_verifier *verifier, const char *device,
		       struct checkin_echo *echo, int *status, struct err *err);

#endif
