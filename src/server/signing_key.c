/*
 * Keys that sign notes: receipts, instructions, the vendor's lists. What they
 * sign is their owners' business, what a note is formats/note's.
 */
#include "server/signing_key.h"

#include "base/files.h"
#include "base/mem.h"
#include "crypto/keyfile.h"
#include "formats/note.h"

static bool refuse_existing(const char *path, struct err *err)
{
	return !files_exists(path) ||
	       err_set(err, ERR_DENIED,
		       "%s is there already; nothing was changed. Choose "
		       "another name for a new key.",
		       path);
}

static bool write_files(const char *key_path, const char *verifier_path,
			const char *name, const struct ed25519_key *key,
			struct buf *text, struct err *err)
{
	struct note_verifier verifier;
	if (!note_verifier_of(name, key->public_key, &verifier, err) ||
	    !keyfile_write_ed25519(key_path, name, key, err)) {
		return false;
	}
	note_verifier_put(text, &verifier);
	buf_put_char(text, '\n');
	return files_write(verifier_path, text->data, text->len, 0644, err);
}

bool signing_key_make_files(const char *key_path, const char *verifier_path,
			    const char *name, struct buf *verifier,
			    struct err *err)
{
	struct ed25519_key key;
	struct buf text = BUF_INIT;
	if (!refuse_existing(key_path, err) ||
	    !refuse_existing(verifier_path, err)) {
		return false;
	}
	ed25519_generate(&key);
	bool ok = write_files(key_path, verifier_path, name, &key, &text, err);
	mem_burn(&key, sizeof(key));
	if (ok && verifier != NULL) {
		buf_put(verifier, text.data, text.len);
	}
	buf_clear(&text);
	return ok;
}

bool signing_key_make(const struct server_config *config, const char *name,
		      const char *key_file, const char *verifier_file,
		      struct err *err)
{
	char *key_path = server_config_key_path(config, key_file);
	char *verifier_path = server_config_key_path(config, verifier_file);
	bool ok = signing_key_make_files(key_path, verifier_path, name, NULL,
					 err);
	mem_free(key_path);
	mem_free(verifier_path);
	return ok;
}
