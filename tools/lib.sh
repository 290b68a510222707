# SPDX-License-Identifier: Apache-2.0
# lib.sh: what tools/boot, tools/check and tools/deps share; read by them with `.`.
# shellcheck shell=sh
#
# A script sets $script, its name. All that is said goes to stderr: stdout belongs
# to the guest's console.

top=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
preset=${WL_PRESET:-release}
build=$top/build/$preset
[ -z "${WL_CACHE:-}" ] || WL_CACHE=$(readlink -m "$WL_CACHE")
export PATH="$PATH:/usr/sbin:/sbin" # for users whose PATH is without them
jobs=${WL_JOBS:-$(nproc)}
began=$(date +%s)

say() {
	echo "${script:?}: $*" >&2
}

die() { # STATUS TEXT...
	status=$1
	shift
	say "$@"
	exit "$status"
}

usage() { # STATUS: the head of the script itself
	sed -n '3,/^set -eu/{/^set/d;s/^# \{0,1\}//p;}' "$0"
	exit "$1"
}

usage_error() {
	die 64 "$*; see --help"
}

# Debian's own python has Debian's python3-pexpect; one in front of it may not.
python3_path() {
	if [ -x /usr/bin/python3 ]; then
		echo /usr/bin/python3
	else
		command -v python3
	fi
}

elapsed() {
	echo "$(($(date +%s) - began)) s"
}

cache_option() { # nothing, or what tells our programs about $WL_CACHE
	[ -z "${WL_CACHE:-}" ] || echo "--cache=$WL_CACHE"
}

# From a fresh clone to everything built: packages, sources, programs, and the
# translation of kernel and BusyBox. Cheap when there is nothing to do.
set_up() {
	check_paths
	"$top/tools/deps" || exit $?
	configure
	if [ -t 2 ]; then
		cmake --build "$build" --parallel "$jobs" >&2 ||
			die 70 "the build failed; see above"
	else
		# Without a terminal ninja's status lines are but noise.
		cmake --build "$build" --parallel "$jobs" -- --quiet >&2 ||
			die 70 "the build failed; see above"
	fi
	publish
	translate "$build/vmlinux.wasm"
	translate "$build/busybox/busybox"
	say "everything is built ($(elapsed))"
}

# make, the kernel's and others', takes lists of paths apart at blanks, and more.
check_paths() {
	for path in "$top" "${WL_CACHE:-${XDG_CACHE_HOME:-${HOME:-}}}"; do
		case $path in
		*[[:space:]:\;,\"\'\`\\\$\#%\&\(\)\<\>\|\*\?\[\]\!]*)
			die 64 "$path: the path of the clone and of the cache (WL_CACHE)" \
				"may have no blanks, and none of :;,\"'\`\\\$#%&()<>|*?[]!"
			;;
		esac
	done
}

configure() {
	if [ -e "$build/build.ninja" ] &&
		grep -qxF "WL_CACHE:PATH=${WL_CACHE:-}" "$build/CMakeCache.txt"; then
		return 0
	fi
	say "configuring $preset"
	mkdir -p "$build"
	(cd "$top" && cmake --preset "$preset" \
		-DPython3_EXECUTABLE="$(python3_path)" -DWL_CACHE="${WL_CACHE:-}") \
		>"$build/configure.log" 2>&1 || {
		cat "$build/configure.log" >&2
		die 70 "cmake could not configure; see above"
	}
}

# The products under names that do not depend on the preset.
publish() {
	[ -e "$build/vmlinux.wasm" ] ||
		die 64 "the preset $preset makes no guest; WL_PRESET=release does"
	for path in runner/runner tools/translate/wasm2so vmlinux.wasm \
		initramfs.cpio.gz sysroot; do
		name=$(basename "$path")
		if [ "$(readlink "$top/build/$name")" != "$preset/$path" ]; then
			ln -sfn "$preset/$path" "$top/build/$name"
		fi
	done
}

translate() { # FILE
	# shellcheck disable=SC2046
	"$build/tools/translate/wasm2so" $(cache_option) "$1" >/dev/null || exit $?
}
