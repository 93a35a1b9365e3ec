/*
 * "sluice-server job-data ...": sealed files for the administrator of the
 * machine. Taking and deleting is done in the name of an account that holds
 * the role, stands in the ledger and is told to the customer, as on the
 * console. Opening a file is "sluice-server open", with a key.
 */
#include "cli/server_commands.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/print.h"
#include "domain/accounts.h"
#include "domain/roles.h"
#include "server/sealed_custody.h"

#define COPY_BYTES (64 * 1024)

static int on_server(struct cli *cli, const struct cli_args *args,
		     bool (*work)(struct cli *cli, const struct cli_args *args,
				  const struct sealed_keeper *keeper,
				  struct err *err),
		     struct err *err)
{
	struct server_cli_open open;
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	const struct sealed_keeper keeper = { &open.config, open.server.db,
					      &open.log };
	bool ok = work(cli, args, &keeper, err);
	server_cli_close(&open);
	return ok ? CLI_DONE : CLI_FAILED;
}

static const char *state_of(const struct sealed *item)
{
	return item->deleted_at == 0         ? "here"
	       : item->deleted_by[0] == '\0' ? "expired"
					     : "deleted";
}

static void print_list(FILE *out, const struct sealed *list, size_t count)
{
	static const char *const head[] = { "Received",    "Device",
					    "Transaction", "Bytes",
					    "Kept until",  "State",
					    NULL };
	struct print_table table;
	print_table_init(&table, head);
	for (size_t i = 0; i < count; i++) {
		char at[PRINT_TIME_SIZE], until[PRINT_TIME_SIZE];
		char bytes[24];
		snprintf(bytes, sizeof(bytes), "%llu",
			 (unsigned long long)list[i].bytes);
		const char *const cells[] = {
			print_time(at, list[i].received_at),
			list[i].device,
			list[i].transaction,
			bytes,
			print_time(until, list[i].expires_at),
			state_of(&list[i]),
			NULL,
		};
		print_table_row(&table, cells);
	}
	print_table_end(&table, out);
}

/* The same as people without the role see: no purpose, no recipients. */
static void print_json(FILE *out, const struct sealed *list, size_t count)
{
	json_t *array = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct sealed *s = &list[i];
		json_array_append_new(
			array,
			json_pack("{s:s, s:s, s:s, s:I, s:o, s:o, s:s, s:I}",
				  "transaction", s->transaction, "device",
				  s->device, "sha256", s->sha256, "bytes",
				  (json_int_t)s->bytes, "received_at",
				  print_json_time(s->received_at), "expires_at",
				  print_json_time(s->expires_at), "state",
				  state_of(s), "ledger_index",
				  (json_int_t)s->ledger_index));
	}
	print_json_block(out, array);
}

static bool list(struct cli *cli, const struct cli_args *args,
		 const struct sealed_keeper *keeper, struct err *err)
{
	struct sealed *rows = NULL;
	size_t count = 0;
	if (!sealed_list(keeper->db, 0, 0, &rows, &count, err)) {
		return false;
	}
	if (cli_flag(args, "--json")) {
		print_json(cli->out, rows, count);
	} else if (count == 0) {
		print_line(cli->out, "No sealed job data was received yet.");
	} else {
		print_list(cli->out, rows, count);
	}
	mem_free(rows);
	return true;
}

/* The account of --as must be one that the console would let do it. */
static bool check_as(const struct sealed_keeper *keeper,
		     const struct cli_args *args, struct account *account,
		     struct err *err)
{
	const char *name = cli_value(args, "--as");
	if (!accounts_find(keeper->db, name, account, err)) {
		return false;
	}
	return (!account->disabled && (account->roles & ROLE_JOB_DATA) != 0) ||
	       err_set(err, ERR_DENIED,
		       "%s may not take job data. \"sluice-server staff add "
		       "NAME --role job-data\" makes an account that may.",
		       account->name);
}

static bool find_item(const struct sealed_keeper *keeper,
		      const struct cli_args *args, struct sealed *item,
		      struct err *err)
{
	struct server_cli_only only;
	return server_cli_only_device(args, &only, err) &&
	       sealed_find(keeper->db, only.device, args->at[0], item, err);
}

static bool write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t put = write(fd, data, len);
		if (put < 0 && errno == EINTR) {
			continue;
		}
		if (put <= 0) {
			return false;
		}
		data += put;
		len -= (size_t)put;
	}
	return true;
}

