# SLUICE_TRY_CFLAGS(VARIABLE, FLAGS): adds each flag that the compiler takes
# without complaint to the variable.
AC_DEFUN([SLUICE_TRY_CFLAGS], [
	for sluice_flag in m4_normalize([$2]); do
		AC_MSG_CHECKING([whether $CC takes $sluice_flag])
		sluice_save=$CFLAGS
		CFLAGS="$CFLAGS -Werror $sluice_flag"
		AC_COMPILE_IFELSE([AC_LANG_PROGRAM()],
			[AC_MSG_RESULT([yes])
			$1="$$1 $sluice_flag"],
			[AC_MSG_RESULT([no])])
		CFLAGS=$sluice_save
	done
])

# SLUICE_PROG_C11: the sources are C11 with the extensions of GNU C.
AC_DEFUN([SLUICE_PROG_C11], [
	AS_CASE([$ac_cv_prog_cc_c11],
		[no], [AC_MSG_ERROR([a C11 compiler is needed])])
])

# SLUICE_WARNINGS: sets WARNING_CFLAGS.
AC_DEFUN([SLUICE_WARNINGS], [
	WARNING_CFLAGS=
	SLUICE_TRY_CFLAGS([WARNING_CFLAGS], [-Wall -Wextra -Wconversion -Wshadow
		-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
		-Wformat=2 -Wvla -Wundef -Wpointer-arith -Wwrite-strings
		-Wimplicit-fallthrough -Wdate-time])
	AS_IF([test "$enable_werror" = yes],
		[WARNING_CFLAGS="$WARNING_CFLAGS -Werror"])
	AC_SUBST([WARNING_CFLAGS])
])
