# What a flow must not depend on: the language, time zone, proxies, permissions
# of new files, folder for temporary files and input of whoever runs it.
# Sourced by lib.sh, server_common.sh and the browser test.
export LC_ALL=C TZ=UTC0
unset LANGUAGE POSIXLY_CORRECT CDPATH GREP_OPTIONS \
	http_proxy https_proxy ftp_proxy all_proxy no_proxy \
	HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY \
	OPENSSL_CONF SSL_CERT_FILE SSL_CERT_DIR CUPS_SERVER \
	SLUICE_CONF SLUICE_SERVER_CONF
umask 022
# Closed, its number would be given to the next file that is opened.
exec </dev/null
# Sockets want a short path, lists of words in configuration one without blanks.
case ${TMPDIR:=/tmp} in
*[!A-Za-z0-9/._-]* | [!/]* | ?????????????????????????????????????????*)
	TMPDIR=/tmp
	;;
esac
export TMPDIR
