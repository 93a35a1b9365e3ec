/*
 * Reading decisions: what stands now. A grant covers the words and the fields
 * that were shown: it keeps the hashes of both, and when either is another
 * now, it is suspended until somebody confirms. How decisions are made and
 * ended is in consent_decide.c; whether they cover a transmission in
 * consent_cover.c. What a grant lets out is decided by documents/redact.c.
 */
#include "domain/consent.h"

#include <string.h>

#include "base/encoding.h"
#include "base/text.h"
#include "domain/consent_parts.h"
#include "domain/jobs.h"
#include "domain/line.h"
#include "domain/outbox.h"
#include "domain/time_known.h"

const struct service *consent_words(const struct service *service)
{
	return service != NULL ? service : service_remote();
}

/* Remote services as a whole have words and no documents: no fields. */
void consent_cover_of(const struct service *service,
		      struct consent_cover *cover)
{
	uint8_t hash[SHA256_SIZE];
	*cover = (struct consent_cover){ "", "" };
	service_text_hash(consent_words(service), hash);
	hex_encode(cover->text, hash, sizeof(hash));
	if (service != NULL) {
		service_catalogue_hash(service, hash);
		hex_encode(cover->catalogue, hash, sizeof(hash));
	}
}

bool consent_is_covered(const struct service *service, const char *text,
			const char *catalogue)
{
	struct consent_cover cover;
	if (service == NULL && text[0] == '\0') {
		return true; /* from before its words were kept */
	}
	consent_cover_of(service, &cover);
	return text_equal(cover.text, text) &&
	       text_equal(cover.catalogue, catalogue);
}

unsigned consent_services_known(void)
{
	return services_with_documents();
}

void consent_put_services(struct buf *out, unsigned services)
{
	const char *between = "";
	for (size_t i = 0; control_at(i) != NULL; i++) {
		const struct service *s = control_at(i);
		if ((services & SERVICE_BIT(s->id)) != 0) {
			buf_put_str(out, between);
			buf_put_str(out, s->name);
			between = " ";
		}
	}
}

const char *consent_name(const struct service *service)
{
	return service == NULL ? "remote" : service->name;
}

const char *consent_title(const struct service *service)
{
	return service == NULL ? "Remote services" : service->title;
}

/* Finds the control of a row, NULL for a service of another version. */
static struct consent *control_of(struct consents *all, int64_t service)
{
	if (service == SERVICE_UNSET) {
		return &all->remote;
	}
	for (size_t i = 0; i < all->count; i++) {
		if (all->services[i].service->id == (enum service_id)service) {
			return &all->services[i];
		}
	}
	for (size_t i = 0; i < CONSENT_GATES; i++) {
		if (all->gates[i].service->id == (enum service_id)service) {
			return &all->gates[i];
		}
	}
	return NULL;
}

const struct consent *consent_of(const struct consents *all, enum service_id id)
{
	return control_of((struct consents *)all, id);
}

static void init(struct consents *all)
{
	static const enum service_id gates[CONSENT_GATES] = { GATE_PERSONAL,
							      GATE_JOB_DATA };
	*all = (struct consents){ .count = 0 };
	all->remote.state = CONSENT_NOT_ALLOWED;
	size_t most = sizeof(all->services) / sizeof(all->services[0]);
	for (size_t i = 0; i < most && service_at(i) != NULL; i++) {
		all->services[i].service = service_at(i);
		all->services[i].state = CONSENT_NOT_ALLOWED;
		all->count = i + 1;
	}
	for (size_t i = 0; i < CONSENT_GATES; i++) {
		all->gates[i].service = service_of(gates[i]);
		all->gates[i].state = CONSENT_NOT_ALLOWED;
	}
}

/* Columns of a row; SQL below. */
enum {
	ROW_ID,
	ROW_SERVICE,
	ROW_GRANTED_AT,
	ROW_GRANTED_BY,
	ROW_TEXT,
	ROW_CATALOGUE,
	ROW_ENDED_AT,
	ROW_ENDED_BY,
	ROW_END_REASON,
	ROW_SINCE,
	ROW_UNTIL,
	ROW_ENDS_WITH_SEND
};

static void read_end(const struct stmt *q, struct consent *c)
{
	line_copy(c->actor, sizeof(c->actor), db_text(q, ROW_ENDED_BY));
	c->decided_at = db_int(q, ROW_ENDED_AT);
	c->ends_with_send = db_int(q, ROW_ENDS_WITH_SEND) != 0;
	/* One that ended with its send did what was asked: no date passed. */
	if (text_equal(db_text(q, ROW_END_REASON), "expired") &&
	    (!c->ends_with_send || c->decided_at >= db_int(q, ROW_UNTIL))) {
		c->state = CONSENT_EXPIRED;
	}
}

