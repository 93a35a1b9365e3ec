/*
 * Which list of recipients this device believes: of those that open with the
 * vendor's key of now, the one with the highest number. So a list of a key
 * that was replaced counts for nothing, its number neither. Reading a list is
 * formats/recipients', the way of a list to the device the client's and the
 * command line's.
 */
#include "domain/recipient_list.h"

#include <string.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/ledger.h"
#include "domain/time_known.h"

bool recipient_list_vendor(const struct device_config *config,
			   struct note_verifier *vendor, struct err *err)
{
	const char *path = config->vendor_verifier;
	if (path[0] == '\0') {
		return err_set(err, ERR_NOT_FOUND,
			       "sluice.conf names no key of the vendor for "
			       "lists of recipients: [jobs] vendor_verifier.");
	}
	if (!files_exists(path)) {
		return err_set(err, ERR_NOT_FOUND,
			       "The vendor's key for lists of recipients is "
			       "missing: %s. Ask the vendor for it, or "
			       "provision this device again.",
			       path);
	}
	return note_verifier_load(path, vendor, err);
}

/*
 * The list that stands into *list, *found says whether. *any: there are rows,
 * of whatever key.
 */
static bool find_standing(struct db *db, const struct note_verifier *vendor,
			  struct recipients *list, bool *found, bool *any,
			  struct err *err)
{
	struct stmt q;
	*found = false;
	*any = false;
	if (!db_query(db, &q,
		      "SELECT note FROM recipient_lists ORDER BY number DESC",
		      err)) {
		return false;
	}
	while (!*found && db_row(&q)) {
		const char *note = db_text(&q, 0);
		*any = true;
		*found =
			recipients_read(note, strlen(note), vendor, list, NULL);
	}
	return db_done(&q, err);
}

static bool check_not_over(const struct recipients *list, int64_t now,
			   struct err *err)
{
	char at[CLOCK_TEXT_SIZE];
	if (now < list->until) {
		return true;
	}
	clock_format(at, list->until);
	return err_set(err, ERR_DENIED,
		       "The list of recipients expired at %s. Ask the vendor "
		       "for a new one.",
		       at);
}

static bool check_dates(const struct recipients *list, int64_t now,
			struct err *err)
{
	char at[CLOCK_TEXT_SIZE];
	if (list->issued > now) {
		clock_format(at, list->issued);
		return err_set(err, ERR_DENIED,
			       "The list of recipients is issued at %s, which "
			       "is still to come. Check the clock here.",
			       at);
	}
	return check_not_over(list, now, err);
}

static bool same_text(const struct recipients *a, const struct recipients *b)
{
	struct buf one = BUF_INIT, other = BUF_INIT;
	bool same = recipients_put(&one, a, NULL) &&
		    recipients_put(&other, b, NULL) &&
		    text_equal(buf_str(&one), buf_str(&other));
	buf_clear(&one);
	buf_clear(&other);
	return same;
}

bool recipient_list_may_stand(const struct recipients *list,
			      const struct recipients *standing, int64_t now,
			      bool *same, struct err *err)
{
	if (!check_dates(list, now, err)) {
		return false;
	}
	bool equal = standing != NULL && same_text(standing, list);
	if (standing != NULL && !equal && list->number < standing->number) {
		return err_set(err, ERR_DENIED,
			       "This list of recipients is number %llu; "
			       "number %llu was taken in already. Ask the "
			       "vendor for the newest.",
			       (unsigned long long)list->number,
			       (unsigned long long)standing->number);
	}
	if (standing != NULL && !equal && list->number == standing->number) {
		return err_set(err, ERR_DENIED,
			       "Another list of recipients with number %llu "
			       "was taken in already. Ask the vendor for one "
			       "with a higher number.",
			       (unsigned long long)list->number);
	}
	*same = equal;
	return true;
}

/*
 * When dates are judged: what is known of the time. With a clock that is
 * known to be behind, only that it is later than something, a list says
 * itself that it is later than its issue.
 */
static bool find_moment(struct db *db, const struct recipients *list,
			int64_t now, int64_t *at, struct err *err)
{
	int64_t best, proved;
	if (!time_known_judge(db, now, &best, &proved, err)) {
		return false;
	}
	*at = best > now && list->issued > best ? list->issued : best;
	return true;
}

static bool check_newer(struct db *db, const struct note_verifier *vendor,
			const struct recipients *list, int64_t now, bool *same,
			struct err *err)
{
	struct recipients *old = mem_zalloc(sizeof(*old));
	bool found, any;
	int64_t at;
	bool ok = find_moment(db, list, now, &at, err) &&
		  find_standing(db, vendor, old, &found, &any, err) &&
		  recipient_list_may_stand(list, found ? old : NULL, at, same,
					   err);
	mem_free(old);
	return ok;
}

