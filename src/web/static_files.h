#ifndef SLUICE_WEB_STATIC_FILES_H
#define SLUICE_WEB_STATIC_FILES_H

/*
 * Checksum over www/static, made by the build. Pages link to static files as
 * "/static/NAME?v=VERSION", so that browsers may keep them for ever.
 */
extern const char static_files_version[];

#endif
