/* The consent record as CSV and JSON (src/domain/consent_record*.c). */
#include "domain/consent_record.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/domain/grants.h"

static const struct consent_record_about about = {
	.device = "ex7-004211",
	.serial = "EX7-004211",
	.model = "Example 7",
	.controller = "comms.example",
};

static void put(struct db *db, enum consent_record_format format, int64_t now,
		struct buf *out)
{
	assert_done(consent_record_put(db, format, &about, now, out, err));
}

/* The whole record, parsed; to be freed with json_decref(). */
static json_t *record_of(struct db *db, int64_t now)
{
	struct buf out = BUF_INIT;
	json_error_t error;
	put(db, CONSENT_RECORD_JSON, now, &out);
	json_t *all = json_loads(buf_str(&out), JSON_REJECT_DUPLICATES, &error);
	if (all == NULL) {
		fail_msg("line %d: %s", error.line, error.text);
	}
	/* What a terminal shows is ASCII only. */
	for (size_t i = 0; i < out.len; i++) {
		assert_true(out.data[i] < 0x7f);
	}
	buf_clear(&out);
	return all;
}

/* A text by its path, "events.0.event_state"; NULL = none. */
static const char *at(const json_t *value, const char *path)
{
	char step[64];
	while (value != NULL && *path != '\0') {
		size_t len = strcspn(path, ".");
		snprintf(step, sizeof(step), "%.*s", (int)len, path);
		value = json_is_array(value)
				? json_array_get(value, (size_t)strtoul(
								step, NULL, 10))
				: json_object_get(value, step);
		path += len + (path[len] == '.');
	}
	return json_string_value(value);
}

static const json_t *one(const json_t *all, size_t n)
{
	const json_t *records = json_object_get(all, "records");
	assert_true(n < json_array_size(records));
	return json_array_get(records, n);
}

static size_t count(const json_t *all)
{
	return json_array_size(json_object_get(all, "records"));
}

static void a_new_device_has_an_empty_record(void **state)
{
	struct temporary_db *t = *state;
	struct buf out = BUF_INIT;
	json_t *all = record_of(t->db, NOW);
	assert_int_equal(0, count(all));
	assert_string_equal("ex7-004211", at(all, "device.id"));
	assert_string_equal("Example 7", at(all, "device.make_and_model"));
	assert_non_null(
		strstr(at(all, "schema_version"), "ISO/IEC TS 27560:2023"));
	put(t->db, CONSENT_RECORD_CSV, NOW, &out);
	assert_true(strncmp(buf_str(&out), "record_id,device,control,", 25) ==
		    0);
	assert_ptr_equal(strstr(buf_str(&out), "\r\n") + 2,
			 buf_str(&out) + out.len);
	buf_clear(&out);
	json_decref(all);
}

/* Every field that ISO/IEC TS 27560 asks for is there. */
static void each_record_has_the_fields_of_the_standard(void **state)
{
	struct temporary_db *t = *state;
#define PURPOSE "pii_processing.purposes.0."
	static const char *const texts[] = {
		"schema_version",
		"record_id",
		"pii_principal_id",
		"pii_processing.privacy_notice",
		"pii_processing.language",
		PURPOSE "purpose",
		PURPOSE "purpose_type",
		PURPOSE "lawful_basis",
		PURPOSE "pii_controllers.0",
		PURPOSE "collection_method",
		PURPOSE "processing_methods.0",
		PURPOSE "storage_locations.0",
		PURPOSE "retention_period",
		PURPOSE "processing_locations.0",
		PURPOSE "geographic_restrictions.0",
		PURPOSE "services.0",
		PURPOSE "jurisdictions.0",
		PURPOSE "withdrawal_method",
		PURPOSE "privacy_rights.0",
		"party_identification.0.party_id",
		"party_identification.0.party_name",
		"party_identification.0.party_address",
		"party_identification.0.party_role",
		"events.0.event_time",
		"events.0.validity_duration",
		"events.0.entity_id",
		"events.0.event_type",
		"events.0.event_state",
	};
	for (size_t i = 0; i < 9; i++) {
		assert_done(consent_allow(t->db, "carla",
					  i == 0 ? SERVICE_UNSET
						 : control_at(i - 1)->id,
					  NOW, err));
	}
	json_t *all = record_of(t->db, NOW);
	assert_int_equal(9, count(all));
	for (size_t n = 0; n < 9; n++) {
		for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
			const char *text = at(one(all, n), texts[i]);
			if (text == NULL || text[0] == '\0') {
				fail_msg("record %zu has no %s", n, texts[i]);
			}
		}
		const json_t *purpose = json_array_get(
			json_object_get(json_object_get(one(all, n),
							"pii_processing"),
					"purposes"),
			0);
		assert_true(json_is_array(
			json_object_get(purpose, "pii_information")));
		assert_true(json_is_array(
			json_object_get(purpose, "recipient_third_parties")));
	}
	json_decref(all);
}

