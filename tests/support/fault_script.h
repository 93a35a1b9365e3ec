#ifndef SLUICE_TESTS_SUPPORT_FAULT_SCRIPT_H
#define SLUICE_TESTS_SUPPORT_FAULT_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What fault_proxy does with each connection, as text: steps with ";" between
 * them, the first connection gets the first step. The last one goes on for
 * all that follow; "again" as the last one begins with the first once more;
 * "*N" after a step gives it to N connections. A step is words:
 *
 *	pass              does nothing to it; also "case=NAME", for the log
 *	refuse, hang-up   RST at once, FIN at once
 *	portal            a captive portal: a page in plain HTTP, whatever is
 *	                  said; "portal-redirect": one that leads elsewhere
 *	garbage           answers with bytes that mean nothing, and FIN
 *	delay=MS          each piece is held for so long
 *	stall=N           after N bytes nothing passes; the connection stays
 *	cut=N, reset=N    after N bytes FIN, RST to both sides
 *	record=R:K        K bytes of the R-th TLS record, then FIN to both
 *	flip=N            the lowest bit of byte N (from 0) is turned
 *	trickle=N:FROM    from byte FROM on N bytes every 10 ms; "trickle=N"
 *
 * From delay on a word is for both directions, "cut-up=N" for what the client
 * says, "cut-down=N" for what it hears. "reset-up=5000*3; cut-down=40; pass".
 */
#define FAULT_STEPS_MAX 128
#define FAULT_STEP_SIZE 96
#define FAULT_SCRIPT_MAX 8192

enum fault_answer {
	FAULT_TARGET = 0, /* that of the target */
	FAULT_REFUSE,
	FAULT_HANG_UP,
	FAULT_PORTAL,
	FAULT_PORTAL_REDIRECT,
	FAULT_GARBAGE
};

enum fault_end {
	FAULT_NO_END = 0,
	FAULT_STALL,
	FAULT_CUT,
	FAULT_RESET,
	FAULT_RECORD /* a cut whose byte is known when the record comes */
};

enum { FAULT_UP = 0, FAULT_DOWN = 1, FAULT_WAYS = 2 };

struct fault_way {
	int64_t delay_ms;
	enum fault_end end;
	uint64_t at; /* bytes before the end; of the record, if RECORD */
	uint64_t record;
	bool flips;
	uint64_t flip;
	uint64_t trickle; /* 0 = all at once */
	uint64_t trickle_from;
};

struct fault_step {
	char text[FAULT_STEP_SIZE]; /* as it was written */
	uint64_t times;
	enum fault_answer answer;
	struct fault_way ways[FAULT_WAYS];
};

struct fault_script {
	struct fault_step steps[FAULT_STEPS_MAX];
	size_t count;
	bool again;
};

/* false: *wrong is the word that means nothing. */
bool fault_script_read(const char *text, struct fault_script *script,
		       char wrong[FAULT_STEP_SIZE]);

/* The step of connection number, from 0. */
const struct fault_step *fault_script_step(const struct fault_script *script,
					   uint64_t number);

#endif
