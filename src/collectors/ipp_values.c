/*
 * IPP attributes as text for the writer of collectors. Whatever kind a
 * printer gives a value, it becomes text or nothing; whether that text is a
 * value of the field is for the reader on the other side to say.
 */
#include "collectors/ipp_values.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

int ipp_value_count(ipp_attribute_t *attr)
{
	int count = attr != NULL ? ippGetCount(attr) : 0;
	return count < FIELD_REPEAT_MAX ? count : FIELD_REPEAT_MAX;
}

static bool is_out_of_band(ipp_tag_t tag)
{
	/* RFC 8010, section 3.5.2: unsupported, unknown, no-value and more */
	return tag >= IPP_TAG_UNSUPPORTED_VALUE && tag <= IPP_TAG_ADMINDEFINE;
}

static void copy(char dst[IPP_VALUE_SIZE], const void *src, size_t len)
{
	if (len >= IPP_VALUE_SIZE) {
		len = IPP_VALUE_SIZE - 1;
	}
	memcpy(dst, src, len);
	dst[len] = '\0';
}

static bool string_text(ipp_attribute_t *attr, int n, char dst[IPP_VALUE_SIZE])
{
	const char *text = ippGetString(attr, n, NULL);

	if (text == NULL) {
		return false;
	}
	copy(dst, text, strlen(text));
	return true;
}

static bool octets_text(ipp_attribute_t *attr, int n, char dst[IPP_VALUE_SIZE])
{
	int len = 0;
	const void *octets = ippGetOctetString(attr, n, &len);

	if (octets == NULL || len < 0) {
		return false;
	}
	copy(dst, octets, (size_t)len);
	return true;
}

/*
 * DateAndTime of RFC 2579: year in two octets, month, day, hour, minute,
 * second, tenths, direction from UTC, hours and minutes of it. Not with
 * ippDateToTime(), which takes the zone of this machine for the printer's.
 */
static bool date_utc(const ipp_uchar_t date[11], int64_t *utc)
{
	char text[64];
	int64_t local;
	int second = date[6] == 60 ? 59 : date[6]; /* a leap second */
	(void)snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ",
		       date[0] << 8 | date[1], date[2], date[3], date[4],
		       date[5], second);
	if ((date[8] != '+' && date[8] != '-') || date[9] > 14 ||
	    date[10] > 59 || !clock_parse(text, &local)) {
		return false;
	}
	int64_t offset = date[9] * 3600 + date[10] * 60;
	*utc = date[8] == '+' ? local - offset : local + offset;
	return *utc > 0 && *utc <= INT64_C(253402300799); /* year 9999 */
}

static bool date_text(ipp_attribute_t *attr, int n, char dst[IPP_VALUE_SIZE])
{
	const ipp_uchar_t *date = ippGetDate(attr, n);
	int64_t utc;

	if (date == NULL) {
		return false;
	}
	if (!date_utc(date, &utc)) {
		copy(dst, "unknown", 7);
		return true;
	}
	clock_format(dst, utc);
	return true;
}

bool ipp_value_text(ipp_attribute_t *attr, int n, char dst[IPP_VALUE_SIZE])
{
	if (attr == NULL) {
		return false;
	}
	ipp_tag_t tag = ippGetValueTag(attr);
	if (is_out_of_band(tag)) {
		copy(dst, "unknown", 7);
		return true;
	}
	if (n >= ippGetCount(attr)) {
		return false;
	}
	switch (tag) {
	case IPP_TAG_INTEGER:
	case IPP_TAG_ENUM:
		snprintf(dst, IPP_VALUE_SIZE, "%d", ippGetInteger(attr, n));
		return true;
	case IPP_TAG_BOOLEAN:
		copy(dst, ippGetBoolean(attr, n) ? "true" : "false",
		     ippGetBoolean(attr, n) ? 4 : 5);
		return true;
	case IPP_TAG_DATE:
		return date_text(attr, n, dst);
	case IPP_TAG_STRING:
		return octets_text(attr, n, dst);
	default:
		return string_text(attr, n, dst);
	}
}

ipp_attribute_t *ipp_value_find(ipp_t *ipp, const char *name)
{
	return ippFindAttribute(ipp, name, IPP_TAG_ZERO);
}

void ipp_put_value(struct collected_writer *w, const char *name, ipp_t *ipp,
		   const char *attr)
{
	char text[IPP_VALUE_SIZE];

	if (ipp_value_text(ipp_value_find(ipp, attr), 0, text)) {
		collected_writer_field(w, name, text, NULL, attr);
	}
}

void ipp_put_values(struct collected_writer *w, const char *name, ipp_t *ipp,
		    const char *attr)
{
	ipp_attribute_t *found = ipp_value_find(ipp, attr);
	int count = ipp_value_count(found);

	for (int i = 0; i < count; i++) {
		char text[IPP_VALUE_SIZE];
		if (ipp_value_text(found, i, text)) {
			collected_writer_field(w, name, text, NULL, attr);
		}
	}
}

bool ipp_put_count(struct collected_writer *w, const char *name, ipp_t *ipp,
		   const char *attr, const char *unit)
{
	char text[IPP_VALUE_SIZE];
	uint64_t value;

	if (!ipp_value_text(ipp_value_find(ipp, attr), 0, text)) {
		return false;
	}
	bool known = text_parse_u64(text, 0, INT64_MAX, &value);
	collected_writer_field(w, name, known ? text : "unknown", unit, attr);
	return true;
}

void ipp_put_level(struct collected_writer *w, const char *name,
		   const char *text, const char *unit, const char *source)
{
	static const char *const meanings[] = { "other", "unknown", "some" };
	int64_t value;
	char number[24];

	if (text == NULL) {
		return;
	}
	if (!text_parse_i64(text, -3, INT64_MAX, &value)) {
		value = -2;
	}
	snprintf(number, sizeof(number), "%lld", (long long)value);
	collected_writer_field(w, name,
			       value < 0 ? meanings[-value - 1] : number, unit,
			       source);
}
