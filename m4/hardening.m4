# SLUICE_TRY_LDFLAGS(VARIABLE, FLAGS): as SLUICE_TRY_CFLAGS, for the linker.
AC_DEFUN([SLUICE_TRY_LDFLAGS], [
	for sluice_flag in m4_normalize([$2]); do
		AC_MSG_CHECKING([whether the linker takes $sluice_flag])
		sluice_save=$LDFLAGS
		sluice_save_cflags=$CFLAGS
		CFLAGS="$CFLAGS $HARDENING_CFLAGS $SANITIZER_CFLAGS"
		LDFLAGS="$LDFLAGS -Werror $sluice_flag"
		AC_LINK_IFELSE([AC_LANG_PROGRAM()],
			[AC_MSG_RESULT([yes])
			$1="$$1 $sluice_flag"],
			[AC_MSG_RESULT([no])])
		LDFLAGS=$sluice_save
		CFLAGS=$sluice_save_cflags
	done
])

# SLUICE_USE_SANITIZERS: sets SANITIZER_CFLAGS (also for linking), FUZZ_LDFLAGS.
AC_DEFUN([SLUICE_USE_SANITIZERS], [
	SANITIZER_CFLAGS=
	FUZZ_LDFLAGS=
	AS_IF([test "$enable_fuzzing" = yes], [
		enable_sanitizers=yes
		SANITIZER_CFLAGS="-fsanitize=fuzzer-no-link"
		FUZZ_LDFLAGS="-fsanitize=fuzzer"
	])
	AS_IF([test "$enable_sanitizers" = yes], [
		SANITIZER_CFLAGS="$SANITIZER_CFLAGS -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all"
		sluice_save=$CFLAGS
		CFLAGS="$CFLAGS $SANITIZER_CFLAGS"
		AC_MSG_CHECKING([whether $CC links with the sanitizers])
		AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AC_MSG_RESULT([yes])],
			[AC_MSG_RESULT([no])
			AC_MSG_ERROR([$CC has not the sanitizers that were asked for])])
		CFLAGS=$sluice_save
		AC_DEFINE([SLUICE_SANITIZERS], [1],
			[Built with AddressSanitizer and UBSan])
	])
	AC_SUBST([SANITIZER_CFLAGS])
	AC_SUBST([FUZZ_LDFLAGS])
])

# SLUICE_STATIC: sets STATIC_CFLAGS, STATIC_LDFLAGS: one binary without what
# nobody calls. Packed relocations save 130 kB, but only glibc from 2.36 on
# unpacks them before main().
AC_DEFUN([SLUICE_STATIC], [
	SLUICE_TRY_CFLAGS([STATIC_CFLAGS], [-ffunction-sections
		-fdata-sections -fno-asynchronous-unwind-tables])
	SLUICE_TRY_LDFLAGS([STATIC_LDFLAGS], [-static-pie])
	AS_IF([test -z "$STATIC_LDFLAGS"], [STATIC_LDFLAGS=-static])
	SLUICE_TRY_LDFLAGS([STATIC_LDFLAGS], [-Wl,--gc-sections])
	sluice_script=
	SLUICE_TRY_LDFLAGS([sluice_script], [-Wl,-T,$srcdir/m4/static.ld])
	AS_IF([test -n "$sluice_script"],
		[STATIC_LDFLAGS="$STATIC_LDFLAGS -Wl,--no-eh-frame-hdr -Wl,-T,\$(top_srcdir)/m4/static.ld"])
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <limits.h>
#if !defined __GLIBC__ || __GLIBC__ * 100 + __GLIBC_MINOR__ < 236
#error not known to unpack
#endif]])],
		[SLUICE_TRY_LDFLAGS([STATIC_LDFLAGS],
			[-Wl,-z,pack-relative-relocs])])
])

# SLUICE_CHECK_SQLITE_LESS: sets have_sqlite_less when a static program links
# with src/store/db_sqlite_less.c in place of the members of SQLite's archive
# that it stands for; another make of the archive has the names twice.
AC_DEFUN([SLUICE_CHECK_SQLITE_LESS], [
	AC_MSG_CHECKING([whether SQLite links without what is not used])
	sluice_save=$CFLAGS
	sluice_save_libs=$LIBS
	CFLAGS="$CFLAGS $HARDENING_CFLAGS $SANITIZER_CFLAGS -fno-builtin $SQLITE_CFLAGS -static-pie"
	LIBS="$SQLITE_LIBS $LIBS"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([[
#include <sqlite3.h>
#include "$srcdir/src/store/db_sqlite_less.c"
]], [[
	sqlite3 *db;
	return sqlite3_open(":memory:", &db);
]])], [have_sqlite_less=yes])
	CFLAGS=$sluice_save
	LIBS=$sluice_save_libs
	AC_MSG_RESULT([$have_sqlite_less])
])

# SLUICE_HARDENING: sets HARDENING_CPPFLAGS, HARDENING_CFLAGS,
# HARDENING_LDFLAGS and PIE_LDFLAGS (for ordinary programs).
AC_DEFUN([SLUICE_HARDENING], [
	HARDENING_CPPFLAGS=
	HARDENING_CFLAGS=
	HARDENING_LDFLAGS=
	PIE_LDFLAGS=
	STATIC_CFLAGS=
	STATIC_LDFLAGS=
	SLUICE_TRY_CFLAGS([HARDENING_CFLAGS], [-fstack-protector-strong
		-fstack-clash-protection -fcf-protection -fPIE])
	SLUICE_TRY_LDFLAGS([HARDENING_LDFLAGS],
		[-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack])
	SLUICE_TRY_LDFLAGS([PIE_LDFLAGS], [-pie])
	AS_IF([test "$enable_static_binary" = yes], [SLUICE_STATIC])
	# The sanitizers check more than FORTIFY_SOURCE and clash with it;
	# without optimisation it does nothing but warn.
	AS_IF([test "$enable_sanitizers" != yes], [
		AC_CACHE_CHECK([whether _FORTIFY_SOURCE=2 is to be set],
			[sluice_cv_fortify], [
			sluice_save=$CPPFLAGS
			CPPFLAGS="$CPPFLAGS -Werror -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"
			AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]])],
				[sluice_cv_fortify=yes], [sluice_cv_fortify=no])
			CPPFLAGS=$sluice_save
		])
		AS_IF([test "$sluice_cv_fortify" = yes],
			[HARDENING_CPPFLAGS="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"])
	])
	AC_SUBST([HARDENING_CPPFLAGS])
	AC_SUBST([HARDENING_CFLAGS])
	AC_SUBST([HARDENING_LDFLAGS])
	AC_SUBST([PIE_LDFLAGS])
	AC_SUBST([STATIC_CFLAGS])
	AC_SUBST([STATIC_LDFLAGS])
])
