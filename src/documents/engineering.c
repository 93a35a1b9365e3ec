/*
 * Engineering: lines of the machine's own logs, the one free-form document.
 * Free text may hold anything, so a line passes only in a form of the list
 * below, whatever is allowed; log_line.c reads the forms and replaces what
 * is personal, of the network or of a job. A line without the time at its
 * front could be older than the grant and stays.
 */
#include "documents/document.h"

/*
 * The forms. Outside of braces each character stands for itself. Inside:
 * time (RFC 3339, UTC), number, hex, version and one:a|b are sent as they
 * are and can hold no name; network, personal, job and secret stand for
 * anything and are treated as their class. Each begins with the time. Order
 * matters: the first form that fits counts.
 */
static const char *const forms[] = {
	"{time} engine: start, firmware {version}",
	"{time} engine: state {one:idle|warming|printing|stopped|sleeping}",
	"{time} engine: jam at sensor {number}, sheet {number}",
	"{time} engine: sensor {number} blocked for {number} ms",
	"{time} engine: cover {number} {one:open|closed}",
	"{time} engine: motor {number} current {number} mA",
	"{time} engine: register {hex} value {hex}",
	"{time} fuser: temperature {number} C, target {number} C",
	"{time} supply: unit {number} level {number} percent",
	"{time} supply: unit {number} replaced",
	"{time} tray: {number} {one:empty|loaded|open|closed}",
	"{time} calibration: {one:started|finished|failed}, code {number}",
	"{time} diagnostics: procedure {number} {one:passed|failed|aborted}",
	"{time} dfe: error {number} in "
	"{one:rip|spooler|colour|scanner|controller|storage}",
	"{time} dfe: memory {number} of {number} kB used",
	"{time} job: {job} took {number} ms, {number} sheets",
	"{time} network: lease {network} for {number} s",
	"{time} network: link {one:up|down}, {number} Mbit/s",
	"{time} panel: signed in {personal}",
	"{time} panel: signed out {personal}",
	"{time} watchdog: restart {number}, reason {hex}",
	NULL,
};

static const struct field fields[] = {
	{ .path = "Log",
	  .type = TYPE_GROUP,
	  .class = CLASS_MACHINE,
	  .repeats = true,
	  .source = "logs",
	  .purpose = "Each log" },
	{ .path = "Log/Name",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .required = true,
	  .source = "logs",
	  .purpose = "Which log" },
	{ .path = "Log/Line",
	  .type = TYPE_LINE,
	  .class = CLASS_MACHINE,
	  .repeats = true,
	  .source = "logs",
	  .purpose = "One line in a form of the catalogue" },
	{ .path = NULL },
};

const struct document document_engineering = {
	.kind = DOCUMENT_ENGINEERING,
	.name = "Engineering",
	.title = "Engineering",
	.purpose = "Lines of the logs of the machine, in known forms only.",
	.fields = fields,
	.forms = forms,
};
