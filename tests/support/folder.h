#ifndef SLUICE_TESTS_SUPPORT_FOLDER_H
#define SLUICE_TESTS_SUPPORT_FOLDER_H

#include <stddef.h>

/* A new empty folder for one test; fails the test when it cannot. */
void folder_make(char *path, size_t size);

/* Removes it with all below. */
void folder_remove(const char *path);

#endif
