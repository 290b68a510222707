# SPDX-License-Identifier: Apache-2.0
# Kernels of cmake/Guest.cmake that only tests use, and those tests.
# wl_test_kernel(NAME [LEVEL...]): it is built and translated, at those levels instead
# of release, when a test runs that has FIXTURES_REQUIRED NAME.
function(wl_test_kernel name)
	add_test(NAME build-${name}
		COMMAND "${CMAKE_COMMAND}" --build "${CMAKE_BINARY_DIR}"
			--target ${name})
	set_tests_properties(build-${name} PROPERTIES
		LABELS kernels TIMEOUT 3600 RUN_SERIAL ON FIXTURES_SETUP ${name}-built
		ENVIRONMENT "WL_CACHE=${WL_CACHE}")
	set(levels ${ARGN})
	if(NOT levels)
		set(levels release)
	endif()
	foreach(level IN LISTS levels)
		set(test translate-${level}-${name})
		add_test(NAME ${test} COMMAND wasm2so ${cache_option} --level=${level}
			"${CMAKE_BINARY_DIR}/${name}.wasm")
		set_tests_properties(${test} PROPERTIES
			LABELS kernels TIMEOUT 3600 RUN_SERIAL ON
			FIXTURES_REQUIRED ${name}-built FIXTURES_SETUP ${name}
			ENVIRONMENT "WL_CACHE=${WL_CACHE}")
	endforeach()
endfunction()

# The kernel that watches itself.
wl_test_kernel(vmlinux-debug)
add_test(NAME debug-kernel
	COMMAND Python3::Interpreter
		"${CMAKE_CURRENT_SOURCE_DIR}/boot/debug_kernel.py"
		"--build=${CMAKE_BINARY_DIR}")
set_tests_properties(debug-kernel PROPERTIES
	LABELS kernels TIMEOUT 1800 PROCESSORS 2
	FIXTURES_REQUIRED "vmlinux-debug;translated"
	ENVIRONMENT "WL_CACHE=${WL_CACHE}")

# The kernel with faults on purpose; also where each store is recorded, and the one
# that looks for its races.
wl_test_kernel(vmlinux-faults debug check)
wl_test_kernel(vmlinux-races debug)
add_test(NAME debug-hunts
	COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/debug/hunts.py"
		"--build=${CMAKE_BINARY_DIR}")
set_tests_properties(debug-hunts PROPERTIES
	LABELS debug TIMEOUT 3600 PROCESSORS 2
	FIXTURES_REQUIRED "vmlinux-faults;vmlinux-races;translated-debug;translated_check"
	ENVIRONMENT "WL_CACHE=${WL_CACHE}")

# The kernel's own unit tests.
wl_test_kernel(vmlinux-kunit)
add_test(NAME kunit
	COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/kunit/run.py"
		"--build=${CMAKE_BINARY_DIR}")
set_tests_properties(kunit PROPERTIES
	LABELS kernels TIMEOUT 900 PROCESSORS 2
	FIXTURES_REQUIRED "vmlinux-kunit;translated"
	ENVIRONMENT "WL_CACHE=${WL_CACHE}")
