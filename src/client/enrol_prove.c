/*
 * A certificate that is new is shown to the Communication Server before it is
 * used: a handshake with it, and a nonce that comes back under the receipt
 * key. Only then does it take the place of the one in use, by one rename; what
 * the database knows of it follows, and if that is lost, enrol_sync() makes
 * up for it.
 */
#include "client/enrol_parts.h"

#include <string.h>

#include "base/encoding.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "client/identity.h"
#include "client/link.h"
#include "crypto/random.h"
#include "domain/time_known.h"
#include "formats/certs.h"
#include "formats/checkin.h"
#include "net/ask.h"

#define ECHO_MAX 4096

static void make_nonce(char nonce[CHECKIN_NONCE_SIZE])
{
	uint8_t bytes[(CHECKIN_NONCE_SIZE - 1) / 2];
	random_bytes(bytes, sizeof(bytes));
	hex_encode(nonce, bytes, sizeof(bytes));
}

/* true: the server knows us by this certificate. */
static bool read_echo(struct client *client, const struct link *link,
		      const struct ask_way *way,
		      const struct http_answer *answer, const char *nonce,
		      int64_t *at, struct err *err)
{
	struct checkin_echo echo;
	struct err why = { .kind = ERR_NONE };
	if (answer->head.status != 200) {
		return ask_refused(way, answer, err);
	}
	if (!checkin_echo_read(buf_str(&answer->body), answer->body.len,
			       &link->verifier, &echo, &why)) {
		return err_set(err, ERR_RETRY,
			       "The answer of %s is no proof that it takes "
			       "the new certificate: %s",
			       link->server.name, why.text);
	}
	if (!text_equal(echo.nonce, nonce) ||
	    !text_equal(echo.device, client->config->id)) {
		return err_set(err, ERR_RETRY,
			       "%s takes the new certificate for another "
			       "device's, or gave an old answer. Ask the "
			       "vendor to check the server.",
			       link->server.name);
	}
	*at = echo.time;
	return true;
}

static bool ask_echo(struct client *client, const struct link *link,
		     int64_t *at, struct err *err)
{
	const struct upload_watch watch = enrol_watch(client);
	char nonce[CHECKIN_NONCE_SIZE];
	struct ask_way way;
	struct http_answer answer = HTTP_ANSWER_INIT;
	make_nonce(nonce);
	const struct ask what = {
		.method = "POST",
		.target = CHECKIN_ECHO_TARGET,
		.body_type = "text/plain",
		.body = nonce,
		.body_len = strlen(nonce),
		.answer_bytes = ECHO_MAX,
		.last = true,
	};
	ask_begin(&way, &link->server, &watch, link_time(client));
	bool ok = ask_do(&way, &what, &answer, err);
	if (ok) {
		ok = read_echo(client, link, &way, &answer, nonce, at, err);
		http_answer_clear(&answer);
	}
	ask_end(&way);
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
	switch (why->kind) {
	case ERR_DENIED:
	case ERR_INVALID:
	case ERR_LIMIT:
		return ENROL_DISPROVED;
	default:
		return ENROL_NOT_PROVED;
	}
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
		/* INVALID is it, or the anchor; either can be asked for. */
		*proof = why.kind == ERR_INVALID ? ENROL_DISPROVED
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
