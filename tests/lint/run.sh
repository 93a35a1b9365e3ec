#!/bin/sh
# Runs every lint over the tree; says which refused.
# usage: tests/lint/run.sh [TREE]
set -u
here=$(cd "$(dirname "$0")" && pwd)
tree=${1:-$here/../..}

status=0
for lint in layers size pages html globals words docs tested modes format; do
	said=$("$here/$lint.sh" "$tree" 2>&1)
	case $? in
	0) echo "ok      $lint" ;;
	77) echo "skipped $lint: $said" ;;
	*)
		printf 'REFUSED %s\n%s\n' "$lint" "$said"
		status=1
		;;
	esac
done
exit $status
