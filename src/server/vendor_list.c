/*
 * Publishing a list of recipients. Reading one is formats/recipients', what
 * may take the place of what domain/recipient_list's; giving it to devices is
 * the API's.
 */
#include "server/vendor_list.h"

#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "domain/recipient_list.h"

static bool load_vendor(const struct server_config *config,
			struct note_verifier *vendor, struct err *err)
{
	const char *path = config->vendor_verifier;
	if (path[0] == '\0' || !files_exists(path)) {
		return err_set(err, ERR_NOT_FOUND,
			       "The vendor's key for lists of recipients is "
			       "missing. Put the file that \"recipients "
			       "new-key\" made beside the key where [jobs] "
			       "vendor_verifier says: %s.",
			       path);
	}
	return note_verifier_load(path, vendor, err);
}

/* A note of a key that was replaced, or none at all, does not stand. */
static bool read_standing(const char *path, const struct note_verifier *vendor,
			  struct recipients *list, bool *found, struct err *err)
{
	struct buf note = BUF_INIT;
	*found = false;
	if (!files_exists(path)) {
		return true;
	}
	bool ok = files_read(path, NOTE_MAX_BYTES, &note, err);
	*found = ok &&
		 recipients_read(buf_str(&note), note.len, vendor, list, NULL);
	buf_clear(&note);
	return ok;
}

/* The file before the commit: an entry without its list would be untrue. */
static bool publish(struct server *server, const char *actor, const char *path,
		    const char *note, size_t len, const struct recipients *list,
		    int64_t now, struct err *err)
{
	struct db *db = server->db;
	return db_begin(db, err) &&
	       db_finish(db,
			 recipient_list_log(db, actor, "published", list, now,
					    err) &&
				 files_write(path, note, len, 0644, err),
			 err);
}

bool vendor_list_publish(struct server *server, const char *actor,
			 const char *note, size_t len, int64_t now,
			 struct recipients *list, struct err *err)
{
	struct note_verifier vendor;
	struct recipients *found = mem_zalloc(sizeof(*found));
	struct recipients *old = mem_zalloc(sizeof(*old));
	char *path =
		server_config_state_path(server->config, SERVER_RECIPIENTS);
	bool any = false, same = false;
	bool ok = load_vendor(server->config, &vendor, err) &&
		  recipients_read(note, len, &vendor, found, err) &&
		  read_standing(path, &vendor, old, &any, err) &&
		  recipient_list_may_stand(found, any ? old : NULL, now, &same,
					   err) &&
		  (same ||
		   publish(server, actor, path, note, len, found, now, err));
	if (ok && list != NULL) {
		*list = *found;
	}
	mem_free(path);
	mem_free(old);
	mem_free(found);
	return ok;
}

/* "number N", one of the first lines. */
static uint64_t number_of(const struct buf *note)
{
	static const char name[] = "number ";
	struct reader r = reader_of(note->data, note->len);
	const char *line;
	size_t len;
	while (reader_line(&r, &line, &len) && len > 0) {
		uint64_t number = 0;
		char *text = mem_strndup(line, len);
		bool found = text_starts_with(text, name) &&
			     text_parse_u64(text + strlen(name), 1, INT64_MAX,
					    &number);
		mem_free(text);
		if (found) {
			return number;
		}
	}
	return 0;
}

bool vendor_list_number(const struct server_config *config, uint64_t *number,
			struct err *err)
{
	struct buf note = BUF_INIT;
	struct err why = { .kind = ERR_NONE };
	char *path = server_config_state_path(config, SERVER_RECIPIENTS);
	bool ok = files_read(path, NOTE_MAX_BYTES, &note, &why);
	mem_free(path);
	if (ok || why.kind == ERR_NOT_FOUND) {
		*number = ok ? number_of(&note) : 0;
		ok = true;
	} else {
		err_set(err, why.kind, "%s", why.text);
	}
	buf_clear(&note);
	return ok;
}
