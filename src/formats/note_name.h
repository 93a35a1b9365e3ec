#ifndef SLUICE_FORMATS_NOTE_NAME_H
#define SLUICE_FORMATS_NOTE_NAME_H

#include <stdbool.h>
#include <stddef.h>

/*
 * May this be the name of a note key: 1..128 bytes of UTF-8, no white space
 * (Unicode's), no control character, no "+"? Private to formats/note*.c.
 */
bool note_name_valid(const char *name, size_t len);

#endif
