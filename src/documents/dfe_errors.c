/*
 * DFE Errors: what the digital front end recorded. Classes and terms are
 * those of Notification in JMF: Class, ReturnCode, TimeStamp, Component. Its
 * comment is free text in which jobs are named: it is never sent, nor is the
 * job's id.
 */
#include "documents/document.h"

static const struct field fields[] = {
	{ .path = "Error",
	  .type = TYPE_GROUP,
	  .class = CLASS_MACHINE,
	  .repeats = true,
	  .source = "collector",
	  .purpose = "Each error" },
	{ .path = "Error/Index",
	  .type = TYPE_COUNTER,
	  .class = CLASS_MACHINE,
	  .source = "collector",
	  .purpose = "Which one" },
	{ .path = "Error/TimeStamp",
	  .type = TYPE_TIME,
	  .class = CLASS_MACHINE,
	  .required = true,
	  .moment = true,
	  .source = "Notification/TimeStamp",
	  .purpose = "When it happened" },
	{ .path = "Error/Class",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .required = true,
	  .choices = "Event Information Warning Error Fatal",
	  .source = "Notification/Class",
	  .purpose = "How grave it was" },
	{ .path = "Error/ReturnCode",
	  .type = TYPE_INTEGER,
	  .class = CLASS_MACHINE,
	  .source = "Notification/ReturnCode",
	  .purpose = "Number of the error" },
	{ .path = "Error/Component",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .source = "Notification/Component",
	  .purpose = "Which part of the front end" },
	{ .path = "Error/Comment",
	  .type = TYPE_TEXT,
	  .class = CLASS_JOB,
	  .source = "Notification/Comment",
	  .purpose =
		  "Free text that may name a job; never leaves the printer" },
	{ .path = "Error/HostName",
	  .type = TYPE_TOKEN,
	  .class = CLASS_NETWORK,
	  .source = "Notification/SenderID",
	  .purpose = "Which computer sent what went wrong" },
	{ .path = "Error/JobId",
	  .type = TYPE_TOKEN,
	  .class = CLASS_JOB,
	  .source = "Notification/JobID",
	  .purpose = "Says something about jobs; never leaves the printer" },
	{ .path = NULL },
};

const struct document document_dfe_errors = {
	.kind = DOCUMENT_DFE_ERRORS,
	.name = "DfeErrors",
	.title = "DFE Errors",
	.purpose = "Errors that the digital front end recorded.",
	.fields = fields,
};
