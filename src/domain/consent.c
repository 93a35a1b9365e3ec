/*
 * Decisions: allow, withdraw, what stands now. A grant covers the words and
 * the fields that were shown: it keeps the hashes of both, and when either is
 * another now, it is suspended until somebody confirms. What a grant lets out
 * is decided by documents/redact.c; that it still stands is asked once more
 * by outbox_begin(), in the transaction that starts sending.
 */
#include "domain/consent.h"

#include <string.h>

#include "base/encoding.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "documents/transmission.h"
#include "domain/ledger.h"
#include "domain/line.h"
#include "domain/outbox.h"

#define HASH_TEXT_SIZE (2 * SHA256_SIZE + 1)
#define EVERY_SERVICE 0x7fffffffu

/* What a grant made now would cover. */
struct cover {
	char text[HASH_TEXT_SIZE];
	char catalogue[HASH_TEXT_SIZE];
};

/*
 * Remote services as a whole send nothing by themselves: no words, no
 * fields.
 */
static void cover_of(const struct service *service, struct cover *cover)
{
	*cover = (struct cover){ "", "" };
	if (service == NULL) {
		return;
	}
	uint8_t hash[SHA256_SIZE];
	service_text_hash(service, hash);
	hex_encode(cover->text, hash, sizeof(hash));
	service_catalogue_hash(service, hash);
	hex_encode(cover->catalogue, hash, sizeof(hash));
}

unsigned consent_services_known(void)
{
	unsigned known = 0;
	for (size_t i = 0; service_at(i) != NULL; i++) {
		known |= SERVICE_BIT(service_at(i)->id);
	}
	return known;
}

void consent_put_services(struct buf *out, unsigned services)
{
	const char *between = "";
	for (size_t i = 0; service_at(i) != NULL; i++) {
		const struct service *s = service_at(i);
		if ((services & SERVICE_BIT(s->id)) != 0) {
			buf_put_str(out, between);
			buf_put_str(out, s->name);
			between = " ";
		}
	}
}

/* The name in the ledger: "metering", or "remote" for the whole. */
static const char *name_of(const struct service *service)
{
	return service == NULL ? "remote" : service->name;
}

static const char *title_of(const struct service *service)
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
	return NULL;
}

static void init(struct consents *all)
{
	*all = (struct consents){ .count = 0 };
	all->remote.state = CONSENT_NOT_ALLOWED;
	size_t most = sizeof(all->services) / sizeof(all->services[0]);
	for (size_t i = 0; i < most && service_at(i) != NULL; i++) {
		all->services[i].service = service_at(i);
		all->services[i].state = CONSENT_NOT_ALLOWED;
		all->count = i + 1;
	}
}

static void read_control(const struct stmt *q, struct consent *c)
{
	bool ended = !db_is_null(q, 6);
	line_copy(c->actor, sizeof(c->actor), db_text(q, ended ? 7 : 3));
	c->decided_at = db_int(q, ended ? 6 : 2);
	if (ended) {
		return;
	}
	struct cover cover;
	cover_of(c->service, &cover);
	bool same = text_equal(cover.text, db_text(q, 4)) &&
		    text_equal(cover.catalogue, db_text(q, 5));
	c->state = same ? CONSENT_ALLOWED : CONSENT_SUSPENDED;
	line_copy(c->grant, sizeof(c->grant), db_text(q, 0));
}

/* The decisions without last_sent_at. */
static bool read_decisions(struct db *db, struct consents *all, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "SELECT id, service, granted_at, granted_by, "
		      "text_sha256, catalogue_sha256, ended_at, ended_by "
		      "FROM grants WHERE number IN (SELECT max(number) "
		      "FROM grants GROUP BY service)",
		      err)) {
		return false;
	}
	init(all);
	while (db_row(&q)) {
		struct consent *c = control_of(all, db_int(&q, 1));
		if (c != NULL) {
			read_control(&q, c);
		}
	}
	if (!db_done(&q, err)) {
		return false;
	}
	bool remote = all->remote.state == CONSENT_ALLOWED;
	for (size_t i = 0; i < all->count; i++) {
		if (remote && all->services[i].state == CONSENT_ALLOWED) {
			all->effective |=
				SERVICE_BIT(all->services[i].service->id);
		}
	}
	return true;
}

