/*
 * Status: what the printer does right now. The machine says some of it in
 * free text, and that names people and documents ("printing ... for ..."): the
 * message and the panel text say something about jobs and never leave, nor do
 * job counts.
 */
#include "documents/document.h"

static const struct field fields[] = {
	{ .path = "PrinterState",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .required = true,
	  .choices = "idle processing stopped unknown",
	  .source = "printer-state",
	  .purpose = "Ready, working or stopped" },
	{ .path = "PrinterStateReasons",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .repeats = true,
	  .source = "printer-state-reasons",
	  .purpose = "Why, in standard words: media-jam, toner-low" },
	{ .path = "PrinterStateMessage",
	  .type = TYPE_TEXT,
	  .class = CLASS_JOB,
	  .source = "printer-state-message",
	  .purpose =
		  "Free text that may name a job; never leaves the printer" },
	{ .path = "PrinterStateChangeTime",
	  .type = TYPE_TIME,
	  .class = CLASS_MACHINE,
	  .source = "printer-state-change-date-time",
	  .purpose = "Since when" },
	{ .path = "PrinterIsAcceptingJobs",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .choices = "true false unknown",
	  .source = "printer-is-accepting-jobs",
	  .purpose = "Whether it takes work" },
	{ .path = "PrinterUpTime",
	  .type = TYPE_COUNTER,
	  .class = CLASS_MACHINE,
	  .unit = "seconds",
	  .source = "printer-up-time",
	  .purpose = "Time since it was switched on" },
	{ .path = "DeviceStatus",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .choices = "unknown running warning testing down",
	  .source = "hrDeviceStatus",
	  .purpose = "The state as the Host Resources MIB tells it" },
	{ .path = "PrinterStatus",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .choices = "other unknown idle printing warmup",
	  .source = "hrPrinterStatus",
	  .purpose = "Idle, printing or warming up" },
	{ .path = "DetectedErrorState",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .repeats = true,
	  .choices = "low-paper no-paper low-toner no-toner door-open jammed "
		     "offline service-requested input-tray-missing "
		     "output-tray-missing marker-supply-missing "
		     "output-near-full output-full input-tray-empty "
		     "overdue-preventive-maintenance",
	  .source = "hrPrinterDetectedErrorState",
	  .purpose = "What the engine complains about" },
	{ .path = "ConsoleText",
	  .type = TYPE_TEXT,
	  .class = CLASS_JOB,
	  .repeats = true,
	  .source = "prtConsoleDisplayBufferText",
	  .purpose =
		  "What the panel shows, which may name a job; never leaves" },
	{ .path = "QueuedJobCount",
	  .type = TYPE_COUNTER,
	  .class = CLASS_JOB,
	  .source = "queued-job-count",
	  .purpose = "Says something about jobs; never leaves the printer" },
	{ .path = NULL },
};

const struct document document_status = {
	.kind = DOCUMENT_STATUS,
	.name = "Status",
	.title = "Status",
	.purpose = "What the printer does now and what it complains about.",
	.fields = fields,
};
