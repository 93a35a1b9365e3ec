/*
 * The table of pages: path, methods, role, fields, handler, template. This
 * is the first thing to read in this folder. The router checks all of it
 * before a handler runs; a page with two rows has another role for POST.
 */
#include "cgi/device/pages.h"

#include <stddef.h>

#include "cgi/device/jobdata.h"
#include "cgi/people/forms.h"
#include "domain/roles.h"

#define GET METHOD_BIT(METHOD_GET)
#define POST METHOD_BIT(METHOD_POST)

/* clang-format off */
const struct navigation device_navigation[] = {
	{ "/", "Home", ROLE_SIGNED_IN },
	{ "/services", "Services", ROLE_SIGNED_IN },
	{ "/privacy", "Privacy", ROLE_SIGNED_IN },
	{ "/preview", "Preview", SEES_SENT },
	{ "/send", "Send", SEES_SENT },
	{ "/jobdata", "Job data", SEES_JOBS },
	{ "/log", "Log", READS_LOG },
	{ "/network", "Network", ROLE_SIGNED_IN },
	{ "/settings", "Settings", ROLE_SIGNED_IN },
	{ "/about", "About", ROLE_SIGNED_IN },
	{ NULL, NULL, ROLE_UNSET },
};

static const struct web_field home_query[] = {
	{ .name = "failures", .label = "The number", .max = 9, .valid = fields_is_number },
	{ .name = NULL },
};

static const struct web_field home_form[] = {
	{ .name = "mark", .label = "The step", .required = true, .valid = fields_is_word },
	{ .name = NULL },
};

static const struct web_field done_query[] = {
	{ .name = "done", .label = "The mark", .valid = fields_is_word },
	{ .name = NULL },
};

static const struct web_field log_server_form[] = {
	{ .name = "sure", .label = "The box", .max = 1, .valid = fields_is_flag,
	  .hint = "It is ticked or not." },
	{ .name = NULL },
};

static const struct web_field users_form[] = {
	{ .name = "name", .label = "The name", .max = 64, .required = true,
	  .valid = fields_is_word, .hint = PEOPLE_NAME_HINT },
	{ .name = "password", .label = "The password", .max = 4096, .required = true,
	  .valid = fields_is_any, .secret = true },
	{ .name = "role", .label = "The role", .many = true, .valid = fields_is_word },
	{ .name = NULL },
};

static const struct web_field users_pauses_form[] = {
	{ .name = "address", .label = "The address", .max = 64, .required = true },
	{ .name = NULL },
};

static const struct web_field user_form[] = {
	{ .name = "do", .label = "The button", .valid = fields_is_word },
	{ .name = "end", .label = "The session", .max = 20, .valid = fields_is_number },
	{ .name = "role", .label = "The role", .many = true, .valid = fields_is_word },
	{ .name = "password", .label = "The password", .max = 4096,
	  .valid = fields_is_any, .secret = true },
	{ .name = NULL },
};

static const struct web_field decision_query[] = {
	{ .name = "done", .label = "The mark", .valid = fields_is_word },
	{ .name = "service", .label = "The service", .valid = fields_is_word },
	{ .name = "deleted", .label = "The number", .max = 9, .valid = fields_is_number },
	{ .name = NULL },
};

static const struct web_field decision_form[] = {
	{ .name = "service", .label = "The service", .required = true, .valid = fields_is_word },
	{ .name = "decision", .label = "The decision", .required = true, .valid = fields_is_word },
	{ .name = "seen", .label = "The mark of the words", .valid = fields_is_word },
	{ .name = NULL },
};

static const struct web_field service_form[] = {
	{ .name = "decision", .label = "The decision", .required = true, .valid = fields_is_word },
	{ .name = "seen", .label = "The mark of the words", .valid = fields_is_word },
	{ .name = "end", .label = "The end", .valid = fields_is_word },
	{ .name = "date", .label = "The last day", .valid = fields_is_date,
	  .hint = "Write it as 2027-11-23." },
	{ .name = NULL },
};

static const struct web_field preview_form[] = {
	{ .name = "service", .label = "The service", .many = true, .valid = fields_is_word },
	{ .name = "personal", .label = "Personal data", .valid = fields_is_flag },
	{ .name = "key", .label = "The key of the form", .required = true, .valid = fields_is_key },
	{ .name = NULL },
};

static const struct web_field send_form[] = {
	{ .name = "sha256", .label = "The SHA-256", .required = true, .valid = fields_is_sha256 },
	{ .name = NULL },
};

