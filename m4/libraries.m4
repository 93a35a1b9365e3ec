# SLUICE_LIB(PREFIX, HEADER, LIBRARY, FUNCTION, NAME): a library without a .pc
# file in common distributions. Sets PREFIX_LIBS or stops.
AC_DEFUN([SLUICE_LIB], [
	AC_CHECK_HEADER([$2], [], [AC_MSG_ERROR([header $2 of $5 is missing])])
	AC_CHECK_LIB([$3], [$4], [$1_LIBS=-l$3],
		[AC_MSG_ERROR([library of $5 is missing])])
	AC_SUBST([$1_LIBS])
])

# SLUICE_CHECK_CUPS: sets have_cups, CUPS_CFLAGS, CUPS_LIBS.
AC_DEFUN([SLUICE_CHECK_CUPS], [
	PKG_CHECK_MODULES([CUPS], [cups >= 2.2], [have_cups=yes], [
		AC_PATH_TOOL([CUPS_CONFIG], [cups-config])
		AS_IF([test -n "$CUPS_CONFIG"], [
			CUPS_CFLAGS=$($CUPS_CONFIG --cflags)
			CUPS_LIBS=$($CUPS_CONFIG --libs)
			AC_CHECK_HEADER([cups/cups.h], [have_cups=yes])
		])
	])
	AC_SUBST([CUPS_CFLAGS])
	AC_SUBST([CUPS_LIBS])
])

# SLUICE_CHECK_NETSNMP: sets have_netsnmp, NETSNMP_CFLAGS, NETSNMP_LIBS.
AC_DEFUN([SLUICE_CHECK_NETSNMP], [
	PKG_CHECK_MODULES([NETSNMP], [netsnmp >= 5.9], [have_netsnmp=yes], [
		AC_PATH_TOOL([NETSNMP_CONFIG], [net-snmp-config])
		AS_IF([test -n "$NETSNMP_CONFIG"], [
			NETSNMP_LIBS=$($NETSNMP_CONFIG --netsnmp-libs)
			AC_CHECK_HEADER([net-snmp/net-snmp-config.h],
				[have_netsnmp=yes])
		])
	])
	AC_SUBST([NETSNMP_CFLAGS])
	AC_SUBST([NETSNMP_LIBS])
])
