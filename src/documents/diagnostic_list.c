/*
 * Diagnostic List: which test procedures were run, by whom and how they
 * ended. The name of the technician and what he noted are personal.
 */
#include "documents/document.h"

static const struct field fields[] = {
	{ .path = "Procedure",
	  .type = TYPE_GROUP,
	  .class = CLASS_MACHINE,
	  .repeats = true,
	  .source = "collector",
	  .purpose = "Each procedure that was run" },
	{ .path = "Procedure/Id",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .required = true,
	  .source = "collector",
	  .purpose = "Which procedure" },
	{ .path = "Procedure/StartTime",
	  .type = TYPE_TIME,
	  .class = CLASS_MACHINE,
	  .required = true,
	  .moment = true,
	  .source = "collector",
	  .purpose = "When it began" },
	{ .path = "Procedure/EndTime",
	  .type = TYPE_TIME,
	  .class = CLASS_MACHINE,
	  .source = "collector",
	  .purpose = "When it ended" },
	{ .path = "Procedure/Result",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .choices = "passed failed aborted skipped unknown",
	  .source = "collector",
	  .purpose = "How it ended" },
	{ .path = "Procedure/OperatorLevel",
	  .type = TYPE_KEYWORD,
	  .class = CLASS_MACHINE,
	  .choices = "untrained trained fieldService management factory "
		     "automatic unknown",
	  .source = "collector",
	  .purpose = "What training it took" },
	{ .path = "Procedure/OperatorName",
	  .type = TYPE_TEXT,
	  .class = CLASS_PERSONAL,
	  .source = "collector",
	  .purpose = "Who ran it" },
	{ .path = "Procedure/Note",
	  .type = TYPE_TEXT,
	  .class = CLASS_PERSONAL,
	  .source = "collector",
	  .purpose = "What was noted, which may name a person" },
	{ .path = NULL },
};

const struct document document_diagnostic_list = {
	.kind = DOCUMENT_DIAGNOSTIC_LIST,
	.name = "DiagnosticList",
	.title = "Diagnostic List",
	.purpose = "Which diagnostic procedures were run and how they ended.",
	.fields = fields,
};