static const struct web_field jobdata_form[] = {
	{ .name = "job", .label = "The job", .max = 140, .many = true, .valid = jobdata_is_choice },
	{ .name = "upload", .label = "The file", .valid = fields_is_flag },
	{ .name = "recipient", .label = "The recipient", .many = true, .valid = fields_is_word },
	{ .name = "purpose", .label = "The purpose", .max = 200, .required = true,
	  .hint = "Write one line." },
	{ .name = NULL },
};

static const struct web_field jobdata_sign_form[] = {
	{ .name = "token", .label = "The form's mark", .required = true,
	  .valid = fields_is_key, .secret = true },
	{ .name = "password", .label = "Your password", .max = 4096, .required = true,
	  .valid = fields_is_any, .secret = true },
	{ .name = NULL },
};

static const struct web_field jobdata_file_form[] = {
	{ .name = "token", .label = "The form's mark", .required = true,
	  .valid = fields_is_key, .secret = true },
	{ .name = NULL },
};

static const struct web_field jobdata_ask_form[] = {
	{ .name = "key", .label = "The key of the form", .required = true, .valid = fields_is_key },
	{ .name = NULL },
};

#define LOG_FILTERS                                                            \
	{ .name = "kind", .label = "What", .valid = fields_is_word },          \
	{ .name = "service", .label = "Service", .valid = fields_is_word },    \
	{ .name = "result", .label = "Result", .valid = fields_is_word },      \
	{ .name = "actor", .label = "By", .max = 64 },                         \
	{ .name = "since", .label = "The first day", .valid = fields_is_date,  \
	  .hint = "Write it as 2026-11-23." },                                 \
	{ .name = "until", .label = "The last day", .valid = fields_is_date,   \
	  .hint = "Write it as 2026-11-23." },                                 \
	{ .name = "transaction", .label = "The transaction",                   \
	  .valid = fields_is_uuid }

static const struct web_field settings_form[] = {
	{ .name = "do", .label = "The button", .required = true, .valid = fields_is_word },
	{ .name = "service", .label = "The service", .valid = fields_is_word },
	{ .name = "time", .label = "The time", .max = 16 },
	{ .name = "from", .label = "The beginning", .max = 16 },
	{ .name = "until", .label = "The end", .max = 16 },
	{ .name = "percent", .label = "The threshold", .max = 16 },
	{ .name = "rate", .label = "The rate", .max = 16 },
	{ .name = NULL },
};

/* done: what was saved; id: of the request that a button left */
static const struct web_field network_query[] = {
	{ .name = "done", .label = "The mark", .valid = fields_is_word },
	{ .name = "id", .label = "The request", .valid = fields_is_number },
	{ .name = NULL },
};

static const struct web_field network_test_form[] = {
	{ .name = "do", .label = "The button", .required = true, .valid = fields_is_word },
	{ .name = "key", .label = "The key of the form", .required = true, .valid = fields_is_key },
	{ .name = NULL },
};

static const struct web_field network_certificate_form[] = {
	{ .name = "do", .label = "The button", .required = true, .valid = fields_is_word },
	{ .name = "key", .label = "The key of the form", .valid = fields_is_key },
	{ .name = "code", .label = "The one-time code", .max = 80 },
	{ .name = NULL },
};

static const struct web_field network_checkins_form[] = {
	{ .name = "do", .label = "The button", .required = true, .valid = fields_is_word },
	{ .name = "key", .label = "The key of the form", .valid = fields_is_key },
	{ .name = "least", .label = "The shortest interval", .max = 12 },
	{ .name = "most", .label = "The longest interval", .max = 12 },
	{ .name = NULL },
};

static const struct web_field network_limits_form[] = {
	{ .name = "do", .label = "The button", .required = true, .valid = fields_is_word },
	{ .name = "megabytes", .label = "Megabytes", .max = 16 },
	{ .name = "days", .label = "Days", .max = 16 },
	{ .name = "rate", .label = "The rate", .max = 16 },
	{ .name = "month", .label = "Megabytes a month", .max = 16 },
	{ .name = NULL },
};

static const struct web_field instructions_form[] = {
	{ .name = "do", .label = "The button", .required = true, .valid = fields_is_word },
	{ .name = "number", .label = "The number", .max = 20, .valid = fields_is_number },
	{ .name = "kind", .label = "The kind", .valid = fields_is_word },
	{ .name = "date", .label = "The last day", .valid = fields_is_date,
	  .hint = "Write it as 2027-11-23." },
	{ .name = NULL },
};

