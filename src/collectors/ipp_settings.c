/*
 * NVM from the *-default attributes that the catalogue lists (RFC 8011,
 * section 5.2, PWG 5100.13). Of Setting only kinds of value that a printer
 * makes itself are taken: a name in the place of a keyword was chosen by
 * somebody, and the field's class would let it pass. Where names belong, the
 * setting is one of the owner's.
 */
#include "collectors/ipp_settings.h"

#include <stdio.h>

#include "collectors/ipp_values.h"

#define TEXT_SIZE 256

static bool keyword_text(ipp_attribute_t *attr, int n, char dst[TEXT_SIZE])
{
	const char *text = ippGetValueTag(attr) == IPP_TAG_KEYWORD
				   ? ippGetString(attr, n, NULL)
				   : NULL;

	return text != NULL && snprintf(dst, TEXT_SIZE, "%s", text) < TEXT_SIZE;
}

/* A keyword, or the name that somebody chose. */
static bool name_text(ipp_attribute_t *attr, int n, char dst[TEXT_SIZE])
{
	ipp_tag_t tag = ippGetValueTag(attr);
	const char *text = tag == IPP_TAG_KEYWORD || tag == IPP_TAG_NAME ||
					   tag == IPP_TAG_NAMELANG
				   ? ippGetString(attr, n, NULL)
				   : NULL;

	return text != NULL && snprintf(dst, TEXT_SIZE, "%s", text) < TEXT_SIZE;
}

/* "normal" for 4, as the registered words go; else the number. */
static bool enum_text(ipp_attribute_t *attr, int n, char dst[TEXT_SIZE])
{
	if (ippGetValueTag(attr) != IPP_TAG_ENUM) {
		return false;
	}
	snprintf(dst, TEXT_SIZE, "%s",
		 ippEnumString(ippGetName(attr), ippGetInteger(attr, n)));
	return true;
}

static bool integer_text(ipp_attribute_t *attr, int n, char dst[TEXT_SIZE])
{
	if (ippGetValueTag(attr) != IPP_TAG_INTEGER) {
		return false;
	}
	snprintf(dst, TEXT_SIZE, "%d", ippGetInteger(attr, n));
	return true;
}

/* IPP counts margins in hundredths of a millimetre. */
static bool margin_text(ipp_attribute_t *attr, int n, char dst[TEXT_SIZE])
{
	if (ippGetValueTag(attr) != IPP_TAG_INTEGER ||
	    ippGetInteger(attr, n) < 0) {
		return false;
	}
	snprintf(dst, TEXT_SIZE, "%lld", ippGetInteger(attr, n) * 10LL);
	return true;
}

static bool resolution_text(ipp_attribute_t *attr, int n, char dst[TEXT_SIZE])
{
	int y = 0;
	ipp_res_t unit = IPP_RES_PER_INCH;

	if (ippGetValueTag(attr) != IPP_TAG_RESOLUTION) {
		return false;
	}
	long long x = ippGetResolution(attr, n, &y, &unit);
	if (x <= 0 || y <= 0 ||
	    (unit != IPP_RES_PER_INCH && unit != IPP_RES_PER_CM)) {
		return false;
	}
	long long factor = unit == IPP_RES_PER_CM ? 254 : 100;
	snprintf(dst, TEXT_SIZE, "%lldx%lld", (x * factor + 50) / 100,
		 (y * factor + 50) / 100);
	return true;
}

struct setting_row {
	const char *attr; /* the setting's Id, too */
	bool (*text)(ipp_attribute_t *attr, int n, char dst[TEXT_SIZE]);
	const char *scale; /* NULL = none */
	bool owner;        /* of OwnerSetting */
};

static const struct setting_row rows[] = {
	{ "copies-default", integer_text, NULL, false },
	{ "finishings-default", enum_text, NULL, false },
	{ "media-bottom-margin-default", margin_text, "micrometers", false },
	{ "number-up-default", integer_text, NULL, false },
	{ "orientation-requested-default", enum_text, NULL, false },
	{ "output-bin-default", name_text, NULL, true },
	{ "print-color-mode-default", keyword_text, NULL, false },
	{ "print-content-optimize-default", keyword_text, NULL, false },
	{ "print-quality-default", enum_text, NULL, false },
	{ "print-rendering-intent-default", keyword_text, NULL, false },
	{ "printer-resolution-default", resolution_text, "dpi", false },
	{ "sides-default", keyword_text, NULL, false },
};

static void put_setting(const struct setting_row *row, const char *text,
			struct collected_writer *w)
{
	collected_writer_group(w, row->owner ? "OwnerSetting" : "Setting");
	collected_writer_field(w, "Id", row->attr, NULL, row->attr);
	collected_writer_field(w, "Value", text, NULL, row->attr);
	if (!row->owner) {
		collected_writer_field(w, "Group", "print-defaults", NULL,
				       NULL);
		collected_writer_field(w, "Scale", row->scale, NULL, NULL);
	}
	collected_writer_group_end(w);
}

void ipp_settings_put(ipp_t *ipp, struct collected_writer *w)
{
	collected_writer_document(w, DOCUMENT_NVM);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ipp_attribute_t *attr = ipp_value_find(ipp, rows[i].attr);
		/* Several, as finishings may have, are a row each. */
		int count = ipp_value_count(attr);
		for (int n = 0; n < count; n++) {
			char text[TEXT_SIZE];
			if (rows[i].text(attr, n, text)) {
				put_setting(&rows[i], text, w);
			}
		}
	}
}
