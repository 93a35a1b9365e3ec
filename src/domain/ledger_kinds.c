/*
 * Names of the kinds of ledger entries. The names stand in canonical texts,
 * under the hashes of the tree, and never change; the titles are for people
 * and may. The kinds themselves are listed in ledger.h.
 */
#include "domain/ledger.h"

#include "base/text.h"

static const struct {
	const char *name;
	const char *title;
} kinds[LEDGER_KINDS] = {
	[LEDGER_UNSET] = { "", "" },
	[LEDGER_SETUP] = { "setup", "Set up" },
	[LEDGER_ACCOUNT] = { "account", "Account changed" },
	[LEDGER_SIGN_IN] = { "sign-in", "Signed in" },
	[LEDGER_SIGN_OUT] = { "sign-out", "Signed out" },
	[LEDGER_REFUSED] = { "refused", "Refused" },
	[LEDGER_GRANT] = { "grant", "Allowed" },
	[LEDGER_WITHDRAWAL] = { "withdrawal", "Withdrawn" },
	[LEDGER_STAGED] = { "staged", "Prepared" },
	[LEDGER_WITHHELD] = { "withheld", "Left out" },
	[LEDGER_APPROVED] = { "approved", "Approved" },
	[LEDGER_SENT] = { "sent", "Sending began" },
	[LEDGER_RECEIVED] = { "received", "Received" },
	[LEDGER_FAILED] = { "failed", "Try failed" },
	[LEDGER_CANCELLED] = { "cancelled", "Cancelled" },
	[LEDGER_CONFIGURATION] = { "configuration", "Configuration changed" },
	[LEDGER_DEVICE] = { "device", "Device changed" },
	[LEDGER_READ] = { "read", "Data looked at" },
	[LEDGER_EXPIRED] = { "expired", "Ended by itself" },
	[LEDGER_CHECK_IN] = { "check-in", "Check-in" },
	[LEDGER_INSTRUCTION] = { "instruction", "Instruction" },
	[LEDGER_ENROLMENT] = { "enrolment", "Certificate" },
	[LEDGER_TEST] = { "test", "Connection tested" },
	[LEDGER_CONTINUED] = { "continued", "Log continued" },
};

const char *ledger_kind_name(enum ledger_kind kind)
{
	return (unsigned)kind < LEDGER_KINDS ? kinds[kind].name : "";
}

const char *ledger_kind_title(enum ledger_kind kind)
{
	return (unsigned)kind < LEDGER_KINDS ? kinds[kind].title : "";
}

enum ledger_kind ledger_kind_by_name(const char *name)
{
	for (int i = LEDGER_UNSET + 1; i < LEDGER_KINDS; i++) {
		if (text_equal(kinds[i].name, name)) {
			return (enum ledger_kind)i;
		}
	}
	return LEDGER_UNSET;
}
