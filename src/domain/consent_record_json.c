/*
 * One record of the consent record as JSON, with the fields of ISO/IEC TS
 * 27560:2023 in its four parts: header, PII processing, party identification
 * and events. What the standard has no field for stands under "sluice". What
 * only the vendor can know (where he keeps the data, under which law) is said
 * to be unknown to the device rather than guessed.
 *
 *	{ "schema_version", "generated_at", "device", "records": [
 *	  { "schema_version", "record_id", "pii_principal_id",
 *	    "pii_processing": { "privacy_notice", "language", "purposes": [
 *	      { "purpose", "purpose_type", "lawful_basis", "pii_information":
 *	        [ { "pii_type", "pii_attribute_id", "pii_optional" } .. ],
 *	        "pii_controllers", "collection_method", "processing_methods",
 *	        "storage_locations", "retention_period",
 *	        "processing_locations", "geographic_restrictions",
 *	        "services", "jurisdictions", "recipient_third_parties",
 *	        "withdrawal_method", "privacy_rights" } ] },
 *	    "party_identification": [ { "party_id", "party_name",
 *	      "party_address", "party_role" } .. ],
 *	    "events": [ { "event_time", "validity_duration", "entity_id",
 *	      "event_type", "event_state" } .. ],
 *	    "sluice": { .. } } .. ] }
 *
 * One record a line; all but ASCII is escaped.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/consent_record_parts.h"

#define SCHEMA "ISO/IEC TS 27560:2023, sluice.consent-record/v1"
#define NOT_TOLD "not told to the device; ask the controller"

/* Text of any origin: JSON takes UTF-8 only. */
static json_t *text_of(const char *text)
{
	struct buf clean = BUF_INIT;

	text = text == NULL ? "" : text;
	text_put_clean(&clean, text, strlen(text));
	json_t *value = json_string(buf_str(&clean));
	buf_clear(&clean);
	return value;
}

static void set(json_t *o, const char *key, const char *text)
{
	json_object_set_new(o, key, text_of(text));
}

static void set_time(json_t *o, const char *key, int64_t at)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(text, at);
	json_object_set_new(o, key, at == 0 ? json_null() : json_string(text));
}

/* A list of one. */
static void set_list(json_t *o, const char *key, const char *text)
{
	json_t *list = json_array();

	json_array_append_new(list, text_of(text));
	json_object_set_new(o, key, list);
}

static void put(struct buf *out, json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENSURE_ASCII);

	buf_put_str(out, text);
	mem_free(text);
	json_decref(value);
}

/* ---- PII processing ---- */

static void add_field(void *ctx, const struct consent_record_field *field)
{
	json_t *o = json_object();

	set(o, "pii_type", field->class);
	set(o, "pii_attribute_id", field->attribute);
	json_object_set_new(o, "pii_optional", json_true());
	json_array_append_new(ctx, o);
}

static json_t *fields_of(const struct consent_record_row *row)
{
	json_t *list = json_array();

	consent_record_each_field(row, add_field, list);
	return list;
}

static void set_purpose(json_t *o, const struct consent_record_row *row)
{
	struct buf word = BUF_INIT;

	consent_record_put_word(&word, row, "purpose");
	if (word.len == 0) {
		buf_put_str(&word, "Its words were not kept by the version "
				   "that recorded it.");
	}
	set(o, "purpose", buf_str(&word));
	set(o, "purpose_type", row->control);
	set(o, "lawful_basis", "consent");
	buf_clear(&word);
}

static bool is_gate(const struct consent_record_row *row)
{
	return row->service != NULL && service_is_gate(row->service);
}

static json_t *rights(void)
{
	static const char *const texts[] = {
		"withdraw at any time, in the same place and without a reason",
		"see each transmission before and after it is sent",
		"read and export this record and the log",
	};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		json_array_append_new(list, json_string(texts[i]));
	}
	return list;
}

static json_t *purpose_of(const struct consent_record_row *row)
{
	json_t *o = json_object();
	char method[160];

	snprintf(method, sizeof(method),
		 "page %s of the device, or \"sluice withdraw %s\"",
		 is_gate(row) ? "Privacy" : "Services", row->control);
	set_purpose(o, row);
	json_object_set_new(o, "pii_information", fields_of(row));
	set_list(o, "pii_controllers", "controller");
	set(o, "collection_method",
	    "read from the device and its settings by programs on the device");
	set_list(o, "processing_methods",
		 "left out or replaced by a code on the device unless allowed, "
		 "shown before sending, sent over mutually authenticated TLS");
	set_list(o, "storage_locations", NOT_TOLD);
	set(o, "retention_period", NOT_TOLD);
	set_list(o, "processing_locations", NOT_TOLD);
	set_list(o, "geographic_restrictions", NOT_TOLD);
	set_list(o, "services", row->control);
	set_list(o, "jurisdictions", NOT_TOLD);
	json_object_set_new(o, "recipient_third_parties", json_array());
	set(o, "withdrawal_method", method);
	json_object_set_new(o, "privacy_rights", rights());
	return o;
}

