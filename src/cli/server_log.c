/*
 * "sluice-server log ...": the server's own ledger. Hashing and checking is
 * domain/ledger.
 */
#include "cli/server_commands.h"

#include <inttypes.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "cli/print.h"
#include "domain/ledger.h"

#define VERIFIER_MAX 1024

int server_log_verify_run(struct cli *cli, const struct cli_args *args,
			  struct err *err)
{
	struct server_cli_open open;
	struct ledger_report report;
	struct buf text = BUF_INIT;
	if (!server_cli_load(cli, args->conf, &open, err)) {
		return CLI_FAILED;
	}
	char *path =
		server_config_key_path(&open.config, SERVER_RECEIPT_VERIFIER);
	if (files_read(path, VERIFIER_MAX, &text, err)) {
		char *verifier = buf_take_str(&text);
		verifier[strcspn(verifier, "\n")] = '\0';
		if (ledger_verify(open.server.db, verifier, &report, err)) {
			print_line(cli->out,
				   "%" PRIu64 " entries, none "
				   "missing or changed. Signed heads: %" PRIu64
				   ", the newest over %" PRIu64 " entries.",
				   report.entries, report.checkpoints,
				   report.signed_size);
		}
		mem_free(verifier);
	}
	buf_clear(&text);
	mem_free(path);
	server_cli_close(&open);
	return CLI_DONE;
}
