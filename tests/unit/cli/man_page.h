#ifndef SLUICE_TESTS_UNIT_CLI_MAN_PAGE_H
#define SLUICE_TESTS_UNIT_CLI_MAN_PAGE_H

#include "cli/command.h"

/* A page of the manual as its readers see it, "docs/sluice.1"; mem_free(). */
char *man_page_read(const char *name);

/*
 * Fails the test unless each command of the table has a section on the page,
 * and each option stands in the section of its command.
 */
void man_page_check(const char *page, const struct cli_command *table);

#endif
