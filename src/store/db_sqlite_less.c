/*
 * Parts of SQLite that the device never uses, answered by nothing: full-text
 * and R-tree tables, statistics tables, and the mathematical functions of SQL.
 * For the static binary alone, where they would be 700 kB of flash: SQLite's
 * archive asks for these names, finds them here, and the linker takes none of
 * its members for them. Such a function gives NULL, such a table cannot be
 * made. configure links a program that way first, and leaves this file out
 * when the archive is of another make. Whoever opens the database with a tool
 * of his own has the whole of SQLite there.
 */
#include <math.h>

/* Those of SQLite; its headers do not name them. 0 is SQLITE_OK. */
int sqlite3Fts3Init(void *db);
int sqlite3Fts5Init(void *db);
int sqlite3RtreeInit(void *db);
int sqlite3DbstatRegister(void *db);
int sqlite3StmtVtabInit(void *db);

int sqlite3Fts3Init(void *db)
{
	(void)db;
	return 0;
}

int sqlite3Fts5Init(void *db)
{
	(void)db;
	return 0;
}

int sqlite3RtreeInit(void *db)
{
	(void)db;
	return 0;
}

int sqlite3DbstatRegister(void *db)
{
	(void)db;
	return 0;
}

int sqlite3StmtVtabInit(void *db)
{
	(void)db;
	return 0;
}

/* No number: SQLite makes NULL of it. */
#define NONE_OF_ONE(name)           \
	double(name)(double x)      \
	{                           \
		(void)x;            \
		return (double)NAN; \
	}
#define NONE_OF_TWO(name)                \
	double(name)(double x, double y) \
	{                                \
		(void)x;                 \
		(void)y;                 \
		return (double)NAN;      \
	}

NONE_OF_ONE(acos)
NONE_OF_ONE(acosh)
NONE_OF_ONE(asin)
NONE_OF_ONE(asinh)
NONE_OF_ONE(atan)
NONE_OF_ONE(atanh)
NONE_OF_ONE(cos)
NONE_OF_ONE(cosh)
NONE_OF_ONE(exp)
NONE_OF_ONE(log)
NONE_OF_ONE(sin)
NONE_OF_ONE(sinh)
NONE_OF_ONE(sqrt)
NONE_OF_ONE(tan)
NONE_OF_ONE(tanh)
NONE_OF_ONE(trunc)
NONE_OF_TWO(atan2)
NONE_OF_TWO(fmod)
NONE_OF_TWO(pow)