static void a_record_says_who_when_what_and_until(void **state)
{
	struct temporary_db *t = *state;
	const struct consent_choice choice = { .actor = "carla",
					       .service = SERVICE_METERING,
					       .language = "de-AT",
					       .until = NOW + DAY_S,
					       .now = NOW };
	assert_done(consent_choose(t->db, &choice, err));
	json_t *all = record_of(t->db, NOW);
	const json_t *r = one(all, 0);
	assert_string_equal(control_now(t->db, SERVICE_METERING, NOW).grant,
			    at(r, "record_id"));
	assert_string_equal("de-AT", at(r, "pii_processing.language"));
	assert_string_equal("metering", at(r, PURPOSE "purpose_type"));
	assert_string_equal(service_of(SERVICE_METERING)->purpose,
			    at(r, PURPOSE "purpose"));
	assert_string_equal("consent", at(r, PURPOSE "lawful_basis"));
	assert_string_equal("2025-11-24T16:00:00Z",
			    at(r, "events.0.event_time"));
	assert_string_equal("PT86400S", at(r, "events.0.validity_duration"));
	assert_string_equal("carla", at(r, "events.0.entity_id"));
	assert_string_equal("explicit", at(r, "events.0.event_type"));
	assert_string_equal("given", at(r, "events.0.event_state"));
	assert_null(at(r, "events.1.event_state"));
	assert_string_equal("comms.example",
			    at(r, "party_identification.0.party_name"));
	assert_string_equal("allowed", at(r, "sluice.state"));
	assert_string_equal("2025-11-25T16:00:00Z", at(r, "sluice.until"));
	assert_int_equal(64, strlen(at(r, "sluice.words_sha256")));
	assert_int_equal(64, strlen(at(r, "sluice.fields_sha256")));
	assert_non_null(strstr(at(r, "pii_processing.privacy_notice"),
			       at(r, "sluice.words_sha256")));
	struct buf words = BUF_INIT;
	service_put_text(&words, service_of(SERVICE_METERING));
	assert_string_equal(buf_str(&words), at(r, "sluice.words"));
	buf_clear(&words);
	json_decref(all);
}

/* The switch over all services has words as each of them. */
static void remote_services_say_what_was_agreed_to(void **state)
{
	struct temporary_db *t = *state;
	struct buf words = BUF_INIT, out = BUF_INIT;
	allow_until(t->db, SERVICE_UNSET, 0, NOW);
	json_t *all = record_of(t->db, NOW);
	const json_t *r = one(all, 0);
	assert_string_equal("remote", at(r, "sluice.control"));
	assert_string_equal("allowed", at(r, "sluice.state"));
	assert_string_equal(service_remote()->purpose,
			    at(r, PURPOSE "purpose"));
	service_put_text(&words, service_remote());
	assert_string_equal(buf_str(&words), at(r, "sluice.words"));
	assert_int_equal(64, strlen(at(r, "sluice.words_sha256")));
	assert_string_equal("", at(r, "sluice.fields_sha256"));
	assert_non_null(strstr(at(r, "pii_processing.privacy_notice"),
			       at(r, "sluice.words_sha256")));
	/* What it lets happen stands in it: check-ins. */
	assert_non_null(strstr(buf_str(&words), "\nsends check-ins: "));
	assert_non_null(strstr(buf_str(&words), "\non the services "));
	put(t->db, CONSENT_RECORD_CSV, NOW, &out);
	assert_non_null(strstr(buf_str(&out), service_remote()->purpose));
	assert_non_null(strstr(buf_str(&out), at(r, "sluice.words_sha256")));
	buf_clear(&out);
	buf_clear(&words);
	json_decref(all);
}

