#ifndef SLUICE_TESTS_PAGES_SUPPORT_H
#define SLUICE_TESTS_PAGES_SUPPORT_H

/* What cmocka.h needs stands before it, here for all tests of pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/device_config.h"
#include "domain/outbox.h"
#include "domain/roles.h"
#include "store/db.h"

/* A browser: signed in, or with the cookie of a visitor only. */
struct person {
	char name[65];
	char cookie[64]; /* value; "" = none */
	bool signed_in;
};

/*
 * The pages of a device as their web server runs them: the real program as a
 * CGI process over a database of this test. The processes ask the real clock,
 * so sessions here begin now; nothing in the tests depends on how long it
 * takes.
 */
struct pages {
	char dir[64];
	struct device_config config;
	struct db *db;
	int64_t now;
	struct person customer, operator, auditor, admin; /* pages_set_up() */
};

/* One call in full; 0 and NULL mean what a browser would do. */
struct call {
	const char *method;
	const char *path;
	const char *query;
	const struct person *who;
	const char *form; /* POST body */
	const char *csrf; /* NULL = the right one; "" = no field */
	const char *content_type;
	const char *content_length; /* NULL = of the body */
	const char *accept;
	const char *site;    /* Sec-Fetch-Site */
	const char *cookies; /* NULL = of who */
};

struct answer {
	int status;
	char *head; /* header lines with CR LF */
	char *body; /* NUL-terminated */
	size_t len;
};

void pages_make(struct pages *pages);
void pages_remove(struct pages *pages);

/*
 * For a group of tests over the pages in *state: make them with one person of
 * each role, signed in ("frontdesk", "olga", "audrey", "ada"); remove them.
 */
int pages_set_up(void **state);
int pages_tear_down(void **state);

/* An account with these roles, signed in. The password is PAGES_PASSWORD. */
#define PAGES_PASSWORD "a long enough phrase"
struct person pages_person(struct pages *pages, const char *name,
			   unsigned roles);

/* Somebody who opened the sign-in page and has its cookie. */
struct person pages_visitor(void);

struct answer pages_call(struct pages *pages, const struct call *call);
struct answer pages_get(struct pages *pages, const struct person *who,
			const char *path); /* with "?query" */
struct answer pages_post(struct pages *pages, const struct person *who,
			 const char *path, const char *form);
void answer_clear(struct answer *answer);

/* Value of a header line in a buffer of the answer's lifetime; "" = none. */
const char *answer_field(const struct answer *answer, const char *name,
			 char *dst, size_t size);

/* Fail the test, showing the answer, unless ... */
void expect_status(const struct answer *answer, int status);
void expect_text(const struct answer *answer, const char *text);
/* The same of text for people, as a page escapes it. */
void expect_words(const struct answer *answer, const char *words);
void expect_no_text(const struct answer *answer, const char *text);
/* For what is so short that a random token beside it may hold it. */
void expect_no_word(const struct answer *answer, const char *word);
void expect_location(const struct answer *answer, const char *path);

/* In one line: get or post, check the status, and clear. */
void expect_get(struct pages *pages, const struct person *who, const char *path,
		int status);
void expect_post(struct pages *pages, const struct person *who,
		 const char *path, const char *form, int status);

/* Remote services and metering allowed by "frontdesk". */
void pages_allow(struct pages *pages);

/*
 * Stages one transmission of metering: STAGED when metering is allowed, a
 * SAMPLE otherwise. Its values hold PAGES_HOSTILE; a contact is withheld.
 */
#define PAGES_HOSTILE "<script>alert(\"1\")</script>'&{{csrf}}"
struct outbox_item pages_stage(struct pages *pages);

/* A staged item on its way to a state; SENT has a receipt note. */
struct outbox_item pages_item(struct pages *pages, enum outbox_state state);

/* How many ledger entries of this kind name? */
size_t pages_ledger_count(struct pages *pages, const char *kind,
			  const char *text);

/* What the last process wrote to its standard error; caller mem_free()s. */
char *pages_running_log(struct pages *pages);

#endif
