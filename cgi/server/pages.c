/*
 * The console's table of pages: path, methods, role, fields, handler,
 * template. This is the first thing to read in this folder. The router checks
 * all of it before a handler runs.
 */
#include "cgi/server/pages.h"

#include <stddef.h>

#include "cgi/people/forms.h"
#include "domain/roles.h"

#define GET METHOD_BIT(METHOD_GET)
#define POST METHOD_BIT(METHOD_POST)

/* clang-format off */
const struct navigation console_navigation[] = {
	{ "/devices", "Devices", ROLE_STAFF },
	{ "/enrol", "Enrolment", ROLE_STAFF },
	{ "/jobdata", "Job data", ROLE_STAFF | ROLE_JOB_DATA },
	{ "/about", "About", ROLE_SIGNED_IN },
	{ NULL, NULL, ROLE_UNSET },
};

static const struct web_field device_query[] = {
	{ .name = "before", .label = "The place in the list", .max = 20, .valid = fields_is_number,
	  .hint = "It is a number." },
	{ .name = "done", .label = "What was done", .max = 16, .valid = fields_is_word,
	  .hint = PEOPLE_NAME_HINT },
	{ .name = NULL },
};

static const struct web_field device_form[] = {
	{ .name = "sure", .label = "The box", .max = 1, .valid = fields_is_flag,
	  .hint = "It is ticked or not." },
	{ .name = NULL },
};

static const struct web_field transaction_query[] = {
	{ .name = "device", .label = "The device", .max = 64, .valid = fields_is_word,
	  .hint = PEOPLE_NAME_HINT },
	{ .name = NULL },
};

static const struct web_field enrol_query[] = {
	{ .name = "device", .label = "The device", .max = 64, .valid = fields_is_word,
	  .hint = PEOPLE_NAME_HINT },
	{ .name = "done", .label = "What was done", .max = 16, .valid = fields_is_word,
	  .hint = PEOPLE_NAME_HINT },
	{ .name = NULL },
};

static const struct web_field enrol_form[] = {
	{ .name = "act", .label = "What to do", .max = 16, .valid = fields_is_word, .required = true,
	  .hint = PEOPLE_NAME_HINT },
	{ .name = "device", .label = "The id", .max = 128, .valid = fields_is_line,
	  .hint = "It has letters, digits, dots and dashes." },
	{ .name = "title", .label = "The name", .max = 100, .valid = fields_is_line,
	  .hint = "It is one line." },
	{ .name = "serial", .label = "The serial number", .max = 64, .valid = fields_is_line,
	  .hint = "It is one line." },
	{ .name = "days", .label = "The number of days", .max = 9, .valid = fields_is_number,
	  .hint = "It is a whole number from 1 to 90." },
	{ .name = "id", .label = "The code", .max = 20, .valid = fields_is_number,
	  .hint = "It is a number." },
	{ .name = "from", .label = "The mark", .max = 20, .valid = fields_is_number },
	{ .name = NULL },
};

static const struct web_field certificate_query[] = {
	{ .name = "done", .label = "What was done", .max = 16, .valid = fields_is_word,
	  .hint = PEOPLE_NAME_HINT },
	{ .name = NULL },
};

static const struct web_field certificate_form[] = {
	{ .name = "reason", .label = "The reason", .max = 200, .valid = fields_is_line,
	  .hint = "It is one line." },
	{ .name = "sure", .label = "The box", .max = 1, .valid = fields_is_flag,
	  .hint = "It is ticked or not." },
	{ .name = NULL },
};

static const struct web_field jobdata_query[] = {
	{ .name = "before", .label = "The place in the list", .max = 20, .valid = fields_is_number,
	  .hint = "It is a number." },
	{ .name = "done", .label = "What was done", .max = 16, .valid = fields_is_word,
	  .hint = PEOPLE_NAME_HINT },
	{ .name = NULL },
};

static const struct web_field jobdata_form[] = {
	{ .name = "act", .label = "What to do", .max = 16, .valid = fields_is_word, .required = true,
	  .hint = PEOPLE_NAME_HINT },
	{ .name = "sure", .label = "The box", .max = 1, .valid = fields_is_flag,
	  .hint = "It is ticked or not." },
	{ .name = NULL },
};

const struct page console_pages[] = {
	{ .path = "/", .methods = GET, .role = ROLE_STAFF | ROLE_JOB_DATA, .show = console_home_show },
	{ .path = "/setup", .methods = GET | POST, .role = ROLE_ANYBODY, .writes = true,
	  .form = people_setup_form, .show = people_setup_show, .act = people_setup_act,
	  .template = "setup", .title = "Set up this server" },
	{ .path = "/login", .methods = GET | POST, .role = ROLE_ANYBODY, .writes = true,
	  .query = people_login_query, .form = people_login_form,
	  .show = people_login_show, .act = people_login_act,
	  .template = "login", .title = "Sign in" },
	{ .path = "/logout", .methods = POST, .role = ROLE_SIGNED_IN, .writes = true,
	  .act = people_logout_act, .title = "Sign out" },
	{ .path = "/account", .methods = GET | POST, .role = ROLE_SIGNED_IN, .writes = true,
	  .query = people_account_query, .form = people_account_form,
	  .show = people_account_show, .act = people_account_act,
	  .template = "account", .title = "Your account" },
	{ .path = "/devices", .methods = GET, .role = ROLE_STAFF,
	  .show = console_devices_show,
	  .template = "devices", .title = "Devices", .section = "/devices" },
	{ .path = "/device/*", .methods = GET | POST, .role = ROLE_STAFF, .writes = true,
	  .query = device_query, .form = device_form,
	  .show = console_device_show, .act = console_device_act,
	  .template = "device", .title = "Device", .section = "/devices" },
	{ .path = "/transaction/*", .methods = GET, .role = ROLE_STAFF,
	  .query = transaction_query, .show = console_transaction_show,
	  .template = "transaction", .title = "Transaction", .section = "/devices" },
	{ .path = "/bytes/*", .methods = GET, .role = ROLE_STAFF,
	  .query = transaction_query, .show = console_bytes_show,
	  .title = "Exact bytes", .section = "/devices" },
	{ .path = "/enrol", .methods = GET | POST, .role = ROLE_STAFF, .writes = true,
	  .query = enrol_query, .form = enrol_form,
	  .show = console_enrol_show, .act = console_enrol_act,
	  .template = "enrol", .title = "Enrolment", .section = "/enrol" },
	{ .path = "/certificate/*", .methods = GET | POST, .role = ROLE_STAFF, .writes = true,
	  .query = certificate_query, .form = certificate_form,
	  .show = console_certificate_show, .act = console_certificate_act,
	  .template = "certificate", .title = "Certificate", .section = "/enrol" },
	{ .path = "/jobdata", .methods = GET, .role = ROLE_STAFF | ROLE_JOB_DATA,
	  .query = jobdata_query, .show = console_jobdata_show,
	  .template = "jobdata", .title = "Job data", .section = "/jobdata" },
	{ .path = "/jobdata/*", .methods = GET | POST, .role = ROLE_JOB_DATA, .writes = true,
	  .query = transaction_query, .form = jobdata_form,
	  .show = console_jobdata_one_show, .act = console_jobdata_act,
	  .template = "jobdata_one", .title = "Sealed file", .section = "/jobdata" },
	{ .path = "/about", .methods = GET, .role = ROLE_ANYBODY,
	  .show = console_about_show, .template = "about", .title = "About",
	  .section = "/about" },
	{ .path = NULL },
};
/* clang-format on */
