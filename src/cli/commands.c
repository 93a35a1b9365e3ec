/*
 * The table of commands of "sluice". Their work is in one file a group; how a
 * command line is read is command.c's. --help and the man page say the same:
 * tests/unit/cli/commands.c compares them.
 */
#include "cli/commands.h"

#include <unistd.h>

#include "base/text.h"
#include "cli/log_options.h"
#include "base/unix_user.h"

const char device_cli_default_conf[] = LOCALSTATEDIR "/lib/sluice/sluice.conf";

static const struct cli_option json_option[] = {
	{ "--json", NULL, "for scripts", false }, { NULL, NULL, NULL, false }
};

static const struct cli_option init_options[] = {
	{ "--serial", "SERIAL", "serial number of the machine", false },
	{ "--id", "ID", "name at the server; preset: the serial number",
	  false },
	{ "--title", "TEXT", "model, as the pages show it", false },
	{ "--server", "NAME[:PORT]", "Communication Server", false },
	{ "--server-address", "ADDRESS", "where it is, if not at its name",
	  false },
	{ "--port", "PORT", "of the pages; preset: 8631", false },
	{ "--listen", "ADDRESS", "of the pages; preset: all", false },
	{ "--collector", "\"NAME=PROGRAM ARGS\"", "a source of data", true },
	{ "--job-source", "\"NAME=PROGRAM ARGS\"", "a source of jobs", true },
	{ "--user", "USER", "user of the client daemon", false },
	{ "--pages-user", "USER", "user of the web server", false },
	{ "--static", "FOLDER", "style sheet and icons of the pages", false },
	{ "--provision", "FOLDER", "take in what the server gave", false },
	{ "--new-code", NULL, "make a new set-up code", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option user_add_options[] = {
	{ "--roles", "ROLES", "admin,customer,operator,auditor,job-data",
	  false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option services_options[] = {
	{ "--json", NULL, "for scripts", false },
	{ "--words", NULL, "what each sends and what for", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option allow_options[] = {
	{ "--until", "DATE",
	  "the last day (UTC), or \"never\"; preset: a year. Job data: also "
	  "\"sent\", with the next send, which is its preset",
	  false },
	{ "--confirm", NULL, "agree to what changed", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option withdraw_options[] = {
	{ "--all", NULL, "everything, personal data and job data too", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option consent_options[] = {
	{ "--json", NULL, "with the fields of ISO/IEC TS 27560", false },
	{ "--csv", NULL, "for spreadsheets", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option enrol_options[] = {
	{ "--status", NULL, "show the certificate and what is under way",
	  false },
	{ "--json", NULL, "the same for scripts", false },
	{ "--renew", NULL, "renew the certificate now", false },
	{ "--cancel", NULL, "take the code back", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option checkin_options[] = {
	{ "--list", NULL, "show the last ones instead", false },
	{ "--json", NULL, "the same for scripts", false },
	{ "--show", "N", "the exact bytes of one, both ways", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option preview_options[] = {
	{ "--personal", NULL, "as it would be with personal data", false },
	{ "--xml", NULL, "the exact bytes alone", false },
	{ "--json", NULL, "for scripts", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option send_options[] = {
	{ "--sha256", "HEX", "only if this is the hash of the preview", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option show_options[] = {
	{ "--xml", NULL, "the exact bytes that were sent, alone", false },
	{ "--receipt", NULL, "the server's receipt alone", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option collect_options[] = {
	{ "--check", "PROGRAM [ARG]...", "test this collector instead", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option job_source_options[] = {
	{ "--check", "PROGRAM [ARG]...", "test this job source", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option catalogue_options[] = {
	{ "--table", NULL, "as text (preset)", false },
	{ "--xsd", NULL, "as XML Schema of a transmission", false },
	{ "--html", NULL, "as a page", false },
	{ "--document", "NAME", "only this document, as text", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_option run_options[] = {
	{ "--once", NULL, "do what is to be done now and end", false },
	{ "--log-level", "LEVEL", "debug, info (preset), warn or error",
	  false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_command user_commands[] = {
	{ "add", "NAME", "make an account",
	  "Asks for the password at the terminal, or reads one line from "
	  "standard input.",
	  "sluice user add desk-2 --roles operator\n"
	  "sluice user add frontdesk --roles customer,admin <password.txt\n",
	  user_add_options, 1, 1, user_add_run, NULL },
	{ "list", NULL, "show all accounts and what is paused", NULL,
	  "sluice user list\nsluice user list --json\n", json_option, 0, 0,
	  user_list_run, NULL },
	{ "show", "NAME", "show one account and its failed sign-ins", NULL,
	  "sluice user show desk-2\n", json_option, 1, 1, user_show_run, NULL },
	{ "roles", "NAME ROLES", "give an account other roles", NULL,
	  "sluice user roles desk-2 operator,auditor\n", NULL, 2, 2,
	  user_roles_run, NULL },
	{ "disable", "NAME", "sign an account out and keep it out", NULL,
	  "sluice user disable desk-2\n", NULL, 1, 1, user_disable_run, NULL },
	{ "enable", "NAME", "let an account in again", NULL,
	  "sluice user enable desk-2\n", NULL, 1, 1, user_enable_run, NULL },
	{ "password", "NAME", "set a new password",
	  "Asks for the password at the terminal, or reads one line from "
	  "standard input.",
	  "sluice user password desk-2\n", NULL, 1, 1, user_password_run,
	  NULL },
	{ "sessions", "[NAME]", "show who is signed in, and from where", NULL,
	  "sluice user sessions\nsluice user sessions desk-2\n", json_option, 0,
	  1, user_sessions_run, NULL },
	{ "end-session", "ID...", "sign a browser out", NULL,
	  "sluice user end-session 12\n", NULL, 1, CLI_ARGUMENTS_MAX,
	  user_end_session_run, NULL },
	{ "lift-pause", "NAME|ADDRESS", "end the pause after failed sign-ins",
	  NULL,
	  "sluice user lift-pause desk-2\nsluice user lift-pause 192.0.2.14\n",
	  NULL, 1, 1, user_lift_pause_run, NULL },
	{ NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL }
};

static const struct cli_option yes_option[] = {
	{ "--yes", NULL, "do not ask for a word that confirms", false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_command log_commands[] = {
	{ "show", "ENTRY|TRANSACTION", "show one entry or one transaction",
	  NULL,
	  "sluice log show 12\n"
	  "sluice log show 0193594e-7a11-7c3e-9d54-2f0f6a1be7c1\n"
	  "sluice log show 0193594e-7a11-7c3e-9d54-2f0f6a1be7c1 --xml | "
	  "sha256sum\n",
	  show_options, 1, 1, log_show_run, NULL },
	{ "head", NULL, "print the head that the server countersigned",
	  "The newest one: a signed note with the signatures of this device "
	  "and of the server. With an export of the log it proves to anybody "
	  "what stood in it then; docs/examples/check-head checks it with "
	  "openssl.",
	  "sluice log head >head.txt\n", NULL, 0, 0, log_head_run, NULL },
	{ "verify", NULL, "recompute all hashes and signatures",
	  "The last line of a good log is \"size N root HEX ok\".",
	  "sluice log verify\n", NULL, 0, 0, log_verify_run, NULL },
	{ "continue", NULL, "acknowledge a conflict, after a loss",
	  "When an older copy of the database was put back, or the flash was "
	  "replaced, the server keeps a head of the log that this one did not "
	  "grow out of. This says that the owner knows: an entry, which the "
	  "device signs and shows to the server. The vendor accepts it there, "
	  "and both sides keep what was before as evidence. Only root and the "
	  "owner of the device's folder can do it.",
	  "sluice log continue\nsluice log continue --yes\n", yes_option, 0, 0,
	  log_continue_run, NULL },
	{ NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL }
};

static const struct cli_command settings_commands[] = {
	{ "set", "NAME VALUE", "change one setting",
	  "Names: automatic (on, off), send_time (derived, 18:00), "
	  "quiet_hours (none, 22:00-06:00), low_supply (1 to 50 percent), "
	  "those that \"sluice settings\" shows, or a service (now, never).",
	  "sluice settings set send_time 18:00\n"
	  "sluice settings set quiet_hours 22:00-06:00\n"
	  "sluice settings set month_limit 100\n"
	  "sluice settings set metering now\n"
	  "sluice settings set job_data_two_people on\n"
	  "sluice settings set upload_rate 250\n",
	  NULL, 2, 2, settings_set_run, NULL },
	{ NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL }
};

static const struct cli_command recipients_commands[] = {
	{ "import", "FILE", "take in a list that the vendor signed",
	  "Only a list that is signed by the vendor's key, has not expired and "
	  "has a higher number than the one before is taken in.",
	  "sluice recipients import /media/usb/recipients.note\n", NULL, 1, 1,
	  recipients_import_run, NULL },
	{ NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL }
};

static const struct cli_option policy_options[] = {
	{ "--until", "DATE", "the last day (UTC) of \"allow\"; preset: no end",
	  false },
	{ NULL, NULL, NULL, false }
};

static const struct cli_command time_commands[] = {
	{ "lower", "build|ENTRY", "lower it, when it was led ahead",
	  "For a device that takes the server's certificates as expired and "
	  "its answers as too old, because a wrong time was once signed: the "
	  "earliest that the time can be becomes when this program was built, "
	  "or the time of an entry of the log. Only root and the owner of the "
	  "device's folder can do it; it is an entry of the log. Certificates "
	  "are checked as before.",
	  "sluice time lower build\nsluice time lower 412 --yes\n", yes_option,
	  1, 1, time_lower_run, NULL },
	{ NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL }
};

static const struct cli_command instructions_commands[] = {
	{ "list", NULL, "what the server asked for, newest first", NULL,
	  "sluice instructions list\nsluice instructions list --json\n",
	  json_option, 0, 0, instructions_list_run, NULL },
	{ "allow", "NUMBER", "say yes to one that waits, this time", NULL,
	  "sluice instructions allow 7\n", NULL, 1, 1, instructions_allow_run,
	  NULL },
	{ "refuse", "NUMBER", "say no to one that waits", NULL,
	  "sluice instructions refuse 7\n", NULL, 1, 1, instructions_refuse_run,
	  NULL },
	{ "read", "NUMBER", "mark a message as read", NULL,
	  "sluice instructions read 8\n", NULL, 1, 1, instructions_read_run,
	  NULL },
	{ "policy", "[KIND never|ask|allow]",
	  "what is decided once for a whole kind",
	  "Without arguments shows all. A policy allows nothing that is not "
	  "allowed anyway; it only says whether you are asked each time. Job "
	  "data can never be asked for.",
	  "sluice instructions policy\n"
	  "sluice instructions policy send allow --until 2027-06-30\n"
	  "sluice instructions policy message never\n",
	  policy_options, 0, 2, instructions_policy_run, NULL },
	{ NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL }
};

const struct cli_command device_commands[] = {
	{ "init", NULL, "make a device: folders, keys, database, pages",
	  "Makes everything beside the configuration file and prints the "
	  "one-time set-up code. Never overwrites a device.",
	  "sluice init --conf /var/lib/sluice/sluice.conf --serial EX7-004211 "
	  "\\\n    --collector \"ipp=sluice-collect-ipp --uri "
	  "ipp://localhost/ipp/print\"\n"
	  "sluice init --provision /media/usb/ex7-004211\n"
	  "sluice init --new-code\n",
	  init_options, 0, 0, init_run, NULL },
	{ "status", NULL, "how it stands: services, what waits, last sent",
	  NULL, "sluice status\nsluice status --json\n", json_option, 0, 0,
	  status_run, NULL },
	{ "checkin", NULL, "check in with the server now",
	  "Tells the server that this device is there, asks for instructions "
	  "and waits for the outcome. By itself the device does the same at "
	  "its interval. --show prints both ways as they went.",
	  "sluice checkin\nsluice checkin --list\nsluice checkin --show 12\n",
	  checkin_options, 0, 0, checkin_run, NULL },
	{ "doctor", NULL, "test the connection, step by step",
	  "Each step says what was seen and what to do. Without permission "
	  "for remote services nothing leaves, and the steps on the network "
	  "are not tested. Exit code 0 = no step failed.",
	  "sluice doctor\nsluice doctor --json\n", json_option, 0, 0,
	  doctor_cli_run, NULL },
	{ "user", NULL, "accounts of the pages", NULL, NULL, NULL, 0, 0, NULL,
	  user_commands },
	{ "services", NULL, "list the services and what is allowed", NULL,
	  "sluice services\nsluice services --words\n", services_options, 0, 0,
	  services_run, NULL },
	{ "allow", "NAME...",
	  "allow remote services, a service, personal or job data",
	  "NAME is \"remote\" for remote services as a whole, a service, "
	  "\"personal\" or \"job-data\". A service is sent only while it and "
	  "\"remote\" are both allowed. A service that changed since it was "
	  "allowed is shown with what changed, and is allowed again only with "
	  "--confirm.",
	  "sluice allow remote\nsluice allow metering supplies\n"
	  "sluice allow personal --until 2027-06-30\n",
	  allow_options, 1, CLI_ARGUMENTS_MAX, allow_run, NULL },
	{ "withdraw", "NAME...", "end what was allowed",
	  "Names are those of \"sluice allow\". What waits of it is deleted "
	  "unsent.",
	  "sluice withdraw supplies\nsluice withdraw remote\n"
	  "sluice withdraw --all\n",
	  withdraw_options, 0, CLI_ARGUMENTS_MAX, withdraw_run, NULL },
	{ "consent", NULL, "every grant there ever was, for your records", NULL,
	  "sluice consent\nsluice consent --json >consent.json\n",
	  consent_options, 0, 0, consent_run, NULL },
	{ "pseudonyms", NULL, "which code stands for which name you know", NULL,
	  "sluice pseudonyms\nsluice pseudonyms --json\n", json_option, 0, 0,
	  pseudonyms_run, NULL },
	{ "settings", "[set NAME VALUE]",
	  "what is sent by itself, what waits, and limits",
	  "Without \"set\" shows all settings, and what is sent next.",
	  "sluice settings\nsluice settings --json\n"
	  "sluice settings set automatic off\n"
	  "sluice settings set checkin_most 12h\n"
	  "sluice settings set month_limit 100\n",
	  json_option, 0, 0, settings_run, settings_commands },
	{ "recipients", "[import FILE]", "to whom job data can be sealed",
	  "Without \"import\" shows the people and desks of the list that "
	  "stands.",
	  "sluice recipients\nsluice recipients --json\n"
	  "sluice recipients import /media/usb/recipients.note\n",
	  json_option, 0, 0, recipients_run, recipients_commands },
	{ "enrol", NULL, "get this device's certificate with a code",
	  "Asks for the code at the terminal, or reads one line from standard "
	  "input, and waits for what becomes of it. Remote services must be "
	  "allowed. The device renews its certificate by itself; one that ran "
	  "out is replaced with a new code.",
	  "sluice enrol\nsluice enrol <code.txt\nsluice enrol --status\n",
	  enrol_options, 0, 0, enrol_run, NULL },
	{ "instructions", "[list|allow|refuse|read|policy]",
	  "what the server asks for, and what you say to it",
	  "Without another word lists all, newest first.",
	  "sluice instructions\nsluice instructions --json\n", json_option, 0,
	  0, instructions_list_run, instructions_commands },
	{ "preview", "SERVICE...|TRANSACTION", "show what would be sent",
	  "Collects and stages, sends nothing. Without a grant the result is "
	  "a sample, which is never sent. With --personal it shows what "
	  "personal data would add.",
	  "sluice preview metering\n"
	  "sluice preview maintenance --personal\n"
	  "sluice preview metering supplies --xml >exact.xml\n",
	  preview_options, 1, CLI_ARGUMENTS_MAX, preview_run, NULL },
	{ "send", "TRANSACTION|SERVICE...", "send, and wait for the receipt",
	  "The last line of a success is \"transaction UUID sha256 HEX "
	  "receipt ok\".",
	  "sluice send metering\n"
	  "sluice send 0193594e-7a11-7c3e-9d54-2f0f6a1be7c1\n",
	  send_options, 1, CLI_ARGUMENTS_MAX, send_run, NULL },
	{ "log", "[show ID|head|verify|continue]",
	  "the transaction history log",
	  "Without another word lists entries, newest first.",
	  "sluice log --kind sent --since 2026-11-01\n"
	  "sluice log --csv >log.csv\n"
	  "sluice log show 12\n"
	  "sluice log verify\n",
	  log_options, 0, 0, log_run, log_commands },
	{ "collect", NULL, "run the collectors and say what they found",
	  "Sends and keeps nothing. Exit code 0 = each of them succeeded and "
	  "all that they printed is in the catalogue. --check needs no "
	  "device: it runs one program with the limits of the daemon, and "
	  "takes the rest of the line. One without a slash is one of those "
	  "that come with Sluice.",
	  "sluice collect\n"
	  "sluice collect --check ./collect-example --port /dev/engine0\n"
	  "sluice collect --check sluice-collect-sim\n",
	  collect_options, 0, CLI_ARGUMENTS_MAX, collect_run, NULL },
	{ "job-source", NULL, "test a job source that you write or connect",
	  "Runs one program with the limits of the daemon: lists its jobs, "
	  "reads the first to its end and asks for one that is not there. "
	  "Prints no name and no byte of a job, and sends and keeps nothing. "
	  "Takes the rest of the line. One without a slash is one of those "
	  "that come with Sluice.",
	  "sluice job-source --check ./jobs-example /var/spool/engine\n"
	  "sluice job-source --check sluice-jobs-folder /var/spool/sluice\n",
	  job_source_options, 0, CLI_ARGUMENTS_MAX, jobs_check_run, NULL },
	{ "time", "[lower build|ENTRY]",
	  "what is known of the time, from where",
	  "Without \"lower\" shows each source: the clock, what was signed, "
	  "the build of this program, and this device's certificate.",
	  "sluice time\nsluice time --json\nsluice time lower build\n",
	  json_option, 0, 0, time_run, time_commands },
	{ "catalogue", NULL, "every field that may leave, and its class", NULL,
	  "sluice catalogue --document Faults\nsluice catalogue --xsd >transmission.xsd\n",
	  catalogue_options, 0, 0, catalogue_run, NULL },
	{ "run", NULL, "the client daemon, in the foreground", NULL,
	  "sluice run\nsluice run --once --log-level warn\n", run_options, 0, 0,
	  run_run, NULL },
	{ "version", NULL, "version of program and catalogue", NULL,
	  "sluice version\n", NULL, 0, 0, version_run, NULL },
	{ NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL }
};

/* For the ledger: who stands behind this command line. */
static void name_actor(char actor[65])
{
	char name[UNIX_USER_NAME_SIZE];
	if (unix_user_name(getuid(), name)) {
		snprintf(actor, 65, "command line: %s", name);
	} else {
		snprintf(actor, 65, "command line: user %ld", (long)getuid());
	}
}

int device_cli_main(int argc, char *const argv[], const char *conf,
		    const char *self)
{
	char actor[65];
	name_actor(actor);
	struct cli cli = {
		.program = "sluice",
		.default_conf = conf != NULL && conf[0] != '\0'
					? conf
					: device_cli_default_conf,
		.out = stdout,
		.problems = stderr,
		.in_fd = STDIN_FILENO,
		.self = self,
		.actor = actor,
	};
	return cli_run(&cli, device_commands,
		       "remote services that their owner controls", argc, argv);
}
