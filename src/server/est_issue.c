/*
 * Who gets a certificate, and for what: a one-time code, or a certificate that
 * stands. Everything of one request is one transaction, so that a code is used
 * exactly when there is a certificate; the same request again, because the
 * answer was lost, gets the same certificate. The transport is est.c's.
 */
#include "server/est_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/ledger.h"
#include "server/certificates.h"
#include "server/codes.h"
#include "server/peer.h"

#define DAY_S ((int64_t)24 * 60 * 60)
#define PAUSE_S 60
#define LATER_S 3600

static struct db *db_of(const struct est_call *call)
{
	return call->est->server.db;
}

/* A refusal for who asks. */
static bool refuse_who(struct est_call *call, int status, const struct err *err)
{
	call->names_itself = true;
	return est_refuse_err(call, status, err);
}

bool est_check_code(struct est_call *call, const char *code)
{
	struct code_row row;
	struct err err = { 0 };
	return codes_find(db_of(call), call->name, code, call->now, &row,
			  &err) ||
	       refuse_who(call, 401, &err);
}

bool est_check_peer(struct est_call *call)
{
	struct refusal refusal = { 0 };
	struct fleet_device device = { 0 };
	bool ok = peer_read(call->exchange, call->peer, &refusal) &&
		  peer_device(db_of(call), call->peer, call->now, &device,
			      &refusal);
	memcpy(call->name, device.id, sizeof(call->name));
	if (ok) {
		return true;
	}
	call->names_itself = call->name[0] != '\0';
	return est_refuse(call, refusal_status(refusal.kind), "%s",
			  refusal.detail);
}

static bool check_common_name(struct est_call *call,
			      const struct ca_request *request)
{
	return request->common_name[0] == '\0' ||
	       text_equal(request->common_name, call->name) ||
	       est_refuse(call, 403,
			  "The request names another device: its common name "
			  "must be %s, or not be there.",
			  call->name);
}

static bool write_entry(struct est_call *call,
			const struct ca_certificate *certificate,
			const char *how, struct err *err)
{
	char until[CLOCK_TEXT_SIZE];
	struct buf text = BUF_INIT;
	clock_format(until, certificate->not_after);
	buf_printf(&text,
		   "Device %s got a certificate %s; it is good until %s.",
		   call->name, how, until);
	struct ledger_entry entry = {
		.at = call->now,
		.kind = LEDGER_ENROLMENT,
		.actor = call->name,
		.peer = certificate->sha256,
		.result = "ok",
		.text = buf_str(&text),
	};
	bool ok = ledger_append(db_of(call), &entry, err);
	buf_clear(&text);
	return ok;
}

/* The device reports its own serial number; what cannot stand stays out. */
static bool issue(struct est_call *call, const struct ca_request *request,
		  const char *serial, struct ca_certificate *out,
		  struct err *err)
{
	return ca_issue_device(call->est->ca, request, call->name,
			       ca_serial_is_valid(serial) ? serial : "",
			       call->now,
			       call->est->server.config->certificate_days, out,
			       err);
}

static bool keep(struct est_call *call,
		 const struct ca_certificate *certificate, const char *origin,
		 struct err *err)
{
	const struct certificate_new row = {
		.sha256 = certificate->sha256,
		.device = call->name,
		.serial = certificate->serial,
		.origin = origin,
		.pem = buf_str(&certificate->pem),
		.not_before = certificate->not_before,
		.not_after = certificate->not_after,
	};
	return certificates_keep(db_of(call), &row, call->now, err);
}

static bool add_device(struct est_call *call,
		       const struct ca_certificate *certificate,
		       const struct code_row *code, struct err *err)
{
	const struct fleet_new row = {
		.id = call->name,
		.title = code->title,
		.serial_number = code->serial_number,
		.ledger_key = "",
		.certificate = certificate->sha256,
		.certificate_serial = certificate->serial,
		.not_before = certificate->not_before,
		.not_after = certificate->not_after,
		.origin = "enrolled",
		.pem = buf_str(&certificate->pem),
	};
	return fleet_add(db_of(call), call->name, &row, call->now, err);
}

/* ---- with a code ---- */

