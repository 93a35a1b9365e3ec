/*
 * The table of "sluice-server instruction ...": what a vendor can ask of a
 * device, one command a kind. What they do is server_instruction.c's.
 */
#include "cli/server_instruction.h"

#define REASON                                                              \
	{                                                                   \
		"--reason", "TEXT",                                         \
			"why, always needed; people at the device read it", \
			false                                               \
	}
#define BY                                                                    \
	{                                                                     \
		"--by", "NAME",                                               \
			"who asks; preset: the account that runs this", false \
	}
#define DAYS                                                                   \
	{                                                                      \
		"--days", "N", "how long it stands, 1 to 90; preset: 7", false \
	}
#define END                             \
	{                               \
		NULL, NULL, NULL, false \
	}

static const struct cli_option send_options[] = {
	{ "--services", "LIST", "services whose documents are wanted", false },
	REASON,
	BY,
	DAYS,
	END
};
static const struct cli_option common_options[] = { REASON, BY, DAYS, END };
static const struct cli_option list_options[] = {
	{ "--json", NULL, "print JSON", false }, END
};

const struct cli_command server_instruction_commands[] = {
	{
		.name = "send",
		.arguments = "DEVICE",
		.summary = "ask for the documents of services now",
		.text = "The device sends only what its customer allows; job "
			"data and personal data cannot be asked for.",
		.examples = "sluice-server instruction send ex7-004211 "
			    "\\\n  --services maintenance,supplies "
			    "--reason \"A fault was reported.\"\n",
		.options = send_options,
		.least = 1,
		.most = 1,
		.run = server_instruction_send_run,
	},
	{
		.name = "interval",
		.arguments = "DEVICE SECONDS",
		.summary = "ask to check in at another interval",
		.text = "Within the limits that the customer set.",
		.options = common_options,
		.least = 2,
		.most = 2,
		.run = server_instruction_interval_run,
	},
	{
		.name = "package",
		.arguments = "DEVICE NAME",
		.summary = "tell that a new package is available",
		.text = "It is shown; nothing is installed by it.",
		.options = common_options,
		.least = 2,
		.most = 2,
		.run = server_instruction_package_run,
	},
	{
		.name = "message",
		.arguments = "DEVICE TEXT",
		.summary = "show a message on the device's pages",
		.options = common_options,
		.least = 2,
		.most = 2,
		.run = server_instruction_message_run,
	},
	{
		.name = "renew",
		.arguments = "DEVICE",
		.summary = "ask to renew its certificate now",
		.options = common_options,
		.least = 1,
		.most = 1,
		.run = server_instruction_renew_run,
	},
	{
		.name = "ledger",
		.arguments = "DEVICE FROM TO",
		.summary = "ask for entries of its log, at most 100",
		.text = "It reports hashes, sizes and results of these "
			"entries, without names and texts, once somebody "
			"there allows it.",
		.options = common_options,
		.least = 3,
		.most = 3,
		.run = server_instruction_ledger_run,
	},
	{
		.name = "list",
		.arguments = "DEVICE",
		.summary = "list what it was asked and what it answered",
		.options = list_options,
		.least = 1,
		.most = 1,
		.run = server_instruction_list_run,
	},
	{
		.name = "key",
		.summary = "make the key that signs, for an older server",
		.text = "\"init\" makes it for a new one. Devices need its "
			"verifier, instruction.verifier, to believe "
			"instructions. Never overwrites a key.",
		.run = server_instruction_key_run,
	},
	{ .name = NULL }
};
