/*
 * The log alone gives the state of every control: random decisions on all
 * nine, the passing of time, and versions with other words, replayed from
 * the entries and compared with consent_read(). A transmission is covered
 * exactly while each grant that it names stands.
 */
#include "tests/unit/domain/grants.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "crypto/sha256.h"
#include "documents/transmission.h"
#include "domain/ledger.h"

#define STEPS 220
#define CONTROLS 9 /* remote services, six services, two gates */

/* What the entries say of one control. */
struct replayed {
	char grant[UUID_TEXT_SIZE]; /* "" = none stands */
	char actor[65];
	char words[65], fields[65];
	int64_t at, until, since;
	bool by_date; /* ended so */
	bool ends_with_send;
};

struct replay {
	struct replayed of[GATE_JOB_DATA + 1];
};

static size_t place_of(const char *name)
{
	const struct service *s = service_by_name(name);
	if (s == NULL) {
		assert_string_equal("remote", name);
	}
	return s == NULL ? 0 : (size_t)s->id;
}

/* The word after this one, "" if it is not there. */
static void word_after(const char *text, const char *before, char *word,
		       size_t size)
{
	const char *at = strstr(text, before);
	size_t len = 0;
	if (at != NULL) {
		at += strlen(before);
		len = strcspn(at, " ;,");
		assert_true(len < size);
		memcpy(word, at, len);
	}
	word[len] = '\0';
}

static void take_grant(struct replayed *r, const struct ledger_entry *e)
{
	char until[CLOCK_TEXT_SIZE], before[UUID_TEXT_SIZE];
	struct replayed now = { .at = e->at, .since = e->at };
	word_after(e->text, "renews grant ", before, sizeof(before));
	if (before[0] != '\0') {
		assert_string_equal(r->grant, before);
		now.since = r->since < e->at ? r->since : e->at;
	}
	word_after(e->text, " until ", until, sizeof(until));
	if (until[0] != '\0') {
		assert_true(clock_parse(until, &now.until));
	}
	word_after(e->text, "words sha256 ", now.words, sizeof(now.words));
	word_after(e->text, "fields sha256 ", now.fields, sizeof(now.fields));
	now.ends_with_send = strstr(e->text, " for one send,") != NULL;
	strcpy(now.grant, e->grant);
	strcpy(now.actor, e->actor);
	*r = now;
}

static bool take_entry(void *ctx, const struct ledger_entry *e, struct err *err)
{
	struct replay *all = ctx;
	(void)err;
	if (e->kind == LEDGER_GRANT) {
		take_grant(&all->of[place_of(e->service)], e);
	} else if (e->kind == LEDGER_WITHDRAWAL || e->kind == LEDGER_EXPIRED) {
		struct replayed *r = &all->of[place_of(e->service)];
		bool sent = strstr(e->text, "with its send") != NULL;
		bool ends_with_send = r->ends_with_send;
		assert_string_equal(r->grant, e->grant);
		assert_true(!sent || ends_with_send);
		*r = (struct replayed){ .at = e->at,
					.by_date = e->kind == LEDGER_EXPIRED &&
						   !sent,
					.ends_with_send = ends_with_send };
		strcpy(r->actor, e->actor);
	}
	return true;
}

static void hash_now(const struct service *service,
		     void (*hash_of)(const struct service *service,
				     uint8_t hash[32]),
		     char hex[65])
{
	uint8_t hash[SHA256_SIZE];
	hex[0] = '\0';
	if (service != NULL) {
		hash_of(service, hash);
		hex_encode(hex, hash, sizeof(hash));
	}
}

