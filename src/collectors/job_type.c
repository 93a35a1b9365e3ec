/*
 * What kind of data a job is, by its first bytes. A help for the person who
 * chooses, no more: nothing depends on it, and nothing is parsed.
 */
#include "collectors/job_type.h"

#include <stdbool.h>
#include <string.h>

static const struct {
	const char *first;
	size_t len;
	const char *type;
} kinds[] = {
#define ROW(first, type)                       \
	{                                      \
		first, sizeof(first) - 1, type \
	}
	ROW("%PDF-", "application/pdf"),
	ROW("%!", "application/postscript"),
	ROW("\004%!", "application/postscript"), /* after a Control-D */
	/* Job language around PostScript or PCL; HP, "PJL Technical Reference" */
	ROW("\033%-12345X", "application/vnd.hp-pcl"),
	ROW("@PJL", "application/vnd.hp-pcl"),
	ROW("\033E", "application/vnd.hp-pcl"),
	ROW(") HP-PCL XL", "application/vnd.hp-pclxl"),
	ROW("RaS2", "image/pwg-raster"), /* PWG 5102.4, section 4 */
	ROW("UNIRAST", "image/urf"),
	ROW("\x89PNG\r\n\x1a\n", "image/png"),
	ROW("\xff\xd8\xff", "image/jpeg"),
	ROW("II*\0", "image/tiff"),
	ROW("MM\0*", "image/tiff"),
#undef ROW
};

const char *job_type_of(const void *data, size_t len)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (len >= kinds[i].len &&
		    memcmp(data, kinds[i].first, kinds[i].len) == 0) {
			return kinds[i].type;
		}
	}
	return "application/octet-stream";
}
