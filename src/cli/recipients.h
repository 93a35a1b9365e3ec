#ifndef SLUICE_CLI_RECIPIENTS_H
#define SLUICE_CLI_RECIPIENTS_H

#include <stdio.h>

#include "formats/recipients.h"

/* A list for people: its head on a line, a table of its recipients. */
void recipients_print(const struct recipients *list, FILE *out);

#endif
