/*
 * A certificate that is new is shown to the Communication Server before it is
 * used: a handshake with it, and a nonce that comes back under the receipt
 * key. Only then does it take the place of the one in use, by one rename; what
 * the database knows of it follows, and if that is lost, enrol_sync() makes
 * up for it.
 */
#include "client/enrol_parts.h"

#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "client/echo.h"
#include "client/identity.h"
#include "client/link.h"
#include "domain/time_known.h"
#include "formats/certs.h"

static bool ask_echo(struct client *client, const struct link *link,
		     int64_t *at, struct err *err)
{
	struct meter meter = METER_INIT(client);
	const struct upload_watch watch = enrol_watch(&meter);
	struct ask_way way;
	struct checkin_echo echo;
	struct err why = { .kind = ERR_NONE };
	int status = 0;
	if (!meter_book(&meter, ENROL_LEAVES_BYTES, err)) {
		return false;
	}
	ask_begin(&way, &link->server, &watch, link_time(client));
	bool ok = echo_ask(&way, &link->verifier, client->config->id, &echo,
			   &status, &why);
	ask_end(&way);
	enrol_settle(&meter);
	if (ok) {
		*at = echo.time;
	} else if (status == 200) {
		err_set(err, ERR_RETRY,
			"%s did not prove that it takes the new certificate. "
			"%s Ask the vendor to check the server.",
			link->server.name, why.text);
	} else {
		err_set(err, why.kind, "%s", why.text);
	}
	return ok;
}

/* A signed answer to our own question, and when that left. */
struct echoed {
	int64_t asked_at, at;
};

static bool keep(struct client *client, const struct link *link,
		 const char *actor, const struct echoed *echoed,
		 struct err *err)
{
	const br_x509_certificate *leaf = &link->trust->chain[0];
	return enrolment_certificate(client->db, actor, leaf->data,
				     leaf->data_len, client->now(), err) &&
	       link_keep_times(client, link, echoed->at, err) &&
	       time_known_learn(client->db, TIME_SOURCE_CHECKIN, echoed->at,
				echoed->asked_at, client->now(), NULL, err);
}

static bool put_in_place(struct client *client, const struct link *link,
			 const char *actor, const struct echoed *echoed,
			 struct err *err)
{
	char *next = device_config_key_path(client->config, ENROL_NEXT_FILE);
	char *path = device_config_key_path(client->config,
					    IDENTITY_CERTIFICATE_FILE);
	bool ok = files_replace(next, path, err) && db_begin(client->db, err) &&
		  db_finish(client->db, keep(client, link, actor, echoed, err),
			    err);
	mem_free(path);
	mem_free(next);
	return ok;
}

/* What an error of the exchange says of the certificate. */
static enum enrol_proof proof_of(const struct err *why)
{
	return why->kind == ERR_DENIED || why->kind == ERR_INVALID
		       ? ENROL_DISPROVED
		       : ENROL_NOT_PROVED;
}

static bool prove(struct client *client, const struct link *link,
		  const char *actor, enum enrol_proof *proof, struct err *err)
{
	struct buf text = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	struct echoed echoed = { .asked_at = client->now() };
	buf_printf(&text, "the new certificate is shown to %s",
		   link->server.name);
	bool ok = enrolment_begin(client->db, actor, buf_str(&text),
				  client->now(), err);
	buf_clear(&text);
	if (!ok) {
		return false;
	}
	if (!ask_echo(client, link, &echoed.at, &why)) {
		/* Withdrawn meanwhile: that says nothing of it. */
		*proof = enrol_may(client, NULL) ? proof_of(&why)
						 : ENROL_NOT_PROVED;
		return err_set(err, why.kind, "%s", why.text);
	}
	ok = put_in_place(client, link, actor, &echoed, err);
	*proof = ok ? ENROL_PROVED : ENROL_PROOF_UNSET;
	return ok;
}

bool enrol_prove(struct client *client, const char *actor,
		 enum enrol_proof *proof, struct err *err)
{
	struct link link;
	struct err why = { .kind = ERR_NONE };
	*proof = ENROL_PROOF_UNSET;
	if (!link_load_chain(client, ENROL_NEXT_FILE, &link, &why)) {
		/* It is none, or the anchor; either can be asked for. */
		*proof = why.kind == ERR_INVALID || why.kind == ERR_LIMIT
				 ? ENROL_DISPROVED
				 : ENROL_NOT_PROVED;
		return err_set(err, why.kind, "%s", why.text);
	}
	bool ok = prove(client, &link, actor, proof, err);
	link_clear(&link);
	return ok;
}

static bool read_leaf(const char *path, struct buf *der, struct err *err)
{
	struct buf pem = BUF_INIT;
	char label[CERTS_LABEL_SIZE];
	bool ok = files_read(path, TRUST_FILE_MAX, &pem, err);
	if (ok) {
		struct reader r = reader_of(pem.data, pem.len);
		ok = certs_pem_next(&r, label, der, err);
	}
	buf_clear(&pem);
	return ok;
}

int64_t enrol_begins_in(struct client *client, int64_t from)
{
	struct time_known known;
	if (!time_known_read(client->db, client->now(), &known, NULL) ||
	    known.latest == INT64_MAX) {
		return 0;
	}
	int64_t latest = known.latest +
			 (known.within_s < 0 ? TIME_CLOCK_TOLERANCE_S : 0);
	return from > latest ? from - latest : 0;
}

bool enrol_next_from(struct client *client, int64_t *from)
{
	struct buf der = BUF_INIT;
	int64_t to = 0;
	char *path = device_config_key_path(client->config, ENROL_NEXT_FILE);
	bool ok = read_leaf(path, &der, NULL) &&
		  certs_validity(der.data, der.len, from, &to, NULL);
	mem_free(path);
	buf_clear(&der);
	return ok;
}

bool enrol_sync(struct client *client, const char *actor, struct err *err)
{
	struct buf der = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	char *path = device_config_key_path(client->config,
					    IDENTITY_CERTIFICATE_FILE);
	bool ok = !files_exists(path) ||
		  (read_leaf(path, &der, &why) &&
		   enrolment_certificate(client->db, actor, der.data, der.len,
					 client->now(), &why));
	if (!ok && (why.kind == ERR_RETRY || why.kind == ERR_IO)) {
		err_set(err, why.kind, "%s", why.text);
	} else if (!ok) {
		log_warn(client->log, "%s: %s", path, why.text);
		ok = true;
	}
	mem_free(path);
	buf_clear(&der);
	return ok;
}
