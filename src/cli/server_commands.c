/*
 * The table of sluice-server's commands. Reading a command line against it is
 * command.c's, what a row does stands in the server_*.c of its group.
 */
#include "cli/server_commands.h"

#include "cli/print.h"
#include "cli/server_instruction.h"

static const struct cli_option init_options[] = {
	{ "--name", "NAME", "DNS name that devices know it by", false },
	{ "--port", "PORT", "port for devices (8443)", false },
	{ "--console-port", "PORT", "port for staff (8444)", false },
	{ "--listen", "ADDRESS", "listen on this address only", false },
	{ "--user", "USER", "user of the workers, when started as root",
	  false },
	{ "--web-user", "USER", "user of lighttpd, when started as root",
	  false },
	{ "--static", "DIR", "folder of the pages' style sheet", false },
	{ "--new-code", NULL, "make a new set-up code for an existing server",
	  false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option device_add_options[] = {
	{ "--request", "FILE", "certificate request of the device", false },
	{ "--ledger-key", "FILE", "verifier key of the device's log", false },
	{ "--out", "DIR", "where to put what the device takes in", false },
	{ "--id", "ID", "id of the device; else as its ledger key says",
	  false },
	{ "--serial", "SERIAL", "serial number; else as the request says",
	  false },
	{ "--title", "TEXT", "name of the device for staff", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option code_make_options[] = {
	{ "--title", "TEXT", "name of the device for staff", false },
	{ "--serial", "SERIAL", "serial number for its certificate", false },
	{ "--days", "N", "good for N days (14)", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option certificate_list_options[] = {
	{ "--device", "ID", "of this device only", false },
	{ "--json", NULL, "print JSON", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option certificate_revoke_options[] = {
	{ "--reason", "TEXT", "why, for the ledger", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option anchors_options[] = {
	{ "--out", "DIR", "where to put the files", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option list_options[] = {
	{ "--json", NULL, "print JSON", false }, { NULL, NULL, NULL, false }
};

static const struct cli_option transactions_options[] = {
	{ "--device", "ID", "of this device only", false },
	{ "--limit", "N", "at most N, newest first (50)", false },
	{ "--body", NULL, "print the exact bytes of one transaction", false },
	{ "--receipt", NULL, "print the receipt of one transaction", false },
	{ "--json", NULL, "print JSON", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option staff_add_options[] = {
	{ "--admin", NULL, "may also administer the server", false },
	{ "--role", "ROLE", "holds this role too: job-data", true },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option jobdata_take_options[] = {
	{ "--as", "NAME", "account with the role job-data that takes it",
	  false },
	{ "--output", "FILE", "where to write it; must not be there", false },
	{ "--device", "ID", "of this device", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option jobdata_delete_options[] = {
	{ "--as", "NAME", "account with the role job-data that deletes it",
	  false },
	{ "--device", "ID", "of this device", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_command jobdata_table[] = {
	{
		.name = "list",
		.summary = "list what was received, newest first",
		.options = list_options,
		.run = server_jobdata_list_run,
	},
	{
		.name = "take",
		.arguments = "TRANSACTION",
		.summary = "copy a sealed file, and tell the customer",
		.text = "The file stays sealed. The ledger and a notice to the "
			"device name the account that took it.",
		.examples = "sluice-server job-data take "
			    "0193594e-7a11-7c3e-9d54-2f0f6a1be7c1 "
			    "\\\n  --as colour-desk --output job.age\n",
		.options = jobdata_take_options,
		.least = 1,
		.most = 1,
		.run = server_jobdata_take_run,
	},
	{
		.name = "delete",
		.arguments = "TRANSACTION",
		.summary = "delete a sealed file, and tell the customer",
		.options = jobdata_delete_options,
		.least = 1,
		.most = 1,
		.run = server_jobdata_delete_run,
	},
	{
		.name = "expire",
		.summary = "delete what is past its date, as serve does hourly",
		.run = server_jobdata_expire_run,
	},
	{ .name = NULL }
};

static const struct cli_option open_options[] = {
	{ "--identity", "FILE", "file with your secret key", false },
	{ "--output", "FILE", "where to put what is inside", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_command device_table[] = {
	{
		.name = "add",
		.summary = "issue a certificate to a device",
		.text = "Checks the request, issues the certificate and writes "
			"identity.pem, server-anchor.pem, receipt.verifier, "
			"server.name, device.id and, if there are such, "
			"vendor.verifier and instruction.verifier into --out. "
			"The device takes them in with \"sluice init "
			"--provision DIR\".",
		.examples =
			"sluice-server device add --request identity.csr "
			"\\\n  --ledger-key ledger.verifier --out for-ex7\n",
		.options = device_add_options,
		.run = server_device_add_run,
	},
	{
		.name = "list",
		.summary = "list devices, those silent for longest first",
		.options = list_options,
		.run = server_device_list_run,
	},
	{
		.name = "interval",
		.arguments = "ID SECONDS",
		.summary = "wish another time between check-ins",
		.text = "300 to 604800 seconds; 0 is that of all devices, "
			"[checkin] interval_s in server.conf. The owner of the "
			"device sets limits, which hold.",
		.examples = "sluice-server device interval ex7-004211 900\n",
		.least = 2,
		.most = 2,
		.run = server_device_interval_run,
	},
	{
		.name = "revoke",
		.arguments = "ID",
		.summary = "end a device's right to connect",
		.text = "At once and for good. What it sent stays.",
		.least = 1,
		.most = 1,
		.run = server_device_revoke_run,
	},
	{ .name = NULL }
};

static const struct cli_command code_table[] = {
	{
		.name = "make",
		.arguments = "DEVICE",
		.summary = "make a code with which a device enrols, once",
		.text = "Prints the code alone on the first line. A device "
			"that is not known becomes known when it uses it; "
			"one that is known gets another certificate, also "
			"when its own has run out.",
		.examples = "sluice-server code make ex7-004211 "
			    "--serial EX7-004211 --days 3\n",
		.options = code_make_options,
		.least = 1,
		.most = 1,
		.run = server_code_make_run,
	},
	{
		.name = "list",
		.summary = "list codes, newest first; never the code itself",
		.options = list_options,
		.run = server_code_list_run,
	},
	{
		.name = "withdraw",
		.arguments = "NUMBER",
		.summary = "end an open code",
		.least = 1,
		.most = 1,
		.run = server_code_withdraw_run,
	},
	{ .name = NULL }
};

static const struct cli_command certificate_table[] = {
	{
		.name = "list",
		.summary = "list certificates, those that end first first",
		.options = certificate_list_options,
		.run = server_certificate_list_run,
	},
	{
		.name = "revoke",
		.arguments = "SHA256",
		.summary = "end one certificate",
		.text = "At once and for good. The device's others stand, and "
			"it can be enrolled again with a code.",
		.options = certificate_revoke_options,
		.least = 1,
		.most = 1,
		.run = server_certificate_revoke_run,
	},
	{ .name = NULL }
};

static const struct cli_command staff_table[] = {
	{
		.name = "add",
		.arguments = "NAME",
		.summary = "make an account for the console",
		.text = "Reads the password from the terminal, or one line "
			"from standard input.",
		.options = staff_add_options,
		.least = 1,
		.most = 1,
		.run = server_staff_add_run,
	},
	{
		.name = "list",
		.summary = "list accounts and what is paused",
		.options = list_options,
		.run = server_staff_list_run,
	},
	{
		.name = "show",
		.arguments = "NAME",
		.summary = "show one account and its failed sign-ins",
		.options = list_options,
		.least = 1,
		.most = 1,
		.run = server_staff_show_run,
	},
	{
		.name = "disable",
		.arguments = "NAME",
		.summary = "sign an account out and keep it out",
		.least = 1,
		.most = 1,
		.run = server_staff_disable_run,
	},
	{
		.name = "enable",
		.arguments = "NAME",
		.summary = "let an account in again",
		.least = 1,
		.most = 1,
		.run = server_staff_enable_run,
	},
	{
		.name = "password",
		.arguments = "NAME",
		.summary = "set a new password",
		.text = "Reads the password from the terminal, or one line "
			"from standard input.",
		.least = 1,
		.most = 1,
		.run = server_staff_password_run,
	},
	{
		.name = "sessions",
		.arguments = "[NAME]",
		.summary = "show who is signed in, and from where",
		.options = list_options,
		.most = 1,
		.run = server_staff_sessions_run,
	},
	{
		.name = "end-session",
		.arguments = "ID...",
		.summary = "sign a browser out",
		.least = 1,
		.most = CLI_ARGUMENTS_MAX,
		.run = server_staff_end_session_run,
	},
	{
		.name = "lift-pause",
		.arguments = "NAME|ADDRESS",
		.summary = "end the pause after failed sign-ins",
		.least = 1,
		.most = 1,
		.run = server_staff_lift_pause_run,
	},
	{ .name = NULL }
};

static const struct cli_option recipients_sign_options[] = {
	{ "--key", "FILE", "key to sign with", true },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option recipients_check_options[] = {
	{ "--verifier", "FILE", "the vendor's verifier key", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_command recipients_table[] = {
	{
		.name = "new-key",
		.arguments = "FILE NAME",
		.summary = "make the vendor's offline signing key",
		.text = "Needs no server: use a machine without a network. "
			"FILE.verifier is for servers and devices; FILE stays "
			"offline. Never overwrites a key.",
		.examples = "sluice-server recipients new-key vendor.key "
			    "vendor.example/recipients\n",
		.least = 2,
		.most = 2,
		.run = server_recipients_new_key_run,
	},
	{
		.name = "sign",
		.arguments = "LIST",
		.summary = "sign a list of recipients",
		.text = "Needs no server. Prints the signed note. What is "
			"wrong with the list is told with its line.",
		.examples = "sluice-server recipients sign --key vendor.key "
			    "list.txt >recipients.note\n",
		.options = recipients_sign_options,
		.least = 1,
		.most = 1,
		.run = server_recipients_sign_run,
	},
	{
		.name = "check",
		.arguments = "NOTE",
		.summary = "check a signed list as a device does",
		.text = "Needs no server.",
		.examples = "sluice-server recipients check --verifier "
			    "vendor.key.verifier recipients.note\n",
		.options = recipients_check_options,
		.least = 1,
		.most = 1,
		.run = server_recipients_check_run,
	},
	{
		.name = "publish",
		.arguments = "NOTE",
		.summary = "give devices this list",
		.text = "Checks it against [jobs] vendor_verifier first. "
			"Devices fetch it and check it again themselves.",
		.examples = "sluice-server recipients publish "
			    "recipients.note\n",
		.least = 1,
		.most = 1,
		.run = server_recipients_publish_run,
	},
	{ .name = NULL }
};

static const struct cli_command log_table[] = {
	{
		.name = "verify",
		.summary = "recompute the whole ledger and its signed heads",
		.run = server_log_verify_run,
	},
	{ .name = NULL }
};

const struct cli_command server_commands[] = {
	{
		.name = "init",
		.summary = "make a server: keys, authorities, database",
		.text = "Makes the configuration and, beside it, keys, state, "
			"web and lighttpd.conf. Prints a code that makes the "
			"first account on the console's page /setup.",
		.examples = "sluice-server init --conf /srv/sluice/server.conf "
			    "\\\n  --name comms.example\n",
		.options = init_options,
		.run = server_init_run,
	},
	{
		.name = "device",
		.summary = "devices and their certificates",
		.commands = device_table,
	},
	{
		.name = "code",
		.summary = "one-time codes with which devices enrol",
		.commands = code_table,
	},
	{
		.name = "certificate",
		.summary = "certificates of devices and when they end",
		.commands = certificate_table,
	},
	{
		.name = "anchors",
		.summary = "write what devices trust of this server",
		.text = "For the maker's firmware: server-anchor.pem, "
			"receipt.verifier, server.name and, if there are such, "
			"vendor.verifier and instruction.verifier. Nothing in "
			"it is secret.",
		.options = anchors_options,
		.run = server_anchors_run,
	},
	{
		.name = "instruction",
		.summary = "ask a device for something, and what became of it",
		.commands = server_instruction_commands,
	},
	{
		.name = "transactions",
		.arguments = "[TRANSACTION]",
		.summary = "list what was received",
		.text = "With a transaction: that one. --body is a look at a "
			"customer's data and stands in the ledger.",
		.options = transactions_options,
		.most = 1,
		.run = server_transactions_run,
	},
	{
		.name = "job-data",
		.summary = "sealed job data",
		.commands = jobdata_table,
	},
	{
		.name = "staff",
		.summary = "accounts of the console",
		.commands = staff_table,
	},
	{
		.name = "recipients",
		.summary = "to whom job data can be sealed",
		.commands = recipients_table,
	},
	{
		.name = "log",
		.summary = "the server's ledger",
		.commands = log_table,
	},
	{
		.name = "identity",
		.arguments = "FILE",
		.summary = "make a key that job data can be sealed to",
		.text = "Makes a new file with a secret key, for you alone, "
			"and prints the key that others seal to. Never "
			"overwrites a file. Without the file nobody can open "
			"what was sealed; keep a copy of it in a safe place.",
		.least = 1,
		.most = 1,
		.run = server_identity_run,
	},
	{
		.name = "open",
		.arguments = "[FILE]",
		.summary = "open job data that was sealed to you",
		.text = "Needs no server. FILE, or standard input, is what the "
			"console let you download. Nothing is given out "
			"before the last byte was verified.",
		.examples = "sluice-server open --identity desk.key "
			    "\\\n  --output job.pdf 0193a4c2.age\n",
		.options = open_options,
		.most = 1,
		.run = server_open_run,
	},
	{
		.name = "serve",
		.summary = "run the workers behind lighttpd",
		.text = "Listens on state/api.sock, state/enrol.sock and "
			"state/console.sock, where lighttpd.conf expects it. "
			"Ends on SIGTERM.",
		.run = server_serve_run,
	},
	{
		.name = "version",
		.summary = "print the version",
		.run = server_version_run,
	},
	{ .name = NULL }
};

bool server_cli_load(const struct cli *cli, const char *conf,
		     struct server_cli_open *open, struct err *err)
{
	*open = (struct server_cli_open){
		.log = { .fd = 2,
			 .least = LOG_WARN_LEVEL,
			 .program = cli->program },
	};
	if (!server_config_load(conf, &open->config, err)) {
		if (err->kind == ERR_NOT_FOUND) {
			err_reset(err);
			err_set(err, ERR_NOT_FOUND,
				"There is no server at %s. \"%s init\" makes "
				"one.",
				conf, cli->program);
		}
		return false;
	}
	server_init(&open->server, &open->config, &open->log);
	if (!server_open_db(&open->server, err)) {
		server_cli_close(open);
		return false;
	}
	return true;
}

void server_cli_close(struct server_cli_open *open)
{
	server_close(&open->server);
	server_config_clear(&open->config);
}

int server_version_run(struct cli *cli, const struct cli_args *args,
		       struct err *err)
{
	(void)args;
	(void)err;
	print_line(cli->out, "%s %s", cli->program, PACKAGE_VERSION);
	return CLI_DONE;
}