/* The answer may have been lost: the same to the same key, nothing else. */
static bool answer_again(struct est_call *call,
			 const struct ca_request *request,
			 const struct code_row *code)
{
	struct err err = { 0 };
	struct fleet_device device;
	if (!text_equal(code->key_sha256, request->key_sha256)) {
		call->names_itself = true;
		return est_refuse(call, 403,
				  "This code was used already, by a device "
				  "with another key. Ask the vendor for a new "
				  "one.");
	}
	if (!fleet_by_certificate(db_of(call), code->certificate, call->now,
				  &device, &err)) {
		return refuse_who(call, 403, &err);
	}
	return certificates_pem(db_of(call), code->certificate, &call->pem,
				&err) ||
	       est_refuse_err(call, 500, &err);
}

static bool find_device(struct est_call *call, struct fleet_device *device,
			bool *known)
{
	struct err err = { 0 };
	*known = fleet_get(db_of(call), call->name, device, &err);
	if (!*known && err.kind != ERR_NOT_FOUND) {
		return est_refuse_err(call, 500, &err);
	}
	if (*known && device->revoked_at != 0) {
		call->names_itself = true;
		return est_refuse(call, 403, "Device %s was revoked.",
				  call->name);
	}
	return true;
}

static bool write_rows(struct est_call *call, const struct ca_request *request,
		       const struct code_row *code, bool known,
		       const struct ca_certificate *made, struct err *err)
{
	char how[64];
	snprintf(how, sizeof(how), "with code %" PRId64, code->id);
	bool ok = known ? keep(call, made, "enrolled", err) &&
				  fleet_enrolled_again(db_of(call), call->name,
						       err)
			: add_device(call, made, code, err);
	return ok && write_entry(call, made, how, err) &&
	       codes_use(db_of(call), code->id, made->sha256,
			 request->key_sha256, call->now, err);
}

static bool issue_first(struct est_call *call, const struct ca_request *request,
			const struct code_row *code)
{
	struct err err = { 0 };
	struct fleet_device device = { 0 };
	struct ca_certificate made = CA_CERTIFICATE_INIT;
	bool known = false;
	if (!find_device(call, &device, &known)) {
		return false;
	}
	const char *serial = code->serial_number[0] != '\0'
				     ? code->serial_number
				     : device.serial_number;
	bool ok = issue(call, request, serial, &made, &err) &&
		  write_rows(call, request, code, known, &made, &err);
	if (ok) {
		buf_put(&call->pem, made.pem.data, made.pem.len);
	}
	ca_certificate_clear(&made);
	return ok || est_refuse_err(call, 500, &err);
}

/* Commits what went well. */
static bool finish(struct est_call *call, bool ok)
{
	struct err err = { 0 };
	if (!ok) {
		db_rollback(db_of(call));
		return false;
	}
	return db_commit(db_of(call), &err) || est_refuse_err(call, 500, &err);
}

bool est_issue_for_code(struct est_call *call, const struct ca_request *request,
			const char *code)
{
	struct err err = { 0 };
	struct code_row row;
	if (!check_common_name(call, request)) {
		return false;
	}
	if (!db_begin(db_of(call), &err)) {
		return est_refuse_err(call, 500, &err);
	}
	bool ok = codes_find(db_of(call), call->name, code, call->now, &row,
			     &err);
	if (!ok) {
		refuse_who(call, 401, &err);
	} else if (row.ended_at != 0) {
		ok = answer_again(call, request, &row);
	} else {
		ok = issue_first(call, request, &row);
	}
	return finish(call, ok);
}

/* ---- with a certificate ---- */

/*
 * One that was issued to this key within the last day, later than the one
 * that it comes with: it never got there.
 */
static bool find_lost(struct est_call *call, const struct ca_request *request,
		      bool *found, struct err *err)
{
	struct certificate_row *list = NULL;
	size_t count = 0;
	if (!certificates_renewed(db_of(call), call->name, call->peer,
				  call->now - DAY_S, &list, &count, err)) {
		return false;
	}
	bool ok = true;
	for (size_t i = 0; ok && !*found && i < count; i++) {
		char key[65] = "";
		if (list[i].revoked_at != 0 || list[i].not_after <= call->now) {
			continue;
		}
		ok = certificates_pem(db_of(call), list[i].sha256, &call->pem,
				      err) &&
		     ca_key_of(buf_str(&call->pem), key, err);
		*found = ok && text_equal(key, request->key_sha256);
		if (!*found) {
			buf_reset(&call->pem);
		}
	}
	mem_free(list);
	return ok;
}

