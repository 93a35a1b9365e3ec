#ifndef SLUICE_COLLECTORS_JOB_TYPE_H
#define SLUICE_COLLECTORS_JOB_TYPE_H

#include <stddef.h>

/* So many first bytes are enough to tell. */
#define JOB_TYPE_BYTES 32

/*
 * The media type that the first bytes of a job tell; what they do not tell is
 * "application/octet-stream". Never NULL.
 */
const char *job_type_of(const void *data, size_t len);

#endif