static const struct web_field log_query[] = {
	LOG_FILTERS,
	{ .name = "before", .label = "The place in the log", .valid = fields_is_number },
	{ .name = NULL },
};

static const struct web_field log_export_query[] = {
	LOG_FILTERS,
	{ .name = "format", .label = "The format", .required = true, .valid = fields_is_word },
	{ .name = NULL },
};

static const struct web_field privacy_record_query[] = {
	{ .name = "format", .label = "The format", .required = true, .valid = fields_is_word },
	{ .name = NULL },
};

const struct page device_pages[] = {
	{ .path = "/", .methods = GET, .role = ROLE_SIGNED_IN, .query = home_query,
	  .show = home_show, .template = "home", .title = "Home", .section = "/" },
	{ .path = "/", .methods = POST, .role = SETS_UP, .writes = true,
	  .form = home_form, .show = home_show, .act = home_act,
	  .template = "home", .title = "Home", .section = "/" },
	{ .path = "/setup", .methods = GET | POST, .role = ROLE_ANYBODY, .writes = true,
	  .form = people_setup_form, .show = people_setup_show, .act = people_setup_act,
	  .template = "setup", .title = "Set up this device" },
	{ .path = "/login", .methods = GET | POST, .role = ROLE_ANYBODY, .writes = true,
	  .query = people_login_query, .form = people_login_form, .show = people_login_show, .act = people_login_act,
	  .template = "login", .title = "Sign in" },
	{ .path = "/logout", .methods = POST, .role = ROLE_SIGNED_IN, .writes = true,
	  .act = people_logout_act },
	{ .path = "/account", .methods = GET | POST, .role = ROLE_SIGNED_IN, .writes = true,
	  .query = people_account_query, .form = people_account_form,
	  .show = people_account_show, .act = people_account_act,
	  .template = "account", .title = "Your account" },
	{ .path = "/users", .methods = GET | POST, .role = ROLE_ADMIN, .writes = true,
	  .query = done_query, .form = users_form, .show = users_show, .act = users_act,
	  .template = "users", .title = "Users" },
	{ .path = "/users/pauses", .methods = POST, .role = ROLE_ADMIN, .writes = true,
	  .form = users_pauses_form, .act = users_pauses_act },
	{ .path = "/users/*", .methods = GET | POST, .role = ROLE_ADMIN, .writes = true,
	  .query = done_query, .form = user_form, .show = user_show, .act = user_act,
	  .template = "user", .title = "User" },
	{ .path = "/services", .methods = GET, .role = ROLE_SIGNED_IN,
	  .query = decision_query, .show = services_show,
	  .template = "services", .title = "Services", .section = "/services" },
	{ .path = "/services", .methods = POST, .role = ROLE_CUSTOMER, .writes = true,
	  .form = decision_form, .show = services_show, .act = services_act,
	  .template = "services", .title = "Services", .section = "/services" },
	{ .path = "/services/*", .methods = GET, .role = ROLE_SIGNED_IN,
	  .query = decision_query, .show = service_show,
	  .template = "service", .title = "Service", .section = "/services" },
	{ .path = "/services/*", .methods = POST, .role = ROLE_CUSTOMER, .writes = true,
	  .form = service_form, .show = service_show, .act = service_act,
	  .template = "service", .title = "Service", .section = "/services" },
	{ .path = "/privacy", .methods = GET, .role = ROLE_SIGNED_IN,
	  .query = decision_query, .show = privacy_show,
	  .template = "privacy", .title = "Privacy", .section = "/privacy" },
	{ .path = "/privacy", .methods = POST, .role = ROLE_ADMIN, .writes = true,
	  .form = decision_form, .show = privacy_show, .act = privacy_act,
	  .template = "privacy", .title = "Privacy", .section = "/privacy" },
	{ .path = "/privacy/withdraw", .methods = GET | POST, .role = WITHDRAWS, .writes = true,
	  .show = privacy_withdraw_show, .act = privacy_withdraw_act,
	  .template = "privacy_withdraw", .title = "Withdraw everything", .section = "/privacy" },
	{ .path = "/privacy/record", .methods = GET, .role = READS_LOG,
	  .query = privacy_record_query, .show = privacy_record_show },
	{ .path = "/privacy/*", .methods = GET, .role = ROLE_SIGNED_IN,
	  .query = decision_query, .show = service_show,
	  .template = "service", .title = "Permission", .section = "/privacy" },
	{ .path = "/privacy/*", .methods = POST, .role = ROLE_ADMIN, .writes = true,
	  .form = service_form, .show = service_show, .act = service_act,
	  .template = "service", .title = "Permission", .section = "/privacy" },
	{ .path = "/preview", .methods = GET, .role = SEES_SENT,
	  .show = preview_show, .template = "preview", .title = "Preview", .section = "/preview" },
	{ .path = "/preview", .methods = POST, .role = SEES_DATA, .writes = true,
	  .form = preview_form, .show = preview_show, .act = preview_act,
	  .template = "preview", .title = "Preview", .section = "/preview" },
	{ .path = "/preview/*", .methods = GET, .role = SEES_SENT,
	  .show = preview_one_show,
	  .template = "preview_show", .title = "Preview", .section = "/preview" },
	{ .path = "/bytes/*", .methods = GET, .role = SEES_SENT,
	  .show = bytes_show },
	{ .path = "/send", .methods = GET, .role = SEES_SENT,
	  .show = send_show, .template = "send", .title = "Send", .section = "/send" },
	{ .path = "/send/*", .methods = GET, .role = SEES_SENT,
	  .show = send_one_show,
	  .template = "send_progress", .title = "Send", .section = "/send" },
	{ .path = "/send/*", .methods = POST, .role = ROLE_OPERATOR, .writes = true,
	  .form = send_form, .show = send_one_show, .act = send_one_act,
	  .template = "send_progress", .title = "Send", .section = "/send" },
	{ .path = "/cancel/*", .methods = POST, .role = SEES_DATA, .writes = true,
	  .act = cancel_act, .section = "/send" },
	{ .path = "/record/*", .methods = GET, .role = SEES_SENT,
	  .show = record_show },
	{ .path = "/jobdata", .methods = GET, .role = SEES_JOBS,
	  .show = jobdata_show,
	  .template = "jobdata", .title = "Job data", .section = "/jobdata" },
	{ .path = "/jobdata", .methods = POST, .role = ROLE_JOB_DATA, .writes = true,
	  .form = jobdata_form, .show = jobdata_show, .act = jobdata_act,
	  .template = "jobdata", .title = "Job data", .section = "/jobdata" },
	{ .path = "/jobdata/*", .methods = GET, .role = SEES_JOBS,
	  .query = done_query, .show = jobdata_one_show,
	  .template = "jobdata_summary", .title = "Job data", .section = "/jobdata" },
	{ .path = "/jobdata/send/*", .methods = POST, .role = ROLE_JOB_DATA, .writes = true,
	  .form = jobdata_sign_form, .show = jobdata_one_show, .act = jobdata_send_act,
	  .template = "jobdata_summary", .title = "Job data", .section = "/jobdata" },
	{ .path = "/jobdata/agree/*", .methods = POST, .role = ROLE_JOB_DATA, .writes = true,
	  .form = jobdata_sign_form, .show = jobdata_one_show, .act = jobdata_agree_act,
	  .template = "jobdata_summary", .title = "Job data", .section = "/jobdata" },
	{ .path = "/jobdata/cancel/*", .methods = POST, .role = CANCELS_JOBS, .writes = true,
	  .act = jobdata_cancel_act, .section = "/jobdata" },
	{ .path = "/jobdata/file/*", .methods = POST, .role = ROLE_JOB_DATA, .writes = true,
	  .form = jobdata_file_form, .takes_file = true, .act = jobdata_file_act, .section = "/jobdata" },
	{ .path = "/jobdata/ask/*", .methods = POST, .role = ROLE_JOB_DATA, .writes = true,
	  .form = jobdata_ask_form, .act = jobdata_ask_act, .section = "/jobdata" },
	{ .path = "/jobdata/record/*", .methods = GET, .role = SEES_JOBS,
	  .show = jobdata_record_show },
	{ .path = "/log", .methods = GET, .role = READS_LOG,
	  .query = log_query, .show = log_show,
	  .template = "log", .title = "Transaction log", .section = "/log" },
	{ .path = "/log/export", .methods = GET, .role = READS_LOG,
	  .query = log_export_query, .show = log_export_show },
	{ .path = "/log/head", .methods = GET, .role = READS_LOG,
	  .show = log_head_show },
	{ .path = "/log/verify", .methods = GET, .role = READS_LOG,
	  .show = log_verify_show,
	  .template = "log_verify", .title = "Verify the log", .section = "/log" },
	{ .path = "/log/server", .methods = GET, .role = READS_LOG,
	  .query = done_query, .show = log_server_show,
	  .template = "log_server", .title = "The log and the server", .section = "/log" },
	{ .path = "/log/server", .methods = POST, .role = SETS_UP, .writes = true,
	  .form = log_server_form, .show = log_server_show, .act = log_server_act,
	  .template = "log_server", .title = "The log and the server", .section = "/log" },
	{ .path = "/log/*", .methods = GET, .role = READS_LOG,
	  .show = log_entry_show,
	  .template = "log_entry", .title = "Log entry", .section = "/log" },
	{ .path = "/catalogue", .methods = GET, .role = ROLE_SIGNED_IN,
	  .show = catalogue_show,
	  .template = "catalogue", .title = "What this device can send", .section = "/about" },
	{ .path = "/network", .methods = GET, .role = ROLE_SIGNED_IN,
	  .show = network_show,
	  .template = "network", .title = "Network", .section = "/network" },
	{ .path = "/network/test", .methods = GET, .role = ROLE_SIGNED_IN,
	  .query = network_query, .show = network_test_show,
	  .template = "network_test", .title = "Connection test", .section = "/network" },
	{ .path = "/network/test", .methods = POST, .role = ROLE_ADMIN, .writes = true,
	  .form = network_test_form, .show = network_test_show, .act = network_test_act,
	  .template = "network_test", .title = "Connection test", .section = "/network" },
	{ .path = "/network/certificate", .methods = GET, .role = ROLE_SIGNED_IN,
	  .query = network_query, .show = network_certificate_show,
	  .template = "network_certificate", .title = "Certificate of this device", .section = "/network" },
	{ .path = "/network/certificate", .methods = POST, .role = ROLE_ADMIN, .writes = true,
	  .form = network_certificate_form, .show = network_certificate_show, .act = network_certificate_act,
	  .template = "network_certificate", .title = "Certificate of this device", .section = "/network" },
	{ .path = "/network/checkins", .methods = GET, .role = ROLE_SIGNED_IN,
	  .query = network_query, .show = network_checkins_show,
	  .template = "network_checkins", .title = "Check-ins", .section = "/network" },
	{ .path = "/network/checkins", .methods = POST, .role = ROLE_ADMIN, .writes = true,
	  .form = network_checkins_form, .show = network_checkins_show, .act = network_checkins_act,
	  .template = "network_checkins", .title = "Check-ins", .section = "/network" },
	{ .path = "/network/checkins/*", .methods = GET, .role = ROLE_SIGNED_IN,
	  .show = network_checkin_show,
	  .template = "network_checkin", .title = "Check-in", .section = "/network" },
	{ .path = "/network/limits", .methods = GET, .role = ROLE_SIGNED_IN,
	  .query = done_query, .show = network_limits_show,
	  .template = "network_limits", .title = "What may leave, and when", .section = "/network" },
	{ .path = "/network/limits", .methods = POST, .role = ROLE_ADMIN, .writes = true,
	  .form = network_limits_form, .show = network_limits_show, .act = network_limits_act,
	  .template = "network_limits", .title = "What may leave, and when", .section = "/network" },
	{ .path = "/instructions", .methods = GET, .role = ROLE_SIGNED_IN,
	  .query = done_query, .show = instructions_show,
	  .template = "instructions", .title = "Instructions", .section = "/network" },
	{ .path = "/instructions", .methods = POST, .role = DECIDES_INSTRUCTIONS, .writes = true,
	  .form = instructions_form, .show = instructions_show, .act = instructions_act,
	  .template = "instructions", .title = "Instructions", .section = "/network" },
	{ .path = "/settings", .methods = GET, .role = ROLE_SIGNED_IN,
	  .query = done_query, .show = settings_show,
	  .template = "settings", .title = "Settings", .section = "/settings" },
	{ .path = "/settings", .methods = POST, .role = SETS_UP, .writes = true,
	  .form = settings_form, .show = settings_show, .act = settings_act,
	  .template = "settings", .title = "Settings", .section = "/settings" },
	{ .path = "/about", .methods = GET, .role = ROLE_ANYBODY,
	  .show = about_show, .template = "about", .title = "About", .section = "/about" },
	{ .path = "/help", .methods = GET, .role = ROLE_ANYBODY,
	  .show = help_show, .template = "help", .title = "Help" },
	{ .path = NULL },
};
/* clang-format on */