static bool check_rate(struct est_call *call)
{
	struct err err = { 0 };
	int64_t count = 0;
	if (!certificates_issued(db_of(call), call->name, call->now - DAY_S,
				 &count, &err)) {
		return est_refuse_err(call, 500, &err);
	}
	if (count >= EST_CERTIFICATES_A_DAY) {
		call->retry_after_s = LATER_S;
		return est_refuse(call, 429,
				  "Device %s got %d certificates within a day. "
				  "Try again later.",
				  call->name, EST_CERTIFICATES_A_DAY);
	}
	return true;
}

static bool renew(struct est_call *call, const struct ca_request *request,
		  const struct fleet_device *device)
{
	struct err err = { 0 };
	struct ca_certificate made = CA_CERTIFICATE_INIT;
	bool lost = false;
	if (!find_lost(call, request, &lost, &err)) {
		return est_refuse_err(call, 500, &err);
	}
	if (lost) {
		return true;
	}
	if (!check_rate(call)) {
		return false;
	}
	bool ok = issue(call, request, device->serial_number, &made, &err) &&
		  keep(call, &made, "renewed", &err) &&
		  write_entry(call, &made, "by renewal", &err);
	if (ok) {
		buf_put(&call->pem, made.pem.data, made.pem.len);
	}
	ca_certificate_clear(&made);
	return ok || est_refuse_err(call, 500, &err);
}

bool est_issue_renewal(struct est_call *call, const struct ca_request *request)
{
	struct err err = { 0 };
	struct refusal refusal = { 0 };
	struct fleet_device device;
	if (!check_common_name(call, request)) {
		return false;
	}
	if (!db_begin(db_of(call), &err)) {
		return est_refuse_err(call, 500, &err);
	}
	/* It may have been revoked since it was let in. */
	bool ok = peer_device(db_of(call), call->peer, call->now, &device,
			      &refusal);
	if (!ok) {
		call->names_itself = true;
		est_refuse(call, refusal_status(refusal.kind), "%s",
			   refusal.detail);
	}
	return finish(call, ok && renew(call, request, &device));
}

/* ---- what stays of a refusal ---- */

static bool write_refusal(struct est_call *call, const char *address,
			  struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "Enrolment of device %s: %s", call->name, call->why);
	struct ledger_entry entry = {
		.at = call->now,
		.kind = LEDGER_REFUSED,
		.actor = address,
		.peer = call->peer,
		.result = "refused",
		.text = buf_str(&text),
	};
	bool ok = ledger_append(db_of(call), &entry, err);
	buf_clear(&text);
	return ok;
}

void est_note_refusal(struct est_call *call)
{
	struct server *server = &call->est->server;
	const char *address = exchange_param(call->exchange, "REMOTE_ADDR");
	const struct stranger who = {
		.name = call->name,
		.address = address == NULL ? "" : address,
		.now = call->now,
		.monotonic_ms = call->clock->monotonic_ms(),
	};
	struct err err = { 0 };
	bool counts = false;
	bool expected = false;
	const struct stranger_words words = { "stranger at ", who.address,
					      call->why };
	strangers_log(&server->strangers, server->log, &words,
		      who.monotonic_ms);
	if (!call->names_itself || call->status >= 500) {
		return;
	}
	/* Names that nobody expects are no entry: there are too many. */
	if (!strangers_count(&server->strangers, server->db, &who, &counts,
			     &err) ||
	    !codes_expects(server->db, call->name, &expected, &err) ||
	    (counts && expected && !write_refusal(call, who.address, &err))) {
		log_error(server->log, "ledger: %s", err.text);
	}
	if (!counts && call->status == 401) {
		call->status = 0;
		call->retry_after_s = PAUSE_S;
		est_refuse(call, 429,
			   "Wrong codes came too often. Check the code: the "
			   "right one is taken at once.");
	}
}