static enum consent_state state_of_replayed(const struct replayed *r,
					    const struct service *service,
					    int64_t now)
{
	char words[65], fields[65];
	hash_now(consent_words(service), service_text_hash, words);
	hash_now(service, service_catalogue_hash, fields);
	if (r->grant[0] == '\0') {
		return r->by_date ? CONSENT_EXPIRED : CONSENT_NOT_ALLOWED;
	}
	if (r->until != 0 && r->until <= now) {
		return CONSENT_EXPIRED;
	}
	return strcmp(words, r->words) == 0 && strcmp(fields, r->fields) == 0
		       ? CONSENT_ALLOWED
		       : CONSENT_SUSPENDED;
}

static void assert_same(const struct replayed *r, const struct consent *c,
			int64_t now)
{
	assert_int_equal(state_of_replayed(r, c->service, now), c->state);
	assert_string_equal(r->grant, c->grant);
	assert_string_equal(r->actor, c->actor);
	assert_int_equal(r->at, c->decided_at);
	assert_int_equal(r->until, c->until);
	assert_int_equal(r->since, c->since);
	assert_int_equal(r->ends_with_send, c->ends_with_send);
}

static void read_replay(struct db *db, struct replay *replay)
{
	const struct ledger_filter all = { .oldest_first = true };
	*replay = (struct replay){ .of = { { .grant = "" } } };
	assert_done(ledger_each(db, &all, 0, take_entry, replay, err));
}

/* Whose turn it is: 0 = remote services, then the order of control_at(). */
static enum service_id control_id(size_t n)
{
	return n == 0 ? SERVICE_UNSET : control_at(n - 1)->id;
}

static void assert_replay_agrees(struct db *db, int64_t now)
{
	struct replay replay;
	struct consents all;
	read_replay(db, &replay);
	assert_done(consent_read(db, now, &all, err));
	unsigned effective = all.effective | all.effective_gates;
	for (size_t i = 0; i < CONTROLS; i++) {
		enum service_id id = control_id(i);
		const struct consent *c = consent_of(&all, id);
		assert_same(&replay.of[id], c, now);
		if (id != SERVICE_UNSET) {
			bool sent = all.remote.state == CONSENT_ALLOWED &&
				    c->state == CONSENT_ALLOWED;
			assert_int_equal(sent,
					 (effective & SERVICE_BIT(id)) != 0);
		}
	}
}

/* A transmission as it was made some time ago. */
struct made {
	unsigned services;
	struct transmission_head head;
	char grants[TRANSMISSION_GRANTS_MAX * UUID_TEXT_SIZE];
};

static bool make(struct db *db, unsigned services, int64_t now,
		 struct made *made)
{
	struct err why = { .kind = ERR_NONE };
	*made = (struct made){ .services = services };
	if (!consent_grants(db, services, now, &made->head, &why)) {
		assert_true(why.kind == ERR_DENIED || why.kind == ERR_INVALID);
		return false;
	}
	for (size_t i = 0; i < made->head.grants_count; i++) {
		strcat(made->grants, i > 0 ? " " : "");
		strcat(made->grants, made->head.grants[i].id);
	}
	return true;
}

/* Covered exactly while each of its grants is the one that counts. */
static void assert_covered_rightly(struct db *db, const struct made *made,
				   int64_t now)
{
	struct consents all;
	struct err why = { .kind = ERR_NONE };
	assert_done(consent_read(db, now, &all, err));
	bool stands = all.remote.state == CONSENT_ALLOWED;
	for (size_t i = 0; i < made->head.grants_count; i++) {
		const struct transmission_grant *g = &made->head.grants[i];
		const struct consent *c = consent_of(&all, g->service);
		stands = stands && c->state == CONSENT_ALLOWED &&
			 strcmp(c->grant, g->id) == 0;
	}
	assert_int_equal(stands, consent_covers(db, made->services,
						made->grants, now, &why));
	assert_true(stands || why.kind == ERR_DENIED);
}

struct walk {
	struct db *db;
	unsigned dice;
	int64_t now;
	struct made made[6]; /* the newest ones */
	size_t made_count;
};

static unsigned roll(struct walk *w, unsigned sides)
{
	w->dice = w->dice * 1103515245u + 12345u;
	return (w->dice >> 16) % sides;
}

