/*
 * Local time by the C library, which knows the zone files of the system, POSIX
 * rules, and the days on which clocks change. Only the distance to UTC is
 * asked for; what hours mean is domain/timetable's.
 */
#include "base/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void zone_load(const char *name)
{
	if (name[0] != '\0') {
		(void)setenv("TZ", name, 1);
	}
	tzset();
}

int64_t zone_offset(int64_t utc)
{
	time_t at = (time_t)utc;
	struct tm local;
	return localtime_r(&at, &local) != NULL ? (int64_t)local.tm_gmtoff : 0;
}

const char *zone_name(char dst[ZONE_NAME_SIZE], int64_t offset)
{
	unsigned minutes = (unsigned)((offset < 0 ? -offset : offset) / 60);
	if (minutes == 0) {
		(void)snprintf(dst, ZONE_NAME_SIZE, "UTC");
	} else {
		(void)snprintf(dst, ZONE_NAME_SIZE, "UTC%c%02u:%02u",
			       offset < 0 ? '-' : '+', minutes / 60 % 100,
			       minutes % 60);
	}
	return dst;
}
