# SPDX-License-Identifier: Apache-2.0
# lib.sh: what the build scripts of userland/ share; read by them with `.`.
# shellcheck shell=sh
#
# A script sets $script, calls parse_arguments "$@", and finds source, out, home
# (where out will be in the end), work, jobs and top (the repository) set.

die() {
	echo "$script: $*" >&2
	exit 1
}

usage() {
	sed -n '3,/^set -eu/{/^set/d;s/^# \{0,1\}//p;}' "$0"
	exit "$1"
}

step() {
	echo "$script: $*"
}

top=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)

parse_arguments() {
	source=
	out=
	work=
	home=
	jobs=$(nproc)
	sysroot=
	busybox=
	headers=/usr/include
	for arg; do
		value=${arg#*=}
		case $arg in
		--source=*) source=$(readlink -f "$value") ;;
		--out=*) out=$(readlink -m "$value") ;;
		--home=*) home=$(readlink -m "$value") ;;
		--work=*) work=$(readlink -m "$value")/$script.work ;;
		--sysroot=*) sysroot=$(readlink -m "$value") ;;
		--busybox=*) busybox=$(readlink -m "$value") ;;
		--headers=*) headers=$(readlink -m "$value") ;;
		--jobs=*) jobs=$value ;;
		--help) usage 0 ;;
		*)
			echo "$script: $arg is not an option; see --help" >&2
			exit 64
			;;
		esac
	done
	[ -n "$out" ] || die "--out= is missing; see --help"
	[ -z "$(ls -A "$out" 2>/dev/null)" ] ||
		die "$out is there and not empty: delete it, or name another --out="
	# What the environment says is meant for other compilers and programs.
	unset WL_CLANG WL_LD WL_VERBOSE CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH || :
	home=${home:-$out}
	if [ -z "$work" ]; then
		work=$(mktemp -d)
		trap 'rm -rf "$work"' EXIT INT TERM HUP
	fi
	mkdir -p "$work"
	rm -rf "$work/install"
}

# unpack_source NAME: Debian's source, with Debian's patches, in $tree; sets
# $version.
unpack_source() {
	[ -d "$source" ] || die "--source= is no directory; see fetch-source"
	dsc=$(ls "$source/$1"_*.dsc 2>/dev/null | tail -n 1)
	[ -n "$dsc" ] || die "$source has no $1_*.dsc; get it with fetch-source"
	tree=$work/$1
	version=$(sed -n 's/^Version: //p' "$dsc" | head -n 1)
	step "unpacking $(basename "$dsc")"
	rm -rf "$tree"
	dpkg-source --no-check -x "$dsc" "$tree" >"$work/unpack.log" 2>&1 ||
		fail_with_log "$work/unpack.log"
}

# patch_source NAME: our overlay and patches on top of it.
patch_source() {
	if [ -d "$top/userland/$1/overlay" ]; then
		cp -R "$top/userland/$1/overlay/." "$tree/"
	fi
	while read -r patch; do
		[ -n "$patch" ] || continue
		patch -d "$tree" -p1 -s --no-backup-if-mismatch -F0 \
			<"$top/userland/$1/patches/$patch" ||
			die "userland/$1/patches/$patch does not apply; refresh it"
	done <"$top/userland/$1/patches/series"
}

# debug_options NAME: what tells debuggers that the sources are where keep_source
# puts them.
debug_options() {
	echo "-g -fdebug-prefix-map=$tree=$home/source -fmacro-prefix-map=$tree=$1"
}

# keep_source: the sources in $tree become part of the product.
keep_source() {
	mkdir -p "$work/install/source"
	find . \( -name '*.[chsS]' -o -name '*.in' \) -print0 |
		tar -c --null --files-from=- | tar -x -C "$work/install/source"
}

# separate_debug FILE OUT: the program without DWARF; it says that FILE, once it is
# in $home, has it (a custom section of the WebAssembly tool conventions).
separate_debug() {
	path=$home/$(basename "$1")
	[ ${#path} -lt 16384 ] || die "$path is too long a name"
	low=$((${#path} % 128 + 128))
	printf "\\$(printf %o $low)\\$(printf %o $((${#path} / 128)))%s" "$path" \
		>"$work/debug.section"
	llvm-objcopy-22 --strip-debug \
		--add-section=external_debug_info="$work/debug.section" "$1" "$2"
}

# fail_with_log FILE: its end, then give up.
fail_with_log() {
	tail -n 40 "$1" >&2
	die "failed; the last lines of its output are above"
}

# publish DIR: its contents are the product, $out.
publish() {
	mkdir -p "$out"
	cp -R "$1/." "$out/"
	step "done: $out"
}