static void choose(struct walk *w, enum service_id id)
{
	static const int64_t ends[] = {
		CONSENT_UNTIL_PRESET, 0, 3600, 20 * DAY_S, YEAR_S, 9 * YEAR_S
	};
	int64_t end = ends[roll(w, 6)];
	if (id == GATE_JOB_DATA && roll(w, 2) == 0) {
		end = CONSENT_UNTIL_SENT;
	}
	allow_until(w->db, id, end > 0 ? w->now + end : end, w->now);
}

static void change_words(struct walk *w, enum service_id id)
{
	char other[40];
	bool words = roll(w, 2) == 0;
	snprintf(other, sizeof(other), "version %u\n", roll(w, 9));
	words = words || id == SERVICE_UNSET; /* which has no fields */
	grant_of_old(w->db, id, words ? other : NULL, words ? NULL : other,
		     w->now);
}

static void stage(struct walk *w)
{
	unsigned services = 0;
	for (size_t i = 0; control_at(i) != NULL; i++) {
		services |= roll(w, 2) * SERVICE_BIT(control_at(i)->id);
	}
	services &= consent_services_known() | PERSONAL;
	struct made made;
	if (services != 0 && make(w->db, services, w->now, &made)) {
		w->made[w->made_count++ % 6] = made;
	}
}

/* Job data goes out, under what stands. */
static void send_job(struct walk *w)
{
	struct consent c = control_now(w->db, GATE_JOB_DATA, w->now);
	assert_done(db_begin(w->db, err));
	assert_done(db_finish(
		w->db, consent_job_data_sent(w->db, c.grant, w->now, err),
		err));
}

static void step(struct walk *w)
{
	enum service_id id = control_id(roll(w, CONTROLS));
	/* Stands still, a moment, days, or most of a year. */
	static const int64_t passes[] = { 0, 1, 3600, 3 * DAY_S, 100 * DAY_S };
	w->now += passes[roll(w, 40) == 0 ? 4 : roll(w, 4)];
	switch (roll(w, 8)) {
	case 0:
		assert_done(
			consent_withdraw(w->db, "carl", id, w->now, NULL, err));
		break;
	case 1:
		change_words(w, id);
		break;
	case 2:
		assert_done(consent_expire(w->db, w->now, NULL, err));
		break;
	default:
		choose(w, id);
		break;
	}
	stage(w);
	if (roll(w, 4) == 0) {
		send_job(w);
	}
}

static void any_sequence_is_replayed(void **state)
{
	struct temporary_db *t = *state;
	struct walk w = { .db = t->db, .dice = 20261125u, .now = NOW };
	for (int i = 0; i < STEPS; i++) {
		step(&w);
		assert_replay_agrees(w.db, w.now);
		for (size_t k = 0; k < 6 && k < w.made_count; k++) {
			assert_covered_rightly(w.db, &w.made[k], w.now);
		}
	}
	assert_true(w.made_count > 10);
	/* Every kind of decision was among them. */
	assert_true(entries(w.db, LEDGER_GRANT) > 20);
	assert_true(entries(w.db, LEDGER_WITHDRAWAL) > 5);
	assert_true(entries(w.db, LEDGER_EXPIRED) > 2);
	assert_true(temporary_db_number(w.db,
					"SELECT count(*) FROM grants "
					"WHERE end_reason = 'renewed'") > 2);
	assert_true(temporary_db_number(
			    w.db, "SELECT count(*) FROM ledger WHERE "
				  "text LIKE '%ended with its send%'") > 1);
	assert_ledger_whole(w.db);
}

static void nine_controls_and_no_more(void **state)
{
	(void)state;
	assert_non_null(control_at(CONTROLS - 2));
	assert_null(control_at(CONTROLS - 1));
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nine_controls_and_no_more),
		T(any_sequence_is_replayed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