bool consent_read(struct db *db, struct consents *all, struct err *err)
{
	struct consents found;
	if (!read_decisions(db, &found, err) ||
	    !outbox_last_sent(db, EVERY_SERVICE, &found.remote.last_sent_at,
			      err)) {
		return false;
	}
	for (size_t i = 0; i < found.count; i++) {
		struct consent *c = &found.services[i];
		if (!outbox_last_sent(db, SERVICE_BIT(c->service->id),
				      &c->last_sent_at, err)) {
			return false;
		}
	}
	*all = found;
	return true;
}

bool consent_effective(struct db *db, unsigned *services, struct err *err)
{
	struct consents all;
	if (!read_decisions(db, &all, err)) {
		return false;
	}
	*services = all.effective;
	return true;
}

static bool end_grant(struct db *db, const struct consent *c, const char *actor,
		      const char *reason, int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "UPDATE grants SET ended_at = ?, ended_by = ?, "
		      "end_reason = ? WHERE id = ?",
		      err)) {
		return false;
	}
	db_bind_int(&q, 1, now);
	db_bind_text(&q, 2, actor);
	db_bind_text(&q, 3, reason);
	db_bind_text(&q, 4, c->grant);
	return db_run(&q, err);
}

static bool insert_grant(struct db *db, const struct service *service,
			 const char *id, const char *actor,
			 const struct cover *cover, int64_t now,
			 struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO grants (id, service, granted_at, "
		      "granted_by, text_sha256, catalogue_sha256) "
		      "VALUES (?, ?, ?, ?, ?, ?)",
		      err)) {
		return false;
	}
	db_bind_text(&q, 1, id);
	db_bind_int(&q, 2, service == NULL ? SERVICE_UNSET : service->id);
	db_bind_int(&q, 3, now);
	db_bind_text(&q, 4, actor);
	db_bind_text(&q, 5, cover->text);
	db_bind_text(&q, 6, cover->catalogue);
	return db_run(&q, err);
}

static bool log_decision(struct db *db, enum ledger_kind kind,
			 const struct service *service, const char *grant,
			 const char *actor, const char *text, int64_t now,
			 struct err *err)
{
	struct ledger_entry entry = {
		.at = now,
		.kind = kind,
		.actor = actor,
		.service = name_of(service),
		.grant = grant,
		.result = "ok",
		.text = text,
	};
	return ledger_append(db, &entry, err);
}

/* The entry says what was agreed to: hashes of the words and of the fields. */
static bool log_grant(struct db *db, const struct service *service,
		      const char *grant, const char *actor,
		      const struct cover *cover, const struct consent *before,
		      int64_t now, struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "%s allowed", title_of(service));
	if (service != NULL) {
		buf_printf(&text, "; words sha256 %s, fields sha256 %s",
			   cover->text, cover->catalogue);
	}
	if (before->state == CONSENT_SUSPENDED) {
		buf_printf(&text, "; confirms grant %s after a change",
			   before->grant);
	}
	bool ok = log_decision(db, LEDGER_GRANT, service, grant, actor,
			       buf_str(&text), now, err);
	buf_clear(&text);
	return ok;
}

static bool allow(struct db *db, const char *actor, enum service_id id,
		  int64_t now, struct err *err)
{
	struct consents all;
	if (!read_decisions(db, &all, err)) {
		return false;
	}
	const struct consent *before = control_of(&all, id);
	if (before->state == CONSENT_ALLOWED) {
		return true;
	}
	if (before->state == CONSENT_SUSPENDED &&
	    !end_grant(db, before, actor, "renewed", now, err)) {
		return false;
	}
	char grant[UUID_TEXT_SIZE];
	struct cover cover;
	uuid_v7(grant, now * 1000);
	cover_of(before->service, &cover);
	return insert_grant(db, before->service, grant, actor, &cover, now,
			    err) &&
	       log_grant(db, before->service, grant, actor, &cover, before, now,
			 err);
}

static bool check_decision(const char *actor, enum service_id service,
			   struct err *err)
{
	if (actor == NULL || *actor == '\0') {
		return err_set(err, ERR_INVALID, "a decision needs a person");
	}
	return service == SERVICE_UNSET || service_of(service) != NULL ||
	       err_set(err, ERR_INVALID, "there is no such service");
}

