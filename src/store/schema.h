#ifndef SLUICE_STORE_SCHEMA_H
#define SLUICE_STORE_SCHEMA_H

#include "base/embedded.h"

/* The files of src/store/schema, by name; made by the build. */
extern const struct embedded store_schema[];

#endif