/* A version before this one kept none; the grant stands all the same. */
static void remote_services_without_words_stand(void **state)
{
	struct temporary_db *t = *state;
	allow_until(t->db, SERVICE_UNSET, 0, NOW);
	temporary_db_drop_triggers(t->db);
	temporary_db_run(t->db, "UPDATE grants SET text_sha256 = ''");
	json_t *all = record_of(t->db, NOW);
	const json_t *r = one(all, 0);
	assert_string_equal("allowed", at(r, "sluice.state"));
	assert_string_equal("", at(r, "sluice.words"));
	assert_non_null(strstr(at(r, PURPOSE "purpose"), "were not kept"));
	assert_non_null(
		strstr(at(r, "pii_processing.privacy_notice"), "not kept"));
	assert_int_equal(CONSENT_ALLOWED,
			 control_now(t->db, SERVICE_UNSET, NOW).state);
	json_decref(all);
	/* With other words it is suspended, as every service is. */
	grant_of_old(t->db, SERVICE_UNSET, "older\n", NULL, NOW);
	assert_int_equal(CONSENT_SUSPENDED,
			 control_now(t->db, SERVICE_UNSET, NOW).state);
	all = record_of(t->db, NOW);
	assert_string_equal("suspended", at(one(all, 1), "sluice.state"));
	json_decref(all);
}

static bool has_attribute(const json_t *record, const char *class,
			  const char *attribute)
{
	const json_t *list = json_object_get(
		json_array_get(
			json_object_get(json_object_get(record,
							"pii_processing"),
					"purposes"),
			0),
		"pii_information");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *field = json_array_get(list, i);
		if (strcmp(at(field, "pii_attribute_id"), attribute) == 0) {
			assert_string_equal(class, at(field, "pii_type"));
			return true;
		}
	}
	return false;
}

static void personal_fields_are_those_that_were_agreed_to(void **state)
{
	struct temporary_db *t = *state;
	assert_done(consent_allow(t->db, "anna", GATE_PERSONAL, NOW, err));
	assert_done(consent_allow(t->db, "carla", SERVICE_METERING, NOW, err));
	grant_of_old(t->db, SERVICE_SUPPLIES, NULL,
		     "service supplies\ndocument Old\n"
		     "Owner\ttoken\tpersonal\tone\toptional\t-\t-\t-\t-\tWho\n"
		     "Level\tlevel\tmachine\tone\toptional\t-\t-\t-\t-\tHow\n"
		     "torn\n"
		     "form\t{time} panel: signed in {personal}\n",
		     NOW);
	json_t *all = record_of(t->db, NOW);
	assert_true(has_attribute(one(all, 0), "personal",
				  "Events/Event/UserName"));
	assert_true(has_attribute(one(all, 0), "network",
				  "Events/Event/HostAddress"));
	assert_true(has_attribute(one(all, 0), "personal",
				  "Engineering/{time} panel: signed in "
				  "{personal}"));
	assert_false(has_attribute(one(all, 1), "", "Events/Event/UserName"));
	assert_true(has_attribute(one(all, 2), "personal", "Old/Owner"));
	assert_false(has_attribute(one(all, 2), "", "Old/Level"));
	json_decref(all);
}