bool consent_allow(struct db *db, const char *actor, enum service_id service,
		   int64_t now, struct err *err)
{
	if (!check_decision(actor, service, err) || !db_begin(db, err)) {
		return false;
	}
	char who[sizeof(((struct consent *)NULL)->actor)];
	line_copy(who, sizeof(who), actor);
	return db_finish(db, allow(db, who, service, now, err), err);
}

static bool withdraw(struct db *db, const char *actor, enum service_id id,
		     int64_t now, size_t *purged, struct err *err)
{
	struct consents all;
	if (!read_decisions(db, &all, err)) {
		return false;
	}
	const struct consent *c = control_of(&all, id);
	if (c->state != CONSENT_NOT_ALLOWED) {
		char text[64];
		strcpy(text, title_of(c->service));
		strcat(text, " withdrawn");
		if (!end_grant(db, c, actor, "withdrawn", now, err) ||
		    !log_decision(db, LEDGER_WITHDRAWAL, c->service, c->grant,
				  actor, text, now, err)) {
			return false;
		}
	}
	return outbox_purge(db, actor,
			    id == SERVICE_UNSET ? EVERY_SERVICE
						: SERVICE_BIT(id),
			    now, purged, err);
}

bool consent_withdraw(struct db *db, const char *actor, enum service_id service,
		      int64_t now, size_t *purged, struct err *err)
{
	if (!check_decision(actor, service, err) || !db_begin(db, err)) {
		return false;
	}
	char who[sizeof(((struct consent *)NULL)->actor)];
	line_copy(who, sizeof(who), actor);
	size_t count = 0;
	if (!db_finish(db, withdraw(db, who, service, now, &count, err), err)) {
		return false;
	}
	if (purged != NULL) {
		*purged = count;
	}
	return true;
}

/* Says why a service may not be sent now. Returns false. */
static bool refuse(const struct consents *all, const struct consent *c,
		   struct err *err)
{
	if (c->state == CONSENT_SUSPENDED) {
		return err_set(err, ERR_DENIED,
			       "%s changed since it was "
			       "allowed; confirm it on the page Services",
			       c->service->title);
	}
	if (c->state != CONSENT_ALLOWED) {
		return err_set(err, ERR_DENIED,
			       "%s is not allowed; a customer "
			       "can allow it on the page Services",
			       c->service->title);
	}
	return err_set(err, ERR_DENIED,
		       "%s cannot be sent: remote services "
		       "as a whole are %s",
		       c->service->title,
		       all->remote.state == CONSENT_SUSPENDED ? "suspended"
							      : "not allowed");
}

bool consent_grants(struct db *db, unsigned services,
		    struct transmission_head *head, struct err *err)
{
	struct consents all;
	if ((services & ~consent_services_known()) != 0 || services == 0) {
		return err_set(err, ERR_INVALID, "there is no such service");
	}
	if (!read_decisions(db, &all, err)) {
		return false;
	}
	struct transmission_grant grants[TRANSMISSION_GRANTS_MAX];
	size_t count = 0;
	for (size_t i = 0; i < all.count; i++) {
		const struct consent *c = &all.services[i];
		unsigned bit = SERVICE_BIT(c->service->id);
		if ((services & bit) == 0) {
			continue;
		}
		if ((all.effective & bit) == 0) {
			return refuse(&all, c, err);
		}
		grants[count].service = c->service->id;
		memcpy(grants[count].id, c->grant, UUID_TEXT_SIZE);
		count++;
	}
	memcpy(head->grants, grants, count * sizeof(grants[0]));
	head->grants_count = count;
	return true;
}

bool consent_covers(struct db *db, unsigned services, const char *grants,
		    struct err *err)
{
	struct transmission_head now = { .grants_count = 0 };
	if (!consent_grants(db, services, &now, err)) {
		return false;
	}
	for (size_t i = 0; i < now.grants_count; i++) {
		if (strstr(grants, now.grants[i].id) == NULL) {
			return err_set(
				err, ERR_DENIED,
				"%s was withdrawn and "
				"allowed again meanwhile; make a new "
				"preview",
				service_of(now.grants[i].service)->title);
		}
	}
	return strlen(grants) == now.grants_count * UUID_TEXT_SIZE - 1 ||
	       err_set(err, ERR_DENIED,
		       "the transmission names other grants "
		       "than its services have");
}
