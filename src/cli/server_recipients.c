/*
 * "sluice-server recipients ...": the vendor's offline key, lists that it
 * signs, and giving one to devices. All but publishing needs no server, so
 * that the key can stay on a machine without a network. The list's form is
 * formats/recipients', the server's copy server/vendor_list's.
 */
#include "cli/server_commands.h"

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "cli/print.h"
#include "cli/recipients.h"
#include "crypto/keyfile.h"
#include "domain/recipient_list.h"
#include "server/signing_key.h"
#include "server/vendor_list.h"

#define SIGN_KEYS_MAX 4 /* two, while the vendor changes its key */

int server_recipients_new_key_run(struct cli *cli, const struct cli_args *args,
				  struct err *err)
{
	const char *path = args->at[0];
	struct buf verifier_path = BUF_INIT, text = BUF_INIT;
	buf_printf(&verifier_path, "%s.verifier", path);
	int code = CLI_DONE;
	if (signing_key_make_files(path, buf_str(&verifier_path), args->at[1],
				   &text, err)) {
		print_line(cli->out,
			   "The key that signs lists is %s: keep it offline, "
			   "and a copy in a safe place.",
			   path);
		print_line(cli->out,
			   "Its verifier, for servers and devices, is %s:",
			   buf_str(&verifier_path));
		print_text(cli->out, buf_str(&text));
	} else {
		code = cli_exit_of_words(err);
	}
	buf_clear(&verifier_path);
	buf_clear(&text);
	return code;
}

/* Reads a list and says, before it is signed, what devices would say. */
static bool read_list(const char *path, struct recipients *list,
		      struct err *err)
{
	struct buf text = BUF_INIT;
	bool same = false;
	int64_t now = clock_utc_now();
	bool ok = files_read(path, NOTE_MAX_BYTES, &text, err) &&
		  recipients_parse(buf_str(&text), text.len, list, err);
	/* One that is to be issued later may be signed today. */
	if (ok) {
		ok = recipient_list_may_stand(
			list, NULL, list->issued > now ? list->issued : now,
			&same, err);
	}
	buf_clear(&text);
	return ok || err_prefix(err, "%s", path);
}

static void tell_over(FILE *out, const struct recipients *list)
{
	int64_t now = clock_utc_now();
	for (size_t i = 0; i < list->count; i++) {
		if (list->of[i].until <= now) {
			print_line(out,
				   "%s is past its date; devices do not show "
				   "it.",
				   list->of[i].name);
		}
	}
}

/* The keys of the command line, to be burned. */
struct keys {
	size_t count;
	struct ed25519_key key[SIGN_KEYS_MAX];
	char name[SIGN_KEYS_MAX][KEYFILE_NAME_SIZE];
	struct note_signer signer[SIGN_KEYS_MAX];
};

static bool read_keys(const struct cli_args *args, struct keys *keys,
		      struct err *err)
{
	const char *path;
	for (; (path = cli_value_at(args, "--key", keys->count)) != NULL;
	     keys->count++) {
		size_t n = keys->count;
		if (n == SIGN_KEYS_MAX) {
			return err_set(err, ERR_LIMIT,
				       "A list is signed with at most %d keys.",
				       SIGN_KEYS_MAX);
		}
		if (!keyfile_read_ed25519(path, keys->name[n], &keys->key[n],
					  err)) {
			return false;
		}
		keys->signer[n] =
			(struct note_signer){ keys->name[n], &keys->key[n] };
	}
	return true;
}

int server_recipients_sign_run(struct cli *cli, const struct cli_args *args,
			       struct err *err)
{
	struct recipients *list = mem_zalloc(sizeof(*list));
	struct keys *keys = mem_zalloc(sizeof(*keys));
	struct buf text = BUF_INIT, note = BUF_INIT;
	int code = CLI_DONE;
	if (cli_value(args, "--key") == NULL) {
		code = cli_misused(cli, "recipients sign", "--key is needed.");
		goto out;
	}
	if (read_list(args->at[0], list, err) && read_keys(args, keys, err) &&
	    recipients_put(&text, list, err) &&
	    note_sign(buf_str(&text), keys->signer, keys->count, &note, err)) {
		print_bytes(cli->out, note.data, note.len);
		tell_over(cli->problems, list);
	}
out:
	mem_burn(keys, sizeof(*keys));
	mem_free(keys);
	mem_free(list);
	buf_clear(&text);
	buf_clear(&note);
	return code;
}

static bool check(const char *verifier, const struct buf *note,
		  struct recipients *list, struct err *err)
{
	struct note_verifier vendor;
	bool same = false;
	return note_verifier_load(verifier, &vendor, err) &&
	       recipients_read(buf_str(note), note->len, &vendor, list, err) &&
	       recipient_list_may_stand(list, NULL, clock_utc_now(), &same,
					err);
}

int server_recipients_check_run(struct cli *cli, const struct cli_args *args,
				struct err *err)
{
	const char *verifier = cli_value(args, "--verifier");
	struct recipients *list = mem_zalloc(sizeof(*list));
	struct buf note = BUF_INIT;
	int code = CLI_DONE;
	if (verifier == NULL) {
		code = cli_misused(cli, "recipients check",
				   "--verifier is needed.");
	} else if (files_read(args->at[0], NOTE_MAX_BYTES, &note, err) &&
		   check(verifier, &note, list, err)) {
		recipients_print(list, cli->out);
		tell_over(cli->problems, list);
	}
	mem_free(list);
	buf_clear(&note);
	return code;
}

int server_recipients_publish_run(struct cli *cli, const struct cli_args *args,
				  struct err *err)
{
	struct server_cli_open open;
	struct recipients *list = mem_zalloc(sizeof(*list));
	struct buf note = BUF_INIT;
	int code = CLI_DONE;
	if (!files_read(args->at[0], NOTE_MAX_BYTES, &note, err) ||
	    !server_cli_load(cli, args->conf, &open, err)) {
		code = CLI_FAILED;
		goto out;
	}
	if (vendor_list_publish(&open.server, cli->actor, buf_str(&note),
				note.len, clock_utc_now(), list, err)) {
		print_line(cli->out,
			   "Published: list %llu of %s, %zu recipients.",
			   (unsigned long long)list->number, list->vendor,
			   list->count);
	}
	server_cli_close(&open);
out:
	mem_free(list);
	buf_clear(&note);
	return code;
}
