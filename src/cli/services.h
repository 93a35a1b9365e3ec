#ifndef SLUICE_CLI_SERVICES_H
#define SLUICE_CLI_SERVICES_H

#include <stdio.h>

#include "domain/consent.h"

/* What a person reads before he decides on a service or a gate. */
void services_put_words(FILE *out, const struct consent *consent);

#endif