static json_t *processing_of(const struct consent_record_row *row)
{
	json_t *o = json_object();
	json_t *purposes = json_array();
	char notice[80] = "not kept by the version that recorded it";

	if (row->text_sha256[0] != '\0') {
		snprintf(notice, sizeof(notice), "sha256:%s", row->text_sha256);
	}
	set(o, "privacy_notice", notice);
	set(o, "language", row->language);
	json_array_append_new(purposes, purpose_of(row));
	json_object_set_new(o, "purposes", purposes);
	return o;
}

/* ---- parties ---- */

static json_t *party(const char *id, const char *name, const char *role)
{
	json_t *o = json_object();

	set(o, "party_id", id);
	set(o, "party_name", name);
	set(o, "party_address", NOT_TOLD);
	set(o, "party_role", role);
	return o;
}

static json_t *parties_of(const struct consent_record_about *about,
			  const struct consent_record_row *row)
{
	json_t *list = json_array();
	json_t *person = party(row->granted_by, row->granted_by,
			       "who decided, for the PII principals");

	json_array_append_new(list, party("controller", about->controller,
					  "PII controller, receives"));
	set(person, "party_address", "an account of the device");
	json_array_append_new(list, person);
	return list;
}

/* ---- events ---- */

static json_t *event(int64_t at, int64_t until, const char *who,
		     const char *type, const char *state)
{
	json_t *o = json_object();
	char duration[32] = "until withdrawn";

	if (until > at) {
		snprintf(duration, sizeof(duration), "PT%" PRId64 "S",
			 until - at);
	}
	set_time(o, "event_time", at);
	if (until >= 0) {
		set(o, "validity_duration", duration);
	}
	set(o, "entity_id", who);
	set(o, "event_type", type);
	set(o, "event_state", state);
	return o;
}

#define NO_VALIDITY INT64_C(-1) /* an end is valid for ever */

static json_t *events_of(const struct consent_record_row *row)
{
	json_t *list = json_array();
	/* Before its date only one for a single send ends by itself. */
	const char *way = !text_equal(row->end, "expired") ? "explicit"
			  : row->ended_at >= row->until    ? "by date"
							   : "by its send";

	json_array_append_new(list,
			      event(row->granted_at, row->until,
				    row->granted_by, "explicit", row->begin));
	if (text_equal(row->state, "suspended")) {
		json_array_append_new(
			list, event(row->now, NO_VALIDITY, "device",
				    "other words or fields since, as found "
				    "when this record was made",
				    "suspended"));
	}
	if (row->end[0] != '\0') {
		json_array_append_new(list, event(row->ended_at, NO_VALIDITY,
						  row->ended_by[0] != '\0'
							  ? row->ended_by
							  : "device",
						  way, row->end));
	}
	return list;
}

/* ---- a record ---- */

static json_t *own_of(const struct consent_record_about *about,
		      const struct consent_record_row *row)
{
	json_t *o = json_object();

	set(o, "device", about->device);
	set(o, "control", row->control);
	set(o, "state", row->state);
	set_time(o, "covers_since", row->since);
	set_time(o, "until", row->until);
	set(o, "replaces", row->replaces);
	set(o, "replaced_by", row->replaced_by);
	set(o, "words_sha256", row->text_sha256);
	set(o, "fields_sha256", row->catalogue_sha256);
	set(o, "words", row->words);
	return o;
}

void consent_record_json_begin(struct buf *out,
			       const struct consent_record_about *about,
			       int64_t now)
{
	json_t *device = json_object();
	char at[CLOCK_TEXT_SIZE];

	clock_format(at, now);
	set(device, "id", about->device);
	set(device, "serial_number", about->serial);
	set(device, "make_and_model", about->model);
	buf_printf(out,
		   "{\"schema_version\":\"%s\",\"generated_at\":\"%s\","
		   "\"device\":",
		   SCHEMA, at);
	put(out, device);
	buf_put_str(out, ",\"records\":[");
}

void consent_record_json_row(struct buf *out,
			     const struct consent_record_about *about,
			     const struct consent_record_row *row, bool first)
{
	json_t *o = json_object();

	set(o, "schema_version", SCHEMA);
	set(o, "record_id", row->grant);
	/* The people whom the data tells of are known to the device only. */
	set(o, "pii_principal_id", about->device);
	json_object_set_new(o, "pii_processing", processing_of(row));
	json_object_set_new(o, "party_identification", parties_of(about, row));
	json_object_set_new(o, "events", events_of(row));
	json_object_set_new(o, "sluice", own_of(about, row));
	buf_put_str(out, first ? "\n" : ",\n");
	put(out, o);
}

void consent_record_json_end(struct buf *out)
{
	buf_put_str(out, "\n]}\n");
}
