# SPDX-License-Identifier: Apache-2.0
# What runs in the guest, and what is fetched to make it: one target each.
set(top "${PROJECT_SOURCE_DIR}")
set(bin "${CMAKE_BINARY_DIR}")

set(compiler "clang-22 --version" "wasm-ld-22 --version")

# npm's wabt, which holds wasm2c.
wl_product(wabt
	INPUT "${top}/tools/translate/package.json"
		"${top}/tools/translate/package-lock.json"
	COMMAND "${top}/tools/deps-npm" "${top}/tools/translate" @OUT@)
set(WL_WABT_DIR "${bin}/wabt/node_modules/wabt" CACHE PATH "Folder of npm's wabt 1.0.39")

if(NOT WL_PRODUCTS)
	return()
endif()

# The kernel.
set(kernel_inputs "${top}/include/host_abi.h")
foreach(name build link kallsyms kallsyms-asm.awk overlay patches)
	list(APPEND kernel_inputs "${top}/kernel/${name}")
endforeach()

# wl_kernel(NAME [ON_DEMAND] [WORK other] [fragment...]): the target NAME and
# NAME.wasm. Each has objects of its own, so that one does not make another compile
# again, unless the two are so alike that few objects depend on what differs.
function(wl_kernel name)
	cmake_parse_arguments(PARSE_ARGV 1 arg "ON_DEMAND" "WORK" "")
	set(options)
	set(inputs ${kernel_inputs})
	foreach(path IN LISTS arg_UNPARSED_ARGUMENTS WL_KERNEL_CONFIGS)
		list(APPEND options "--config=${path}")
		if(NOT path MATCHES "^tree:")
			list(APPEND inputs "${path}")
		endif()
	endforeach()
	set(how)
	if(arg_ON_DEMAND)
		list(APPEND how ON_DEMAND)
	endif()
	if(arg_WORK)
		list(APPEND how WORK "${arg_WORK}")
	endif()
	wl_product(${name} ${how} FILE vmlinux.wasm LINK ${name}.wasm
		INPUT ${inputs}
		STAT "${WL_KERNEL_SOURCE}"
		SAYS ${compiler}
		COMMAND "${top}/kernel/build" "--source=${WL_KERNEL_SOURCE}"
			--work=@WORK@ --out=@OUT@ --jobs=@JOBS@ ${options})
endfunction()
wl_kernel(vmlinux)
# Those of tests, which build them (wl_test_kernel).
wl_kernel(vmlinux-kunit ON_DEMAND
	tree:tools/testing/kunit/configs/all_tests.config
	"${top}/kernel/configs/kunit.config")
wl_kernel(vmlinux-debug ON_DEMAND "${top}/kernel/configs/debug.config")
wl_kernel(vmlinux-races ON_DEMAND "${top}/kernel/configs/races.config")
wl_kernel(vmlinux-faults ON_DEMAND WORK vmlinux "${top}/kernel/configs/faults.config")

# The userland.
foreach(package musl busybox)
	wl_product(source-${package}
		INPUT "${top}/userland/fetch-source"
		COMMAND "${top}/userland/fetch-source" @OUT@ ${package})
endforeach()
set(common "${top}/userland/lib.sh" "${top}/tools/wlcc")
wl_product(sysroot
	DEPENDS source-musl
	INPUT "${top}/userland/build-musl" "${top}/userland/musl" ${common}
		"${top}/kernel/overlay/arch/wasm/include/uapi" "${bin}/source-musl"
	SAYS ${compiler} "dpkg-query -W linux-libc-dev"
	COMMAND "${top}/userland/build-musl" "--source=${bin}/source-musl"
		--out=@OUT@ --home=@HOME@ --jobs=@JOBS@)
wl_product(busybox
	DEPENDS source-busybox sysroot
	INPUT "${top}/userland/build-busybox" "${top}/userland/busybox" ${common}
		"${bin}/source-busybox" "${bin}/sysroot"
	SAYS ${compiler}
	COMMAND "${top}/userland/build-busybox" "--source=${bin}/source-busybox"
		"--sysroot=${bin}/sysroot" --out=@OUT@ --home=@HOME@
		--jobs=@JOBS@)
wl_product(initramfs FILE initramfs.cpio.gz
	DEPENDS busybox
	INPUT "${top}/userland/build-initramfs" "${top}/userland/initramfs"
		"${bin}/busybox"
	COMMAND "${top}/userland/build-initramfs" "--busybox=${bin}/busybox/busybox"
		--out=@OUT@/initramfs.cpio.gz)

# One at a time: each of them uses every core already.
add_dependencies(sysroot vmlinux)