static bool copy(int from, int to, uint64_t left, const char *path,
		 struct err *err)
{
	uint8_t *piece = mem_zalloc(COPY_BYTES);
	bool ok = true;
	while (ok && left > 0) {
		size_t want = left < COPY_BYTES ? (size_t)left : COPY_BYTES;
		ssize_t got = read(from, piece, want);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			ok = err_set(err, ERR_IO,
				     "The sealed file cannot be read.");
		} else if (!write_all(to, piece, (size_t)got)) {
			ok = err_set_errno(err, ERR_IO, errno,
					   "%s cannot be written", path);
		} else {
			left -= (uint64_t)got;
		}
	}
	mem_free(piece);
	return ok;
}

/* Into a new file, which is there whole or not at all. */
static bool take_into(const struct sealed_keeper *keeper,
		      const struct sealed *item, const char *who,
		      const char *path, struct err *err)
{
	int from = -1;
	int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (to < 0) {
		return err_set_errno(err, ERR_IO, errno,
				     "%s cannot be made. Nothing was taken",
				     path);
	}
	bool ok = sealed_custody_take(keeper, item, who, clock_utc_now(), &from,
				      err) &&
		  copy(from, to, item->bytes, path, err);
	if (from >= 0) {
		close(from);
	}
	if (ok && fsync(to) != 0 && errno != EINVAL) {
		ok = err_set_errno(err, ERR_IO, errno, "%s cannot be written",
				   path);
	}
	close(to);
	if (!ok) {
		(void)unlink(path);
	}
	return ok;
}

static bool take(struct cli *cli, const struct cli_args *args,
		 const struct sealed_keeper *keeper, struct err *err)
{
	struct account account;
	struct sealed item;
	const char *path = cli_value(args, "--output");
	if (!check_as(keeper, args, &account, err) ||
	    !find_item(keeper, args, &item, err) ||
	    !take_into(keeper, &item, account.name, path, err)) {
		return false;
	}
	print_line(cli->out,
		   "%s: the sealed file of device %s. The customer "
		   "is told that %s took it.",
		   path, item.device, account.name);
	return true;
}

static bool delete_one(struct cli *cli, const struct cli_args *args,
		       const struct sealed_keeper *keeper, struct err *err)
{
	struct account account;
	struct sealed item;
	if (!check_as(keeper, args, &account, err) ||
	    !find_item(keeper, args, &item, err) ||
	    !sealed_custody_delete(keeper, &item, account.name, clock_utc_now(),
				   err)) {
		return false;
	}
	print_line(cli->out,
		   "The sealed file of device %s is deleted. The customer is "
		   "told that %s did it.",
		   item.device, account.name);
	return true;
}

static bool expire(struct cli *cli, const struct cli_args *args,
		   const struct sealed_keeper *keeper, struct err *err)
{
	struct sealed_expired done;
	(void)args;
	if (!sealed_custody_expire(keeper, clock_utc_now(), &done, err)) {
		return false;
	}
	print_line(cli->out,
		   "Deleted by their date: %zu sealed files, %zu uploads that "
		   "were not completed.",
		   done.files, done.pieces);
	return true;
}

int server_jobdata_list_run(struct cli *cli, const struct cli_args *args,
			    struct err *err)
{
	return on_server(cli, args, list, err);
}

/* Which one a command line means; where it is wrong, nothing is opened. */
static bool names_item(const struct cli_args *args, struct err *err)
{
	struct server_cli_only only;
	if (!uuid_valid(args->at[0])) {
		return err_set(err, ERR_INVALID,
			       "%.64s is no transaction. \"sluice-server "
			       "job-data list\" shows them.",
			       args->at[0]);
	}
	return server_cli_only_device(args, &only, err);
}

int server_jobdata_take_run(struct cli *cli, const struct cli_args *args,
			    struct err *err)
{
	if (!cli_flag(args, "--as") || !cli_flag(args, "--output")) {
		return cli_misused(cli, "job-data take",
				   "--as and --output are needed.");
	}
	return names_item(args, err) ? on_server(cli, args, take, err)
				     : CLI_USAGE;
}

int server_jobdata_delete_run(struct cli *cli, const struct cli_args *args,
			      struct err *err)
{
	if (!cli_flag(args, "--as")) {
		return cli_misused(cli, "job-data delete", "--as is needed.");
	}
	return names_item(args, err) ? on_server(cli, args, delete_one, err)
				     : CLI_USAGE;
}

int server_jobdata_expire_run(struct cli *cli, const struct cli_args *args,
			      struct err *err)
{
	return on_server(cli, args, expire, err);
}
