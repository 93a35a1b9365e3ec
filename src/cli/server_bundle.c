/*
 * What a device has to know of its server, as files: with a certificate in the
 * bundle of "device add", without one for firmware by "sluice-server anchors".
 * The device takes them in with "sluice init --provision".
 */
#include "cli/server_bundle.h"

#include "base/buf.h"
#include "base/files.h"
#include "base/mem.h"
#include "cli/print.h"
#include "cli/server_commands.h"
#include "formats/note.h"

#define FILE_MAX (16 * 1024)

bool server_bundle_put(const char *dir, const char *name, const void *data,
		       size_t len, struct err *err)
{
	char *path = files_join(dir, name);
	bool ok = files_write(path, data, len, 0644, err);
	mem_free(path);
	return ok;
}

static bool copy(const struct server_config *config, const char *from,
		 const char *dir, const char *to, struct err *err)
{
	struct buf text = BUF_INIT;
	char *path = server_config_key_path(config, from);
	bool ok = (files_read(path, FILE_MAX, &text, err) ||
		   err_prefix(err, "%s", path)) &&
		  server_bundle_put(dir, to, text.data, text.len, err);
	buf_clear(&text);
	mem_free(path);
	return ok;
}

/* A verifier key that this server may have or not. */
static bool copy_verifier(const char *path, const char *dir, const char *to,
			  struct err *err)
{
	struct note_verifier verifier;
	struct buf text = BUF_INIT;
	if (path[0] == '\0' || !files_exists(path)) {
		return true;
	}
	bool ok = note_verifier_load(path, &verifier, err);
	if (ok) {
		note_verifier_put(&text, &verifier);
		buf_put_char(&text, '\n');
		ok = server_bundle_put(dir, to, text.data, text.len, err);
	}
	buf_clear(&text);
	return ok;
}

bool server_bundle_write(const struct server_config *config, const char *dir,
			 struct err *err)
{
	struct buf name = BUF_INIT;
	char *instructions =
		server_config_key_path(config, SERVER_INSTRUCTION_VERIFIER);
	buf_printf(&name, "%s:%d\n", config->name, config->api_port);
	bool ok =
		files_make_dir(dir, 0755, err) &&
		copy(config, SERVER_CA, dir, "server-anchor.pem", err) &&
		copy(config, SERVER_RECEIPT_VERIFIER, dir, "receipt.verifier",
		     err) &&
		copy_verifier(config->vendor_verifier, dir, "vendor.verifier",
			      err) &&
		copy_verifier(instructions, dir, "instruction.verifier", err) &&
		server_bundle_put(dir, "server.name", name.data, name.len, err);
	buf_clear(&name);
	mem_free(instructions);
	return ok;
}

int server_anchors_run(struct cli *cli, const struct cli_args *args,
		       struct err *err)
{
	struct server_cli_open open;
	const char *dir = cli_value(args, "--out");
	if (dir == NULL) {
		return cli_misused(cli, "anchors", "--out is needed.");
	}
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	if (server_bundle_write(&open.config, dir, err)) {
		print_line(cli->out,
			   "%s holds what every device of this server trusts; "
			   "nothing in it is secret.",
			   dir);
		print_line(cli->out, "Each device is enrolled with a code of "
				     "its own: \"sluice-server code make\".");
	}
	server_cli_close(&open);
	return CLI_DONE;
}