/* One grant after the other of metering, each ended in another way. */
static void how_each_grant_ended_is_told(void **state)
{
	struct temporary_db *t = *state;
	allow_until(t->db, SERVICE_METERING, NOW + 50, NOW);
	allow_until(t->db, SERVICE_METERING, NOW + 60, NOW + 1);
	assert_done(consent_expire(t->db, NOW + 60, NULL, err));
	allow_until(t->db, SERVICE_METERING, 0, NOW + 70);
	grant_of_old(t->db, SERVICE_METERING, "older\n", NULL, NOW + 80);
	allow_until(t->db, SERVICE_METERING, NOW + 99, NOW + 90);
	static const struct {
		const char *begin, *state, *end_event, *who;
	} expected[] = {
		{ "given", "replaced", "replaced", "carla" },
		{ "renewed", "expired", "expired", "daemon" },
		{ "given", "withdrawn", "withdrawn", "carla" },
		{ "given", "replaced", "replaced", "carla" },
		/* Over, and no daemon wrote it yet. */
		{ "confirmed", "expired", "expired", "device" },
	};
	json_t *all = record_of(t->db, NOW + 99);
	assert_int_equal(5, count(all));
	for (size_t i = 0; i < 5; i++) {
		const json_t *r = one(all, i);
		assert_string_equal(expected[i].begin,
				    at(r, "events.0.event_state"));
		assert_string_equal(expected[i].state, at(r, "sluice.state"));
		assert_string_equal(expected[i].end_event,
				    at(r, "events.1.event_state"));
		assert_string_equal(expected[i].who,
				    at(r, "events.1.entity_id"));
	}
	assert_string_equal(at(one(all, 0), "record_id"),
			    at(one(all, 1), "sluice.replaces"));
	assert_string_equal(at(one(all, 4), "record_id"),
			    at(one(all, 3), "sluice.replaced_by"));
	assert_string_equal("by date", at(one(all, 1), "events.1.event_type"));
	assert_string_equal("until withdrawn",
			    at(one(all, 2), "events.0.validity_duration"));
	json_decref(all);
}

static void a_suspended_grant_says_so(void **state)
{
	struct temporary_db *t = *state;
	grant_of_old(t->db, GATE_PERSONAL, "", "", NOW);
	json_t *all = record_of(t->db, NOW + 5);
	const json_t *r = one(all, 0);
	assert_string_equal("suspended", at(r, "sluice.state"));
	assert_string_equal("suspended", at(r, "events.1.event_state"));
	assert_string_equal("2025-11-24T16:00:05Z",
			    at(r, "events.1.event_time"));
	assert_non_null(strstr(at(r, PURPOSE "purpose"), "were not kept"));
	assert_non_null(strstr(at(r, PURPOSE "withdrawal_method"), "Privacy"));
	json_decref(all);
}

static size_t rows_of(const struct buf *csv)
{
	size_t rows = 0;
	bool quoted = false;
	for (size_t i = 0; i < csv->len; i++) {
		quoted = csv->data[i] == '"' ? !quoted : quoted;
		rows += !quoted && csv->data[i] == '\n';
	}
	return rows;
}

static void spreadsheets_get_no_formula(void **state)
{
	struct temporary_db *t = *state;
	struct buf out = BUF_INIT;
	size_t grants = 0;
	for (; hostile_texts[grants] != NULL; grants++) {
		const struct consent_choice choice = {
			.actor = hostile_texts[grants],
			.service = SERVICE_METERING,
			.language = "en",
			.until = NOW + 9 + (int64_t)grants,
			.now = NOW,
		};
		assert_done(consent_choose(t->db, &choice, err));
	}
	put(t->db, CONSENT_RECORD_CSV, NOW, &out);
	assert_int_equal(grants + 1, rows_of(&out));
	assert_non_null(strstr(buf_str(&out), ",'=cmd|"));
	assert_null(strstr(buf_str(&out), ",=cmd|"));
	buf_clear(&out);
	json_t *all = record_of(t->db, NOW);
	assert_int_equal(grants, count(all));
	json_decref(all);
}

