/* See grants.h. */
#include "tests/unit/domain/grants.h"

#include <string.h>

#include "base/encoding.h"
#include "crypto/sha256.h"
#include "domain/ledger.h"

struct consent control_now(struct db *db, enum service_id id, int64_t now)
{
	struct consents all;
	assert_done(consent_read(db, now, &all, err));
	const struct consent *c = consent_of(&all, id);
	assert_non_null(c);
	return *c;
}

unsigned effective_at(struct db *db, int64_t now)
{
	unsigned bits = ~0u;
	assert_done(consent_effective(db, now, &bits, err));
	return bits;
}

void allow_until(struct db *db, enum service_id id, int64_t until, int64_t now)
{
	const struct consent_choice choice = { .actor = "carla",
					       .service = id,
					       .language = "en",
					       .until = until,
					       .now = now };
	assert_done(consent_choose(db, &choice, err));
}

/* Keeps a text as agreed to, and gives its hash in hex. */
static void agree(struct db *db, const char *text, char hex[65])
{
	uint8_t hash[SHA256_SIZE];
	struct stmt q;
	memset(hash, 0xff, sizeof(hash));
	if (text[0] != '\0') {
		sha256_bytes(text, strlen(text), hash);
	}
	hex_encode(hex, hash, sizeof(hash));
	if (text[0] == '\0') {
		return;
	}
	assert_done(db_query(db, &q,
			     "INSERT OR IGNORE INTO agreed (sha256, text) "
			     "VALUES (?, ?)",
			     err));
	db_bind_text(&q, 1, hex);
	db_bind_text(&q, 2, text);
	assert_done(db_run(&q, err));
}

static void agree_or_now(struct db *db, enum service_id id, const char *text,
			 void (*put)(struct buf *out,
				     const struct service *service),
			 char hex[65])
{
	struct buf now = BUF_INIT;
	put(&now, consent_words(service_of(id)));
	agree(db, text != NULL ? text : buf_str(&now), hex);
	buf_clear(&now);
}

static void write_grant(struct db *db, const char *grant, enum service_id id,
			const char *words, const char *fields, int64_t now)
{
	struct stmt q;
	assert_done(db_query(db, &q,
			     "INSERT INTO grants (id, service, granted_at, "
			     "granted_by, language, since, text_sha256, "
			     "catalogue_sha256) VALUES "
			     "(?, ?, ?, 'carla', 'en', ?, ?, ?)",
			     err));
	db_bind_text(&q, 1, grant);
	db_bind_int(&q, 2, id);
	db_bind_int(&q, 3, now);
	db_bind_int(&q, 4, now);
	db_bind_text(&q, 5, words);
	db_bind_text(&q, 6, fields);
	assert_done(db_run(&q, err));
}

void grant_of_old(struct db *db, enum service_id id, const char *words,
		  const char *fields, int64_t now)
{
	char grant[UUID_TEXT_SIZE], of_words[65], of_fields[65];
	struct buf text = BUF_INIT;
	assert_done(consent_withdraw(db, "carla", id, now, NULL, err));
	uuid_v7(grant, now * 1000);
	agree_or_now(db, id, words, service_put_text, of_words);
	if (id == SERVICE_UNSET) {
		of_fields[0] = '\0'; /* it has no documents */
	} else {
		agree_or_now(db, id, fields, service_put_catalogue, of_fields);
	}
	write_grant(db, grant, id, of_words, of_fields, now);
	buf_printf(&text,
		   "%s allowed; language en, words sha256 %s, fields sha256 "
		   "%s",
		   consent_title(service_of(id)), of_words, of_fields);
	struct ledger_entry entry = { .at = now,
				      .kind = LEDGER_GRANT,
				      .actor = "carla",
				      .service = consent_name(service_of(id)),
				      .grant = grant,
				      .result = "ok",
				      .text = buf_str(&text) };
	assert_done(ledger_append(db, &entry, err));
	buf_clear(&text);
}