static void read_control(const struct stmt *q, int64_t now, struct consent *c)
{
	if (!db_is_null(q, ROW_ENDED_AT)) {
		read_end(q, c);
		return;
	}
	bool same = consent_is_covered(c->service, db_text(q, ROW_TEXT),
				       db_text(q, ROW_CATALOGUE));
	line_copy(c->actor, sizeof(c->actor), db_text(q, ROW_GRANTED_BY));
	line_copy(c->grant, sizeof(c->grant), db_text(q, ROW_ID));
	c->decided_at = db_int(q, ROW_GRANTED_AT);
	c->since = db_int(q, ROW_SINCE);
	c->until = db_int(q, ROW_UNTIL);
	c->ends_with_send = db_int(q, ROW_ENDS_WITH_SEND) != 0;
	bool over = c->until != 0 && c->until <= now;
	c->ends_soon =
		c->until != 0 && !over && c->until - now <= CONSENT_WARN_S;
	c->state = over   ? CONSENT_EXPIRED
		   : same ? CONSENT_ALLOWED
			  : CONSENT_SUSPENDED;
}

static void find_effective(struct consents *all)
{
	if (all->remote.state != CONSENT_ALLOWED) {
		return;
	}
	for (size_t i = 0; i < all->count; i++) {
		if (all->services[i].state == CONSENT_ALLOWED) {
			all->effective |=
				SERVICE_BIT(all->services[i].service->id);
		}
	}
	for (size_t i = 0; i < CONSENT_GATES; i++) {
		if (all->gates[i].state == CONSENT_ALLOWED) {
			all->effective_gates |=
				SERVICE_BIT(all->gates[i].service->id);
		}
	}
}

bool consent_read_decisions(struct db *db, int64_t now, unsigned controls,
			    struct consents *all, struct err *err)
{
	struct stmt q;
	int64_t best, proved;
	if (!time_known_judge(db, now, &best, &proved, err) ||
	    !db_query(db, &q,
		      "SELECT id, service, granted_at, granted_by, "
		      "text_sha256, catalogue_sha256, ended_at, ended_by, "
		      "end_reason, since, until, ends_with_send "
		      "FROM grants WHERE number IN (SELECT max(number) "
		      "FROM grants GROUP BY service)",
		      err)) {
		return false;
	}
	init(all);
	while (db_row(&q)) {
		struct consent *c = control_of(all, db_int(&q, ROW_SERVICE));
		bool asked = c == &all->remote ||
			     (c != NULL &&
			      (controls & SERVICE_BIT(c->service->id)) != 0);
		if (asked) {
			read_control(&q, best, c);
		}
	}
	if (!db_done(&q, err)) {
		return false;
	}
	find_effective(all);
	return true;
}

static bool read_last_sent(struct db *db, struct consents *all, struct err *err)
{
	int64_t at[OUTBOX_SERVICES];
	if (!outbox_last_sent(db, at, err)) {
		return false;
	}
	all->remote.last_sent_at = at[SERVICE_UNSET];
	for (size_t i = 0; i < all->count; i++) {
		struct consent *c = &all->services[i];
		c->last_sent_at = at[c->service->id];
	}
	for (size_t i = 0; i < CONSENT_GATES; i++) {
		struct consent *c = &all->gates[i];
		c->last_sent_at = at[c->service->id];
	}
	struct consent *job_data = control_of(all, GATE_JOB_DATA);
	return jobs_last_sent(db, &job_data->last_sent_at, err);
}

bool consent_read(struct db *db, int64_t now, struct consents *all,
		  struct err *err)
{
	struct consents found;
	if (!consent_read_decisions(db, now, CONSENT_EVERY_SERVICE, &found,
				    err) ||
	    !read_last_sent(db, &found, err)) {
		return false;
	}
	*all = found;
	return true;
}

bool consent_read_remote(struct db *db, int64_t now, struct consent *remote,
			 struct err *err)
{
	struct consents all;
	if (!consent_read_decisions(db, now, 0, &all, err)) {
		return false;
	}
	*remote = all.remote;
	return true;
}

bool consent_effective(struct db *db, int64_t now, unsigned *services,
		       struct err *err)
{
	struct consents all;
	if (!consent_read_decisions(db, now, CONSENT_EVERY_SERVICE, &all,
				    err)) {
		return false;
	}
	*services = all.effective | all.effective_gates;
	return true;
}

#define AGREED_SQL(column)                            \
	"SELECT agreed.text FROM agreed JOIN grants " \
	"ON agreed.sha256 = grants." column " WHERE grants.id = ?"

/* A text as it was agreed to; "" if it was not kept. */
static bool read_agreed(struct db *db, const char *sql, const char *grant,
			struct buf *text, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q, sql, err)) {
		return false;
	}
	db_bind_text(&q, 1, grant);
	buf_put_str(text, db_row(&q) ? db_text(&q, 0) : "");
	return db_done(&q, err);
}

bool consent_difference(struct db *db, const struct consent *consent,
			struct difference_list *list, struct err *err)
{
	struct buf text = BUF_INIT, fields = BUF_INIT, now = BUF_INIT;
	bool ok = read_agreed(db, AGREED_SQL("text_sha256"), consent->grant,
			      &text, err) &&
		  read_agreed(db, AGREED_SQL("catalogue_sha256"),
			      consent->grant, &fields, err);
	if (ok && text.len > 0) {
		service_put_text(&now, consent_words(consent->service));
		difference_words(buf_str(&text), buf_str(&now), list);
	}
	buf_clear(&now);
	if (ok && consent->service != NULL && fields.len > 0) {
		service_put_catalogue(&now, consent->service);
		difference_fields(buf_str(&fields), buf_str(&now), list);
	}
	buf_clear(&now);
	buf_clear(&fields);
	buf_clear(&text);
	return ok;
}