/* A number of a key that was replaced may come again. */
static bool store(struct db *db, uint64_t number, const char *note, size_t len,
		  int64_t now, struct err *err)
{
	struct stmt q;
	if (!db_query(db, &q,
		      "INSERT INTO recipient_lists (number, note, taken_at) "
		      "VALUES (?, ?, ?) ON CONFLICT (number) DO UPDATE SET "
		      "note = excluded.note, taken_at = excluded.taken_at",
		      err)) {
		return false;
	}
	char *text = mem_strndup(note, len);
	db_bind_int(&q, 1, (int64_t)number);
	db_bind_text(&q, 2, text);
	db_bind_int(&q, 3, now);
	mem_free(text);
	return db_run(&q, err);
}

bool recipient_list_log(struct db *db, const char *actor, const char *what,
			const struct recipients *list, int64_t now,
			struct err *err)
{
	struct buf text = BUF_INIT;
	char until[CLOCK_TEXT_SIZE];
	clock_format(until, list->until);
	buf_printf(&text,
		   "list of recipients %s: %s, number %llu, %zu "
		   "recipient%s, until %s",
		   what, list->vendor, (unsigned long long)list->number,
		   list->count, list->count == 1 ? "" : "s", until);
	bool ok =
		ledger_configuration(db, actor, NULL, buf_str(&text), now, err);
	buf_clear(&text);
	return ok;
}

static bool log_refused(struct db *db, const char *actor, const char *why,
			int64_t now, struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "list of recipients not taken in: %s", why);
	struct ledger_entry entry = {
		.at = now,
		.kind = LEDGER_REFUSED,
		.actor = actor,
		.result = "refused",
		.text = buf_str(&text),
	};
	bool ok = ledger_append(db, &entry, err);
	buf_clear(&text);
	return ok;
}

/* In a transaction. What is wrong with the list stands in why. */
static bool take(struct db *db, const char *actor, const char *note, size_t len,
		 const struct note_verifier *vendor, int64_t now, bool *same,
		 struct err *why)
{
	struct recipients *list = mem_zalloc(sizeof(*list));
	bool ok = recipients_read(note, len, vendor, list, why) &&
		  check_newer(db, vendor, list, now, same, why);
	if (ok && !*same) {
		ok = store(db, list->number, note, len, now, why) &&
		     recipient_list_log(db, actor, "taken in", list, now, why);
	}
	mem_free(list);
	return ok;
}

static bool is_about_the_list(const struct err *why)
{
	return why->kind == ERR_INVALID || why->kind == ERR_DENIED ||
	       why->kind == ERR_LIMIT;
}

bool recipient_list_take(struct db *db, const char *actor, const char *note,
			 size_t len, const struct note_verifier *vendor,
			 int64_t now, bool *taken, struct err *err)
{
	struct err why = { .kind = ERR_NONE };
	bool same = false;
	if (!db_begin(db, err)) {
		return false;
	}
	bool ok = take(db, actor, note, len, vendor, now, &same, &why);
	bool keep = ok || (is_about_the_list(&why) &&
			   log_refused(db, actor, why.text, now, &why));
	if (!db_finish(db, keep, &why) || !ok) {
		return err_set(err, why.kind, "%s", why.text);
	}
	if (taken != NULL) {
		*taken = !same;
	}
	return true;
}

/* Leaves those out who are over; somebody must be left. */
static bool keep_valid(struct recipients *list, int64_t now, struct err *err)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->count; i++) {
		if (list->of[i].until > now) {
			list->of[kept++] = list->of[i];
		}
	}
	list->count = kept;
	return kept > 0 ||
	       err_set(err, ERR_DENIED,
		       "Each recipient of list %llu is past its date. Ask the "
		       "vendor for a new list.",
		       (unsigned long long)list->number);
}

bool recipient_list_load(struct db *db, const struct note_verifier *vendor,
			 int64_t now, struct recipients *list, struct err *err)
{
	struct recipients *found_list = mem_zalloc(sizeof(*found_list));
	bool found, any;
	int64_t best, proved;
	bool ok = time_known_judge(db, now, &best, &proved, err) &&
		  find_standing(db, vendor, found_list, &found, &any, err);
	if (ok && !any) {
		ok = err_set(err, ERR_NOT_FOUND,
			     "There is no list of recipients yet. It comes "
			     "from the server, or from the vendor as a file "
			     "for \"sluice recipients import\".");
	} else if (ok && !found) {
		ok = err_set(err, ERR_DENIED,
			     "The list of recipients is not signed by the "
			     "vendor's key that this device has. Ask the "
			     "vendor for a new one.");
	}
	ok = ok && check_not_over(found_list, best, err) &&
	     keep_valid(found_list, best, err);
	if (ok) {
		*list = *found_list;
	}
	mem_free(found_list);
	return ok;
}

bool recipient_list_number(struct db *db, const struct note_verifier *vendor,
			   uint64_t *number, struct err *err)
{
	struct recipients *list = mem_zalloc(sizeof(*list));
	bool found, any;
	bool ok = find_standing(db, vendor, list, &found, &any, err);
	if (ok) {
		*number = found ? list->number : 0;
	}
	mem_free(list);
	return ok;
}

const struct recipient *recipient_list_find(const struct recipients *list,
					    const char *key)
{
	for (size_t i = 0; i < list->count; i++) {
		if (text_equal(list->of[i].key, key)) {
			return &list->of[i];
		}
	}
	return NULL;
}