/* As long use leaves them; the rules of the table only slow this down. */
static void add_many(struct db *db, unsigned grants)
{
	char sql[512];
	temporary_db_drop_triggers(db);
	snprintf(sql, sizeof(sql),
		 "INSERT INTO grants (id, service, granted_at, granted_by, "
		 "language, since, text_sha256, catalogue_sha256, ended_at, "
		 "ended_by, end_reason) WITH RECURSIVE n (i) AS (SELECT 1 "
		 "UNION ALL SELECT i + 1 FROM n WHERE i < %u) SELECT "
		 "printf('%%036d', i), 16, i, 'anna', 'en', i, text_sha256, "
		 "catalogue_sha256, i, 'anna', 'withdrawn' FROM n, "
		 "(SELECT * FROM grants LIMIT 1)",
		 grants);
	temporary_db_run(db, sql);
}

static void thousands_of_grants_are_given_or_refused_whole(void **state)
{
	struct temporary_db *t = *state;
	struct buf out = BUF_INIT;
	assert_done(consent_allow(t->db, "anna", GATE_PERSONAL, NOW, err));
	add_many(t->db, 1000);
	json_t *all = record_of(t->db, NOW);
	assert_int_equal(1001, count(all));
	json_decref(all);
	put(t->db, CONSENT_RECORD_CSV, NOW, &out);
	assert_int_equal(1002, rows_of(&out));
	buf_reset(&out);
	temporary_db_run(t->db, "UPDATE grants SET service = 17, "
				"id = printf('x%035d', number)");
	add_many(t->db, 9000);
	assert_fails(ERR_LIMIT, consent_record_put(t->db, CONSENT_RECORD_JSON,
						   &about, NOW, &out, err));
	assert_int_equal(0, out.len);
	buf_clear(&out);
}

static void unknown_things_are_empty_and_wrong_formats_refused(void **state)
{
	struct temporary_db *t = *state;
	const struct consent_record_about nobody = { .device = NULL };
	struct buf out = BUF_INIT;
	allow_until(t->db, SERVICE_UNSET, 0, NOW);
	assert_done(consent_record_put(t->db, CONSENT_RECORD_JSON, &nobody, NOW,
				       &out, err));
	json_t *all = json_loads(buf_str(&out), 0, NULL);
	assert_string_equal("", at(all, "device.id"));
	json_decref(all);
	buf_reset(&out);
	assert_fails(ERR_INVALID,
		     consent_record_put(t->db, CONSENT_RECORD_UNSET, &about,
					NOW, &out, err));
	assert_int_equal(0, out.len);
	buf_clear(&out);
	assert_int_equal(CONSENT_RECORD_CSV,
			 consent_record_format_by_name("csv"));
	assert_int_equal(CONSENT_RECORD_JSON,
			 consent_record_format_by_name("json"));
	assert_int_equal(CONSENT_RECORD_UNSET,
			 consent_record_format_by_name("xml"));
	assert_int_equal(CONSENT_RECORD_UNSET,
			 consent_record_format_by_name(NULL));
}

int main(void)
{
#define T(name)                                                    \
	cmocka_unit_test_setup_teardown(name, temporary_db_device, \
					temporary_db_end)
	const struct CMUnitTest tests[] = {
		T(a_new_device_has_an_empty_record),
		T(each_record_has_the_fields_of_the_standard),
		T(a_record_says_who_when_what_and_until),
		T(remote_services_say_what_was_agreed_to),
		T(remote_services_without_words_stand),
		T(personal_fields_are_those_that_were_agreed_to),
		T(how_each_grant_ended_is_told),
		T(a_suspended_grant_says_so),
		T(spreadsheets_get_no_formula),
		T(thousands_of_grants_are_given_or_refused_whole),
		T(unknown_things_are_empty_and_wrong_formats_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
