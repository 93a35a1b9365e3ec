#ifndef SLUICE_TESTS_SUPPORT_FAULT_LIST_H
#define SLUICE_TESTS_SUPPORT_FAULT_LIST_H

#include <stdbool.h>
#include <stdint.h>

/* Faults that servers of tests are given: "name,name=value". */
#define FAULT_VALUE_SIZE 128

/* Is this fault in the list? value may be NULL. */
bool fault_list_has(const char *faults, const char *name,
		    char value[FAULT_VALUE_SIZE]);

/* Its number, or otherwise; ends the program when it is none. */
uint64_t fault_list_number(const char *faults, const char *name,
			   uint64_t otherwise);

#endif
