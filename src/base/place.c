/*
 * The folder in which "sluice init" (cli/init.c) and "sluice-server init"
 * (server/founding.c) make everything. What they make, whether something
 * stands there already and when the draft becomes the configuration is theirs.
 */
#include "base/place.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>

#include "base/files.h"
#include "base/mem.h"

bool place_open(const char *conf, struct place *place, struct err *err)
{
	char *for_dir = mem_strdup(conf);
	char *for_base = mem_strdup(conf);
	const char *dir = dirname(for_dir);
	bool ok = files_make_dir(dir, 0755, err);
	if (ok) {
		place->folder = realpath(dir, NULL);
		ok = place->folder != NULL ||
		     err_set_errno(err, ERR_IO, errno,
				   "The folder %s cannot be used", dir);
	}
	if (ok) {
		struct buf draft = BUF_INIT;
		place->conf = files_join(place->folder, basename(for_base));
		buf_printf(&draft, "%s.draft", place->conf);
		place->draft = buf_take_str(&draft);
	}
	mem_free(for_dir);
	mem_free(for_base);
	return ok;
}

void place_clear(struct place *place)
{
	mem_free(place->folder);
	mem_free(place->conf);
	mem_free(place->draft);
	*place = (struct place)PLACE_INIT;
}

bool place_make_dir(const struct place *place, const char *name, mode_t mode,
		    struct err *err)
{
	char *path = files_join(place->folder, name);
	bool ok = files_make_dir(path, mode, err);
	mem_free(path);
	return ok;
}

bool place_write(const struct place *place, const char *name,
		 const struct buf *text, struct err *err)
{
	char *path = files_join(place->folder, name);
	bool ok = files_write(path, text->data, text->len, 0644, err);
	mem_free(path);
	return ok;
}

bool place_write_draft(const struct place *place, const struct buf *text,
		       struct err *err)
{
	return files_write(place->draft, text->data, text->len, 0644, err);
}
