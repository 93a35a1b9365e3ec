/*
 * Settings by name: finding, reading and writing them. What there are and
 * what a value means is each group's: automatic.c, queue_settings.c,
 * checkins_settings.c, job_settings.c. Presets are settings.c's. Who may
 * change them is the pages' and the command line's to ask.
 */
#include "domain/setting_rows.h"

#include "base/text.h"
#include "domain/ledger.h"
#include "domain/settings.h"

const struct setting *setting_at(const struct setting_rows *rows, size_t n)
{
	return n < rows->count ? &rows->rows[n].setting : NULL;
}

const struct setting_row *setting_row_of(const struct setting_rows *rows,
					 const char *name, struct err *err)
{
	for (size_t i = 0; i < rows->count; i++) {
		if (text_equal(rows->rows[i].setting.name, name)) {
			return &rows->rows[i];
		}
	}
	err_set(err, ERR_NOT_FOUND,
		"There is no setting \"%.40s\"; \"sluice "
		"settings\" lists them.",
		name);
	return NULL;
}

bool setting_value(struct db *db, const struct setting_rows *rows,
		   const char *name, struct buf *value, struct err *err)
{
	return setting_row_of(rows, name, err) != NULL &&
	       settings_get(db, name, value, err);
}

bool setting_row_read(struct db *db, const struct setting_row *row, void *group,
		      struct err *err)
{
	struct buf value = BUF_INIT;
	bool ok = settings_get(db, row->setting.name, &value, err) &&
		  (row->parse(buf_str(&value), group) ||
		   err_set(err, ERR_INVALID,
			   "The setting %s in the database is damaged; set it "
			   "again.",
			   row->setting.name));
	buf_clear(&value);
	return ok;
}

bool setting_rows_read(struct db *db, const struct setting_rows *rows,
		       void *group, struct err *err)
{
	for (size_t i = 0; i < rows->count; i++) {
		if (!setting_row_read(db, &rows->rows[i], group, err)) {
			return false;
		}
	}
	return true;
}

bool setting_parse(const struct setting_row *row, const char *value,
		   void *group, struct err *err)
{
	return row->parse(value, group) ||
	       err_set(err, ERR_INVALID, "%s: write %s.", row->setting.title,
		       row->setting.values);
}

static bool write_change(struct db *db, const struct setting *setting,
			 const struct setting_change *change,
			 const char *before, struct err *err)
{
	struct buf text = BUF_INIT;
	buf_printf(&text, "%s (%s): \"%s\" before, \"%s\" now", setting->title,
		   setting->name, before, change->value);
	bool ok = settings_set(db, setting->name, change->value, err) &&
		  ledger_configuration(db, change->actor, change->service,
				       buf_str(&text), change->now, err);
	buf_clear(&text);
	return ok;
}

static bool write_news(struct db *db, const struct setting *setting,
		       const struct setting_change *change, bool *news,
		       struct err *err)
{
	struct buf before = BUF_INIT;
	bool ok = settings_get(db, setting->name, &before, err);
	*news = ok && !text_equal(buf_str(&before), change->value);
	ok = ok && (!*news ||
		    write_change(db, setting, change, buf_str(&before), err));
	buf_clear(&before);
	return ok;
}

bool setting_write(struct db *db, const struct setting *setting,
		   const struct setting_change *change, bool *changed,
		   struct err *err)
{
	bool news;
	if (!db_begin(db, err) ||
	    !db_finish(db, write_news(db, setting, change, &news, err), err)) {
		return false;
	}
	if (changed != NULL) {
		*changed = news;
	}
	return true;
}

bool setting_set(struct db *db, const struct setting_rows *rows,
		 const char *name, const struct setting_change *change,
		 void *group, struct err *err)
{
	const struct setting_row *row = setting_row_of(rows, name, err);
	return row != NULL && setting_parse(row, change->value, group, err) &&
	       setting_write(db, &row->setting, change, NULL, err);
}
