# As installed: programs and static files where two users that every Debian has
# can reach them, who stand for sluice and sluice-web. Sourced after lib.sh.
daemon_user=daemon
pages_user=www-data
chmod 755 "$flow_dir"
parts_device_options="--user $daemon_user --pages-user $pages_user"
mkdir "$flow_dir/bin"
cp "$parts_build/sluice" "$parts_build/sluice-server" \
	"$parts_build/sluice-collect-sim" "$parts_build/sluice-jobs-folder" \
	"$flow_dir/bin/"
cp -r "$parts_top/www/static" "$flow_dir/static"
parts_sluice=$flow_dir/bin/sluice
parts_collectors=$flow_dir/bin
parts_static=$flow_dir/static

as() {
	local user=$1
	shift
	setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups "$@"
}
